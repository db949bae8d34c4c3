package store

import (
	"context"
	"fmt"
	"time"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/store/db"
)

// Checkpoint is the state of a lane as of a step. What was recorded after it can be folded on from it.
type Checkpoint struct {
	Lane string
	Seq  int64     // of the step
	Now  time.Time // that it was judged by
	Made time.Time
}

// Checkpoints lists those of a lane, the oldest first.
func (s *Store) Checkpoints(ctx context.Context, lane string) ([]Checkpoint, error) {
	rows, err := s.read.Checkpoints(ctx, lane)
	if err != nil {
		return nil, fmt.Errorf("reading the checkpoints of %q: %w", lane, err)
	}
	all := make([]Checkpoint, len(rows))
	for i, row := range rows {
		all[i] = Checkpoint{Lane: row.Lane, Seq: row.Seq, Now: moment(row.Now), Made: moment(row.Made)}
	}
	return all, nil
}

// AddCheckpoint keeps a checkpoint with its documents. It is written in parts, so that nobody waits for
// all of it, and counts once the last of them is on disk.
func (s *Store) AddCheckpoint(ctx context.Context, lease Lease, c Checkpoint, docs []gate.Doc) error {
	doing := fmt.Sprintf("keeping a checkpoint of %q at step %d", lease.Lane, c.Seq)
	if err := s.dropCheckpointDocs(ctx, lease); err != nil {
		return err
	}
	for from := 0; from < len(docs); from += paged {
		some := docs[from:min(from+paged, len(docs))]
		err := s.within(ctx, lease, doing, func(q *db.Queries) error {
			for _, d := range some {
				err := q.AddCheckpointDoc(context.Background(), db.AddCheckpointDocParams{Lane: lease.Lane, Seq: c.Seq, Key: d.Key, Body: whole(d.Body)})
				if err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return s.within(ctx, lease, doing, func(q *db.Queries) error {
		return q.AddCheckpoint(context.Background(), db.AddCheckpointParams{Lane: lease.Lane, Seq: c.Seq, Now: micros(c.Now), Made: micros(c.Made)})
	})
}

// CheckpointDocs visits the documents of a checkpoint, by their keys.
func (s *Store) CheckpointDocs(ctx context.Context, c Checkpoint, visit func(gate.Doc) error) error {
	for after := (db.CheckpointDocsParams{Lane: c.Lane, Seq: c.Seq, Most: paged}); ; {
		rows, err := s.read.CheckpointDocs(ctx, after)
		if err != nil {
			return fmt.Errorf("reading the checkpoint of %q at step %d: %w", c.Lane, c.Seq, err)
		}
		for _, row := range rows {
			if err := visit(gate.Doc{Nexus: c.Lane, Key: row.Key, Body: whole(row.Body)}); err != nil {
				return err
			}
			after.Key = row.Key
		}
		if len(rows) < paged {
			return nil
		}
	}
}

// FoldedFrom is the checkpoint that a lane's log is to be folded from; known is false where the log
// is kept from its beginning.
func (s *Store) FoldedFrom(ctx context.Context, lane string) (c Checkpoint, known bool, err error) {
	first, err := s.read.FirstStep(ctx, lane)
	if err != nil {
		return c, false, fmt.Errorf("reading where the log of %q begins: %w", lane, err)
	}
	if first <= 1 {
		return c, false, nil
	}
	all, err := s.Checkpoints(ctx, lane)
	if err != nil {
		return c, false, err
	}
	for _, c := range all {
		if c.Seq >= first {
			return c, true, nil
		}
	}
	return c, false, fmt.Errorf("the log of %q begins with step %d, and there is no checkpoint to fold it from", lane, first)
}

// within changes something for whoever holds a lane, in one transaction.
func (s *Store) within(ctx context.Context, lease Lease, doing string, run func(*db.Queries) error) error {
	err := s.writer.write(ctx, &request{run: func(q *db.Queries) error {
		if err := lease.check(q); err != nil {
			return err
		}
		return run(q)
	}})
	if err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	return nil
}

// piecemeal drops a few rows at a time until none are left, so that nobody waits for long.
func (s *Store) piecemeal(ctx context.Context, lease Lease, doing string, some func(*db.Queries) (int64, error)) (dropped int64, err error) {
	for {
		var n int64
		err := s.within(ctx, lease, doing, func(q *db.Queries) (err error) {
			n, err = some(q)
			return err
		})
		if err != nil {
			return dropped, err // n is still the writer's where the time is over
		}
		if dropped += n; n == 0 {
			return dropped, nil
		}
	}
}

// dropping is how many rows are dropped in one transaction, of those that are small.
const dropping = 1000

func (s *Store) dropCheckpointDocs(ctx context.Context, lease Lease) error {
	_, err := s.piecemeal(ctx, lease, "dropping a checkpoint", func(q *db.Queries) (int64, error) {
		return q.DropCheckpointDocs(context.Background(), db.DropCheckpointDocsParams{Lane: lease.Lane, Most: paged})
	})
	return err
}
