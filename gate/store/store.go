package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/nexusgate/nexusgate/gate/store/db"
)

// ErrNotFound says that there is no such verdict, Increment, definition or owed report.
var ErrNotFound = errors.New("not found")

// ErrClosed says that the store was closed before the request was done.
var ErrClosed = errors.New("the store is closed")

// ErrOutdated says that a report is not owed in that version any more: a newer one took its place,
// or the forge shows it already. [Store.Due] tells what is owed instead.
var ErrOutdated = errors.New("this version is no longer owed")

// ErrReadOnly says that the store was opened by [OpenToRead].
var ErrReadOnly = errors.New("the store was opened to be read")

// Store is an open database. All of its methods may be called from many goroutines.
type Store struct {
	now     func() time.Time
	windows windows
	ids     ids
	known   refs  // of evidence
	schema  int64 // the newest version of it that this program knows
	tokens  sweeping
	sides   connections
	routing routing  // as the writer sees it
	coming  *routing // as the intake does: the same one, or one of its own
	read    *db.Queries
	writer  *writer // of what is recorded; nil: it was opened to be read
	intake  *writer // of what comes in: the same one, or one of its own
	arrived chan struct{}
}

// Open opens the database that the DSN names, and brings its schema up to date. A SQLite file
// ("sqlite:PATH") is made when there is none, and only one store can be open on it; a PostgreSQL
// database ("postgres://…") has to be there, and any number of stores may be. A schema newer than this
// program knows is refused. The clock is asked for the ids that [Store.Keep] makes and for deferrals.
func Open(ctx context.Context, dsn string, now func() time.Time, options ...Option) (*Store, error) {
	kind, err := parse(dsn)
	if err != nil {
		return nil, err
	}
	sides, err := kind.connect(ctx)
	if err != nil {
		return nil, fmt.Errorf("opening %s: %w", Redact(dsn), err)
	}
	s := &Store{now: now, windows: defaults(), sides: sides, arrived: make(chan struct{}, 1)}
	for _, option := range options {
		option(s)
	}
	if err := s.start(ctx, kind); err != nil {
		return nil, errors.Join(fmt.Errorf("opening %s: %w", Redact(dsn), err), sides.Close())
	}
	return s, nil
}

// start readies the sides and lets the writers run. It wakes the reader of the inbox when something
// has waited there since before. What it prepares is given back with its connections.
func (s *Store) start(ctx context.Context, kind engine) error {
	var err error
	if s.schema, err = migrate(ctx, kind, s.sides); err != nil {
		return err
	}
	record, err := prepare(ctx, s.sides.write, s.routing.forget)
	if err != nil {
		return err
	}
	if s.read, err = db.Prepare(ctx, s.sides.read); err != nil {
		return fmt.Errorf("preparing the readers' statements: %w", err)
	}
	last, err := s.read.LastDelivery(ctx)
	if err != nil {
		return fmt.Errorf("reading the last id: %w", err)
	}
	s.ids.resume(last)
	s.routing.alone = s.Alone()
	keep := attempt(nil)
	if s.coming = &s.routing; s.sides.intake != nil {
		s.coming = &routing{}
		if keep, err = prepareIntake(ctx, s.sides.intake, s.coming); err != nil {
			return err
		}
	}
	s.writer = newWriter(record.attempt, s.wake)
	s.intake = s.writer
	if keep != nil {
		s.intake = newWriter(keep, s.wake)
	}
	s.wake()
	return nil
}

// prepare readies one side to write in transactions.
func prepare(ctx context.Context, side *sql.DB, undone func()) (transactions, error) {
	queries, err := db.Prepare(ctx, side)
	if err != nil {
		return transactions{}, fmt.Errorf("preparing the writer's statements: %w", err)
	}
	return transactions{pool: side, queries: queries, undone: undone}, nil
}

// prepareIntake readies a side to keep whole groups.
func prepareIntake(ctx context.Context, side *sql.DB, routing *routing) (attempt, error) {
	one, err := prepare(ctx, side, routing.forget)
	if err != nil {
		return nil, err
	}
	all, err := newGroups(ctx, one, routing)
	if err != nil {
		return nil, err
	}
	return all.attempt, nil
}

// OpenToRead opens a database that is there, beside services that may be at work on it, and writes
// nothing to it: not a newer schema either, so that an older one is refused. What would write gets
// [ErrReadOnly].
func OpenToRead(ctx context.Context, dsn string) (*Store, error) {
	kind, err := parse(dsn)
	if err != nil {
		return nil, err
	}
	pool, err := kind.look(ctx)
	if err != nil {
		return nil, err
	}
	s := &Store{sides: connections{read: pool}}
	if err := current(ctx, kind, pool); err != nil {
		return nil, errors.Join(fmt.Errorf("opening %s: %w", Redact(dsn), err), s.sides.Close())
	}
	if s.read, err = db.Prepare(ctx, pool); err != nil {
		return nil, errors.Join(fmt.Errorf("preparing the statements for %s: %w", Redact(dsn), err), s.sides.Close())
	}
	return s, nil
}

// Close lets the writers finish what they hold and closes the database. Requests that come later get
// [ErrClosed]. Closing twice is no fault.
func (s *Store) Close() error {
	if s.writer != nil {
		s.intake.close()
		s.writer.close()
	}
	if err := s.sides.Close(); err != nil {
		return fmt.Errorf("closing the store: %w", err)
	}
	return nil
}

// found turns the absence of a row into [ErrNotFound].
func found(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return ErrNotFound
	}
	return err
}
