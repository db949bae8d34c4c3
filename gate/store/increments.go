package store

import (
	"context"
	"encoding/json"
	"fmt"
	"math"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/store/db"
)

// increments keeps the Increments that a step made, and those it changed as they are now.
func (r recording) increments() error {
	for _, made := range r.step.Increments {
		body, err := json.Marshal(made)
		if err != nil {
			return fmt.Errorf("writing Increment %d: %w", made.Number, err)
		}
		err = r.q.PutIncrement(context.Background(), db.PutIncrementParams{
			Nexus: made.Nexus, Number: made.Number, Digest: made.Digest, Body: string(body),
		})
		if err != nil {
			return fmt.Errorf("increment %d of %s: %w", made.Number, made.Nexus, err)
		}
	}
	return nil
}

// Increment finds an Increment of a Nexus by its number, or [ErrNotFound].
func (s *Store) Increment(ctx context.Context, nexus string, number int64) (gate.Increment, error) {
	body, err := s.read.Increment(ctx, db.IncrementParams{Nexus: nexus, Number: number})
	if err != nil {
		return gate.Increment{}, fmt.Errorf("reading Increment %d of %s: %w", number, nexus, found(err))
	}
	return decode[gate.Increment](body)
}

// IncrementOf finds the latest Increment of a Nexus with a composition, by its digest, or [ErrNotFound].
func (s *Store) IncrementOf(ctx context.Context, nexus, digest string) (gate.Increment, error) {
	body, err := s.read.IncrementOf(ctx, db.IncrementOfParams{Nexus: nexus, Digest: digest})
	if err != nil {
		return gate.Increment{}, fmt.Errorf("reading the Increment of %s with the composition %s: %w", nexus, digest, found(err))
	}
	return decode[gate.Increment](body)
}

// Increments lists the Increments of a Nexus below a number, the newest first, at most limit of
// them. Before 0 it begins with the newest.
func (s *Store) Increments(ctx context.Context, nexus string, before int64, limit int) ([]gate.Increment, error) {
	if before <= 0 {
		before = math.MaxInt64
	}
	rows, err := s.read.IncrementsBefore(ctx, db.IncrementsBeforeParams{Nexus: nexus, Before: before, Most: int64(limit)})
	if err != nil {
		return nil, fmt.Errorf("reading the Increments of %s: %w", nexus, err)
	}
	return decodeAll[gate.Increment](rows)
}
