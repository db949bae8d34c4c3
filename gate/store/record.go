package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/store/db"
)

// ErrBehind says that a lane's record has gone on without the caller, who is to read it again. Nothing
// was written.
var ErrBehind = errors.New("the record has gone on")

// Record commits steps of a lane whole or not at all: what became of their deliveries, the state they
// left, definitions and their versions, verdicts with their findings and what they rest on, Increments,
// errands, what is owed, and what the lane listens to. Their numbers follow the last one that was recorded in the
// lane, ascending, and each delivery is still pending there; otherwise it is [ErrBehind]. Their Now is cut to
// the microsecond, so that a replay judges by what was judged by only if the caller's clock shows no more than that.
func (s *Store) Record(ctx context.Context, lease Lease, steps []gate.Step) error {
	if len(steps) == 0 {
		return nil
	}
	var added map[string]bool
	run := func(q *db.Queries) error {
		added = map[string]bool{}
		logs := growing{}
		if err := lease.check(q); err != nil {
			return err
		}
		last, err := lastSeq(q, lease.Lane)
		if err != nil {
			return err
		}
		for _, step := range steps {
			if step.Seq <= last {
				return fmt.Errorf("step %d comes after step %d: %w", step.Seq, last, ErrBehind)
			}
			if err := s.record(recording{q: q, lane: lease.Lane, step: step, known: &s.known, added: added, logs: logs}); err != nil {
				return fmt.Errorf("step %d: %w", step.Seq, err)
			}
			if step.Seq/remembered > last/remembered {
				if err := forgetGone(q, lease.Lane, step.Seq-2*remembered); err != nil {
					return err
				}
			}
			last = step.Seq
		}
		return nil
	}
	if err := s.writer.write(ctx, &request{run: run}); err != nil {
		return fmt.Errorf("recording steps %d to %d: %w", steps[0].Seq, steps[len(steps)-1].Seq, err)
	}
	s.known.add(added)
	return nil
}

// recording is a step on its way into a transaction.
type recording struct {
	q     *db.Queries
	lane  string
	step  gate.Step
	known *refs           // evidence that is on disk
	added map[string]bool // and what this transaction adds to it
	logs  growing         // of verdicts
}

func (s *Store) record(r recording) error {
	for _, part := range []func() error{r.delivery, r.self, r.definitions, r.versions, r.docs, r.verdicts, r.grounds, r.increments, r.errands} {
		if err := part(); err != nil {
			return err
		}
	}
	if r.step.Routes != nil {
		if err := s.routing.put(r.q, r.lane, r.step.Routes, true); err != nil {
			return err
		}
	}
	for _, owed := range r.step.Owed {
		if err := s.owe(r, owed); err != nil {
			return fmt.Errorf("owing %s: %w", owed.Key(), err)
		}
	}
	return nil
}

func (r recording) delivery() error {
	if r.step.Delivery == "" {
		return nil
	}
	if r.step.Result == "" {
		return fmt.Errorf("delivery %s has no result", r.step.Delivery)
	}
	rows, err := r.q.DropPending(context.Background(), db.DropPendingParams{Lane: r.lane, Delivery: r.step.Delivery})
	if err != nil {
		return fmt.Errorf("marking delivery %s: %w", r.step.Delivery, err)
	}
	if rows == 0 {
		return fmt.Errorf("delivery %s is not pending: %w", r.step.Delivery, ErrBehind)
	}
	return nil
}

func (r recording) self() error {
	ids := make([]string, len(r.step.Verdicts))
	for i, v := range r.step.Verdicts {
		ids[i] = v.ID
	}
	verdicts, err := json.Marshal(ids)
	if err != nil {
		return fmt.Errorf("listing the verdicts: %w", err)
	}
	return r.q.AddStep(context.Background(), db.AddStepParams{
		Lane: r.lane, Seq: r.step.Seq, Now: micros(r.step.Now), Delivery: r.step.Delivery,
		Result: string(r.step.Result), Reason: r.step.Reason, Verdicts: string(verdicts),
	})
}

func (r recording) definitions() error {
	for _, d := range r.step.Definitions {
		err := r.q.AddDefinition(context.Background(), db.AddDefinitionParams(d))
		if err != nil {
			return fmt.Errorf("definition %s: %w", d.Digest, err)
		}
	}
	return nil
}

func (r recording) docs() error {
	for _, d := range r.step.Docs {
		if d.Nexus != r.lane {
			return fmt.Errorf("document %s is of the Nexus %s, and the lane is that of %q", d.Key, d.Nexus, r.lane)
		}
		err := r.q.PutDoc(context.Background(), db.PutDocParams{
			Nexus: d.Nexus, Key: d.Key, Body: whole(d.Body), Step: r.step.Seq, Gone: flag(d.Body == nil),
		})
		if err != nil {
			return fmt.Errorf("document %s of %s: %w", d.Key, d.Nexus, err)
		}
	}
	return nil
}
