package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/store/db"
)

// paged is how many documents or steps are read at once.
const paged = 64

// Docs visits every document of the folded state, by Nexus and key, as of one moment.
// It ends with the first error that visit returns.
func (s *Store) Docs(ctx context.Context, visit func(gate.Doc) error) error {
	tx, err := s.sides.read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true, Isolation: sql.LevelRepeatableRead})
	if err != nil {
		return fmt.Errorf("reading the state: %w", err)
	}
	err = visitDocs(ctx, s.read.WithTx(tx), visit)
	return errors.Join(err, rollback(tx))
}

func visitDocs(ctx context.Context, q *db.Queries, visit func(gate.Doc) error) error {
	for after := (db.DocsAfterParams{Most: paged}); ; {
		rows, err := q.DocsAfter(ctx, after)
		if err != nil {
			return fmt.Errorf("reading the state: %w", err)
		}
		for _, row := range rows {
			if err := visit(gate.Doc{Nexus: row.Nexus, Key: row.Key, Body: whole(row.Body)}); err != nil {
				return err
			}
			after.Nexus, after.Key = row.Nexus, row.Key
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
