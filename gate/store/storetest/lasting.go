package storetest

import (
	"errors"
	"io/fs"
	"os"
	"testing"
)

// LastingPostgresServer starts a server whose data lie in a directory and stay there when the test ends: a
// later one goes on with them. It syncs what it writes. The name of the directory is short, for that of
// a socket is, and whoever the server runs as can reach it.
func LastingPostgresServer(t testing.TB, directory string) *PostgresServer {
	t.Helper()
	s := &PostgresServer{home: directory}
	if err := s.layIn(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Stop(t) })
	s.Start(t)
	return s
}

// layIn finds the data in the server's home, or lays them out there.
func (s *PostgresServer) layIn() (err error) {
	if s.programs, err = programs(); err != nil {
		return err
	}
	if s.owner, err = owner(); err != nil {
		return err
	}
	if _, err := os.Stat(s.data()); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.MkdirAll(s.home, 0o700); err != nil {
		return err
	}
	if s.owner != nil {
		if err := os.Chown(s.home, int(s.owner.Uid), int(s.owner.Gid)); err != nil {
			return err
		}
	}
	return s.initialize()
}

// Empty makes a database of that name anew.
func (s *PostgresServer) Empty(t testing.TB, name string) {
	t.Helper()
	for _, statement := range []string{"DROP DATABASE IF EXISTS " + name, "CREATE DATABASE " + name} {
		if err := s.tell(statement); err != nil {
			t.Fatal(err)
		}
	}
}

// DSN names a database of the server's.
func (s *PostgresServer) DSN(database string) string { return s.dsn(database) }
