package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/metrics"
	"github.com/nexusgate/nexusgate/gate/store"
	"github.com/nexusgate/nexusgate/gate/trace"
)

// lane is the one owner of a Nexus's ledger: it applies the deliveries kept for it in their order, commits
// what they do, and wakes when a deadline passes.
type lane struct {
	tenure  *tenure
	lease   store.Lease // of the tenure
	store   *store.Store
	decode  decoder
	metrics *metrics.Metrics
	trace   *trace.Tracer // nil: nothing is traced
	log     *slog.Logger
	now     func() time.Time
	bell    *bell         // rung after each commit
	all     *bell         // and so is that of all lanes
	arrived chan struct{} // signalled when deliveries may wait
	begun   atomic.Bool

	mu     sync.Mutex // guards what follows: pages and scrapes read it while the lane works
	ledger *gate.Ledger
	causes map[string]string // which delivery has made a read wanted, by the key of the want
}

// restored reads what a lane knows from the store. It goes on where the last commit was, and has judged
// what time has changed since before anybody asks.
func (a *lanes) restored(ctx context.Context, t *tenure) (*lane, error) {
	lease := t.lease
	ledger, err := readLedger(ctx, a.store, lease.Lane)
	if err != nil {
		return nil, err
	}
	if len(ledger.Nexuses()) > 0 {
		// A Nexus that nothing of was kept yet listens to the places that its definition was given with.
		if err := a.store.Route(ctx, lease, ledger.Routes()); err != nil {
			return nil, err
		}
	}
	l := &lane{
		tenure: t, lease: lease, store: a.store, decode: a.decode, metrics: a.metrics, trace: a.trace, log: a.log, now: a.now, bell: newBell(), all: a.bell,
		arrived: make(chan struct{}, 1), ledger: ledger, causes: map[string]string{},
	}
	l.arrives()
	return l, l.wake(ctx)
}

func (l *lane) name() string { return l.lease.Lane }

// begin says whether this call is the first.
func (l *lane) begin() bool { return !l.begun.Swap(true) }

// arrives signals that deliveries may wait.
func (l *lane) arrives() {
	select {
	case l.arrived <- struct{}{}:
	default:
	}
}

func (l *lane) ring() {
	l.bell.ring()
	l.all.ring()
}

// batch bounds the deliveries that one commit takes.
const batch = 256

// run applies deliveries until ctx ends, or until the lane is another's. Then its ledger is of no use any
// more, and whoever claims the lane reads it again.
func (l *lane) run(ctx context.Context) {
	for {
		err := l.turn(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case errors.Is(err, store.ErrFenced), errors.Is(err, store.ErrBehind):
			l.log.WarnContext(ctx, "a lane was lost", "nexus", l.name(), "error", err)
			return
		case errors.Is(err, errUnsound):
			l.log.ErrorContext(ctx, "a lane is let go of, to be taken up anew", "nexus", l.name(), "error", err, "stack", stackOf(err))
			return
		case err != nil:
			l.trouble(ctx, "reading the inbox", err)
		}
	}
}

// turn applies what waits, or waits.
func (l *lane) turn(ctx context.Context) error {
	pending, err := l.store.Pending(ctx, l.name(), batch)
	if err != nil {
		return err
	}
	if len(pending) == 0 {
		return l.wait(ctx)
	}
	began := time.Now()
	done, err := l.apply(ctx, pending)
	if err != nil {
		return err
	}
	for _, tell := range done.tell {
		tell()
	}
	err = l.commit(ctx, done.steps)
	for _, s := range done.traced {
		s.Recorded(err)
	}
	if err == nil && len(pending) >= brisk && len(pending) < batch {
		pause(ctx, stride-time.Since(began))
	}
	return err
}

// Where deliveries come so fast that a turn takes brisk of them, the next begins no sooner than stride
// after it: few turns with many deliveries leave the disk to the intake. A lane that has fallen behind
// does not wait.
const (
	brisk  = 8
	stride = 25 * time.Millisecond
)

// longestWait bounds how long a lane sleeps: clocks are set, and machines sleep too.
const longestWait = time.Minute

// wait sleeps until a delivery arrives or time alone may change a verdict.
func (l *lane) wait(ctx context.Context) error {
	l.mu.Lock()
	due, ok := l.ledger.NextDue()
	l.mu.Unlock()
	timer := time.NewTimer(longestWait)
	defer timer.Stop()
	if ok {
		timer.Reset(min(max(0, due.Sub(l.now())), longestWait))
	}
	select {
	case <-ctx.Done():
	case <-l.arrived:
	case <-timer.C:
		return l.wake(ctx)
	}
	return nil
}

func (l *lane) wake(ctx context.Context) error {
	l.mu.Lock()
	step, empty, broke := l.woken()
	l.mu.Unlock()
	if broke != nil {
		return fmt.Errorf("%w: judging what time has changed: %w", errUnsound, broke)
	}
	if empty {
		l.ring() // there may be something to read
		return nil
	}
	return l.commit(ctx, []gate.Step{step})
}

// step is what one delivery does, and what is to be told of it.
func (l *lane) step(ctx context.Context, d gate.Delivery, traced *trace.Step) (step gate.Step, tell func()) {
	events, err := l.decode.safely(d)
	traced.Decoded(err)
	if err != nil {
		step = l.ledger.SetAside(d, err.Error(), l.now())
		traced.Judged(step)
		return step, func() { l.setAside(ctx, d, err) }
	}
	step = l.ledger.Apply(d, events, l.now())
	traced.Judged(step)
	l.causedBy(d.ID, step.Wanted)
	return step, func() {
		l.metrics.Delivered(string(d.Source), d.Event, string(step.Result))
		l.lag(d, events)
		l.released(step, events)
		l.briefed(step, events)
	}
}

func (l *lane) setAside(ctx context.Context, d gate.Delivery, why error) {
	l.metrics.Delivered(string(d.Source), d.Event, string(gate.Aside))
	about := []any{"nexus", l.name(), "source", d.Source, "event", d.Event, "reason", why}
	if stack := stackOf(why); stack != "" {
		l.log.ErrorContext(ctx, "a delivery was set aside: reading it brought out a fault of nexusgate; somebody has to look", append(about, "stack", stack)...)
		return
	}
	l.log.WarnContext(ctx, "a delivery was set aside", about...)
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

// released counts what was said of releases.
func (l *lane) released(step gate.Step, events []gate.Event) {
	for _, e := range events {
		if e, is := e.(gate.ReleaseJudged); is && step.Result == gate.Applied {
			l.metrics.Released(e.Nexus, e.Outcome)
		}
	}
}

// briefed counts what came of briefs.
func (l *lane) briefed(step gate.Step, events []gate.Event) {
	for _, e := range events {
		if step.Result != gate.Applied {
			return
		}
		switch e := e.(type) {
		case gate.BriefMade:
			if e.Brief == nil {
				l.metrics.Briefed(e.Nexus, string(e.Event), "", "missed")
			}
		case gate.ErrandDone:
			if event, to, is := gate.ReadBriefKey(e.Key); is && e.Kind == gate.BriefErrand {
				by, _, _ := strings.Cut(to, ":")
				l.metrics.Briefed(e.Nexus, event, by, map[bool]string{true: "sent", false: "refused"}[e.Refused == ""])
			}
		}
	}
}

// commit writes steps until the store has taken them: the ledger has gone on already, so they may
// not be lost. The door stays shut meanwhile. An error says that the lane is another's.
func (l *lane) commit(ctx context.Context, steps []gate.Step) error {
	for {
		err := l.store.Record(ctx, l.lease, steps)
		switch {
		case err == nil:
			l.count(steps)
			l.ring()
			return nil
		case ctx.Err() != nil, errors.Is(err, store.ErrFenced), errors.Is(err, store.ErrBehind):
			return err
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
	l.log.ErrorContext(ctx, "the store is in trouble; trying again", "doing", doing, "error", err)
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
	return ofLedger(l, (*gate.Ledger).Wants)
}

// ask asks the lane's ledger.
func (l *lane) ask(question func(*gate.Ledger)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	question(l.ledger)
}

// ofLedger is a lane's ledger's answer.
func ofLedger[T any](l *lane, ask func(*gate.Ledger) T) (answer T) {
	l.ask(func(ledger *gate.Ledger) { answer = ask(ledger) })
	return answer
}
