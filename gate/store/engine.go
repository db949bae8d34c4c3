package store

import (
	"context"
	"database/sql"
	"errors"

	"github.com/pressly/goose/v3"
)

// readers is how many readers may read at once. A page, the metrics, the judge and the sender each
// read for a moment; on neither engine does one of them hold a writer back.
const readers = 4

// engine is what SQLite and PostgreSQL each do in their own way. All else, the schema and the queries
// with it, is the same for both.
type engine interface {
	// connect opens the sides of a database to work with it.
	connect(ctx context.Context) (connections, error)
	// look opens a database that is there, to be read and no more.
	look(ctx context.Context) (*sql.DB, error)
	// join opens a database that is there, to write a word beside the services that are at work on it.
	join(ctx context.Context) (*sql.DB, error)
	schemed
	copied
}

// schemed is what it takes to bring a schema up to date.
type schemed interface {
	// dialect is what the migrations' own bookkeeping is written in.
	dialect() goose.Dialect
	// migrate runs what brings the schema up to date, while no other process does.
	migrate(ctx context.Context, sides connections, up func(*sql.DB) error) error
}

// copied is what it takes to copy a database, or to write a copy.
type copied interface {
	// catalog is the query that lists the tables.
	catalog() string
	// snapshot begins a transaction that reads all as of one moment.
	snapshot() *sql.TxOptions
	// check asks the engine whether what it holds is sound.
	check(ctx context.Context, pool *sql.DB) error
	// alone sees that no service is at work, and as far as it can that none begins to be before release.
	alone(ctx context.Context, pool *sql.DB) (release func() error, err error)
}

// connections are the sides of an open database, so that none waits for another.
type connections struct {
	write, read *sql.DB
	intake      *sql.DB      // nil: write takes what comes in as well
	unlock      func() error // nil: other processes may write to the database too
}

// Close closes the readers first, so that a file's writer is the last one out and folds the log in,
// and gives up the lock last.
func (c connections) Close() error {
	var err error
	for _, side := range []*sql.DB{c.read, c.intake, c.write} {
		if side != nil {
			err = errors.Join(err, side.Close())
		}
	}
	if c.unlock != nil {
		err = errors.Join(err, c.unlock())
	}
	return err
}
