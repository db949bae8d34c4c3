package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/store/db"
)

// paged is how many documents or steps are read at once.
const paged = 64

// remembered is for how many steps at least it is remembered that a document is gone.
const remembered = 1 << 13

func forgetGone(q *db.Queries, lane string, before int64) error {
	if before <= 0 {
		return nil
	}
	if err := q.ForgetGone(context.Background(), db.ForgetGoneParams{Nexus: lane, Step: before}); err != nil {
		return fmt.Errorf("forgetting documents that are gone: %w", err)
	}
	return nil
}

// Remembers says whether who knows the state as of one step is told, by [Store.Docs], of all that is gone
// by another. Otherwise all is to be read anew.
func Remembers(after, seq int64) bool { return seq-after < remembered }

// Docs visits documents of a lane's folded state as of one moment: after 0 all of them by their keys, and
// after a later step those that newer ones wrote, the dropped ones with a nil body. It says which step the
// state is of, and by which now that was judged. It ends with the first error that visit returns.
func (s *Store) Docs(ctx context.Context, lane string, after int64, visit func(gate.Doc) error) (seq int64, now time.Time, err error) {
	tx, err := s.sides.read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true, Isolation: sql.LevelRepeatableRead})
	if err != nil {
		return 0, time.Time{}, fmt.Errorf("reading the state: %w", err)
	}
	q := s.read.WithTx(tx)
	seq, now, err = lastStep(ctx, q, lane)
	switch {
	case err != nil:
	case after == 0:
		err = visitDocs(ctx, q, lane, visit)
	default:
		err = visitNewer(ctx, q, lane, after, visit)
	}
	return seq, now, errors.Join(err, rollback(tx))
}

func visitDocs(ctx context.Context, q *db.Queries, lane string, visit func(gate.Doc) error) error {
	for after := (db.DocsAfterParams{Nexus: lane, Most: paged}); ; {
		rows, err := q.DocsAfter(ctx, after)
		if err != nil {
			return fmt.Errorf("reading the state: %w", err)
		}
		for _, row := range rows {
			if err := visit(gate.Doc{Nexus: lane, Key: row.Key, Body: whole(row.Body)}); err != nil {
				return err
			}
			after.Key = row.Key
		}
		if len(rows) < paged {
			return nil
		}
	}
}

func visitNewer(ctx context.Context, q *db.Queries, lane string, after int64, visit func(gate.Doc) error) error {
	for from := (db.DocsSinceParams{Nexus: lane, Step: after + 1, Most: paged}); ; {
		rows, err := q.DocsSince(ctx, from)
		if err != nil {
			return fmt.Errorf("reading what is new in the state: %w", err)
		}
		for _, row := range rows {
			doc := gate.Doc{Nexus: lane, Key: row.Key}
			if row.Gone == 0 {
				doc.Body = whole(row.Body)
			}
			if err := visit(doc); err != nil {
				return err
			}
			from.Step, from.Key = row.Step, row.Key
		}
		if len(rows) < paged {
			return nil
		}
	}
}

// DocsNamed gives the documents of one key, by Nexus.
func (s *Store) DocsNamed(ctx context.Context, key string) ([]gate.Doc, error) {
	rows, err := s.read.DocsNamed(ctx, key)
	if err != nil {
		return nil, fmt.Errorf("reading the documents %q: %w", key, err)
	}
	docs := make([]gate.Doc, len(rows))
	for i, row := range rows {
		docs[i] = gate.Doc{Nexus: row.Nexus, Key: row.Key, Body: whole(row.Body)}
	}
	return docs, nil
}
