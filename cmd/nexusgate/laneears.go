package main

import (
	"context"
	"time"

	"github.com/nexusgate/nexusgate/gate"
)

// known is what is known of each repository, for a sweep to compare.
func (l *lane) known() []gate.Known { return ofLedger(l, (*gate.Ledger).Known) }

// listened are the repositories that deliveries are expected from.
func (l *lane) listened() []gate.Repo { return ofLedger(l, (*gate.Ledger).Repos) }

// news says whether a delivery of our own, not kept yet, tells what is not known. One that brings out a fault
// is: it is told of when it is applied.
func (l *lane) news(d gate.Delivery, events []gate.Event) (tells bool) {
	broke := caught(func() {
		tells = ofLedger(l, func(ledger *gate.Ledger) bool { return ledger.News(d, events) })
	})
	return tells || broke != nil
}

// standing is how the lane's Nexus stands; false where none is in force.
func (l *lane) standing() (s gate.Standing, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.ledger.Standing(l.name(), l.now())
}

// note keeps a small note as the holder of the lane.
func (l *lane) note(ctx context.Context, name string, body []byte) error {
	return l.store.SetMark(ctx, l.lease, name, body)
}

// catching bounds how long a sweep lets the inbox be applied first: what waits there is known in a moment,
// and was not missed.
const catching = 5 * time.Second

func (l *lane) caughtUp(ctx context.Context) {
	rung, stop := l.bell.listen()
	defer stop()
	late := time.NewTimer(catching)
	defer late.Stop()
	for {
		waiting, err := l.store.Pending(ctx, l.name(), 1)
		if err != nil || len(waiting) == 0 {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-late.C:
			return
		case <-rung:
		}
	}
}
