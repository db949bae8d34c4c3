package store

import (
	"context"
	"fmt"
	"time"

	"github.com/nexusgate/nexusgate/gate/store/db"
)

// Head is a signed statement of how large the log of a Nexus was, and what its hash.
type Head struct {
	Nexus string
	Size  int64
	Made  time.Time
	Note  string // signed
}

// KeepHead keeps a signed head. Of those made in one hour the last is kept, so that a year of them is
// read in a moment.
func (s *Store) KeepHead(ctx context.Context, h Head) error {
	hour := h.Made.UTC().Truncate(time.Hour)
	run := func(q *db.Queries) error {
		err := q.DropHeads(context.Background(), db.DropHeadsParams{Nexus: h.Nexus, Since: micros(hour), Until: micros(h.Made), Size: h.Size})
		if err != nil {
			return err
		}
		return q.AddHead(context.Background(), db.AddHeadParams{Nexus: h.Nexus, Size: h.Size, Made: micros(h.Made), Note: h.Note})
	}
	if err := s.writer.write(ctx, &request{run: run}); err != nil {
		return fmt.Errorf("keeping a head of the log of %s: %w", h.Nexus, err)
	}
	return nil
}

// LastHead is the largest head that was signed, or [ErrNotFound].
func (s *Store) LastHead(ctx context.Context, nexus string) (Head, error) {
	row, err := s.read.LastHead(ctx, nexus)
	if err != nil {
		return Head{}, fmt.Errorf("reading the head of the log of %s: %w", nexus, found(err))
	}
	return Head{Nexus: nexus, Size: row.Size, Made: moment(row.Made), Note: row.Note}, nil
}

// Heads are all that are kept of a Nexus, the smallest first.
func (s *Store) Heads(ctx context.Context, nexus string) ([]Head, error) {
	rows, err := s.read.Heads(ctx, nexus)
	if err != nil {
		return nil, fmt.Errorf("reading the heads of the log of %s: %w", nexus, err)
	}
	heads := make([]Head, len(rows))
	for i, row := range rows {
		heads[i] = Head{Nexus: nexus, Size: row.Size, Made: moment(row.Made), Note: row.Note}
	}
	return heads, nil
}

// signing names the one key that the store keeps.
const signing = "signing"

// LogKey is the key that the store keeps to sign heads with: the fresh one, unless it has one already. All
// services on one store get the same.
func (s *Store) LogKey(ctx context.Context, fresh string) (string, error) {
	var key string // the writer's until it has answered
	run := func(q *db.Queries) (err error) {
		if err = q.AddLogKey(context.Background(), db.AddLogKeyParams{Name: signing, Body: fresh}); err == nil {
			key, err = q.LogKey(context.Background(), signing)
		}
		return err
	}
	if err := s.writer.write(ctx, &request{run: run}); err != nil {
		return "", fmt.Errorf("keeping the key of the log: %w", err)
	}
	return key, nil
}
