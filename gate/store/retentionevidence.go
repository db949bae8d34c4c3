package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/nexusgate/nexusgate/gate/store/db"
)

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
