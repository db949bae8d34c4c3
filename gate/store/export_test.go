package store

import "testing"

// Pragma tells or sets a pragma of the connection that writes: nobody outside can see or limit it.
func Pragma(t *testing.T, s *Store, pragma string) (value string) {
	t.Helper()
	if err := s.sides.write.QueryRow("PRAGMA " + pragma).Scan(&value); err != nil {
		t.Fatal(err)
	}
	return value
}
