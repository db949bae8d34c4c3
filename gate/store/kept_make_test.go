package store_test

import (
	"database/sql"
	"encoding/hex"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/gate/store"
	"github.com/nexusgate/nexusgate/gate/store/storetest"
)

var keepKept = flag.Bool("keep", false, "before a release: write databases of this version of the schema to testdata/kept")

// TestADatabaseOfThisVersionIsKeptForTheNext makes what later versions are to be tested with: of each
// engine a text of all that a store holds, and of SQLite the schema too. It is made only when -keep says
// so, and read back in any case.
func TestADatabaseOfThisVersionIsKeptForTheNext(t *testing.T) {
	from := keptBefore(t, "sqlite-5.sql")
	s, err := store.Open(t.Context(), from, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	db := opened(t, from)
	var version int64
	if err := db.QueryRow("SELECT MAX(version_id) FROM goose_db_version").Scan(&version); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	postgres := storetest.Postgres(t)
	if err := store.Copy(t.Context(), from, postgres, silent); err != nil {
		t.Fatal(err)
	}
	for engine, dsn := range map[string]string{"sqlite": from, "postgres": postgres} {
		text := dump(t, dsn)
		name := fmt.Sprintf("%s-%d.sql", engine, version)
		if *keepKept {
			if err := os.WriteFile(filepath.Join("testdata", "kept", name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		again := "sqlite:" + filepath.Join(t.TempDir(), "again.db")
		if engine == "postgres" {
			again = storetest.Postgres(t)
			store.LayOut(t, again, version)
		}
		execAll(t, again, text)
		same(t, dsn, again)
	}
}

// TestADatabaseOfEachEarlierVersionIsBroughtUpToDateOnPostgreSQL lays the schema of the version out first.
func TestADatabaseOfEachEarlierVersionIsBroughtUpToDateOnPostgreSQL(t *testing.T) {
	files, err := filepath.Glob("testdata/kept/postgres-*.sql")
	if err != nil || len(files) == 0 {
		t.Fatalf("there are %d kept databases: %v; want one at least", len(files), err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			var version int64
			if _, err := fmt.Sscanf(filepath.Base(file), "postgres-%d.sql", &version); err != nil {
				t.Fatal(err)
			}
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			dsn := storetest.Postgres(t)
			store.LayOut(t, dsn, version)
			execAll(t, dsn, string(text))
			before := rowsOf(t, dsn, nil)
			s, err := store.Open(t.Context(), dsn, time.Now)
			if err != nil {
				t.Fatal(err)
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			holdsAll(t, before, rowsOf(t, dsn, before))
		})
	}
}

func execAll(t *testing.T, dsn, text string) {
	t.Helper()
	db := opened(t, dsn)
	if _, err := db.Exec(text); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

// dump writes a database as SQL.
func dump(t *testing.T, dsn string) string {
	t.Helper()
	db := opened(t, dsn)
	defer func() { _ = db.Close() }()
	lite := strings.HasPrefix(dsn, "sqlite:")
	var text strings.Builder
	text.WriteString("BEGIN;\n")
	tables := tablesOf(t, db, dsn)
	if slices.Sort(tables); lite {
		text.WriteString(schemaOf(t, db))
		tables = append(tables, "goose_db_version")
	} else {
		for _, table := range tables { // what migrations put there
			fmt.Fprintf(&text, "DELETE FROM %s;\n", table)
		}
	}
	for _, table := range tables {
		dumpTable(t, db, &text, table, lite)
	}
	text.WriteString("COMMIT;\n")
	return text.String()
}

func schemaOf(t *testing.T, db *sql.DB) string {
	t.Helper()
	rows, err := db.Query("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite!_%' ESCAPE '!' ORDER BY type DESC, name")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var text strings.Builder
	for rows.Next() {
		var statement string
		if err := rows.Scan(&statement); err != nil {
			t.Fatal(err)
		}
		text.WriteString(statement + ";\n")
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return text.String()
}

func dumpTable(t *testing.T, db *sql.DB, text *strings.Builder, table string, lite bool) {
	t.Helper()
	rows, err := db.Query("SELECT * FROM " + table)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		values, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			t.Fatal(err)
		}
		words := make([]string, len(values))
		for i, value := range values {
			words[i] = literal(value, lite)
		}
		fmt.Fprintf(text, "INSERT INTO %s (%s) VALUES (%s);\n", table, strings.Join(columns, ", "), strings.Join(words, ", "))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
}

func literal(value any, lite bool) string {
	switch value := value.(type) {
	case []byte:
		if lite {
			return "X'" + hex.EncodeToString(value) + "'"
		}
		return `'\x` + hex.EncodeToString(value) + "'"
	case time.Time:
		return "'" + value.UTC().Format(time.DateTime) + "'"
	case string:
		return "'" + strings.ReplaceAll(value, "'", "''") + "'"
	default:
		return fmt.Sprint(value)
	}
}
