package main

import (
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nexusgate/nexusgate/gate/store"
)

// The times of leases. Whoever cannot renew a lane stops working in it before anybody else begins: what
// lies between is for a request that is still under way at a forge.
const (
	beatEvery   = time.Second
	tenureLasts = 3 * time.Second        // since it was last renewed
	tenureEnds  = 300 * time.Millisecond // before its end nothing new is begun
	claimAfter  = 4 * time.Second        // since another's last sign of life
	takeAgain   = 2 * time.Second        // since this process took it up, where that came to nothing
)

// errOver says that a lane is not ours any more, or will soon not be.
var errOver = errors.New("the lane was not renewed in time, and may be another's by now")

// tenure is the time for which a lane is ours. It ends by itself when it is not renewed.
type tenure struct {
	lease store.Lease
	over  chan struct{} // closed at its end
	once  sync.Once
	late  atomic.Bool // it ended because it was not renewed in time

	mu    sync.Mutex
	until time.Time // zero: nobody else can claim the lane
	timer *time.Timer
}

// newTenure begins with a claim that was asked for at a moment. Alone, it needs no renewal.
func newTenure(lease store.Lease, asked time.Time, alone bool) *tenure {
	t := &tenure{lease: lease, over: make(chan struct{})}
	if !alone {
		t.until = asked.Add(tenureLasts)
		t.timer = time.AfterFunc(time.Until(t.until), func() {
			t.late.Store(true)
			t.end()
		})
	}
	return t
}

// renewed has it last longer after a renewal that was asked for at a moment.
func (t *tenure) renewed(asked time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.timer != nil && t.timer.Stop() {
		t.until = asked.Add(tenureLasts)
		t.timer.Reset(time.Until(t.until))
	}
}

// end ends it. To end it twice is no fault.
func (t *tenure) end() {
	t.once.Do(func() { close(t.over) })
}

// holds says whether something may still be begun. It looks at the clock itself: a process that was
// stopped for a while goes on before its timers do.
func (t *tenure) holds() error {
	select {
	case <-t.over:
		return errOver
	default:
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.until.IsZero() && time.Until(t.until) < tenureEnds {
		return errOver
	}
	return nil
}
