package store

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/pressly/goose/v3"

	"github.com/nexusgate/nexusgate/gate/store/db"
)

// entering is the migration that enters the verdicts of before the log was kept, in recorded order.
func entering() *goose.Migration {
	return goose.NewGoMigration(8, &goose.GoFunc{RunTx: enter}, nil)
}

// enter runs on the schema of its version: a later migration that changes what these queries ask for
// leaves a copy of theirs here.
func enter(ctx context.Context, tx *sql.Tx) error {
	q := db.New(tx)
	logs := growing{}
	for after := (db.VerdictsAfterParams{Most: paged}); ; {
		rows, err := q.VerdictsAfter(ctx, after)
		if err != nil {
			return fmt.Errorf("reading the verdicts after step %d of %s: %w", after.Step, after.Nexus, err)
		}
		for _, row := range rows {
			log, err := logs.of(ctx, q, row.Nexus)
			if err == nil {
				err = log.add(ctx, q, row.ID, []byte(row.Body))
			}
			if err != nil {
				return fmt.Errorf("entering verdict %s into the log: %w", row.ID, err)
			}
			after.Nexus, after.Step, after.Place = row.Nexus, row.Step, row.Place
		}
		if len(rows) < paged {
			break
		}
	}
	if _, err := tx.ExecContext(ctx, "DROP INDEX verdicts_order"); err != nil {
		return fmt.Errorf("dropping the index that this took: %w", err)
	}
	return nil
}
