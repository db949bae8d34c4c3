package main

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/metrics"
	"github.com/nexusgate/nexusgate/gate/store"
)

// lane is the one owner of the ledger: it applies kept deliveries in their order, commits what they
// do, and wakes when a deadline passes.
type lane struct {
	store   *store.Store
	metrics *metrics.Metrics
	log     *slog.Logger
	now     func() time.Time
	bell    *bell // rung after each commit

	mu     sync.Mutex // guards ledger: pages and scrapes read it while the lane works
	ledger *gate.Ledger
}

// newLane restores the ledger from the store. It goes on where the last commit was, and has judged
// what time has changed since before anybody asks.
func newLane(ctx context.Context, s *store.Store, m *metrics.Metrics, log *slog.Logger, now func() time.Time) (*lane, error) {
	ledger := gate.NewLedger()
	if err := s.Docs(ctx, ledger.Restore); err != nil {
		return nil, fmt.Errorf("restoring the state: %w", err)
	}
	seq, last, err := s.LastStep(ctx)
	if err != nil {
		return nil, fmt.Errorf("finding the last step: %w", err)
	}
	if err := ledger.Begin(seq, last); err != nil {
		return nil, fmt.Errorf("restoring the state: %w", err)
	}
	l := &lane{store: s, metrics: m, log: log, now: now, bell: newBell(), ledger: ledger}
	l.wake(ctx)
	return l, nil
}

// batch bounds the deliveries that one commit takes.
const batch = 256

// run applies deliveries until ctx ends.
func (l *lane) run(ctx context.Context) {
	for ctx.Err() == nil {
		pending, err := l.store.Pending(ctx, batch)
		if err != nil {
			l.trouble(ctx, "reading the inbox", err)
			continue
		}
		if len(pending) > 0 {
			l.commit(ctx, l.apply(pending))
			continue
		}
		l.wait(ctx)
	}
}

// wait sleeps until a delivery arrives or time alone may change a verdict.
func (l *lane) wait(ctx context.Context) {
	l.mu.Lock()
	due, ok := l.ledger.NextDue()
	l.mu.Unlock()
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	if ok {
		timer.Reset(max(0, due.Sub(l.now())))
	}
	select {
	case <-ctx.Done():
	case <-l.store.Arrived():
	case <-timer.C:
		l.wake(ctx)
	}
}

func (l *lane) wake(ctx context.Context) {
	l.mu.Lock()
	step, empty := l.ledger.Wake(l.now())
	l.mu.Unlock()
	if empty {
		l.bell.ring() // there may be something to read
		return
	}
	l.commit(ctx, []gate.Step{step})
}

func (l *lane) apply(pending []gate.Delivery) []gate.Step {
	l.mu.Lock()
	defer l.mu.Unlock()
	steps := make([]gate.Step, len(pending))
	for i, d := range pending {
		steps[i] = l.step(d)
	}
	return steps
}

func (l *lane) step(d gate.Delivery) gate.Step {
	events, err := decode(d)
	if err != nil {
		l.log.Warn("a delivery was set aside", "delivery", d.ID, "source", d.Source, "event", d.Event, "reason", err)
		l.metrics.Delivered(string(d.Source), d.Event, string(gate.Aside))
		return l.ledger.SetAside(d, err.Error(), l.now())
	}
	step := l.ledger.Apply(d, events, l.now())
	l.metrics.Delivered(string(d.Source), d.Event, string(step.Result))
	l.lag(d, events)
	return step
}

// lag measures how long a delivery was under way, where the forge tells when it happened.
func (l *lane) lag(d gate.Delivery, events []gate.Event) {
	for _, e := range events {
		if at := gate.EventTime(e); d.Source != gate.FromUs && !at.IsZero() {
			l.metrics.Lag(d.Received.Sub(at))
			return
		}
	}
}

// commit writes steps until the store has taken them: the ledger has gone on already, so they may
// not be lost. The door stays shut meanwhile.
func (l *lane) commit(ctx context.Context, steps []gate.Step) {
	for ctx.Err() == nil {
		err := l.store.Record(ctx, steps)
		if err == nil {
			l.count(steps)
			l.bell.ring()
			return
		}
		l.trouble(ctx, "recording what deliveries did", err)
	}
}

func (l *lane) count(steps []gate.Step) {
	for _, step := range steps {
		for _, v := range step.Verdicts {
			l.metrics.Judged(v.Nexus, v.Outcome)
		}
	}
}

// trouble tells of an error of ours once, and waits before the next try.
func (l *lane) trouble(ctx context.Context, doing string, err error) {
	if ctx.Err() != nil {
		return
	}
	l.log.Error("the store is in trouble; trying again", "doing", doing, "error", err)
	pause(ctx, time.Second)
}

// pause waits, or until ctx ends.
func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}

func (l *lane) wants() []gate.Want {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.ledger.Wants()
}

func (l *lane) homes() map[string]string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.ledger.Homes()
}

func (l *lane) homeHead(nexus string) (gate.Want, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.ledger.HomeHead(nexus)
}

func (l *lane) definition(nexus string) (*definition.Definition, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.ledger.Definition(nexus)
}
