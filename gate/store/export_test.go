package store

import (
	"context"
	"testing"
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

func NewWriter(write func()) *Writer {
	return newWriter(func([]*request) (int, error) {
		write()
		return -1, nil
	}, func() {})
}

// Put writes a body of so many bytes, and Waiting are those that wait for it.
func (w *writer) Put(ctx context.Context, size int) error { return w.write(ctx, &request{size: size}) }
func (w *writer) Waiting() int                            { return len(w.queue) }
func (w *writer) Close()                                  { w.close() }
