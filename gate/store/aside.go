package store

import (
	"context"
	"fmt"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
)

// Aside is a delivery that was set aside, without its body, and why.
type Aside struct {
	Delivery gate.Delivery
	Reason   string
}

// SetAside lists deliveries that were set aside, the latest first, at most limit of them.
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
