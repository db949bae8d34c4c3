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

// forgetEvidence drops of some evidence what no ground of the Nexus refers to any more. What is recorded while
// it looks is looked at again in the transaction that drops: nobody else writes in the lane, and no other
// Nexus refers to what this one keeps.
func (s *Store) forgetEvidence(ctx context.Context, lease Lease, free map[string]bool) error {
	if len(free) == 0 {
		return nil
	}
	upto, err := keepHeld(ctx, s.read, lease.Lane, place{}, free)
	if err != nil {
		return err
	}
	for some := range slices.Chunk(slices.Collect(maps.Keys(free)), dropping) {
		err := s.within(ctx, lease, "dropping evidence that nothing rests on", func(q *db.Queries) error {
			return s.dropEvidence(q, lease.Lane, some, upto)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) dropEvidence(q *db.Queries, nexus string, refs []string, upto place) error {
	free := map[string]bool{}
	for _, ref := range refs {
		free[ref] = true
	}
	if _, err := keepHeld(context.Background(), q, nexus, upto, free); err != nil {
		return err
	}
	for ref := range free {
		key := evidenceKey(nexus, ref)
		s.known.drop(key) // before it is gone: what is recorded next writes it again
		if err := q.DropEvidence(context.Background(), key); err != nil {
			return err
		}
	}
	return nil
}

// place is how far the grounds of a Nexus were looked at.
type place struct{ step, number int64 }

// keepHeld takes from free what the grounds of a Nexus refer to that come after a place, and says how far
// it has looked.
func keepHeld(ctx context.Context, q *db.Queries, nexus string, from place, free map[string]bool) (place, error) {
	for after := (db.GroundsAfterParams{Nexus: nexus, Step: from.step, Place: from.number, Most: chunked}); ; {
		rows, err := q.GroundsAfter(ctx, after)
		if err != nil {
			return place{}, fmt.Errorf("reading what verdicts rest on: %w", err)
		}
		for _, row := range rows {
			if err := unfree(nexus, row.Body, free); err != nil {
				return place{}, err
			}
			after.Step, after.Place = row.Step, row.Place
		}
		if len(rows) < chunked {
			return place{after.Step, after.Place}, nil
		}
	}
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
