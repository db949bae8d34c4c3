package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"

	_ "modernc.org/sqlite" // the driver "sqlite"
)

// readers is how many readers may read at once. A page, the metrics, the judge and the sender each
// read for a moment; in WAL mode none of them holds the writer back.
const readers = 4

// connections are the two sides of a SQLite file: one connection that writes and a pool that reads.
type connections struct {
	write, read *sql.DB
}

// connect opens both sides. The writer comes first: it lays the file out.
func connect(ctx context.Context, path string) (connections, error) {
	if err := own(path); err != nil {
		return connections{}, err
	}
	write, err := open(ctx, uri(path, writing()), 1)
	if err != nil {
		return connections{}, err
	}
	read, err := open(ctx, uri(path, reading()), readers)
	if err != nil {
		return connections{}, errors.Join(err, write.Close())
	}
	return connections{write: write, read: read}, nil
}

// own makes the file for its owner's eyes: what forges tell of private repositories lies in it.
// SQLite gives its log the same mode. One that is there is not touched: to close it would drop the
// locks that SQLite holds on it in this process (https://sqlite.org/howtocorrupt.html, 2.2).
func own(path string) error {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	switch {
	case errors.Is(err, fs.ErrExist):
		return nil
	case err != nil:
		return fmt.Errorf("making the file: %w", err)
	}
	return file.Close()
}

func open(ctx context.Context, name string, most int) (*sql.DB, error) {
	pool, err := sql.Open("sqlite", name)
	if err != nil {
		return nil, err
	}
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

// Close closes the readers first, so that the writer is the last one out and folds the log in.
func (c connections) Close() error {
	if c.write == nil {
		return c.read.Close()
	}
	return errors.Join(c.read.Close(), c.write.Close())
}
