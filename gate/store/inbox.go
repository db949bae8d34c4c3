package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/store/db"
)

// Keep puts a delivery on disk, fsynced, as pending, and says whether it was there already: a source and a
// key are kept once. A delivery without an ID is given one; one without a key counts as new. It waits in
// each lane that listens to one of its places, and in the common one where none does.
//
// With an error the delivery may have been kept all the same, when the context ended while it was
// being written; its body must not be changed afterwards.
func (s *Store) Keep(ctx context.Context, d gate.Delivery) (duplicate bool, err error) {
	_, duplicate, err = s.KeepAs(ctx, d)
	return duplicate, err
}

// KeepAs does what Keep does, and gives the id that a delivery is kept as; "" where it was there already.
func (s *Store) KeepAs(ctx context.Context, d gate.Delivery) (id string, duplicate bool, err error) {
	in := &arrival{row: func() db.KeepDeliveryParams { return s.row(d) }, places: d.Places}
	r := &request{size: len(d.Body), arrival: in}
	r.run = func(q *db.Queries) (err error) {
		in.id, in.again, err = s.keep(q, d)
		r.kept = !in.again
		return err
	}
	side := s.intake
	if d.Source == gate.FromUs {
		side = s.writer // it may change what a lane listens to
	}
	if err := side.write(ctx, r); err != nil {
		return "", false, fmt.Errorf("keeping a delivery of %s: %w", d.Source, err)
	}
	return in.id, in.again, nil
}

func (s *Store) keep(q *db.Queries, d gate.Delivery) (id string, duplicate bool, err error) {
	row := s.row(d)
	rows, err := q.KeepDelivery(context.Background(), row)
	if err != nil || rows == 0 {
		return "", err == nil, err
	}
	lanes, err := s.lanes(q, d)
	if err != nil {
		return "", false, err
	}
	for _, lane := range lanes {
		if err := q.AddPending(context.Background(), db.AddPendingParams{Lane: lane, Delivery: row.ID}); err != nil {
			return "", false, fmt.Errorf("marking it as pending in the lane %q: %w", lane, err)
		}
	}
	return row.ID, false, nil
}

// lanes are those that a delivery is for. One of our own names its lane, which is made when there is
// none, and listens to the delivery's places from now on.
func (s *Store) lanes(q *db.Queries, d gate.Delivery) ([]string, error) {
	if d.Source != gate.FromUs {
		return s.coming.of(q, d.Places)
	}
	if _, err := q.AddLane(context.Background(), d.Lane); err != nil {
		return nil, fmt.Errorf("making the lane %q: %w", d.Lane, err)
	}
	return []string{d.Lane}, s.routing.put(q, d.Lane, d.Places, false)
}

// row is run by the writer, so that the ids ascend in the order of the commits.
func (s *Store) row(d gate.Delivery) db.KeepDeliveryParams {
	row := db.KeepDeliveryParams{
		ID: d.ID, Source: string(d.Source), Key: d.Key, Event: d.Event,
		Trust: int64(d.Trust), Received: micros(d.Received), Body: whole(d.Body), Trace: d.Trace,
	}
	if row.ID == "" {
		row.ID = s.NewID()
	}
	if row.Key == "" {
		row.Key = row.ID
	}
	return row
}

// Takes says why nothing can be written, by a little that means nothing: that the routes may be others,
// which has them read again. SQLite would not write what is there already.
func (s *Store) Takes(ctx context.Context) error {
	err := s.intake.write(ctx, &request{run: func(q *db.Queries) error { return q.RaiseRouted(context.Background(), Common) }})
	if err != nil {
		return fmt.Errorf("trying to write: %w", err)
	}
	return nil
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

// Pending lists deliveries that no step of a lane has taken, oldest first, at most limit of them and no
// more bodies than 16 MiB, but for the last of them.
func (s *Store) Pending(ctx context.Context, lane string, limit int) ([]gate.Delivery, error) {
	rows, err := s.read.PendingDeliveries(ctx, db.PendingDeliveriesParams{Lane: lane, Most: int64(limit), Heavy: heavy})
	if err != nil {
		return nil, fmt.Errorf("reading pending deliveries: %w", err)
	}
	pending := make([]gate.Delivery, len(rows))
	for i, row := range rows {
		pending[i] = delivery(row)
	}
	return pending, nil
}

// Delivery finds a delivery by its id, or [ErrNotFound].
func (s *Store) Delivery(ctx context.Context, id string) (gate.Delivery, error) {
	row, err := s.read.Delivery(ctx, id)
	if err != nil {
		return gate.Delivery{}, fmt.Errorf("reading delivery %s: %w", id, found(err))
	}
	return delivery(row), nil
}

// KeptAs is the id of the delivery that was kept of a source under a key, or [ErrNotFound].
func (s *Store) KeptAs(ctx context.Context, from gate.Source, key string) (id string, err error) {
	id, err = s.read.DeliveryKept(ctx, db.DeliveryKeptParams{Source: string(from), Key: key})
	if err != nil {
		return "", fmt.Errorf("finding the delivery of %s that was kept as %s: %w", from, key, found(err))
	}
	return id, nil
}

// TraceOf is what a delivery is traced by; "" where it is not, or is not kept any more.
func (s *Store) TraceOf(ctx context.Context, id string) (trace string, err error) {
	if id == "" {
		return "", nil
	}
	trace, err = s.read.TraceOf(ctx, id)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", fmt.Errorf("reading what delivery %s is traced by: %w", id, err)
	}
	return trace, nil
}

func delivery(row db.Delivery) gate.Delivery {
	return gate.Delivery{
		ID: row.ID, Source: gate.Source(row.Source), Event: row.Event, Key: row.Key,
		Trust: definition.Trust(row.Trust), Received: moment(row.Received), Body: whole(row.Body), Trace: row.Trace,
	}
}
