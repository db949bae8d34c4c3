package main

import (
	"context"
	"slices"
	"time"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/dashboard"
	"github.com/nexusgate/nexusgate/gate/store"
)

// view is the read side that pages and metrics show: the ledgers as they stand, and the store for
// what was decided.
type view struct {
	lanes   *lanes
	store   *store.Store
	silence time.Duration // after which it is told of a component that used to send; 0: never
}

// Nexuses are the names of those in force.
func (v view) Nexuses() []string { return v.lanes.nexuses() }

// Standing is how one of them stands now.
func (v view) Standing(nexus string) (gate.Standing, bool) {
	s, ok := v.lanes.standing(nexus)
	if !ok {
		return s, false
	}
	s.Alarm(v.silence)
	ctx, stop := context.WithTimeout(context.Background(), hearingWithin)
	defer stop()
	if h, err := v.Hearing(ctx, nexus); err == nil {
		s.Warnings = append(s.Warnings, h.Warnings(s.Components)...)
	}
	s.Warnings = append(append(s.Warnings, v.lanes.untended(nexus)...), passedOver(ctx, v.store, nexus, s.At)...)
	return s, true
}

// hearingWithin bounds how long a page waits to learn which webhooks are disabled, and what was passed over.
const hearingWithin = time.Second

// Hearing is what the sweeps of a Nexus came to.
func (v view) Hearing(ctx context.Context, nexus string) (gate.Hearing, error) {
	return readHearing(ctx, v.store, nexus)
}

// Redelivered is what GitHub was asked to deliver again.
func (v view) Redelivered(ctx context.Context) (gate.Redelivered, error) {
	noted, err := readRedelivery(ctx, v.store)
	return noted.Redelivered, err
}

// Standings are how all of them stand.
func (v view) Standings() []gate.Standing {
	var all []gate.Standing
	for _, name := range v.Nexuses() {
		if standing, ok := v.Standing(name); ok {
			all = append(all, standing)
		}
	}
	return all
}

// Verdict is a verdict as it was made.
func (v view) Verdict(ctx context.Context, id string) (gate.Verdict, error) {
	return v.store.Verdict(ctx, id)
}

// Increment is an Increment by its number.
func (v view) Increment(ctx context.Context, nexus string, number int64) (gate.Increment, error) {
	return v.store.Increment(ctx, nexus, number)
}

// Counts are the sizes of the queues.
func (v view) Counts(ctx context.Context) (gate.Counts, error) { return v.store.Counts(ctx) }

// Untaken is what the forges have not taken when it was sent, of one Nexus or, for "", of all.
func (v view) Untaken(ctx context.Context, nexus string) ([]gate.Untaken, error) {
	return v.store.Untaken(ctx, nexus)
}

// Undone is what the forges have not done when they were asked to, and which briefs did not come to where they should,
// of one Nexus or, for "", of all.
func (v view) Undone(ctx context.Context, nexus string) ([]gate.Undone, error) {
	all, err := v.store.Undone(ctx, nexus)
	if err != nil {
		return nil, err
	}
	names := []string{nexus}
	if nexus == "" {
		names = v.lanes.every()
	}
	for _, name := range names {
		if !slices.Contains(v.lanes.every(), name) {
			continue
		}
		v.lanes.ask(name, func(l *gate.Ledger) {
			for _, b := range l.BriefsUnsent(name) {
				all = append(all, gate.Undone{Kind: gate.BriefErrand, Errands: 1, Since: b.At, Reason: b.Why, Brief: string(b.Event), To: b.To, Final: true})
			}
		})
	}
	return all, nil
}

// asideShown bounds the deliveries set aside that a page lists.
const asideShown = 100

// SetAside lists the latest deliveries that were set aside.
func (v view) SetAside(ctx context.Context) ([]dashboard.Aside, error) {
	kept, err := v.store.SetAside(ctx, asideShown)
	all := make([]dashboard.Aside, len(kept))
	for i, one := range kept {
		all[i] = dashboard.Aside(one)
	}
	return all, err
}

// Watch signals when something changed.
func (v view) Watch() (changed <-chan struct{}, stop func()) { return v.lanes.bell.listen() }
