package store

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"

	"github.com/nexusgate/nexusgate/gate/store/db"
)

const (
	// queued bounds the requests that wait. Beyond it the callers wait, until their contexts end.
	queued = 256
	// grouped and heavy bound the requests of one transaction and the bytes of their bodies, so
	// that none waits for a very long one.
	grouped = 256
	heavy   = 16 << 20
	// few in a group are so few that its commit is mostly a sync, and shortly is for how long more of
	// them are waited for.
	few     = 16
	shortly = 500 * time.Microsecond
	// roomy bounds the bytes of the bodies that wait or are being written, those whose callers have gone
	// included. A body larger than that would wait until it is alone.
	roomy = 64 << 20
)

// request is something to be written. It is run in a transaction with others; when one of them
// fails, it is run again without that one. Only the last run counts.
type request struct {
	run     func(*db.Queries) error
	arrival *arrival        // what run keeps, for an intake that keeps a group at once
	size    int             // bytes of the body, roughly
	gone    <-chan struct{} // closed when the caller waits no longer
	kept    bool            // set by run: there is a new pending delivery
	done    chan error      // takes one answer and never blocks
	free    func()          // gives back the room of the body
}

// attempt writes a group whole or not at all. It returns the place of the request that failed, or -1
// and what failed with all of them.
type attempt func(group []*request) (culprit int, err error)

// writer is the one that writes, of its side. Its goroutine ends in close, which waits for it.
type writer struct {
	attempt attempt
	wake    func() // called after a commit that kept a delivery

	queue   chan *request
	room    *semaphore.Weighted // for bodies, in bytes
	seen    int                 // requests that the last commit wrote, and that came meanwhile
	closing chan struct{}
	once    sync.Once
	stopped chan struct{}
}

func newWriter(attempt attempt, wake func()) *writer {
	w := &writer{
		attempt: attempt, wake: wake,
		queue: make(chan *request, queued), room: semaphore.NewWeighted(roomy), closing: make(chan struct{}), stopped: make(chan struct{}),
	}
	go w.loop()
	return w
}

// write has the writer run something and waits until it is committed. When the context ends first,
// the outcome is not known: it may be committed all the same.
func (w *writer) write(ctx context.Context, r *request) error {
	if w == nil {
		return ErrReadOnly
	}
	r.gone, r.done = ctx.Done(), make(chan error, 1)
	select {
	case <-w.closing:
		return ErrClosed
	default:
	}
	if err := w.admit(ctx, r); err != nil {
		return fmt.Errorf("waiting for the writer: %w", err)
	}
	select {
	case w.queue <- r:
	case <-ctx.Done():
		r.free()
		return fmt.Errorf("waiting for the writer: %w", ctx.Err())
	case <-w.closing:
		r.free()
		return ErrClosed
	}
	select {
	case err := <-r.done:
		return err
	case <-ctx.Done():
		return fmt.Errorf("waiting for the commit: %w", ctx.Err())
	case <-w.stopped:
		return r.last()
	}
}

// admit waits until there is room for the body. What has none does not wait behind those that have.
func (w *writer) admit(ctx context.Context, r *request) error {
	weight := min(int64(r.size), roomy)
	r.free = func() {}
	if weight == 0 {
		return nil
	}
	if err := w.room.Acquire(ctx, weight); err != nil {
		return err
	}
	r.free = func() { w.room.Release(weight) }
	return nil
}

// answer ends a request, and is called once.
func (r *request) answer(err error) {
	r.free()
	r.done <- err
}

// left says whether the caller has gone before anything was done. It is answered all the same: the
// caller may see the answer before it sees that its own context has ended.
func (r *request) left() bool {
	select {
	case <-r.gone:
		r.answer(context.Canceled)
		return true
	default:
		return false
	}
}

// last is the answer to a request that may have come after the writer had gone.
func (r *request) last() error {
	select {
	case err := <-r.done:
		return err
	default:
		return ErrClosed
	}
}

// close ends the writer after what it holds.
func (w *writer) close() {
	w.once.Do(func() { close(w.closing) })
	<-w.stopped
}

func (w *writer) loop() {
	defer close(w.stopped)
	for {
		select {
		case r := <-w.queue:
			w.commit(w.gather(r))
		case <-w.closing:
			w.drain()
			return
		}
	}
}

// drain commits what was queued before the store was closed.
func (w *writer) drain() {
	for {
		select {
		case r := <-w.queue:
			w.commit(w.gather(r))
		default:
			return
		}
	}
}

// gather takes all that waits. Where that is little it waits shortly for as many as the last commit saw:
// those that were answered by it and have more to write come back at once, and would else take turns with
// the others, half of them in each commit.
func (w *writer) gather(first *request) []*request {
	group, size := []*request{first}, first.size
	var late <-chan time.Time
	for len(group) < grouped && size < heavy {
		r := w.waiting()
		if r == nil && len(group) < min(w.seen, few) {
			if late == nil {
				late = time.After(shortly)
			}
			r = w.coming(late)
		}
		if r == nil {
			break
		}
		group, size = append(group, r), size+r.size
	}
	return group
}

// waiting is a request that waits, or nil.
func (w *writer) waiting() *request {
	select {
	case r := <-w.queue:
		return r
	default:
		return nil
	}
}

// coming is a request that comes in time, or nil.
func (w *writer) coming(late <-chan time.Time) *request {
	select {
	case r := <-w.queue:
		return r
	case <-late:
	case <-w.closing:
	}
	return nil
}

// commit writes a group in one transaction and answers all of it. A request that fails is
// answered with its error and the others are written without it.
func (w *writer) commit(group []*request) {
	group = slices.DeleteFunc(group, (*request).left)
	for len(group) > 0 {
		culprit, err := w.attempt(group)
		w.seen = len(group) + len(w.queue) // before any of them is answered and comes back
		if culprit < 0 {
			w.answer(group, err)
			return
		}
		group[culprit].answer(err)
		group = slices.Delete(group, culprit, culprit+1)
	}
}

func (w *writer) answer(group []*request, err error) {
	if err == nil && slices.ContainsFunc(group, func(r *request) bool { return r.kept }) {
		w.wake()
	}
	for _, r := range group {
		r.answer(err)
	}
}
