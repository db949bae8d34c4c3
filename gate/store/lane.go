package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/nexusgate/nexusgate/gate/store/db"
)

// Common is the lane of the deliveries that belong to no Nexus, and of what is done once for all.
const Common = ""

// ErrFenced says that a lane is not, or no longer, the caller's: another holder has claimed it since.
// Nothing was written.
var ErrFenced = errors.New("the lane is held by another")

// Lane is the ordered work of one Nexus, and who does it. It needs no clock that two machines agree on:
// a holder raises Beat again and again, and whoever sees neither it nor Fence move for long enough, by
// a clock of their own, may claim the lane.
type Lane struct {
	Name   string // of the Nexus, or [Common]
	Holder string // "": nobody
	Fence  int64  // one more with each claim
	Beat   int64  // one more with each renewal
}

// Lease is the right to work in a lane, as long as its fence is the lane's.
type Lease struct {
	Lane, Holder string
	Fence        int64
}

// Lanes lists all lanes by name, the common one first.
func (s *Store) Lanes(ctx context.Context) ([]Lane, error) {
	rows, err := s.read.Lanes(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading the lanes: %w", err)
	}
	lanes := make([]Lane, len(rows))
	for i, row := range rows {
		lanes[i] = Lane(row)
	}
	return lanes, nil
}

// Claim takes a lane over from whoever held it, if it still is as it was seen, and else is [ErrFenced].
// One that nobody has seen yet is made. Nothing is claimed once a newer program has changed the schema: a lane
// goes from an older one to a newer and never back.
func (s *Store) Claim(ctx context.Context, seen Lane, holder string) (Lease, error) {
	if err := s.overtaken(ctx); err != nil {
		return Lease{}, fmt.Errorf("claiming the lane %s: %w", seen.Name, err)
	}
	claim := db.ClaimLaneParams{Holder: holder, Name: seen.Name, Fence: seen.Fence, Beat: seen.Beat}
	err := s.change(ctx, "claiming the lane "+seen.Name, ErrFenced, func(q *db.Queries) (int64, error) {
		if seen.Fence == 0 {
			if _, err := q.AddLane(context.Background(), seen.Name); err != nil {
				return 0, err
			}
		}
		return q.ClaimLane(context.Background(), claim)
	})
	if err != nil {
		return Lease{}, err
	}
	s.known.clear() // whoever held the lane may have dropped some of it
	return Lease{Lane: seen.Name, Holder: holder, Fence: seen.Fence + 1}, nil
}

// Renew raises the beat of lanes, and gives back those that are still the caller's.
func (s *Store) Renew(ctx context.Context, leases ...Lease) ([]Lease, error) {
	var held []Lease // the writer's until it has answered
	err := s.writer.write(ctx, &request{run: func(q *db.Queries) error {
		held = held[:0]
		for _, lease := range leases {
			switch err := lease.check(q); {
			case err == nil:
				held = append(held, lease)
			case !errors.Is(err, ErrFenced):
				return err
			}
		}
		return nil
	}})
	if err != nil {
		return nil, fmt.Errorf("renewing leases: %w", err)
	}
	return held, nil
}

// Release lets lanes go, so that others need not wait to claim them. Those that are not the caller's any
// more are passed over.
func (s *Store) Release(ctx context.Context, leases ...Lease) error {
	err := s.writer.write(ctx, &request{run: func(q *db.Queries) error {
		for _, lease := range leases {
			if _, err := q.ReleaseLane(context.Background(), db.ReleaseLaneParams{Name: lease.Lane, Fence: lease.Fence}); err != nil {
				return err
			}
		}
		return nil
	}})
	if err != nil {
		return fmt.Errorf("releasing leases: %w", err)
	}
	return nil
}

// check begins every write in a lane, in its transaction: nobody can claim the lane before that ends.
func (l Lease) check(q *db.Queries) error {
	rows, err := q.RenewLane(context.Background(), db.RenewLaneParams{Name: l.Lane, Fence: l.Fence})
	if err != nil {
		return fmt.Errorf("checking the lease of %q: %w", l.Lane, err)
	}
	if rows == 0 {
		return ErrFenced
	}
	return nil
}

// Waiting lists the lanes of a holder, and those of nobody, in which deliveries are pending.
func (s *Store) Waiting(ctx context.Context, holder string) ([]string, error) {
	lanes, err := s.read.WaitingLanes(ctx, holder)
	if err != nil {
		return nil, fmt.Errorf("reading where deliveries are pending: %w", err)
	}
	return lanes, nil
}

// LastSteps are the numbers of all lanes' last recorded steps, by lane.
func (s *Store) LastSteps(ctx context.Context) (map[string]int64, error) {
	rows, err := s.read.StepsTaken(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading how far the record has come: %w", err)
	}
	steps := make(map[string]int64, len(rows))
	for _, row := range rows {
		steps[row.Name] = row.Seq
	}
	return steps, nil
}

// Alone says whether no other process can write to the database, so that leases need not be renewed.
func (s *Store) Alone() bool { return s.sides.unlock != nil }
