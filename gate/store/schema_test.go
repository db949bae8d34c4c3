package store_test

import (
	"database/sql"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/gate/store"
)

func TestASchemaNewerThanKnownIsRefusedAndLeftAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "newer.db")
	s, err := store.Open(t.Context(), "sqlite:"+path, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	raw := rawFile(t, path)
	if _, err := raw.Exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES (9000, 1)"); err != nil {
		t.Fatal(err)
	}

	_, err = store.Open(t.Context(), "sqlite:"+path, time.Now)
	if err == nil || !strings.Contains(err.Error(), "version 9000") || !strings.Contains(err.Error(), "run the newer nexusgate") {
		t.Errorf("got %v, want a refusal that names version 9000 and the next step", err)
	}
	var version int
	if err := raw.QueryRow("SELECT MAX(version_id) FROM goose_db_version").Scan(&version); err != nil || version != 9000 {
		t.Errorf("the schema has version %d (error %v) after the refusal, want 9000", version, err)
	}
}

// sqlc numbers parameters by their first use in the query and passes them in the order of their
// names' first use, and a query may use one twice: the driver has to bind $N by its number.
func TestTheDriverBindsParametersByNumber(t *testing.T) {
	raw := rawFile(t, filepath.Join(t.TempDir(), "raw.db"))
	var got string
	err := raw.QueryRow("SELECT $3 || $1 || $2 || $1", "a", "b", "c").Scan(&got)
	if err != nil || got != "caba" {
		t.Errorf("got %q (error %v), want caba", got, err)
	}
	statement, err := raw.Prepare("SELECT $2 || $1")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = statement.Close() }()
	for range 2 {
		if err := statement.QueryRow("a", "b").Scan(&got); err != nil || got != "ba" {
			t.Errorf("prepared: got %q (error %v), want ba", got, err)
		}
	}
}

func TestACommitIsSynced(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	s, err := store.Open(t.Context(), "sqlite:"+path, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	for pragma, want := range map[string]string{"journal_mode": "wal", "synchronous": "2"} {
		if got := store.Pragma(t, s, pragma); got != want {
			t.Errorf("the writer's %s is %q, want %q", pragma, got, want)
		}
	}
}

func rawFile(t *testing.T, path string) *sql.DB {
	t.Helper()
	raw, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = raw.Close() })
	return raw
}
