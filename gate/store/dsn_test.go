package store_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/gate/store"
)

func TestAStoreThatCannotBeOpenedSaysWhatToDo(t *testing.T) {
	here := t.TempDir()
	file := filepath.Join(here, "file")
	if err := os.WriteFile(file, []byte("not a database, and longer than the header of one would be\n"+strings.Repeat("x", 200)), 0o600); err != nil {
		t.Fatal(err)
	}
	for dsn, says := range map[string]string{
		"":                                 "sqlite:PATH",
		"nexusgate.db":                     "sqlite:PATH",
		"sqlite:":                          "sqlite:PATH",
		"sqlite::memory:":                  "sqlite:PATH",
		"mysql://root@localhost/db":        "sqlite:PATH",
		"postgres://u:secret@db/x":         "PostgreSQL is not supported; use sqlite:PATH",
		"sqlite:" + here + "/missing/x.db": "mkdir -p " + here + "/missing",
		"sqlite:" + file + "/x.db":         file + " is not a directory",
		"sqlite:" + file:                   "not a database",
		"sqlite:" + here:                   "unable to open database file",
	} {
		s, err := store.Open(t.Context(), dsn, time.Now)
		if err == nil {
			t.Errorf("%q was opened: %v", dsn, s.Close())
			continue
		}
		if !strings.Contains(err.Error(), says) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: got %q, want that it says %q and tells no password", dsn, err, says)
		}
	}
}

func TestAPathMayBeRelative(t *testing.T) {
	t.Chdir(t.TempDir())
	s, err := store.Open(t.Context(), "sqlite:nexusgate.db", time.Now)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	about, err := os.Stat("nexusgate.db")
	if err != nil {
		t.Fatal(err)
	}
	if about.Mode().Perm() != 0o600 {
		t.Errorf("its mode is %v, want it for the owner alone", about.Mode())
	}
	if left, _ := filepath.Glob("*-wal"); len(left) > 0 {
		t.Errorf("a closed store left %v", left)
	}
}
