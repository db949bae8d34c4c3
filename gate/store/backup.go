package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"slices"
)

// Backup writes all that a database holds, as of one moment, into a new SQLite file that only its owner may
// read. Services may be at work on the database meanwhile. What was written is checked and counted before
// Backup returns; after an error there is no file. A SQLite database comes out as compact as it can be.
func Backup(ctx context.Context, dsn, path string, tell func(table string, rows int64)) error {
	source, err := parse(dsn)
	if err != nil {
		return err
	}
	if err := seeParent(path); err != nil {
		return fmt.Errorf("%s cannot be written: %w", path, err)
	}
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s is there already: name a file that is not", path)
	}
	pool, err := source.look(ctx)
	if err != nil {
		return err
	}
	target := file{path: path}
	if from, is := source.(file); is {
		err = errors.Join(vacuum(ctx, from, pool, target, tell), pool.Close())
	} else {
		err = errors.Join(copyInto(ctx, source, pool, target, path, tell), pool.Close())
	}
	if err != nil {
		return errors.Join(fmt.Errorf("backing up %s: %w", Redact(dsn), err), discard(target))
	}
	return errors.Join(os.Remove(path+"-lock"), settled(path))
}

// vacuum has SQLite write the file, which it does from one read of the database.
func vacuum(ctx context.Context, from file, pool *sql.DB, target file, tell func(table string, rows int64)) (err error) {
	if _, err := known(ctx, from, pool); err != nil {
		return err
	}
	before, err := counts(ctx, pool)
	if err != nil {
		return err
	}
	if err := errors.Join(own(target.path), own(target.path+"-lock")); err != nil {
		return err
	}
	// A connection that is told to ask and not to write refuses this, though it writes nothing of its own.
	one, err := openFile(ctx, uri(from.path, url.Values{"mode": {"ro"}, "_busy_timeout": {"5000"}}), 1)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, one.Close()) }()
	if _, err := one.ExecContext(ctx, "VACUUM INTO $1", target.path); err != nil {
		return fmt.Errorf("writing the copy: %w", next(err))
	}
	return sound(ctx, target, before, tell)
}

// sound checks a copy that a service may have gone on from while it was made.
func sound(ctx context.Context, target file, before map[string]int64, tell func(table string, rows int64)) (err error) {
	pool, err := target.look(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, pool.Close()) }()
	if err := target.check(ctx, pool); err != nil {
		return err
	}
	has, err := counts(ctx, pool)
	if err != nil {
		return err
	}
	for _, table := range slices.Sorted(maps.Keys(has)) {
		tell(table, has[table])
		if before[table] > 0 && has[table] == 0 && table != "pending" {
			return fmt.Errorf("of %d rows of %s, none were copied", before[table], table)
		}
	}
	return nil
}

// counts are the rows of each table.
func counts(ctx context.Context, pool *sql.DB) (map[string]int64, error) {
	all, err := tables(ctx, file{}, pool)
	if err != nil {
		return nil, err
	}
	rows := map[string]int64{}
	for _, table := range all {
		if rows[table], err = countRows(ctx, pool, table); err != nil {
			return nil, err
		}
	}
	return rows, nil
}

// settled sees to it that a file, and its name, outlast a loss of power.
func settled(path string) error {
	for _, name := range []string{path, filepath.Dir(path)} {
		opened, err := os.Open(name)
		if err != nil {
			return fmt.Errorf("syncing %s: %w", name, err)
		}
		if err := errors.Join(opened.Sync(), opened.Close()); err != nil {
			return fmt.Errorf("syncing %s: %w", name, err)
		}
	}
	return nil
}
