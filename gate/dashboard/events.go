package dashboard

import (
	"context"
	"errors"
	"io"
	"net/http"
	"time"
)

// How often a follower is told at the most, how often the line is kept open at the least, and how
// long one write may take.
const (
	eventPause = 500 * time.Millisecond
	heartbeat  = 20 * time.Second
	writeFor   = 10 * time.Second
)

// events tells a follower that something has changed, for as long as it listens. What has changed
// is on the pages; an event carries nothing.
func (d *dashboard) events(w http.ResponseWriter, r *http.Request) {
	select {
	case d.slots <- struct{}{}:
		defer func() { <-d.slots }()
	default:
		w.Header().Set("Retry-After", "30")
		http.Error(w, "too many follow the events already; the pages work without", http.StatusServiceUnavailable)
		return
	}
	changed, stop := d.reader.Watch()
	defer stop()
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Accel-Buffering", "no") // or a proxy in between keeps the events to itself
	if r.Method == http.MethodHead || !d.tell(w, "retry: 3000\n\n") {
		return
	}
	d.follow(w, r, changed)
}

func (d *dashboard) follow(w http.ResponseWriter, r *http.Request, changed <-chan struct{}) {
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	for {
		select {
		case <-r.Context().Done():
			if errors.Is(r.Context().Err(), context.DeadlineExceeded) { // it is to come again, and at once
				d.tell(w, "retry: 100\n\n")
			}
			return
		case <-beat.C:
			if !d.tell(w, ": still here\n\n") {
				return
			}
		case _, open := <-changed:
			if !open || !d.tell(w, "event: changed\ndata: {}\n\n") || !pause(r) {
				return
			}
		}
	}
}

// tell writes to a follower at once, and says whether it is still there.
func (d *dashboard) tell(w http.ResponseWriter, message string) bool {
	c := http.NewResponseController(w)
	_ = c.SetWriteDeadline(d.options.Now().Add(writeFor)) // where it is not supported there is no deadline to renew
	if _, err := io.WriteString(w, message); err != nil {
		return false
	}
	return c.Flush() == nil
}

// pause keeps the next event back; what happens meanwhile is one event.
func pause(r *http.Request) bool {
	timer := time.NewTimer(eventPause)
	defer timer.Stop()
	select {
	case <-r.Context().Done():
		return false
	case <-timer.C:
		return true
	}
}
