package store

import (
	"context"
	"fmt"
	"time"

	"github.com/nexusgate/nexusgate/gate/store/db"
)

// bodies is how many deliveries are dropped in one transaction.
const bodies = 100

// ForgetDeliveries drops those that were received before a moment, that wait in no lane, and that no
// step which is kept of any lane would be folded from. A forge that sends one again is heard again.
func (s *Store) ForgetDeliveries(ctx context.Context, lease Lease, before time.Time) (deliveries int64, err error) {
	n := needed{from: s.NewID(), looked: map[string]int64{}} // later than all
	if err := n.look(ctx, s.read); err != nil {
		return 0, err
	}
	return s.dropDeliveries(ctx, lease, n, before)
}

func (s *Store) dropDeliveries(ctx context.Context, lease Lease, n needed, before time.Time) (int64, error) {
	return s.piecemeal(ctx, lease, "dropping deliveries", func(q *db.Queries) (int64, error) { return n.drop(context.Background(), q, before) })
}

// needed is what the log is folded from.
type needed struct {
	from   string           // the id of the oldest delivery
	looked map[string]int64 // how far each lane's log was looked through
}

// look goes on through the logs of all lanes: what has waited for long may have been recorded since.
func (n *needed) look(ctx context.Context, q *db.Queries) error {
	lanes, err := q.Lanes(ctx)
	if err != nil {
		return fmt.Errorf("reading the lanes: %w", err)
	}
	for _, l := range lanes {
		after, begun := n.looked[l.Name]
		if !begun {
			if after, err = q.FirstStep(ctx, l.Name); err != nil {
				return fmt.Errorf("reading where the log of %q begins: %w", l.Name, err)
			}
			if after == 1 { // it is folded from the beginning, and else from a checkpoint at its first step
				after = 0
			}
		}
		last, _, err := lastStep(ctx, q, l.Name)
		if err != nil {
			return err
		}
		id, err := q.FirstDeliveryOf(ctx, db.FirstDeliveryOfParams{Lane: l.Name, Seq: after})
		if err != nil {
			return fmt.Errorf("reading what the log of %q is folded from: %w", l.Name, err)
		}
		if id != "" {
			n.from = min(n.from, id)
		}
		n.looked[l.Name] = max(after, last)
	}
	return nil
}

// drop drops some deliveries that wait nowhere, and of which it finds afterwards that no step needs them: a
// delivery that ceases to wait is in a step from then on.
func (n *needed) drop(ctx context.Context, q *db.Queries, before time.Time) (dropped int64, err error) {
	old, err := q.OldDeliveries(ctx, db.OldDeliveriesParams{Before: n.from, Received: micros(before), Most: bodies})
	if err != nil {
		return 0, err
	}
	if err := n.look(ctx, q); err != nil {
		return 0, err
	}
	for _, id := range old {
		if id >= n.from {
			break
		}
		rows, err := q.DropDelivery(ctx, id)
		if err != nil {
			return 0, err
		}
		dropped += rows
	}
	return dropped, nil
}
