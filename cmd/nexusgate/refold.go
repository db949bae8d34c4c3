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
	lane     string
	ledger   *gate.Ledger
	kept     *store.Store
	out      io.Writer
	progress *progress

	deliveries, verdicts, differing int
}

func newRefolding(kept *store.Store, s streams) *refolding {
	return &refolding{kept: kept, out: s.out, progress: newProgress(s.err)}
}

// begin begins another lane's log.
func (r *refolding) begin(lane string) { r.lane, r.ledger = lane, gate.NewLedgerOf(lane) }

func (r *refolding) visit(ctx context.Context, e store.LogEntry) error {
	if e.Delivery != nil {
		r.deliveries++
	}
	r.verdicts += len(e.Verdicts)
	r.progress.show(r.counts())
	return r.compare(ctx, e, r.fold(e).Verdicts)
}

// fold does what the service did with the entry.
func (r *refolding) fold(e store.LogEntry) gate.Step {
	if e.Delivery == nil {
		step, _ := r.ledger.Wake(e.Now)
		return step
	}
	events, err := decode(*e.Delivery)
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
		if v.Nexus == r.lane { // the log of an earlier build was one for all
			recorded = append(recorded, v)
		}
	}
	for _, d := range differences(recorded, folded) {
		r.differing++
		r.progress.clear()
		if _, err := fmt.Fprintf(r.out, "step %d: %s\n", e.Seq, d); err != nil {
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
