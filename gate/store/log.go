package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/store/db"
)

// LogEntry is a step as it was recorded, for the replay.
type LogEntry struct {
	Seq      int64
	Now      time.Time      // what was judged by
	Delivery *gate.Delivery // nil when a deadline passed
	Result   gate.Result
	Verdicts []string // ids, in the order in which they were decided
}

// LastStep tells the number of a lane's last recorded step and the now it was judged by; 0 and the zero
// time when there is none.
func (s *Store) LastStep(ctx context.Context, lane string) (seq int64, now time.Time, err error) {
	return lastStep(ctx, s.read, lane)
}

func lastStep(ctx context.Context, q *db.Queries, lane string) (seq int64, now time.Time, err error) {
	last, err := q.LastStep(ctx, lane)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return 0, time.Time{}, nil
	case err != nil:
		return 0, time.Time{}, fmt.Errorf("reading the last step: %w", err)
	}
	return last.Seq, moment(last.Now), nil
}

func lastSeq(q *db.Queries, lane string) (int64, error) {
	seq, _, err := lastStep(context.Background(), q, lane)
	return seq, err
}

// Log visits every recorded step of a lane in its order, with the delivery that it was made of. It holds one
// body at a time, and it ends with the first error that visit returns.
func (s *Store) Log(ctx context.Context, lane string, visit func(LogEntry) error) error {
	return s.LogAfter(ctx, lane, 0, visit)
}

// LogAfter visits those after a step.
func (s *Store) LogAfter(ctx context.Context, lane string, seq int64, visit func(LogEntry) error) error {
	for after := (db.StepsAfterParams{Lane: lane, Seq: seq, Most: paged}); ; {
		steps, err := s.read.StepsAfter(ctx, after)
		if err != nil {
			return fmt.Errorf("reading the log after step %d: %w", after.Seq, err)
		}
		for _, step := range steps {
			entry, err := s.entry(ctx, step)
			if err != nil {
				return fmt.Errorf("reading step %d of the log: %w", step.Seq, err)
			}
			if err := visit(entry); err != nil {
				return err
			}
			after.Seq = step.Seq
		}
		if len(steps) < paged {
			return nil
		}
	}
}

func (s *Store) entry(ctx context.Context, step db.Step) (LogEntry, error) {
	entry := LogEntry{Seq: step.Seq, Now: moment(step.Now), Result: gate.Result(step.Result)}
	if err := json.Unmarshal([]byte(step.Verdicts), &entry.Verdicts); err != nil {
		return LogEntry{}, fmt.Errorf("reading its verdicts: %w", err)
	}
	if step.Delivery == "" {
		return entry, nil
	}
	row, err := s.read.Delivery(ctx, step.Delivery)
	if err != nil {
		return LogEntry{}, fmt.Errorf("delivery %s: %w", step.Delivery, found(err))
	}
	kept := delivery(row)
	entry.Delivery = &kept
	return entry, nil
}
