package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/pressly/goose/v3"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// file is the engine that is in the program itself: a SQLite database at a path. One process works
// with it, and others may read it.
type file struct{ path string }

func (file) dialect() goose.Dialect { return goose.DialectSQLite3 }

// connect opens the writer before the readers: it lays the file out.
func (f file) connect(ctx context.Context) (c connections, err error) {
	defer func() {
		if err != nil {
			err = errors.Join(err, c.Close())
		}
	}()
	if err := seeParent(f.path); err != nil {
		return c, err
	}
	if err := own(f.path); err != nil {
		return c, err
	}
	if c.unlock, err = f.lock(ctx); err != nil {
		return c, err
	}
	if c.write, err = openFile(ctx, uri(f.path, writing()), 1); err != nil {
		return c, err
	}
	c.read, err = openFile(ctx, uri(f.path, reading()), readers)
	return c, err
}

func (f file) look(ctx context.Context) (*sql.DB, error) {
	if _, err := os.Stat(f.path); err != nil {
		return nil, fmt.Errorf("there is no store sqlite:%s: %w; name the one that serve was given", f.path, err)
	}
	pool, err := openFile(ctx, uri(f.path, looking()), readers)
	if err != nil {
		return nil, fmt.Errorf("opening sqlite:%s: %w", f.path, err)
	}
	return pool, nil
}

// join writes as the service beside it does, and lets it go first.
func (f file) join(ctx context.Context) (*sql.DB, error) {
	if _, err := os.Stat(f.path); err != nil {
		return nil, fmt.Errorf("there is no store sqlite:%s: %w; name the one that serve was given", f.path, err)
	}
	return openFile(ctx, uri(f.path, writing()), 1)
}

// migrate needs no lock of its own: whoever has the file is alone with it.
func (file) migrate(_ context.Context, sides connections, up func(*sql.DB) error) error {
	return up(sides.write)
}

// lock keeps a second service from the file: each would judge and report without the other. It is an
// exclusive transaction on an empty database beside it, so that it works wherever SQLite does and is
// gone with the process, however that ends. A symbolic link leads to the same lock.
func (f file) lock(ctx context.Context) (unlock func() error, err error) {
	path, err := filepath.EvalSymlinks(f.path)
	if err != nil {
		return nil, fmt.Errorf("finding the file: %w", err)
	}
	path += "-lock"
	if err := own(path); err != nil {
		return nil, err
	}
	pool, err := openFile(ctx, uri(path, url.Values{"_txlock": {"exclusive"}}), 1)
	if err != nil {
		return nil, held(err)
	}
	tx, err := pool.BeginTx(context.WithoutCancel(ctx), nil)
	if err != nil {
		return nil, errors.Join(held(err), pool.Close())
	}
	return func() error { return errors.Join(rollback(tx), pool.Close()) }, nil
}

// held says what to do when another process has the lock.
func held(err error) error {
	var said *sqlite.Error
	if errors.As(err, &said) && said.Code() == sqlite3.SQLITE_BUSY {
		return errors.New("another nexusgate is at work on it: stop that one first, give each its own file, or use PostgreSQL for several replicas")
	}
	return fmt.Errorf("locking it: %w", err)
}

// own makes the file for its owner's eyes: what forges tell of private repositories lies in it.
// SQLite gives its log the same mode. One that is there is not touched: to close it would drop the
// locks that SQLite holds on it in this process (https://sqlite.org/howtocorrupt.html, 2.2).
func own(path string) error {
	made, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	switch {
	case errors.Is(err, fs.ErrExist):
		return nil
	case err != nil:
		return fmt.Errorf("making the file: %w", err)
	}
	return made.Close()
}

func openFile(ctx context.Context, name string, most int) (*sql.DB, error) {
	pool, err := sql.Open("sqlite", name)
	if err != nil {
		return nil, err
	}
	pool, err = ready(ctx, pool, most)
	return pool, next(err)
}

// ready bounds a pool, and sees that it can connect.
func ready(ctx context.Context, pool *sql.DB, most int) (*sql.DB, error) {
	pool.SetMaxOpenConns(most)
	pool.SetMaxIdleConns(most)
	if err := pool.PingContext(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("connecting: %w", err), pool.Close())
	}
	return pool, nil
}

// writing is what the writer tells its connection.
func writing() url.Values {
	return url.Values{
		"_journal_mode": {"WAL"},
		// FULL syncs the log with each commit: what was answered survives a loss of power.
		"_synchronous":  {"FULL"},
		"_busy_timeout": {"5000"}, // another process may read or check the same file
		"_txlock":       {"immediate"},
		"_pragma": {
			"wal_autocheckpoint(4000)", // 16 MB: index pages that change often are copied once for many groups
			"journal_size_limit(67108864)",
			"cache_size(-16000)",
		},
	}
}

// reading is what the readers tell theirs.
func reading() url.Values {
	return url.Values{"_busy_timeout": {"5000"}, "_query_only": {"true"}, "_pragma": {"cache_size(-4000)"}}
}

// looking is what those tell theirs that may not write at all.
func looking() url.Values {
	tell := reading()
	tell.Set("mode", "ro")
	return tell
}

// uri is the driver's name for a SQLite file, with what each connection is to be told first.
func uri(path string, tell url.Values) string {
	name := url.URL{Scheme: "file", Opaque: escape(path), RawQuery: tell.Encode()}
	return name.String()
}

// escape keeps the characters of a path that a URI would read otherwise.
func escape(path string) string {
	return strings.NewReplacer("%", "%25", "?", "%3f", "#", "%23").Replace(filepath.ToSlash(path))
}
