package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/store/db"
)

// ForgetLog drops the steps of a lane before a checkpoint, from which what is left can be folded. The
// step of the checkpoint itself stays, so that a lane at rest knows where it is.
func (s *Store) ForgetLog(ctx context.Context, lease Lease, c Checkpoint) (steps int64, err error) {
	err = s.within(ctx, lease, "dropping older checkpoints", func(q *db.Queries) error {
		return q.DropCheckpoints(context.Background(), db.DropCheckpointsParams{Lane: lease.Lane, Seq: c.Seq})
	})
	if err == nil {
		err = s.dropCheckpointDocs(ctx, lease)
	}
	if err != nil {
		return 0, err
	}
	steps, err = s.piecemeal(ctx, lease, "dropping steps", func(q *db.Queries) (int64, error) {
		return q.DropSteps(context.Background(), db.DropStepsParams{Lane: lease.Lane, Seq: c.Seq, Most: dropping})
	})
	if err != nil {
		return steps, err
	}
	return steps, s.within(ctx, lease, "dropping documents that are gone", func(q *db.Queries) error {
		_, err := q.DropGoneDocs(context.Background(), db.DropGoneDocsParams{Nexus: lease.Lane, Step: c.Seq})
		return err
	})
}

// ForgetReports drops what is kept of reports that a forge has taken, and that were last owed before a
// moment, of subjects that are judged no more.
func (s *Store) ForgetReports(ctx context.Context, lease Lease, before time.Time) (reports int64, err error) {
	s.known.clear() // another replica may have dropped what is remembered to be there
	for after := (db.OldOwedParams{Nexus: lease.Lane, Received: micros(before), Most: paged}); ; {
		rows, err := s.read.OldOwed(ctx, after)
		if err != nil {
			return reports, fmt.Errorf("reading old reports: %w", err)
		}
		for _, row := range rows {
			n, err := s.forgetReport(ctx, lease, row)
			if err != nil {
				return reports, err
			}
			reports, after.Key = reports+n, row.Key
		}
		if len(rows) < paged {
			return reports, nil
		}
	}
}

func (s *Store) forgetReport(ctx context.Context, lease Lease, row db.OldOwedRow) (n int64, err error) {
	owed, err := decode[gate.Owed](row.Body)
	if err != nil {
		return 0, fmt.Errorf("the report %s: %w", row.Key, err)
	}
	stands := db.DocStandsParams{Nexus: lease.Lane, Key: "standing " + owed.Subject.Key()}
	err = s.within(ctx, lease, "dropping the report "+row.Key, func(q *db.Queries) error {
		if standing, err := q.DocStands(context.Background(), stands); err != nil || standing > 0 {
			return err
		}
		n, err = q.DropOwed(context.Background(), row.Key)
		return err
	})
	return n, err
}

// ForgetVerdicts drops verdicts, with what they rest on, that were made before a moment and recorded before
// a checkpoint: of changes, groups and proposals that are judged no more, and the earlier ones of
// those that are. Those of Increments are kept for ever, and so is all that they rest on. The log of
// verdicts keeps its entry of each, and notes that it was let go.
func (s *Store) ForgetVerdicts(ctx context.Context, lease Lease, c Checkpoint, before time.Time) (verdicts int64, err error) {
	after := db.SupersededVerdictsParams{Nexus: lease.Lane, Upto: c.Seq, Before: micros(before), Most: paged}
	free := map[string]bool{} // evidence that they rested on
	for {
		rows, err := s.read.SupersededVerdicts(ctx, after)
		if err != nil {
			return verdicts, fmt.Errorf("reading superseded verdicts: %w", err)
		}
		n, err := s.forgetVerdicts(ctx, lease, rows, free)
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

func (s *Store) forgetVerdicts(ctx context.Context, lease Lease, rows []db.SupersededVerdictsRow, free map[string]bool) (n int64, err error) {
	var drop []string
	for _, row := range rows {
		if rests, err := s.increments(ctx, lease.Lane, row); err != nil {
			return 0, err
		} else if rests {
			continue
		}
		if err := s.addRefs(ctx, row.ID, free); err != nil {
			return 0, err
		}
		drop = append(drop, row.ID)
	}
	if len(drop) == 0 {
		return 0, nil
	}
	now := micros(s.now())
	err = s.within(ctx, lease, "dropping superseded verdicts", func(q *db.Queries) error {
		for _, id := range drop {
			if err := errors.Join(q.DropVerdict(context.Background(), id), q.DropGround(context.Background(), id),
				q.ForgetLeaf(context.Background(), db.ForgetLeafParams{Forgotten: now, Verdict: id})); err != nil {
				return err
			}
		}
		return nil
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

// addRefs adds the evidence that a verdict rests on.
func (s *Store) addRefs(ctx context.Context, verdict string, to map[string]bool) error {
	row, err := s.read.Ground(ctx, verdict)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil
	case err != nil:
		return fmt.Errorf("reading the ground of verdict %s: %w", verdict, err)
	}
	g, err := ground(verdict, row.Nexus, row.Body)
	if err != nil {
		return err
	}
	for ref := range g.Refs() {
		to[ref] = true
	}
	return nil
}

// forgetEvidence drops of some evidence what no ground refers to any more. What is recorded while it
// looks is looked at again in the transaction that drops.
func (s *Store) forgetEvidence(ctx context.Context, lease Lease, free map[string]bool) error {
	if len(free) == 0 {
		return nil
	}
	upto, err := keepHeld(ctx, s.read, free)
	if err != nil {
		return err
	}
	for some := range slices.Chunk(slices.Collect(maps.Keys(free)), dropping) {
		err := s.within(ctx, lease, "dropping evidence that nothing rests on", func(q *db.Queries) error {
			return dropEvidence(q, some, upto)
		})
		if err != nil {
			return err
		}
		s.known.drop(some)
	}
	return nil
}

func dropEvidence(q *db.Queries, refs []string, upto map[string]place) error {
	free := map[string]bool{}
	for _, ref := range refs {
		free[ref] = true
	}
	if err := keepHeldSince(q, upto, free); err != nil {
		return err
	}
	for ref := range free {
		if err := q.DropEvidence(context.Background(), ref); err != nil {
			return err
		}
	}
	return nil
}

// place is how far the grounds of a Nexus were looked at.
type place struct{ step, number int64 }

// keepHeld takes from free what grounds refer to, and says for each Nexus how far it has looked.
func keepHeld(ctx context.Context, q *db.Queries, free map[string]bool) (upto map[string]place, err error) {
	upto = map[string]place{}
	for after := (db.GroundBodiesAfterParams{Most: chunked}); ; {
		rows, err := q.GroundBodiesAfter(ctx, after)
		if err != nil {
			return nil, fmt.Errorf("reading what verdicts rest on: %w", err)
		}
		for _, row := range rows {
			if err := unfree(row.Nexus, row.Body, free); err != nil {
				return nil, err
			}
			after.Nexus, after.Step, after.Place = row.Nexus, row.Step, row.Place
			upto[row.Nexus] = place{row.Step, row.Place}
		}
		if len(rows) < chunked {
			return upto, nil
		}
	}
}

// keepHeldSince does so for the grounds that came after.
func keepHeldSince(q *db.Queries, upto map[string]place, free map[string]bool) error {
	lanes, err := q.Lanes(context.Background())
	if err != nil {
		return fmt.Errorf("reading the lanes: %w", err)
	}
	for _, l := range lanes {
		from := upto[l.Name]
		for after := (db.GroundsAfterParams{Nexus: l.Name, Step: from.step, Place: from.number, Most: chunked}); ; {
			rows, err := q.GroundsAfter(context.Background(), after)
			if err != nil {
				return fmt.Errorf("reading what verdicts rest on: %w", err)
			}
			for _, row := range rows {
				if err := unfree(l.Name, row.Body, free); err != nil {
					return err
				}
				after.Step, after.Place = row.Step, row.Place
			}
			if len(rows) < chunked {
				break
			}
		}
	}
	return nil
}

// unfree takes from free what a ground refers to.
func unfree(nexus, body string, free map[string]bool) error {
	g, err := ground("", nexus, body)
	if err != nil {
		return err
	}
	for ref := range g.Refs() {
		delete(free, ref)
	}
	return nil
}
