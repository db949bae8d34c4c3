package main_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	_ "modernc.org/sqlite" // the driver "sqlite", as the store uses it
)

// minimal is the least that an intake can be: it reads, checks the signature, inserts and answers.
func minimal(b *testing.B, name string, insert func(key, event string, body []byte) error) *contestant {
	b.Helper()
	served := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 25<<20))
		if err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		mac := hmac.New(sha256.New, []byte(benchSecret))
		mac.Write(body)
		claimed, err := hex.DecodeString(strings.TrimPrefix(r.Header.Get("X-Hub-Signature-256"), "sha256="))
		if err != nil || !hmac.Equal(mac.Sum(nil), claimed) {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		if err := insert(r.Header.Get("X-GitHub-Delivery"), r.Header.Get("X-GitHub-Event"), body); err != nil {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		w.WriteHeader(http.StatusAccepted)
	}))
	b.Cleanup(served.Close)
	return &contestant{name: name, at: served.Listener.Addr().String(), drain: func() {}}
}

// rows is a table of deliveries in a file of its own, as durable as the store's, and how to add to it.
func rows(b *testing.B) (*sql.DB, *sql.Stmt) {
	b.Helper()
	file := "file:" + filepath.Join(b.TempDir(), "rows.db") + "?_journal_mode=WAL&_synchronous=FULL&_txlock=immediate"
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
	return pool, statement
}

// singly inserts each delivery in a transaction of its own.
func singly(b *testing.B) func(key, event string, body []byte) error {
	b.Helper()
	_, statement := rows(b)
	b.Cleanup(func() { _ = statement.Close() })
	return func(key, event string, body []byte) error {
		_, err := statement.Exec(key, event, body)
		return err
	}
}

// waiting is a row that somebody waits for.
type waiting struct {
	key, event string
	body       []byte
	done       chan error
}

// grouping inserts whatever waits in one transaction, and does nothing besides.
func grouping(b *testing.B) func(key, event string, body []byte) error {
	b.Helper()
	pool, statement := rows(b)
	queue := make(chan waiting, 256)
	var writer sync.WaitGroup
	writer.Go(func() {
		for first := range queue {
			group := []waiting{first}
			for len(queue) > 0 {
				group = append(group, <-queue)
			}
			err := insertAll(pool, statement, group)
			for _, row := range group {
				row.done <- err
			}
		}
	})
	b.Cleanup(func() { close(queue); writer.Wait(); _ = statement.Close() })
	return func(key, event string, body []byte) error {
		row := waiting{key: key, event: event, body: body, done: make(chan error, 1)}
		queue <- row
		return <-row.done
	}
}

func insertAll(pool *sql.DB, statement *sql.Stmt, group []waiting) error {
	tx, err := pool.Begin()
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	in := tx.Stmt(statement)
	defer func() { _ = in.Close() }()
	for _, row := range group {
		if _, err := in.Exec(row.key, row.event, row.body); err != nil {
			return err
		}
	}
	return tx.Commit()
}
