package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/store"
	"github.com/nexusgate/nexusgate/gate/trace"
)

// errUnsound says that a lane's ledger is half changed, and that it has to be taken up anew.
var errUnsound = errors.New("the state of the lane is not sound")

// batchDone is what a batch of deliveries did, and what is to be told of it once that is certain.
type batchDone struct {
	steps  []gate.Step
	tell   []func()
	traced []*trace.Step
}

// apply folds and judges deliveries, up to the first that brings out a fault of ours. That one has left the
// ledger half changed: it is read anew from what is kept, as after a restart, and the same deliveries are
// applied again, but for the one, which is passed over. Whoever replays the log passes over it too. What
// time has changed since the last commit is judged first, so that it is recorded where a replay finds it.
func (l *lane) apply(ctx context.Context, pending []gate.Delivery) (batchDone, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	done, broke := l.fold(ctx, pending)
	if broke == nil {
		return done, nil
	}
	well, poison := pending[:len(done.steps)], pending[len(done.steps)]
	l.log.ErrorContext(ofDelivery(ctx, poison.ID), "a delivery brought out a fault of nexusgate, and is passed over; somebody has to look",
		"nexus", l.name(), "source", poison.Source, "event", poison.Event, "error", broke, "stack", string(broke.stack))
	before, err := l.reread(ctx)
	if err != nil {
		return batchDone{}, err
	}
	done, again := l.fold(ctx, well)
	if again != nil {
		return batchDone{}, fmt.Errorf("%w: %w", errUnsound, again)
	}
	done.steps = append(append(before, done.steps...), l.ledger.PassOver(poison, broke.Error(), l.now()))
	done.tell = append(done.tell, func() { l.metrics.Delivered(string(poison.Source), poison.Event, string(gate.Broken)) })
	return done, nil
}

// fold applies deliveries, and stops where one brings out a fault of ours.
func (l *lane) fold(ctx context.Context, pending []gate.Delivery) (done batchDone, broke *fault) {
	for _, d := range pending {
		var step gate.Step
		var tell func()
		ctx := ofDelivery(ctx, d.ID)
		traced := l.trace.Step(ctx, l.name(), d)
		ctx = traced.Context(ctx)
		if broke = caught(func() { step, tell = l.step(ctx, d, traced) }); broke != nil {
			return done, broke
		}
		done.steps, done.tell, done.traced = append(done.steps, step), append(done.tell, tell), append(done.traced, traced)
	}
	return done, nil
}

// reread takes the ledger anew from what is kept.
func (l *lane) reread(ctx context.Context) (before []gate.Step, err error) {
	ledger, err := readLedger(ctx, l.store, l.name())
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errUnsound, err)
	}
	l.ledger = ledger
	step, empty, broke := l.woken()
	if broke != nil {
		return nil, fmt.Errorf("%w: %w", errUnsound, broke)
	}
	if !empty {
		before = append(before, step)
	}
	return before, nil
}

// woken judges what time has changed.
func (l *lane) woken() (step gate.Step, empty bool, broke *fault) {
	broke = caught(func() { step, empty = l.ledger.Wake(l.now()) })
	return step, empty, broke
}

// readLedger is what is kept of a lane, as of its last step.
func readLedger(ctx context.Context, from *store.Store, name string) (*gate.Ledger, error) {
	ledger := gate.NewLedgerOf(name)
	seq, last, err := from.Docs(ctx, name, 0, restoring(ledger))
	if err == nil {
		err = safely(func() error { return ledger.Begin(seq, last) })
	}
	if err != nil {
		return nil, fmt.Errorf("restoring the state: %w", err)
	}
	return ledger, nil
}

// restoring puts documents back, one at a time: whoever reads them comes to its end.
func restoring(ledger *gate.Ledger) func(gate.Doc) error {
	return func(d gate.Doc) error {
		return safely(func() error { return ledger.Restore(d) })
	}
}

// refusal is that a lane could not be taken up.
type refusal struct {
	at  time.Time
	why error
}

// refusedFor is for how long that says something: it is tried again sooner, here or elsewhere.
const refusedFor = 30 * time.Second

func (a *lanes) refuse(name string, why error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !errors.Is(why, store.ErrFenced) {
		a.refused[name] = refusal{time.Now(), why}
	}
}

// untended says why nobody works for a Nexus, as far as this process has tried.
func (a *lanes) untended(name string) (warnings []string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if r, tried := a.refused[name]; tried && time.Since(r.at) < refusedFor {
		warnings = append(warnings, fmt.Sprintf("nothing is judged for this Nexus at present, and what is shown was recorded before. It is tried again by itself; somebody has to look: %v", r.why))
	}
	return warnings
}

// brokenFor is for how long it is told that a delivery was passed over.
const brokenFor = 7 * day

// passedOver tells of deliveries that were passed over in a lane.
func passedOver(ctx context.Context, from *store.Store, name string, now time.Time) (warnings []string) {
	n, last, err := from.Broken(ctx, name, now.Add(-brokenFor))
	if err != nil || n == 0 {
		return nil
	}
	return []string{fmt.Sprintf("%s brought out a fault of nexusgate within a week, the last at %s, and nothing rests on what was told there: see /aside, and look at what it was about",
		count(int(n), "delivery", "deliveries"), last.UTC().Format("2 Jan 15:04 UTC"))}
}
