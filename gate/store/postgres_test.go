package store_test

import (
	"bytes"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/store"
	"github.com/nexusgate/nexusgate/gate/store/storetest"
)

func TestPostgreSQLKeepsTheContract(t *testing.T) {
	storetest.Contract(t, storetest.Database{New: func(t *testing.T) string { return storetest.ReadyPostgres(t) }, Crash: storetest.CrashedPostgres})
}

func TestReplicasThatStartAtOnceMakeTheSchemaOnce(t *testing.T) {
	dsn := storetest.Postgres(t)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			s, err := store.Open(t.Context(), dsn, time.Now)
			if err != nil {
				t.Error(err)
				return
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	var twice int
	const repeated = "SELECT COUNT(*) - COUNT(DISTINCT version_id) FROM goose_db_version"
	if err := store.PostgresPool(t, dsn).QueryRow(repeated).Scan(&twice); err != nil || twice != 0 {
		t.Errorf("%d versions of the schema were made twice (error %v)", twice, err)
	}
}

func TestBodiesAreCompressedByLZ4(t *testing.T) {
	dsn := storetest.Postgres(t)
	s, err := store.Open(t.Context(), dsn, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	pool := store.PostgresPool(t, dsn)
	var able bool
	if err := pool.QueryRow("SELECT 'lz4' = ANY (enumvals) FROM pg_settings WHERE name = 'default_toast_compression'").Scan(&able); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Keep(t.Context(), gate.Delivery{Source: gate.FromGitHub, Key: "long", Body: bytes.Repeat([]byte("nexus"), 10_000)}); err != nil {
		t.Fatal(err)
	}
	want := map[bool]string{true: "lz4", false: "pglz"}[able]
	var how string
	if err := pool.QueryRow("SELECT pg_column_compression(body) FROM deliveries").Scan(&how); err != nil || how != want {
		t.Errorf("a body is compressed by %s (error %v), want %s", how, err, want)
	}
}

func TestADatabaseOfAnotherSchemaIsNotOpened(t *testing.T) {
	for change, says := range map[string][2]string{
		"INSERT INTO goose_db_version (version_id, is_applied) VALUES (9000, true)": {"version 9000", "version 9000"},
		"DELETE FROM goose_db_version WHERE version_id > 3":                         {"bringing the schema from version 3", "has version 3"},
		"DROP TABLE goose_db_version":                                               {"bringing the schema from version 0", "it is no store of nexusgate's"},
	} {
		dsn := storetest.Postgres(t)
		s, err := store.Open(t.Context(), dsn, time.Now)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if _, err := store.PostgresPool(t, dsn).Exec(change); err != nil {
			t.Fatal(err)
		}
		if _, err := store.OpenToRead(t.Context(), dsn); err == nil || !strings.Contains(err.Error(), says[1]) {
			t.Errorf("after %s: opened to be read: got %v, want %q", change, err, says[1])
		}
		if _, err := store.Open(t.Context(), dsn, time.Now); err == nil || !strings.Contains(err.Error(), says[0]) {
			t.Errorf("after %s: opened: got %v, want %q", change, err, says[0])
		}
	}
}

func TestADatabaseThatIsOpenedToBeReadIsNotWritten(t *testing.T) {
	dsn := storetest.Postgres(t)
	s, err := store.Open(t.Context(), dsn, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	reader, err := store.OpenToRead(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = reader.Close() }()
	if _, err := reader.Keep(t.Context(), gate.Delivery{}); !errors.Is(err, store.ErrReadOnly) {
		t.Errorf("got %v, want that it is only read", err)
	}
	if err := store.WriteWithReader(reader); err == nil || !strings.Contains(err.Error(), "read-only transaction") {
		t.Errorf("got %v, want that the server refuses it too", err)
	}
}
