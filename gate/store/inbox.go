package store

import (
	"context"
	"fmt"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/store/db"
)

// Keep puts a delivery on disk, fsynced, as pending, and says whether it was there already: a source and a
// key are kept once. A delivery without an ID is given one; one without a key counts as new.
//
// With an error the delivery may have been kept all the same, when the context ended while it was
// being written; its body must not be changed afterwards.
func (s *Store) Keep(ctx context.Context, d gate.Delivery) (duplicate bool, err error) {
	in := &arrival{row: func() db.KeepDeliveryParams { return s.row(d) }}
	r := &request{size: len(d.Body), arrival: in}
	r.run = func(q *db.Queries) (err error) {
		in.again, err = keep(q, in.row())
		r.kept = !in.again
		return err
	}
	if err := s.intake.write(ctx, r); err != nil {
		return false, fmt.Errorf("keeping a delivery of %s: %w", d.Source, err)
	}
	return in.again, nil
}

func keep(q *db.Queries, d db.KeepDeliveryParams) (duplicate bool, err error) {
	ctx := context.Background()
	rows, err := q.KeepDelivery(ctx, d)
	if err != nil || rows == 0 {
		return err == nil, err
	}
	return false, q.AddPending(ctx, d.ID)
}

// row is run by the writer, so that the ids ascend in the order of the commits.
func (s *Store) row(d gate.Delivery) db.KeepDeliveryParams {
	row := db.KeepDeliveryParams{
		ID: d.ID, Source: string(d.Source), Key: d.Key, Event: d.Event,
		Trust: int64(d.Trust), Received: micros(d.Received), Body: whole(d.Body),
	}
	if row.ID == "" {
		row.ID = s.NewID()
	}
	if row.Key == "" {
		row.Key = row.ID
	}
	return row
}

// Arrived is signalled after new deliveries were kept, and once when the store was opened. It
// holds one signal: a reader that takes it reads all that is pending.
func (s *Store) Arrived() <-chan struct{} { return s.arrived }

func (s *Store) wake() {
	select {
	case s.arrived <- struct{}{}:
	default:
	}
}

// Pending lists deliveries that no step has taken, oldest first, at most limit of them.
func (s *Store) Pending(ctx context.Context, limit int) ([]gate.Delivery, error) {
	rows, err := s.read.PendingDeliveries(ctx, int64(limit))
	if err != nil {
		return nil, fmt.Errorf("reading pending deliveries: %w", err)
	}
	pending := make([]gate.Delivery, len(rows))
	for i, row := range rows {
		pending[i] = delivery(row)
	}
	return pending, nil
}

func delivery(row db.Delivery) gate.Delivery {
	return gate.Delivery{
		ID: row.ID, Source: gate.Source(row.Source), Event: row.Event, Key: row.Key,
		Trust: definition.Trust(row.Trust), Received: moment(row.Received), Body: whole(row.Body),
	}
}
