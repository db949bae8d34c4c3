package store

import (
	"context"
	"fmt"
	"time"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/store/db"
)

// Aside is a delivery that was set aside or passed over, without its body, and why.
type Aside struct {
	Delivery gate.Delivery
	Reason   string
}

// SetAside lists deliveries that were set aside or passed over, the latest first, at most limit of them.
func (s *Store) SetAside(ctx context.Context, limit int) ([]Aside, error) {
	rows, err := s.read.SetAside(ctx, int64(limit))
	if err != nil {
		return nil, fmt.Errorf("reading what was set aside: %w", err)
	}
	aside := make([]Aside, len(rows))
	for i, row := range rows {
		aside[i] = Aside{Reason: row.Reason, Delivery: gate.Delivery{
			ID: row.ID, Source: gate.Source(row.Source), Event: row.Event, Key: row.Key,
			Trust: definition.Trust(row.Trust), Received: moment(row.Received),
		}}
	}
	return aside, nil
}

// Broken tells how many deliveries were passed over in a lane after a moment, since they brought out a fault
// of ours, and when the last of them was.
func (s *Store) Broken(ctx context.Context, lane string, since time.Time) (deliveries int64, last time.Time, err error) {
	row, err := s.read.Broken(ctx, db.BrokenParams{Lane: lane, Since: micros(since)})
	if err != nil {
		return 0, time.Time{}, fmt.Errorf("looking for deliveries that were passed over: %w", err)
	}
	return row.Deliveries, moment(row.Last), nil
}
