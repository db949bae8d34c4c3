package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/nexusgate/nexusgate/webhook"
)

// evidence takes what jobs of CI bring, and whoever holds a static token: POST /api/v1/evidence.
type evidence struct {
	callers
	s     *server
	entry *turnstile // through which a submission comes whose files are in memory
}

// mostSubmissions bounds how many submissions are read at a time, for each may hold as much as facts.MaxTotal, and
// longestQueue how long others wait for their turn.
const (
	mostSubmissions = 4
	longestQueue    = 10 * time.Second
)

func newEvidence(s *server, c callers) *evidence {
	return &evidence{callers: c, s: s, entry: newTurnstile(mostSubmissions)}
}

// kept is the answer to evidence that was kept.
type kept struct {
	ID        string   `json:"id"`
	Nexus     []string `json:"nexus"`
	Counts    string   `json:"counts"` // what it counts for, or "untrusted: …"
	Duplicate bool     `json:"duplicate,omitempty"`
}

// ServeHTTP answers once all is on disk.
func (h *evidence) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	answer, err := h.take(w, r)
	if err == nil {
		writeJSON(w, http.StatusAccepted, answer)
		return
	}
	refusal := h.refusal(r, err)
	if refusal.status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", `Bearer realm="nexusgate"`)
	}
	if refusal.status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", "2")
	}
	writeJSON(w, refusal.status, map[string]string{"error": refusal.says})
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

// unfit is a request that is refused, and why.
type unfit struct {
	status int
	says   string
}

// Error is what the sender is told.
func (u unfit) Error() string { return u.says }

func refusing(status int, says string, about ...any) error {
	return unfit{status, fmt.Sprintf(says, about...)}
}

// refusal turns an error into an answer. Those of ours are logged, and say no more than to try again.
func (h *evidence) refusal(r *http.Request, err error) unfit {
	if u, is := errors.AsType[unfit](err); is {
		return u
	}
	if full, is := errors.AsType[webhook.Full](err); is {
		return unfit{http.StatusServiceUnavailable, full.Error()}
	}
	if r.Context().Err() == nil {
		h.s.log.ErrorContext(r.Context(), "evidence was not kept", "error", err)
	}
	return unfit{http.StatusServiceUnavailable, "the service could not keep it: try again in a moment; the operator finds the reason in the log"}
}

// take reads nothing of what is sent before it is known who sends it, and that they have a place here: jobs of all
// the world have tokens of a forge.
func (h *evidence) take(w http.ResponseWriter, r *http.Request) (kept, error) {
	by, err := h.who(r)
	if err == nil && by.isJob() {
		_, _, err = h.nexuses(r.Context(), by, by.job.Repo, "")
	}
	if err != nil {
		return kept{}, err
	}
	leave, err := h.enter(r.Context(), by)
	if err != nil {
		return kept{}, err
	}
	defer leave()
	told, e, err := readSubmission(w, r)
	if err != nil {
		return kept{}, err
	}
	e.At = h.s.config.now().UTC()
	nexuses, err := h.place(r.Context(), by, told, &e)
	if err != nil {
		return kept{}, err
	}
	if err := h.use(r.Context(), e); err != nil {
		return kept{}, err
	}
	return h.keep(r.Context(), e, nexuses, by.key(r, e))
}

// enter waits until a submission may be read.
func (h *evidence) enter(ctx context.Context, by caller) (leave func(), err error) {
	ctx, stop := context.WithTimeout(ctx, longestQueue)
	defer stop()
	if leave, err = h.entry.enter(ctx, by.from()); err != nil {
		return nil, refusing(http.StatusServiceUnavailable, "too much evidence comes at once: try again in a moment")
	}
	return leave, nil
}
