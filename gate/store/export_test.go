package store

import (
	"context"
	"database/sql"
	"errors"
	"testing"
	"time"
)

// Pragma tells or sets a pragma of the connection that writes: nobody outside can see or limit it.
func Pragma(t *testing.T, s *Store, pragma string) (value string) {
	t.Helper()
	if err := s.sides.write.QueryRow("PRAGMA " + pragma).Scan(&value); err != nil {
		t.Fatal(err)
	}
	return value
}

// Writer is what writes, and NewWriter makes one that hands each group to write.
type Writer = writer

func NewWriter(write func(requests int)) *Writer {
	return newWriter(func(group []*request) (int, error) {
		write(len(group))
		return -1, nil
	}, func() {})
}

// Put writes a body of so many bytes, and Waiting are those that wait for it.
func (w *writer) Put(ctx context.Context, size int) error { return w.write(ctx, &request{size: size}) }
func (w *writer) Waiting() int                            { return len(w.queue) }
func (w *writer) Close()                                  { w.close() }

// PostgresPool is a pool of one connection as the writers have it.
func PostgresPool(t *testing.T, dsn string) *sql.DB {
	t.Helper()
	kind, err := parsePostgres(dsn)
	if err != nil {
		t.Fatal(err)
	}
	pool, err := kind.(server).open(t.Context(), 1, toWrite)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = pool.Close() })
	return pool
}

// WriteWithReader writes as nobody can who has a store that was opened to be read.
func WriteWithReader(s *Store) error {
	_, err := s.sides.read.Exec("DELETE FROM deliveries")
	return err
}

// LayOut gives an empty database the schema of a version.
func LayOut(t *testing.T, dsn string, to int64) {
	t.Helper()
	kind, err := parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	sides, err := kind.connect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(layOut(t.Context(), kind, sides, to), sides.Close()); err != nil {
		t.Fatal(err)
	}
}

// ForgetDeliveriesMeanwhile does something after it was found out what is needed, and before the first is dropped.
func ForgetDeliveriesMeanwhile(ctx context.Context, s *Store, lease Lease, before time.Time, do func()) (int64, error) {
	n := needed{from: s.NewID(), looked: map[string]int64{}}
	if err := n.look(ctx, s.read); err != nil {
		return 0, err
	}
	do()
	return s.dropDeliveries(ctx, lease, n, before)
}
