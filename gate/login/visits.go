package login

import (
	"context"
	"sync"
	"time"
)

// openFor bounds how long one answer lasts to somebody who has logged in. A browser that follows the events
// comes again by itself, with the session that it has by then: one that was ended at another replica, too,
// hears no more after that.
const openFor = 5 * time.Minute

// visits are the answers under way to those who have logged in, by their sealed sessions.
type visits struct {
	mu   sync.Mutex
	open map[string]map[*visit]bool
}

type visit struct{ leave context.CancelFunc }

// begin begins an answer that lasts no longer than its session, and ends it when that is logged out of.
func (v *visits) begin(ctx context.Context, session string, lasting time.Duration) (context.Context, func()) {
	ctx, leave := context.WithTimeout(ctx, min(lasting, openFor))
	one := &visit{leave}
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.open == nil {
		v.open = map[string]map[*visit]bool{}
	}
	if v.open[session] == nil {
		v.open[session] = map[*visit]bool{}
	}
	v.open[session][one] = true
	return ctx, func() { v.end(session, one) }
}

func (v *visits) end(session string, one *visit) {
	one.leave()
	v.mu.Lock()
	defer v.mu.Unlock()
	delete(v.open[session], one)
	if len(v.open[session]) == 0 {
		delete(v.open, session)
	}
}

// endAll ends all answers to a session.
func (v *visits) endAll(session string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	for one := range v.open[session] {
		one.leave()
	}
}
