package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
)

// Copy writes all that one database holds into another, which must hold nothing yet. No service may be at
// work on either: what came to the one meanwhile would be missed by the other. What an earlier program kept
// is refused, for nothing could fold the copy to see that it says the same. tell hears how many rows of a
// table were written so far. What was written is counted again before Copy returns; after an error the
// other is incomplete.
func Copy(ctx context.Context, from, to string, tell func(table string, rows int64)) (err error) {
	if from == to {
		return fmt.Errorf("%s is named twice: name an empty one to copy it to", Redact(from))
	}
	source, err := parse(from)
	if err != nil {
		return err
	}
	pool, err := source.look(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, pool.Close()) }()
	release, err := source.alone(ctx, pool)
	if err != nil {
		return fmt.Errorf("%s: %w", Redact(from), err)
	}
	defer func() { err = errors.Join(err, release()) }()
	if err := current(ctx, source, pool); err != nil {
		return fmt.Errorf("copying %s: %w", Redact(from), err)
	}
	return restore(ctx, source, pool, Redact(from), to, tell)
}

// Restore writes what [Backup] has put into a file into a database that must hold nothing yet, as [Copy] does.
// The schema stays of the version that it has; a service brings it up to date when it starts.
func Restore(ctx context.Context, path, to string, tell func(table string, rows int64)) (err error) {
	if _, err := os.Stat(path); err != nil {
		return fmt.Errorf("there is no backup %s: %w; name the file that nexusgate backup wrote", path, err)
	}
	pool, err := file{path: path}.look(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, pool.Close()) }()
	return restore(ctx, file{path: path}, pool, path, to, tell)
}

func restore(ctx context.Context, source engine, pool *sql.DB, from, to string, tell func(table string, rows int64)) error {
	target, err := parse(to)
	if err != nil {
		return err
	}
	if err := copyInto(ctx, source, pool, target, Redact(to), tell); err != nil {
		return fmt.Errorf("copying %s: %w", from, err)
	}
	return nil
}

func copyInto(ctx context.Context, source engine, pool *sql.DB, target engine, name string, tell func(table string, rows int64)) (err error) {
	has, err := known(ctx, source, pool)
	if err != nil {
		return err
	}
	fresh := isNew(target)
	sides, err := target.connect(ctx)
	if err != nil {
		return fmt.Errorf("opening %s: %w", name, err)
	}
	defer func() {
		if err = errors.Join(err, sides.Close()); err != nil && fresh {
			err = errors.Join(err, discard(target))
		}
	}()
	if s, shared := target.(server); shared {
		if _, err := s.alone(ctx, sides.read); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	if err := layOut(ctx, target, sides, has); err != nil {
		return fmt.Errorf("readying %s: %w", name, err)
	}
	snapshot, err := pool.BeginTx(ctx, source.snapshot())
	if err != nil {
		return fmt.Errorf("reading as of one moment: %w", err)
	}
	if err = (&copying{from: snapshot, to: sides.write, tell: tell}).run(ctx, source, target); err != nil {
		err = fmt.Errorf("filling %s: %w", name, next(err))
	}
	return errors.Join(err, rollback(snapshot))
}

// known is the version of a schema that this program knows.
func known(ctx context.Context, kind engine, pool *sql.DB) (has int64, err error) {
	provider, err := schemas(kind, pool)
	if err != nil {
		return 0, err
	}
	has, err = version(ctx, pool)
	switch knows := last(provider); {
	case err != nil:
		return 0, notOurs(err)
	case has > knows:
		return 0, newer(has, knows)
	}
	return has, nil
}

// isNew says whether an engine's file is yet to be made.
func isNew(kind engine) bool {
	f, is := kind.(file)
	if !is {
		return false
	}
	_, err := os.Stat(f.path)
	return errors.Is(err, os.ErrNotExist)
}

// discard takes away a file that was made for nothing.
func discard(kind engine) error {
	f, is := kind.(file)
	if !is {
		return nil
	}
	var errs []error
	for _, part := range []string{"", "-wal", "-shm", "-lock"} {
		if err := os.Remove(f.path + part); err != nil && !errors.Is(err, os.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// layOut gives an empty database the schema of a version.
func layOut(ctx context.Context, kind engine, sides connections, to int64) error {
	if has, err := version(ctx, sides.write); err == nil && has > 0 {
		if has != to {
			return fmt.Errorf("its schema has version %d, and what is copied has version %d: name an empty database", has, to)
		}
		return seeEmpty(ctx, kind, sides.write)
	}
	return kind.migrate(ctx, sides, func(pool *sql.DB) error {
		provider, err := schemas(kind, pool)
		if err != nil {
			return err
		}
		if _, err := provider.UpTo(ctx, to); err != nil {
			return fmt.Errorf("making the schema of version %d: %w", to, err)
		}
		return nil
	})
}

// passing are the tables whose rows tell of processes, and of no work.
var passing = map[string]bool{"lanes": true, "replicas": true}

func seeEmpty(ctx context.Context, kind engine, pool *sql.DB) error {
	all, err := tables(ctx, kind, pool)
	if err != nil {
		return err
	}
	for _, table := range all {
		n, err := countRows(ctx, pool, table)
		if err != nil {
			return err
		}
		if n > 0 && !passing[table] {
			return fmt.Errorf("it holds something already (%d rows of %s): name an empty database", n, table)
		}
	}
	return nil
}

// asker is a database, or a transaction in one.
type asker interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// bookkeeping are the tables of whoever changes the schema.
var bookkeeping = map[string]bool{"goose_db_version": true, "migrating": true}

// tables are those of a store, by name.
func tables(ctx context.Context, kind engine, in asker) (all []string, err error) {
	rows, err := in.QueryContext(ctx, kind.catalog())
	if err != nil {
		return nil, fmt.Errorf("listing the tables: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var table string
		if err := rows.Scan(&table); err != nil {
			return nil, fmt.Errorf("listing the tables: %w", err)
		}
		if !bookkeeping[table] {
			all = append(all, table)
		}
	}
	return all, rows.Err()
}

func countRows(ctx context.Context, in asker, table string) (n int64, err error) {
	if err := in.QueryRowContext(ctx, "SELECT COUNT(*) FROM "+table).Scan(&n); err != nil {
		return 0, fmt.Errorf("counting the rows of %s: %w", table, err)
	}
	return n, nil
}
