package store_test

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/gate/store"
)

// keptBefore lays out a database as a build of a schema's version has left it: testdata/kept.
func keptBefore(t *testing.T, file string) (dsn string) {
	t.Helper()
	script, err := os.ReadFile(filepath.Join("testdata", "kept", file))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "kept.db")
	db, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(string(script)); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	return "sqlite:" + path
}

// TestADatabaseOfEachEarlierVersionIsBroughtUpToDateWithAllThatItHolds opens databases that builds of
// earlier versions of the schema have made: testdata/kept/ENGINE-VERSION.sql.
func TestADatabaseOfEachEarlierVersionIsBroughtUpToDateWithAllThatItHolds(t *testing.T) {
	files, err := filepath.Glob("testdata/kept/sqlite-*.sql")
	if err != nil || len(files) < 5 {
		t.Fatalf("there are %d kept databases: %v; want at least five", len(files), err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			dsn := keptBefore(t, filepath.Base(file))
			before := rowsOf(t, dsn, nil)
			s, err := store.Open(t.Context(), dsn, time.Now)
			if err != nil {
				t.Fatal(err)
			}
			counts, err := s.Counts(t.Context())
			if err != nil || counts.Pending == 0 {
				t.Errorf("%d deliveries are pending: %v; want what waited to wait", counts.Pending, err)
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			holdsAll(t, before, rowsOf(t, dsn, before))
		})
	}
}

// holdsAll holds that every row of before is there.
func holdsAll(t *testing.T, before, after map[string]tableRows) {
	t.Helper()
	for table, had := range before {
		for row := range had.rows {
			if !after[table].rows[row] {
				t.Errorf("of %s this is gone: %s", table, row)
			}
		}
	}
}

// tableRows are the rows of a table, each as one text of its columns.
type tableRows struct {
	columns []string
	rows    map[string]bool
}

// rowsOf reads all tables of a database; of those named in like, the same columns.
func rowsOf(t *testing.T, dsn string, like map[string]tableRows) map[string]tableRows {
	t.Helper()
	db := opened(t, dsn)
	all := map[string]tableRows{}
	for _, table := range tablesOf(t, db, dsn) {
		columns := []string{"*"}
		if had, known := like[table]; known {
			columns = had.columns
		}
		all[table] = rowsIn(t, db, table, columns)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	return all
}

func opened(t *testing.T, dsn string) *sql.DB {
	t.Helper()
	driver, name := "pgx", dsn
	if path, is := strings.CutPrefix(dsn, "sqlite:"); is {
		driver, name = "sqlite", "file:"+path
	}
	db, err := sql.Open(driver, name)
	if err != nil {
		t.Fatal(err)
	}
	return db
}

func tablesOf(t *testing.T, db *sql.DB, dsn string) (names []string) {
	t.Helper()
	query := "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()"
	if strings.HasPrefix(dsn, "sqlite:") {
		query = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
	}
	rows, err := db.Query(query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		if name != "goose_db_version" && name != "migrating" {
			names = append(names, name)
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return names
}

func rowsIn(t *testing.T, db *sql.DB, table string, columns []string) tableRows {
	t.Helper()
	rows, err := db.Query("SELECT " + strings.Join(columns, ", ") + " FROM " + table)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	found := tableRows{rows: map[string]bool{}}
	if found.columns, err = rows.Columns(); err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		values, into := make([]any, len(found.columns)), make([]any, len(found.columns))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			t.Fatal(err)
		}
		found.rows[fmt.Sprintf("%q", values)] = true
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return found
}
