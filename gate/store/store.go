package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
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
	known   refs // of evidence
	files   connections
	read    *db.Queries
	writer  *writer // nil: it was opened to be read
	arrived chan struct{}
}

// Open opens the database that the DSN names ("sqlite:PATH"), makes it when there is none, and
// brings its schema up to date. A schema newer than this program knows is refused.
// The clock is asked for the ids that [Store.Keep] makes and for deferrals.
func Open(ctx context.Context, dsn string, now func() time.Time, options ...Option) (*Store, error) {
	path, err := parse(dsn)
	if err != nil {
		return nil, err
	}
	files, err := connect(ctx, path)
	if err != nil {
		return nil, fmt.Errorf("opening %s: %w", dsn, err)
	}
	s := &Store{now: now, windows: defaults(), files: files, arrived: make(chan struct{}, 1)}
	for _, option := range options {
		option(s)
	}
	if err := s.start(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("opening %s: %w", dsn, err), files.Close())
	}
	return s, nil
}

// start readies the two sides and lets the writer run. It wakes the reader of the inbox when
// something has waited there since before.
func (s *Store) start(ctx context.Context) error {
	if err := migrate(ctx, s.files.write); err != nil {
		return err
	}
	write, err := db.Prepare(ctx, s.files.write)
	if err != nil {
		return fmt.Errorf("preparing the writer's statements: %w", err)
	}
	if s.read, err = db.Prepare(ctx, s.files.read); err != nil {
		return errors.Join(fmt.Errorf("preparing the readers' statements: %w", err), write.Close())
	}
	last, err := s.read.LastDelivery(ctx)
	if err != nil {
		return errors.Join(fmt.Errorf("reading the last id: %w", err), write.Close(), s.read.Close())
	}
	s.ids.resume(last)
	s.writer = newWriter(s.files.write, write, s.wake)
	s.wake()
	return nil
}

// OpenToRead opens a database that is there, beside a service that may be at work on it, and writes
// nothing to it: not a newer schema either, so that an older one is refused. What would write gets
// [ErrReadOnly].
func OpenToRead(ctx context.Context, dsn string) (*Store, error) {
	path, err := parse(dsn)
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(path); err != nil {
		return nil, fmt.Errorf("there is no store %s: %w; name the one that serve was given", dsn, err)
	}
	pool, err := open(ctx, uri(path, looking()), readers)
	if err != nil {
		return nil, fmt.Errorf("opening %s: %w", dsn, err)
	}
	s := &Store{files: connections{read: pool}}
	if err := current(ctx, pool); err != nil {
		return nil, errors.Join(fmt.Errorf("opening %s: %w", dsn, err), s.files.Close())
	}
	if s.read, err = db.Prepare(ctx, pool); err != nil {
		return nil, errors.Join(fmt.Errorf("preparing the statements for %s: %w", dsn, err), s.files.Close())
	}
	return s, nil
}

// Close lets the writer finish what it holds and closes the database. Requests that come later get
// [ErrClosed]. Closing twice is no fault.
func (s *Store) Close() error {
	var err error
	switch {
	case s.writer == nil:
		err = errors.Join(s.read.Close(), s.files.Close())
	case s.writer.close():
		err = errors.Join(s.read.Close(), s.writer.queries.Close(), s.files.Close())
	}
	if err != nil {
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
