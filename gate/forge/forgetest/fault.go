package forgetest

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"time"
)

// Fault is something that goes wrong with requests.
type Fault struct {
	Operation string // "create_check_run"; "" strikes at all
	Times     int    // how many requests it strikes; 0: until Heal

	Status int // answers so, and does nothing
	Header map[string]string
	Body   string

	Delay time.Duration // waits before it does anything

	drop bool // does it, and cuts the connection instead of answering
	down bool // cuts the connection and does nothing
	left int
}

// Inject switches a fault on.
func (s *stand) Inject(f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f.left = f.Times
	s.faults = append(s.faults, &f)
}

// Fail makes requests of an operation be refused with a status, so many times (0: until Heal).
func (s *stand) Fail(operation string, status int, header map[string]string, times int) {
	s.Inject(Fault{Operation: operation, Status: status, Header: header, Times: times, Body: `{"message":"a fault was switched on"}`})
}

// DropAnswer makes requests of an operation be done, and the connection be cut before the answer.
func (s *stand) DropAnswer(operation string, times int) {
	s.Inject(Fault{Operation: operation, Times: times, drop: true})
}

// Slow delays every request.
func (s *stand) Slow(by time.Duration) { s.Inject(Fault{Delay: by}) }

// Down cuts every connection until Heal.
func (s *stand) Down() { s.Inject(Fault{down: true}) }

// Heal switches all faults off.
func (s *stand) Heal() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults, s.losses = nil, nil
}

// strike counts a request and picks the fault that strikes it, nil where none does.
func (s *stand) strike(operation string) *Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.counts[operation]++
	for _, f := range s.faults {
		if (f.Operation != "" && f.Operation != operation) || (f.Times > 0 && f.left == 0) {
			continue
		}
		if f.Times > 0 {
			f.left--
		}
		struck := *f
		return &struck
	}
	return nil
}

// pass plays the fault out, and says whether the request is to be served after all.
func (f *Fault) pass(w http.ResponseWriter, r *http.Request) bool {
	if f.Delay > 0 && (!taken(r) || !wait(r.Context(), f.Delay)) {
		return false
	}
	if f.down {
		cut(w)
		return false
	}
	if f.Status == 0 {
		return true
	}
	for name, value := range f.Header {
		w.Header().Set(name, value)
	}
	if w.Header().Get("Content-Type") == "" {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
	}
	w.WriteHeader(f.Status)
	_, _ = w.Write([]byte(f.Body)) // a client that went away is no concern of a forge
	return false
}

// taken takes the body in first: a server learns that a client has gone away only once it has read all.
func taken(r *http.Request) bool {
	body, err := io.ReadAll(io.LimitReader(r.Body, requestBound))
	r.Body = io.NopCloser(bytes.NewReader(body))
	return err == nil
}

// wait waits, unless the client goes away first.
func wait(ctx context.Context, by time.Duration) bool {
	timer := time.NewTimer(by)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// cut ends the connection without an answer.
func cut(w http.ResponseWriter) {
	connection, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler) // the server's own way to cut, for connections that cannot be taken over
	}
	_ = connection.Close() // nothing is left to be done with it
}
