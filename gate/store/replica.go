package store

import (
	"context"
	"fmt"

	"github.com/nexusgate/nexusgate/gate/store/db"
)

// Replica is one of the processes that share the lanes. It is alive as long as its Beat moves.
type Replica struct {
	Name string
	Beat int64
}

// Attend is a replica's sign of life; the first makes it known.
func (s *Store) Attend(ctx context.Context, name string) error {
	err := s.writer.write(ctx, &request{run: func(q *db.Queries) error { return q.BeatReplica(context.Background(), name) }})
	if err != nil {
		return fmt.Errorf("giving a sign of life: %w", next(err))
	}
	return nil
}

// Replicas lists those that are known by name, alive or not.
func (s *Store) Replicas(ctx context.Context) ([]Replica, error) {
	rows, err := s.read.Replicas(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading the replicas: %w", err)
	}
	replicas := make([]Replica, len(rows))
	for i, row := range rows {
		replicas[i] = Replica(row)
	}
	return replicas, nil
}

// Forget drops a replica that has given no sign of life since it was seen.
func (s *Store) Forget(ctx context.Context, seen Replica) error {
	err := s.writer.write(ctx, &request{run: func(q *db.Queries) error {
		return q.DropReplica(context.Background(), db.DropReplicaParams(seen))
	}})
	if err != nil {
		return fmt.Errorf("forgetting a replica: %w", err)
	}
	return nil
}
