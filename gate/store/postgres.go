package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
)

// server is the engine for several replicas: a PostgreSQL database, or one that speaks as it does. Each
// store has six connections to it at most: one for what comes in, one for what the lanes record, so that
// neither waits for the other, and four that read.
type server struct{ config *pgx.ConnConfig }

func (server) dialect() goose.Dialect { return goose.DialectPostgres }

func (s server) connect(ctx context.Context) (c connections, err error) {
	defer func() {
		if err != nil {
			err = errors.Join(err, c.Close())
		}
	}()
	if c.write, err = s.open(ctx, 1, toWrite); err != nil {
		return c, err
	}
	if c.intake, err = s.open(ctx, 1, toWrite); err != nil {
		return c, err
	}
	c.read, err = s.open(ctx, readers, toRead)
	return c, err
}

func (s server) look(ctx context.Context) (*sql.DB, error) {
	pool, err := s.open(ctx, readers, toRead)
	if err != nil {
		return nil, fmt.Errorf("opening %s: %w", Redact(s.config.ConnString()), err)
	}
	return pool, nil
}

func (s server) join(ctx context.Context) (*sql.DB, error) { return s.open(ctx, 1, toWrite) }

// What a connection tells the server first. A server that acknowledges before it syncs is told to sync:
// what was answered survives a loss of power. A transaction whose process has stopped in its middle is
// ended by the time that the process would have given up its lanes, so that it does not keep the row of a
// lane from whoever claims it; and who waits for such a row does not keep all else waiting.
const (
	toWrite = `SELECT set_config('synchronous_commit', 'on', false) FROM
	(SELECT current_setting('synchronous_commit') AS now) AS c WHERE now = 'off';
	SET idle_in_transaction_session_timeout = '3s';
	SET lock_timeout = '1s'`
	toRead = `SET default_transaction_read_only = on`
)

func (s server) open(ctx context.Context, most int, tell string) (*sql.DB, error) {
	config := s.config.Copy()
	if config.RuntimeParams["application_name"] == "" {
		config.RuntimeParams["application_name"] = "nexusgate"
	}
	dialer := net.Dialer{KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: 10 * time.Second, Interval: 5 * time.Second, Count: 3}}
	config.DialFunc = dialer.DialContext
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = 10 * time.Second
	}
	told := stdlib.OptionAfterConnect(func(ctx context.Context, conn *pgx.Conn) error {
		// The simple protocol takes several statements at once.
		_, err := conn.PgConn().Exec(ctx, tell).ReadAll()
		return err
	})
	pool, err := ready(ctx, sql.OpenDB(connector{stdlib.GetConnector(*config, told)}), most)
	return pool, next(err)
}

// flat says in one line, and once, what the driver says in a line for each address and way that it tried.
type flat struct{ error }

// Error is for people and their logs.
func (f flat) Error() string {
	var lines []string
	for line := range strings.Lines(f.error.Error()) {
		if line = strings.TrimSpace(line); !slices.Contains(lines, line) {
			lines = append(lines, line)
		}
	}
	return strings.ReplaceAll(strings.Join(lines, "; "), ":; ", ": ")
}

// Unwrap gives back what was said.
func (f flat) Unwrap() error { return f.error }

// conflicting says that a transaction was taken back for the sake of another, and may succeed when it is
// done again: a deadlock, or a conflict of serialization.
func conflicting(err error) bool {
	var said *pgconn.PgError
	return errors.As(err, &said) && (said.Code == "40P01" || said.Code == "40001")
}

// migrate has replicas that start at once change the schema one after the other, by a lock on a row: a
// transaction gives it up when it ends, and with it its process or its connection, so that there is no
// lease to wait for as goose's own table lock has. goose's other lock is an advisory one, which not
// every database that speaks as PostgreSQL knows. A change of the schema may take its time, so it has
// connections that were told of no limits.
func (s server) migrate(ctx context.Context, _ connections, up func(*sql.DB) error) (err error) {
	pool, err := s.open(ctx, 2, "")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, pool.Close()) }()
	if err := guard(ctx, pool); err != nil {
		return next(err)
	}
	tx, err := pool.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("locking the schema: %w", err)
	}
	defer func() { err = errors.Join(err, rollback(tx)) }()
	if _, err := tx.ExecContext(ctx, "SELECT id FROM migrating WHERE id = 1 FOR UPDATE"); err != nil {
		return fmt.Errorf("locking the schema: %w", err)
	}
	if err := up(pool); err != nil {
		return next(err)
	}
	return compress(ctx, pool)
}

// guard makes the row that is locked. Of several that make a table at once, PostgreSQL lets one succeed
// and the others fail, though they say IF NOT EXISTS: those find it when they try again.
func guard(ctx context.Context, pool *sql.DB) (err error) {
	for range 5 {
		if _, err = pool.ExecContext(ctx, "CREATE TABLE IF NOT EXISTS migrating (id BIGINT NOT NULL PRIMARY KEY)"); err == nil {
			_, err = pool.ExecContext(ctx, "INSERT INTO migrating (id) VALUES (1) ON CONFLICT (id) DO NOTHING")
		}
		var said *pgconn.PgError
		if !errors.As(err, &said) || !slices.Contains([]string{"23505", "42710", "42P07"}, said.Code) && !conflicting(err) {
			break
		}
	}
	if err != nil {
		return fmt.Errorf("making the lock of the schema: %w", err)
	}
	return nil
}

// compress has bodies compressed by lz4 where the server can: it is several times quicker than
// PostgreSQL's own, and intake is what waits for it.
func compress(ctx context.Context, pool *sql.DB) error {
	const can = "SELECT COUNT(*) FROM pg_settings WHERE name = 'default_toast_compression' AND 'lz4' = ANY (enumvals)"
	var able int
	if err := pool.QueryRowContext(ctx, can).Scan(&able); err != nil || able == 0 {
		return nil //nolint:nilerr // a server that cannot tell has no lz4: it compresses in its own way, or not at all
	}
	tables, err := uncompressed(ctx, pool)
	if err != nil {
		return fmt.Errorf("finding the bodies to compress: %w", err)
	}
	for _, table := range tables {
		if _, err := pool.ExecContext(ctx, "ALTER TABLE "+pgx.Identifier{table}.Sanitize()+" ALTER COLUMN body SET COMPRESSION lz4"); err != nil {
			return fmt.Errorf("compressing the bodies of %s: %w", table, err)
		}
	}
	return nil
}

// uncompressed are the tables whose bodies are not compressed by lz4.
func uncompressed(ctx context.Context, pool *sql.DB) (tables []string, err error) {
	rows, err := pool.QueryContext(ctx, `SELECT c.relname::text FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
		WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace AND a.attname = 'body' AND a.attcompression <> 'l'`)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var table string
		if err := rows.Scan(&table); err != nil {
			return nil, err
		}
		tables = append(tables, table)
	}
	return tables, rows.Err()
}
