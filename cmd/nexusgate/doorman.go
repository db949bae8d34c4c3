package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/nexusgate/nexusgate/gate"
)

// doorman answers who asks to be let through the door in front of a release: POST /api/v1/door. What cannot be
// answered is an error, and never a yes.
type doorman struct {
	s     *server
	entry *turnstile
}

// mostWaiting bounds how many may wait at the door at a time. longestWaiting is how long one request may.
const (
	mostWaiting    = 200
	longestWaiting = 30 * time.Second
)

func newDoorman(s *server) *doorman {
	return &doorman{s: s, entry: newTurnstile(mostWaiting)}
}

// question is what is asked at the door.
type question struct {
	Nexus       string           `json:"nexus,omitempty"` // where several have the repository, or nothing else tells it
	Environment string           `json:"environment,omitempty"`
	Repo        string           `json:"repo,omitempty"`       // "github:acme/cart-api"; of a job, its own
	Commit      string           `json:"commit,omitempty"`     // of the repository; of a job, its own
	Components  gate.Composition `json:"components,omitempty"` // in place of those that the commit holds
	Increment   string           `json:"increment,omitempty"`  // "head", "last-done", a number, or the digest of a composition
	Until       string           `json:"until,omitempty"`      // untilDone waits on where it is not done; else until that is decided
	Wait        int              `json:"wait,omitempty"`       // for an answer that opens, in seconds, at most 30
}

// untilDone has a question wait on where something is not done: a re-run or the next landing may mend it.
const untilDone = "done"

// doorAnswer is the answer.
type doorAnswer struct {
	Outcome     gate.Outcome     `json:"outcome"` // the door is open for done alone
	Nexus       string           `json:"nexus"`
	Environment string           `json:"environment,omitempty"`
	Needs       string           `json:"needs,omitempty"`
	Increment   int64            `json:"increment,omitempty"`
	Digest      string           `json:"digest,omitempty"`
	Composition gate.Composition `json:"composition,omitempty"`
	Exceptions  []string         `json:"exceptions"`
	Why         string           `json:"why"`
	Page        string           `json:"page,omitempty"`
	Recorded    string           `json:"recorded,omitempty"`    // id of the verdict that was recorded and says the same
	Attestation string           `json:"attestation,omitempty"` // where the signed statement on that is, on this service
	Verdict     *gate.Verdict    `json:"verdict,omitempty"`     // as of now
}

// ServeHTTP answers when the door opens, and otherwise when it is decided that it does not, or the time is over.
func (d *doorman) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	answer, err := d.answer(w, r)
	if err != nil {
		d.s.refuse(w, r, err)
		return
	}
	writeJSON(w, http.StatusOK, answer)
}

// mostOfQuestion bounds a question, in bytes, and mostAsked the components in it.
const (
	mostOfQuestion = 256 << 10
	mostAsked      = 1000
)

func readQuestion(w http.ResponseWriter, r *http.Request) (q question, err error) {
	decoder := json.NewDecoder(http.MaxBytesReader(w, r.Body, mostOfQuestion))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&q); err != nil {
		return q, orTooMuch(err, fmt.Sprintf("reading the question: %v", err))
	}
	switch {
	case len(q.Components) > mostAsked:
		return q, refusing(http.StatusBadRequest, "the question names %d components; name %d at most", len(q.Components), mostAsked)
	case len(q.Components) > 0 && q.Commit != "":
		return q, refusing(http.StatusBadRequest, "name a commit or components, and not both")
	case q.Wait < 0 || time.Duration(q.Wait)*time.Second > longestWaiting:
		return q, refusing(http.StatusBadRequest, "wait is between 0 and %d seconds", longestWaiting/time.Second)
	}
	return q, nil
}

// admit refuses the jobs of repositories that are of no Nexus, before anything of theirs is read: a forge gives tokens
// to jobs of all the world.
func (d *doorman) admit(ctx context.Context, by caller) error {
	if !by.isJob() {
		return nil
	}
	for _, name := range d.s.lanes.every() {
		if _, takes := d.s.takes(name, by.job.Repo); takes {
			return nil
		}
	}
	_, err := d.nexus(ctx, by, &doorAsked{s: d.s, repo: by.job.Repo})
	return err
}

// answer waits for as long as the question says.
func (d *doorman) answer(w http.ResponseWriter, r *http.Request) (doorAnswer, error) {
	by := callerOf(r.Context())
	if err := d.admit(r.Context(), by); err != nil {
		return doorAnswer{}, err
	}
	leave, free := d.entry.tryEnter(by.from())
	if !free {
		return doorAnswer{}, refusing(http.StatusServiceUnavailable, "too many wait at the door: try again in a moment")
	}
	defer leave()
	q, err := readQuestion(w, r)
	if err != nil {
		return doorAnswer{}, err
	}
	a, err := d.asked(r, q)
	if err != nil {
		return doorAnswer{}, err
	}
	ctx, stop := context.WithTimeout(r.Context(), time.Duration(q.Wait)*time.Second)
	defer stop()
	changed, unlisten := d.s.view().Watch()
	defer unlisten()
	for {
		answer, err := a.ask(r.Context())
		if err != nil {
			return doorAnswer{}, err
		}
		if answer.Outcome == gate.Done || ctx.Err() != nil || answer.Outcome.Decided() && q.Until != untilDone {
			return a.told(answer), nil
		}
		untilAsked(ctx, changed, true)
	}
}

// How soon, and how late, it is asked again: at once when something has changed, and now and then for what time alone
// changes, or another replica.
const (
	askedSoon   = 250 * time.Millisecond
	askedAnyway = 2 * time.Second
)

// untilAsked returns when the door's question is to be asked again: something has changed, or where the answer may
// change with time alone, time has gone by. It returns too when ctx ends.
func untilAsked(ctx context.Context, changed <-chan struct{}, timed bool) {
	pause(ctx, askedSoon)
	var anyway <-chan time.Time
	if timed {
		timer := time.NewTimer(askedAnyway)
		defer timer.Stop()
		anyway = timer.C
	}
	select {
	case <-changed:
	case <-anyway:
	case <-ctx.Done():
	}
}

// doorAsked is a question of which it is known who asks, and of which Nexus.
type doorAsked struct {
	s      *server
	q      question
	nexus  string
	repo   gate.Repo
	commit string
	sought sought
}

// told is an answer as it is sent.
func (a *doorAsked) told(answer gate.Answer) doorAnswer {
	t := doorAnswer{
		Outcome: answer.Outcome, Nexus: a.nexus, Environment: a.q.Environment, Needs: string(answer.Needs),
		Increment: answer.Increment, Digest: answer.Digest, Composition: answer.Composition,
		Exceptions: append([]string{}, answer.Exceptions...), Why: answer.Why, Recorded: answer.Recorded,
	}
	if answer.Verdict.ID != "" {
		t.Verdict = &answer.Verdict
	}
	if a.s.links != "" {
		t.Page = a.s.links + "/nexus/" + url.PathEscape(a.nexus)
	}
	if answer.Recorded == "" {
		return t
	}
	if a.s.links != "" {
		t.Page = a.s.links + "/verdicts/" + url.PathEscape(answer.Recorded)
	}
	if a.s.attests != nil && answer.Outcome == gate.Done {
		t.Attestation = "/api/v1/verdicts/" + url.PathEscape(answer.Recorded) + "/attestation"
	}
	return t
}
