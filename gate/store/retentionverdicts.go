package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/store/db"
)

// ForgetVerdicts drops verdicts, with what they rest on, that were made before a moment and recorded before
// a checkpoint: of changes, groups and proposals that are judged no more, and the earlier ones of
// those that are. Those of Increments are kept for ever, and so is all that they rest on. The log of
// verdicts keeps its entry of each, and a signed note says which were let go. What is not kept as it was
// logged is not dropped: whoever verifies the log is to find it.
func (s *Store) ForgetVerdicts(ctx context.Context, lease Lease, c Checkpoint, before time.Time, vouch Vouch) (verdicts int64, err error) {
	after := db.SupersededVerdictsParams{Nexus: lease.Lane, Upto: c.Seq, Before: micros(before), Most: paged}
	free := map[string]bool{} // evidence that they rested on
	for {
		rows, err := s.read.SupersededVerdicts(ctx, after)
		if err != nil {
			return verdicts, fmt.Errorf("reading superseded verdicts: %w", err)
		}
		n, err := s.forgetVerdicts(ctx, lease, rows, free, vouch)
		if verdicts += n; err != nil {
			return verdicts, err
		}
		last := len(rows) < paged
		if !last {
			end := rows[len(rows)-1]
			after.Subject, after.Step, after.Place = end.Subject, end.Step, end.Place
		}
		if last || len(free) >= mostFree {
			if err := s.forgetEvidence(ctx, lease, free); err != nil {
				return verdicts, err
			}
			clear(free)
		}
		if last {
			return verdicts, nil
		}
	}
}

// mostFree bounds the evidence of which it is found out at once whether anything rests on it.
const mostFree = 200_000

func (s *Store) forgetVerdicts(ctx context.Context, lease Lease, rows []db.SupersededVerdictsRow, free map[string]bool, vouch Vouch) (n int64, err error) {
	var drop []string
	var leaves []int64
	for _, row := range rows {
		number, asLogged, err := s.asLogged(ctx, lease.Lane, row.ID)
		if err != nil {
			return 0, err
		}
		if !asLogged {
			continue
		}
		if rests, err := s.increments(ctx, lease.Lane, row); err != nil {
			return 0, err
		} else if rests {
			continue
		}
		if err := s.addRefs(ctx, row.ID, free); err != nil {
			return 0, err
		}
		drop, leaves = append(drop, row.ID), append(leaves, number)
	}
	if len(drop) == 0 {
		return 0, nil
	}
	slices.Sort(leaves)
	at := s.now()
	note, err := vouch(lease.Lane, at, leaves)
	if err != nil {
		return 0, err
	}
	err = s.within(ctx, lease, "dropping superseded verdicts", func(q *db.Queries) error {
		for _, id := range drop {
			if err := errors.Join(q.DropVerdict(context.Background(), id), q.DropGround(context.Background(), id),
				q.ForgetLeaf(context.Background(), db.ForgetLeafParams{Forgotten: micros(at), Verdict: id})); err != nil {
				return err
			}
		}
		return q.AddLetGo(context.Background(), db.AddLetGoParams{Nexus: lease.Lane, Leaf: leaves[0], Made: micros(at), Note: note})
	})
	return int64(len(drop)), err
}

// increments says whether an Increment's verdict rests on a component's: the first that came after it
// does, or it was superseded before any did.
func (s *Store) increments(ctx context.Context, nexus string, row db.SupersededVerdictsRow) (rests bool, err error) {
	if !strings.HasPrefix(row.Subject, string(gate.OfComponent)+" ") {
		return false, nil
	}
	of, err := s.read.IncrementGroundAfter(ctx, db.IncrementGroundAfterParams{Nexus: nexus, Step: row.Step, Place: row.Place})
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return false, nil
	case err != nil:
		return false, fmt.Errorf("reading what an Increment rests on: %w", err)
	}
	g, err := ground(of.Verdict, nexus, of.Body)
	if err != nil {
		return false, err
	}
	for _, c := range g.Components {
		rests = rests || c.Verdict == row.ID
	}
	return rests, nil
}
