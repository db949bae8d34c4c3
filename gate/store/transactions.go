package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/nexusgate/nexusgate/gate/store/db"
)

const (
	// again bounds how often a transaction is done again that was taken back for the sake of another.
	again = 5
	// patience bounds how long one may take. A server that is not there any more says nothing.
	patience = 30 * time.Second
)

// patiently does again what conflicts with what others do, a few times, and waits for nobody for ever.
func patiently(run func(context.Context) error) (err error) {
	for range again {
		// It outlives any one caller: each watches its own context while it waits.
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		err = run(ctx)
		cancel()
		if !conflicting(err) {
			break
		}
	}
	return err
}

// transactions runs the requests of a group one by one in one transaction.
type transactions struct {
	pool    *sql.DB
	queries *db.Queries
	undone  func() // called when one was taken back
}

func (t transactions) attempt(group []*request) (culprit int, err error) {
	err = patiently(func(ctx context.Context) (err error) {
		culprit, err = t.once(ctx, group)
		return err
	})
	return culprit, err
}

// once commits, or takes back. Where the connection is lost in a commit nobody knows which it was, and
// none of the group is told that it was kept.
func (t transactions) once(ctx context.Context, group []*request) (culprit int, err error) {
	tx, err := t.pool.BeginTx(ctx, nil)
	if err != nil {
		return -1, fmt.Errorf("beginning a transaction: %w", err)
	}
	queries := t.queries.WithTx(tx)
	for i, r := range group {
		r.kept = false
		if err := r.run(queries); err != nil {
			defer t.undone()
			return i, errors.Join(err, rollback(tx))
		}
	}
	if err := tx.Commit(); err != nil {
		defer t.undone()
		return -1, errors.Join(fmt.Errorf("committing: %w", err), rollback(tx))
	}
	return -1, nil
}
