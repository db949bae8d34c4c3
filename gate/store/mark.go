package store

import (
	"context"
	"errors"
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

// Leave writes a note into a database that is there, beside the services that are at work on it. Nobody's
// lane is asked for: what is left so is for a holder to read.
func Leave(ctx context.Context, dsn, name string, body []byte) (err error) {
	kind, err := parse(dsn)
	if err != nil {
		return err
	}
	pool, err := kind.join(ctx)
	if err != nil {
		return fmt.Errorf("opening %s: %w", Redact(dsn), err)
	}
	defer func() { err = errors.Join(err, pool.Close()) }()
	if err := current(ctx, kind, pool); err != nil {
		return fmt.Errorf("opening %s: %w", Redact(dsn), err)
	}
	if err := db.New(pool).PutMark(ctx, db.PutMarkParams{Name: name, Body: whole(body)}); err != nil {
		return fmt.Errorf("leaving the note %q in %s: %w", name, Redact(dsn), next(err))
	}
	return nil
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
