package main

import (
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/store"
)

// refolding takes the entries of each lane's log in their order, and compares what becomes of them with what became.
type refolding struct {
	name     string // of the lane
	decode   decoder
	ledger   *gate.Ledger
	kept     *store.Store
	out      io.Writer
	progress *progress

	deliveries, verdicts, differing int
}

func newRefolding(kept *store.Store, s streams) *refolding {
	return &refolding{kept: kept, decode: decode, out: s.out, progress: newProgress(s.err)}
}

// all folds the logs of all lanes, and sums up.
func (r *refolding) all(ctx context.Context) (answer, error) {
	lanes, err := r.kept.Lanes(ctx)
	if err != nil {
		return failed, err
	}
	for _, l := range lanes {
		if err := r.lane(ctx, l.Name); err != nil {
			return failed, err
		}
	}
	return r.conclude()
}

// lane folds the log of a lane: from its beginning, or from the checkpoint before what is kept of it.
func (r *refolding) lane(ctx context.Context, name string) error {
	from, cut, err := r.kept.FoldedFrom(ctx, name)
	if err != nil {
		return err
	}
	if r.name, r.ledger = name, gate.NewLedgerOf(name); cut {
		if err := r.goOn(ctx, from); err != nil {
			return err
		}
	}
	return r.kept.LogAfter(ctx, name, from.Seq, func(e store.LogEntry) error { return r.visit(ctx, e) })
}

// goOn begins at a checkpoint. All that was to be judged by then was, or something differs.
func (r *refolding) goOn(ctx context.Context, from store.Checkpoint) error {
	ledger, differs, err := goingOn(r.name, from.Seq, from.Now, func(visit func(gate.Doc) error) error {
		return r.kept.CheckpointDocs(ctx, from, visit)
	})
	if err != nil {
		return err
	}
	r.ledger = ledger
	return r.differ(from.Seq, nil, differs.Verdicts)
}

func (r *refolding) visit(ctx context.Context, e store.LogEntry) error {
	if e.Delivery != nil {
		r.deliveries++
	}
	r.verdicts += len(e.Verdicts)
	r.progress.show(r.counts())
	var step gate.Step
	if broke := caught(func() { step = r.fold(e) }); broke != nil {
		return fmt.Errorf("folding step %d: %w; the service that recorded it came through", e.Seq, broke)
	}
	return r.compare(ctx, e, step.Verdicts)
}

// fold does what the service did with the entry. What it passed over is passed over: to fold it would
// leave the ledger half changed again.
func (r *refolding) fold(e store.LogEntry) gate.Step {
	if e.Delivery == nil {
		step, _ := r.ledger.Wake(e.Now)
		return step
	}
	if e.Result == gate.Broken {
		return r.ledger.PassOver(*e.Delivery, "", e.Now)
	}
	events, err := r.decode.safely(*e.Delivery)
	if err != nil {
		return r.ledger.SetAside(*e.Delivery, err.Error(), e.Now)
	}
	return r.ledger.Apply(*e.Delivery, events, e.Now)
}

// compare tells each subject whose verdict differs.
func (r *refolding) compare(ctx context.Context, e store.LogEntry, folded []gate.Verdict) error {
	if slices.EqualFunc(e.Verdicts, folded, func(id string, v gate.Verdict) bool { return id == v.ID }) {
		return nil
	}
	var recorded []gate.Verdict
	for _, id := range e.Verdicts {
		v, err := r.kept.Verdict(ctx, id)
		if err != nil {
			return err
		}
		if v.Nexus == r.name { // the log of an earlier build was one for all
			recorded = append(recorded, v)
		}
	}
	return r.differ(e.Seq, recorded, folded)
}

func (r *refolding) differ(seq int64, recorded, folded []gate.Verdict) error {
	for _, d := range differences(recorded, folded) {
		r.differing++
		r.progress.clear()
		if _, err := fmt.Fprintf(r.out, "step %d: %s\n", seq, d); err != nil {
			return fmt.Errorf("telling a difference: %w", err)
		}
	}
	return nil
}

// conclude sums up: "12,345 deliveries, 678 verdicts: the same".
func (r *refolding) conclude() (answer, error) {
	r.progress.clear()
	said, words := yes, "the same"
	if r.differing > 0 {
		said, words = no, count(r.differing, "differs", "differ")
	}
	if _, err := fmt.Fprintf(r.out, "%s: %s\n", r.counts(), words); err != nil {
		return failed, fmt.Errorf("telling the answer: %w", err)
	}
	return said, nil
}

func (r *refolding) counts() string {
	return count(r.deliveries, "delivery", "deliveries") + ", " + count(r.verdicts, "verdict", "verdicts")
}
