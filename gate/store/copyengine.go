package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

func (file) catalog() string {
	return "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!' ORDER BY name"
}

func (server) catalog() string {
	return "SELECT table_name::text FROM information_schema.tables WHERE table_schema = current_schema() AND table_type = 'BASE TABLE' ORDER BY table_name"
}

// A transaction of SQLite reads as of its first look.
func (file) snapshot() *sql.TxOptions { return &sql.TxOptions{ReadOnly: true} }

func (server) snapshot() *sql.TxOptions {
	return &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}
}

func (file) check(ctx context.Context, pool *sql.DB) error {
	var said string
	if err := pool.QueryRowContext(ctx, "PRAGMA integrity_check(1)").Scan(&said); err != nil {
		return fmt.Errorf("checking what was written: %w", err)
	}
	if said != "ok" {
		return fmt.Errorf("what was written is not sound: %s", said)
	}
	return nil
}

// check has nothing to do: the server checks what it writes.
func (server) check(context.Context, *sql.DB) error { return nil }

func (f file) alone(ctx context.Context, _ *sql.DB) (release func() error, err error) {
	return f.lock(ctx)
}

// watched is how long a database is watched for a sign of life: every replica gives one each second.
const watched = 3 * time.Second

func (server) alone(ctx context.Context, pool *sql.DB) (release func() error, err error) {
	before, err := signs(ctx, pool)
	if err != nil {
		return nil, err
	}
	select {
	case <-time.After(watched):
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	after, err := signs(ctx, pool)
	if err != nil {
		return nil, err
	}
	if before != after {
		return nil, errors.New("a nexusgate is at work on it: stop all replicas first")
	}
	return func() error { return nil }, nil
}

// signs adds up the signs of life. A database that nothing has ever been at work on has none.
func signs(ctx context.Context, pool *sql.DB) (sum int64, err error) {
	all, err := tables(ctx, server{}, pool)
	if err != nil {
		return 0, err
	}
	for _, table := range all {
		if !passing[table] {
			continue
		}
		var n int64
		if err := pool.QueryRowContext(ctx, "SELECT CAST(COALESCE(SUM(beat), 0) AS BIGINT) FROM "+table).Scan(&n); err != nil {
			return 0, fmt.Errorf("looking for a service at work: %w", err)
		}
		sum += n
	}
	return sum, nil
}
