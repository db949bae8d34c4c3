package store_test

import (
	"database/sql"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/gate/store"
	"github.com/nexusgate/nexusgate/gate/store/storetest"
)

// upgraded does to a schema what a newer program may do beside replicas at work: more tables, more columns,
// more indices.
func upgraded(t *testing.T, pool *sql.DB) {
	t.Helper()
	rows, err := pool.Query("SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema() AND table_name <> 'goose_db_version'")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	changes := []string{"CREATE TABLE newer (name TEXT NOT NULL PRIMARY KEY)", "INSERT INTO goose_db_version (version_id, is_applied) VALUES (9000, true)"}
	for rows.Next() {
		var table string
		if err := rows.Scan(&table); err != nil {
			t.Fatal(err)
		}
		changes = append(changes,
			fmt.Sprintf("ALTER TABLE %s ADD COLUMN newer TEXT NOT NULL DEFAULT ''", table),
			fmt.Sprintf("CREATE INDEX %s_newer ON %[1]s (newer)", table))
	}
	if err := rows.Err(); err != nil || len(changes) < 20 {
		t.Fatalf("%d changes: %v", len(changes), err)
	}
	for _, change := range changes {
		if _, err := pool.Exec(change); err != nil {
			t.Fatalf("%s: %v", change, err)
		}
	}
}

// The replicas of an older version are replaced one after the other: those that are left go on.
func TestAReplicaGoesOnUnderANewerSchemaAndTakesUpNothingMore(t *testing.T) {
	dsn := storetest.Postgres(t)
	old := newReplica(t, dsn, "shop")
	var keys []string
	goesOn := func(when string) {
		for i := range 3 {
			keys = append(keys, fmt.Sprintf("%s %d", when, i))
			if _, err := old.Keep(t.Context(), arriving(keys[len(keys)-1])); err != nil {
				t.Fatalf("%s: keeping: %v", when, err)
			}
		}
		if n, err := old.take(t.Context()); n != 3 || err != nil {
			t.Fatalf("%s: %d were recorded: %v; want 3", when, n, err)
		}
	}
	goesOn("before")
	upgraded(t, store.PostgresPool(t, dsn))
	goesOn("after")
	old.whole(keys)
	if held, err := old.Renew(t.Context(), old.lease); err != nil || len(held) != 1 {
		t.Errorf("it keeps %d of its lanes: %v; want the one", len(held), err)
	}
	if err := old.Release(t.Context(), old.lease); err != nil {
		t.Errorf("it cannot let its lane go: %v", err)
	}
	lanes, err := old.Lanes(t.Context())
	if err != nil || len(lanes) < 2 {
		t.Fatalf("there are %d lanes: %v", len(lanes), err)
	}
	for _, lane := range lanes {
		if _, err := old.Claim(t.Context(), lane, "an older one"); err == nil || !strings.Contains(err.Error(), "its schema has version 9000") {
			t.Errorf("it took up the lane %q: %v", lane.Name, err)
		}
	}
	if _, err := store.Open(t.Context(), dsn, time.Now); err == nil || !strings.Contains(err.Error(), "run the newer nexusgate") {
		t.Errorf("it starts again: %v; want a refusal", err)
	}
}
