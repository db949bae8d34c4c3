package store_test

import (
	"database/sql"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/store"
	"github.com/nexusgate/nexusgate/gate/store/storetest"
)

func silent(string, int64) {}

// grown is a closed store with something in every table, of this version of the schema.
func grown(t *testing.T) (dsn string) {
	t.Helper()
	dsn = keptBefore(t, "sqlite-5.sql")
	s, err := store.Open(t.Context(), dsn, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 120 {
		body := []byte(strings.Repeat("\x00\xff", i*i))
		if _, err := s.Keep(t.Context(), gate.Delivery{Source: gate.FromGitLab, Event: "Push Hook", Body: body}); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return dsn
}

// same holds that two databases hold the same rows, but for who is at work on them.
func same(t *testing.T, one, other string) {
	t.Helper()
	a, b := rowsOf(t, one, nil), rowsOf(t, other, nil)
	for _, passing := range []string{"lanes", "replicas"} {
		delete(a, passing)
		delete(b, passing)
	}
	if diff := cmp.Diff(a, b, cmp.AllowUnexported(tableRows{})); diff != "" {
		t.Errorf("they hold other rows:\n%s", diff)
	}
}

func TestACopyHoldsTheSameWhicheverEnginesItGoesThrough(t *testing.T) {
	first := grown(t)
	postgres, back := storetest.Postgres(t), "sqlite:"+filepath.Join(t.TempDir(), "back.db")
	rows := map[string]int64{}
	if err := store.Copy(t.Context(), first, postgres, func(table string, n int64) { rows[table] = n }); err != nil {
		t.Fatal(err)
	}
	if rows["deliveries"] != int64(len(rowsOf(t, first, nil)["deliveries"].rows)) {
		t.Errorf("%d deliveries were told of, and that is not how many there are", rows["deliveries"])
	}
	if err := store.Copy(t.Context(), postgres, back, silent); err != nil {
		t.Fatal(err)
	}
	same(t, first, back)
	for _, dsn := range []string{postgres, back} {
		s, err := store.Open(t.Context(), dsn, time.Now)
		if err != nil {
			t.Fatalf("a copy does not open: %v", err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestNothingIsCopiedOverWhatIsThere(t *testing.T) {
	from, to := grown(t), grown(t)
	before := rowsOf(t, to, nil)
	if err := store.Copy(t.Context(), from, to, silent); err == nil || !strings.Contains(err.Error(), "name an empty database") {
		t.Errorf("got %v, want that it holds something already", err)
	}
	if diff := cmp.Diff(before, rowsOf(t, to, nil), cmp.AllowUnexported(tableRows{})); diff != "" {
		t.Errorf("it holds other rows after the refusal:\n%s", diff)
	}
}

func TestWhatCannotBeCopiedIsNamedWithWhatToDo(t *testing.T) {
	directory := t.TempDir()
	full, newer, empty := grown(t), filepath.Join(directory, "newer.db"), filepath.Join(directory, "empty.db")
	if err := store.Backup(t.Context(), full, newer, silent); err != nil {
		t.Fatal(err)
	}
	pool, err := sql.Open("sqlite", newer)
	if err != nil {
		t.Fatal(err)
	}
	_, err = pool.Exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES (9000, true)")
	if err := errors.Join(err, pool.Close(), os.WriteFile(empty, nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	to, earlier := "sqlite:"+filepath.Join(directory, "to.db"), keptBefore(t, "sqlite-5.sql")
	for says, err := range map[string]error{
		full + " is named twice: name an empty one":                   store.Copy(t.Context(), full, full, silent),
		"copying " + earlier + ": its schema has version 5, and this": store.Copy(t.Context(), earlier, to, silent),
		"copying " + newer + ": its schema has version 9000":          store.Restore(t.Context(), newer, to, silent),
		"copying " + empty + ": it is no store of nexusgate's":        store.Restore(t.Context(), empty, to, silent),
		"there is no backup " + newer + "x":                           store.Restore(t.Context(), newer+"x", to, silent),
		"copying sqlite:" + empty + ": it is no store of nexusgate's": store.Copy(t.Context(), "sqlite:"+empty, to, silent),
	} {
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("got %v, want that it says %q", err, says)
		}
	}
}

func TestADatabaseThatAServiceIsAtWorkOnIsNotCopied(t *testing.T) {
	from := grown(t)
	s, err := store.Open(t.Context(), from, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	to := filepath.Join(t.TempDir(), "to.db")
	if err := store.Copy(t.Context(), from, "sqlite:"+to, silent); err == nil || !strings.Contains(err.Error(), "stop that one first") {
		t.Errorf("got %v, want that another is at work on it", err)
	}
	if _, err := os.Stat(to); !errors.Is(err, fs.ErrNotExist) {
		t.Error("a copy was begun")
	}
}

func TestABackupIsMadeBesideAServiceAtWorkAndIsForItsOwnerAlone(t *testing.T) {
	for name, dsn := range map[string]string{"sqlite": grown(t), "postgres": storetest.Postgres(t)} {
		t.Run(name, func(t *testing.T) {
			if name == "postgres" {
				if err := store.Copy(t.Context(), grown(t), dsn, silent); err != nil {
					t.Fatal(err)
				}
			}
			s, err := store.Open(t.Context(), dsn, time.Now)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = s.Close() }()
			path := filepath.Join(t.TempDir(), "backup.db")
			if err := store.Backup(t.Context(), dsn, path, silent); err != nil {
				t.Fatal(err)
			}
			about, err := os.Stat(path)
			if err != nil || about.Mode().Perm() != 0o600 {
				t.Errorf("the backup is %v, %v; want that its owner alone may read it", about.Mode(), err)
			}
			beside, err := os.ReadDir(filepath.Dir(path))
			if err != nil || len(beside) != 1 {
				t.Errorf("beside the backup lies %v: %v", beside, err)
			}
			to := "sqlite:" + filepath.Join(t.TempDir(), "restored.db")
			if err := store.Restore(t.Context(), path, to, silent); err != nil {
				t.Fatal(err)
			}
			same(t, dsn, to)
			if err := store.Backup(t.Context(), dsn, path, silent); err == nil || !strings.Contains(err.Error(), "is there already") {
				t.Errorf("a second backup to the same file: %v; want it refused", err)
			}
		})
	}
}

func TestABackupOfAnEarlierVersionStaysOfThatVersion(t *testing.T) {
	dsn := keptBefore(t, "sqlite-3.sql")
	path := filepath.Join(t.TempDir(), "backup.db")
	if err := store.Backup(t.Context(), dsn, path, silent); err != nil {
		t.Fatal(err)
	}
	to := storetest.Postgres(t)
	if err := store.Restore(t.Context(), path, to, silent); err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(t.Context(), to, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	if counts, err := s.Counts(t.Context()); err != nil || counts.Aside != 1 {
		t.Errorf("%d deliveries are set aside: %v; want the one that was", counts.Aside, err)
	}
}
