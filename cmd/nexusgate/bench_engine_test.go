package main_test

import (
	"context"
	"database/sql"
	"path/filepath"
	"testing"

	"github.com/jackc/pgx/v5"
	_ "modernc.org/sqlite" // the driver "sqlite", as the store uses it

	"github.com/nexusgate/nexusgate/gate/store/storetest"
)

// database is an empty one, and how a minimal server inserts a group into it in one transaction.
type database struct {
	dsn    string
	insert func(*testing.B) func([]row) error
}

// engines are what the service keeps in. Each starts once and makes databases; both sync what they
// commit.
var engines = []struct {
	name  string
	start func(*testing.B) func(*testing.B) database
}{{"sqlite", sqliteEngine}, {"postgres", postgresEngine}}

func sqliteEngine(*testing.B) func(*testing.B) database {
	return func(b *testing.B) database {
		b.Helper()
		path := filepath.Join(b.TempDir(), "bench.db")
		return database{"sqlite:" + path, func(b *testing.B) func([]row) error { return insertIntoSQLite(b, path) }}
	}
}

func postgresEngine(b *testing.B) func(*testing.B) database {
	b.Helper()
	server := storetest.NewPostgresServer(b)
	return func(b *testing.B) database {
		b.Helper()
		dsn := server.Database(b)
		return database{dsn, func(b *testing.B) func([]row) error { return insertIntoPostgres(b, dsn) }}
	}
}

// insertIntoSQLite is as durable as the store, and as it tells its file to be.
func insertIntoSQLite(b *testing.B, path string) func([]row) error {
	b.Helper()
	file := "file:" + path + "?_journal_mode=WAL&_synchronous=FULL&_txlock=immediate&_pragma=wal_autocheckpoint(4000)"
	pool, err := sql.Open("sqlite", file)
	if err != nil {
		b.Fatal(err)
	}
	pool.SetMaxOpenConns(1)
	b.Cleanup(func() { _ = pool.Close() })
	if _, err := pool.Exec("CREATE TABLE inbox (key TEXT PRIMARY KEY, event TEXT, body BLOB)"); err != nil {
		b.Fatal(err)
	}
	statement, err := pool.Prepare("INSERT INTO inbox (key, event, body) VALUES (?, ?, ?) ON CONFLICT DO NOTHING")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = statement.Close() })
	return func(rows []row) error { return inOne(pool, statement, rows) }
}

func inOne(pool *sql.DB, statement *sql.Stmt, rows []row) error {
	tx, err := pool.Begin()
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	in := tx.Stmt(statement)
	defer func() { _ = in.Close() }()
	for _, r := range rows {
		if _, err := in.Exec(r.key, r.event, r.body); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// insertIntoPostgres inserts a group by one statement.
func insertIntoPostgres(b *testing.B, dsn string) func([]row) error {
	b.Helper()
	line, err := pgx.Connect(b.Context(), dsn)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = line.Close(context.Background()) })
	if _, err := line.Exec(b.Context(), "CREATE TABLE inbox (key TEXT PRIMARY KEY, event TEXT, body BYTEA COMPRESSION lz4)"); err != nil {
		b.Fatal(err)
	}
	return func(rows []row) error {
		keys, events, bodies := make([]string, len(rows)), make([]string, len(rows)), make([][]byte, len(rows))
		for i, r := range rows {
			keys[i], events[i], bodies[i] = r.key, r.event, r.body
		}
		const insert = "INSERT INTO inbox SELECT * FROM unnest($1::text[], $2::text[], $3::bytea[]) ON CONFLICT DO NOTHING"
		_, err := line.Exec(context.Background(), insert, keys, events, bodies)
		return err
	}
}
