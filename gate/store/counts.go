package store

import (
	"context"
	"fmt"
	"time"

	"github.com/nexusgate/nexusgate/gate"
)

// Counts tells how many deliveries are pending, how many were set aside, how many reports are owed, how many
// errands are not run yet, and since when the oldest of each waits.
func (s *Store) Counts(ctx context.Context) (counts gate.Counts, err error) {
	if err := s.countPending(ctx, &counts); err != nil {
		return gate.Counts{}, fmt.Errorf("counting pending deliveries: %w", err)
	}
	if counts.Aside, err = s.read.CountAside(ctx); err != nil {
		return gate.Counts{}, fmt.Errorf("counting what was set aside: %w", err)
	}
	owed, err := s.read.CountOwed(ctx)
	if err != nil {
		return gate.Counts{}, fmt.Errorf("counting owed reports: %w", err)
	}
	counts.Owed, counts.OwedSince = owed.Reports, oldest(owed.Oldest)
	errands, err := s.read.CountErrands(ctx)
	if err != nil {
		return gate.Counts{}, fmt.Errorf("counting errands: %w", err)
	}
	counts.Errands, counts.ErrandsSince = errands.Errands, oldest(errands.Oldest)
	return counts, nil
}

func (s *Store) countPending(ctx context.Context, counts *gate.Counts) error {
	row, err := s.read.CountPending(ctx)
	if err != nil || row.Deliveries == 0 {
		return err
	}
	received, err := s.read.ReceiptOf(ctx, row.Oldest)
	counts.Pending, counts.PendingSince = row.Deliveries, oldest(received)
	return err
}

// oldest is since when the oldest waits, zero where nothing does.
func oldest(kept int64) time.Time {
	if kept == 0 {
		return time.Time{}
	}
	return moment(kept)
}
