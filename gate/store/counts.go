package store

import (
	"context"
	"fmt"

	"github.com/nexusgate/nexusgate/gate"
)

// Counts tells how many deliveries are pending, how many were set aside, how many reports are owed, and how many errands are
// not run yet.
func (s *Store) Counts(ctx context.Context) (counts gate.Counts, err error) {
	if counts.Pending, err = s.read.CountPending(ctx); err != nil {
		return gate.Counts{}, fmt.Errorf("counting pending deliveries: %w", err)
	}
	if counts.Aside, err = s.read.CountAside(ctx); err != nil {
		return gate.Counts{}, fmt.Errorf("counting what was set aside: %w", err)
	}
	if counts.Owed, err = s.read.CountOwed(ctx); err != nil {
		return gate.Counts{}, fmt.Errorf("counting owed reports: %w", err)
	}
	if counts.Errands, err = s.read.CountErrands(ctx); err != nil {
		return gate.Counts{}, fmt.Errorf("counting errands: %w", err)
	}
	return counts, nil
}
