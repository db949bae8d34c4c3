package store_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/gate/store"
	"github.com/nexusgate/nexusgate/gate/store/storetest"
)

func TestAStoreThatCannotBeOpenedSaysWhatToDo(t *testing.T) {
	here := t.TempDir()
	file := filepath.Join(here, "file")
	if err := os.WriteFile(file, []byte("not a database, and longer than the header of one would be\n"+strings.Repeat("x", 200)), 0o600); err != nil {
		t.Fatal(err)
	}
	for dsn, says := range map[string]string{
		"":                                     "sqlite:PATH",
		"nexusgate.db":                         "sqlite:PATH",
		"sqlite:":                              "sqlite:PATH",
		"sqlite::memory:":                      "sqlite:PATH",
		"mysql://root@localhost/db":            "sqlite:PATH",
		"postgres://u:secret/@db/x":            "percent-encoded",
		"postgres://u:secret@127.0.0.1:1/x":    "connection refused",
		"postgresql://u:secret@h/x?sslmode=no": "sslmode is invalid",
		"postgres://h/x?password=secret&connect_timeout=a":       "invalid syntax",
		strings.Replace(storetest.Postgres(t), "@/", "@/no_", 1): "make the database first, as with createdb",
		"sqlite:" + here + "/missing/x.db":                       "mkdir -p " + here + "/missing",
		"sqlite:" + file + "/x.db":                               file + " is not a directory",
		"sqlite:" + file:                                         "name the file that serve keeps its store in",
		"sqlite:" + here:                                         "see that it is a file",
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

func TestASecondServiceIsKeptFromAFile(t *testing.T) {
	here := t.TempDir()
	path, link := filepath.Join(here, "one.db"), filepath.Join(here, "link.db")
	first, err := store.Open(t.Context(), "sqlite:"+path, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(path, link); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{path, link} {
		second, err := store.Open(t.Context(), "sqlite:"+name, time.Now)
		if err == nil {
			t.Fatalf("two stores are open on one file: %v", second.Close())
		}
		if !strings.Contains(err.Error(), "another nexusgate is at work on it: stop that one first") {
			t.Errorf("%s: got %q, want that it names the other and the next step", name, err)
		}
	}
	reader, err := store.OpenToRead(t.Context(), "sqlite:"+path)
	if err != nil {
		t.Fatalf("a reader was kept out: %v", err)
	}
	if err := errors.Join(reader.Close(), first.Close()); err != nil {
		t.Fatal(err)
	}
	again, err := store.Open(t.Context(), "sqlite:"+path, time.Now)
	if err != nil {
		t.Fatalf("after the first was closed: %v", err)
	}
	if err := again.Close(); err != nil {
		t.Error(err)
	}
}

func TestADSNIsShownWithoutItsPassword(t *testing.T) {
	for dsn, shown := range map[string]string{
		"sqlite:nexusgate.db":                        "sqlite:nexusgate.db",
		"postgres://u@h/d":                           "postgres://u@h/d",
		"postgres://u:secret@h:5432/d?sslmode=allow": "postgres://u:xxxxx@h:5432/d?sslmode=allow",
		"postgres://h/d?user=u&password=secret":      "postgres://h/d?password=xxxxx&user=u",
		"postgres://h/d?sslpassword=secret":          "postgres://h/d?sslpassword=xxxxx",
		"postgres://u:se/cr@et@h/d?password=secret":  "postgres://…@h/d",
		"postgres://u:secret%zz@h/d":                 "postgres://…@h/d",
		"postgres:u:secret@h/d":                      "…@h/d",
		"sqlite:/srv/a@b//c.db":                      "sqlite:/srv/a@b//c.db",
	} {
		if got := store.Redact(dsn); got != shown {
			t.Errorf("%s is shown as %s, want %s", dsn, got, shown)
		}
	}
}
