package store

import (
	"context"
	"fmt"

	"github.com/nexusgate/nexusgate/gate/store/db"
)

// Mark is a small durable note, such as how far a schedule has come, or [ErrNotFound].
func (s *Store) Mark(ctx context.Context, name string) ([]byte, error) {
	body, err := s.read.Mark(ctx, name)
	if err != nil {
		return nil, fmt.Errorf("reading the mark %q: %w", name, found(err))
	}
	return whole(body), nil
}

// SetMark writes a note for whoever holds a lane.
func (s *Store) SetMark(ctx context.Context, lease Lease, name string, body []byte) error {
	err := s.writer.write(ctx, &request{run: func(q *db.Queries) error {
		if err := lease.check(q); err != nil {
			return err
		}
		return q.PutMark(context.Background(), db.PutMarkParams{Name: name, Body: whole(body)})
	}})
	if err != nil {
		return fmt.Errorf("writing the mark %q: %w", name, err)
	}
	return nil
}
