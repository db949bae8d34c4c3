package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/attest"
	"github.com/nexusgate/nexusgate/gate/store"
)

// keeping is how long things are kept: deliveries and the log in days, what is superseded in Sprints. With
// no days, all is kept for ever.
type keeping struct {
	days, sprints int
	look          time.Duration // how often it is looked whether a day is over; 0: looked
}

// shortestKeeping is the fewest days: forges send again what they could not deliver for up to seven.
const shortestKeeping = 8

const day = 24 * time.Hour

// retention lets go, in one lane and once a day, of what is old and bears on nothing.
type retention struct {
	keeping
	lane  *lane
	store *store.Store
	key   *attest.Key // that signs which verdicts were deleted
	keep  keep
	log   *slog.Logger
	now   func() time.Time
}

func (s *server) retention(l *lane) *retention {
	return &retention{keeping: s.config.keeping, lane: l, store: s.store, key: s.heads.key, keep: s.keep, log: s.log, now: s.config.now}
}

// looked is how often it is looked whether a day is over: clocks are set, and machines sleep.
const looked = time.Hour

// run works whenever a day is over since the last time, until ctx ends or the lane is another's.
func (r *retention) run(ctx context.Context) {
	for r.days > 0 && ctx.Err() == nil {
		err := r.daily(ctx)
		switch {
		case errors.Is(err, store.ErrFenced):
			return
		case err != nil && ctx.Err() == nil:
			r.log.ErrorContext(ctx, "letting go of what is old; trying again", "nexus", r.lane.name(), "error", err)
		}
		pause(ctx, cmp.Or(r.look, looked))
	}
}

// daily works if a day is over. The mark is set at the end, so that what was cut short is done again.
func (r *retention) daily(ctx context.Context) error {
	name, now := "retention "+r.lane.name(), r.now()
	mark, err := r.store.Mark(ctx, name)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	if last, err := time.Parse(time.RFC3339, string(mark)); err == nil && now.Sub(last).Abs() < day {
		return nil
	}
	if err := r.work(ctx, now); err != nil {
		return err
	}
	return r.store.SetMark(ctx, r.lane.lease, name, []byte(now.UTC().Format(time.RFC3339)))
}

func (r *retention) work(ctx context.Context, now time.Time) error {
	before := now.Add(-time.Duration(r.days) * day)
	if r.lane.name() != store.Common {
		if err := r.keep(ctx, r.lane.name(), nil, gate.Pruned{Before: before}); err != nil {
			return err
		}
	}
	all, err := r.checkpoints(ctx, now)
	if err != nil {
		return err
	}
	return r.forget(ctx, all, before, now.Add(-r.sprintsLong()))
}

// forget goes by the newest checkpoint that is older than what is kept: the log after it is all there.
func (r *retention) forget(ctx context.Context, all []store.Checkpoint, before, superseded time.Time) error {
	var from *store.Checkpoint
	for i := range all {
		if all[i].Made.Before(before) {
			from = &all[i]
		}
	}
	let := letGoCounts{}
	var err error
	if from != nil {
		if let.steps, err = r.store.ForgetLog(ctx, r.lane.lease, *from); err != nil {
			return err
		}
		if let.verdicts, err = r.store.ForgetVerdicts(ctx, r.lane.lease, *from, superseded, r.vouch); err != nil {
			return err
		}
	}
	if let.reports, err = r.store.ForgetReports(ctx, r.lane.lease, superseded); err != nil {
		return err
	}
	if r.lane.name() == store.Common {
		if let.deliveries, err = r.store.ForgetDeliveries(ctx, r.lane.lease, before); err != nil {
			return err
		}
	}
	if let != (letGoCounts{}) {
		r.log.InfoContext(ctx, "let go of what is old", "nexus", r.lane.name(), "steps", let.steps, "verdicts", let.verdicts,
			"reports", let.reports, "deliveries", let.deliveries)
	}
	return nil
}

// vouch signs that the verdicts of some leaves are deleted: anybody who writes to the store can mark them so.
func (r *retention) vouch(nexus string, at time.Time, leaves []int64) (string, error) {
	return attest.LetGo{Nexus: nexus, At: at, Leaves: attest.Spans(leaves)}.Sign(r.key)
}

// letGoCounts are of what was let go.
type letGoCounts struct{ steps, verdicts, reports, deliveries int64 }

// usualSprint is the days of a Sprint where the definition has no calendar.
const usualSprint = 14

// sprintsLong is how long what is superseded is kept.
func (r *retention) sprintsLong() time.Duration {
	days := ofLedger(r.lane, func(l *gate.Ledger) int {
		if d, inForce := l.Definition(r.lane.name()); inForce && d.Sprint.Days > 0 {
			return d.Sprint.Days
		}
		return usualSprint
	})
	return time.Duration(r.sprints*days) * day
}

// checkpoints makes one when the last is old enough, and gives all of the lane.
func (r *retention) checkpoints(ctx context.Context, now time.Time) ([]store.Checkpoint, error) {
	all, err := r.store.Checkpoints(ctx, r.lane.name())
	if err != nil {
		return nil, err
	}
	every := max(day, time.Duration(r.days)*day/8)
	if len(all) > 0 && now.Sub(all[len(all)-1].Made).Abs() < every {
		return all, nil
	}
	for range checkpointTries {
		made, err := r.checkpoint(ctx, now, all)
		if err != nil || made {
			return all, err
		}
		pause(ctx, time.Second)
	}
	r.log.WarnContext(ctx, "the lane was not at rest for a checkpoint; trying again tomorrow", "nexus", r.lane.name())
	return all, nil
}

// checkpointTries is how often a moment is waited for at which no deadline has passed unjudged.
const checkpointTries = 10

// checkpoint keeps the state as of the last step, once it is proved that the log can be folded on from it:
// nothing that was judged comes out otherwise.
func (r *retention) checkpoint(ctx context.Context, now time.Time, before []store.Checkpoint) (made bool, err error) {
	var docs []gate.Doc
	seq, last, err := r.store.Docs(ctx, r.lane.name(), 0, func(d gate.Doc) error {
		docs = append(docs, d)
		return nil
	})
	if err != nil {
		return false, err
	}
	if seq == 0 || len(before) > 0 && before[len(before)-1].Seq == seq {
		return true, nil // nothing has happened since
	}
	ledger, differs, err := goingOn(r.lane.name(), seq, last, func(visit func(gate.Doc) error) error {
		for _, d := range docs {
			if err := visit(d); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil || ledger == nil || len(differs.Verdicts)+len(differs.Owed) > 0 {
		return false, err
	}
	return true, r.store.AddCheckpoint(ctx, r.lane.lease, store.Checkpoint{Lane: r.lane.name(), Seq: seq, Now: last, Made: now}, docs)
}

// goingOn is a ledger that goes on from documents as of a step, and what it judges otherwise at once: nothing,
// if all that was to be judged by then was.
func goingOn(lane string, seq int64, now time.Time, docs func(visit func(gate.Doc) error) error) (*gate.Ledger, gate.Step, error) {
	ledger := gate.NewLedgerOf(lane)
	if err := docs(ledger.Restore); err != nil {
		return nil, gate.Step{}, err
	}
	if err := ledger.Begin(seq, now); err != nil {
		return nil, gate.Step{}, fmt.Errorf("going on from step %d of %q: %w", seq, lane, err)
	}
	var differs gate.Step
	if broke := caught(func() { differs, _ = ledger.Wake(now) }); broke != nil {
		return nil, gate.Step{}, fmt.Errorf("going on from step %d of %q: %w", seq, lane, broke)
	}
	return ledger, differs, nil
}
