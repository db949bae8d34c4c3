package store_test

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/gate/store"
	"github.com/nexusgate/nexusgate/gate/store/storetest"
)

func TestSQLiteKeepsTheContract(t *testing.T) {
	model := modelFile(t)
	storetest.Contract(t, storetest.Database{Crash: copyFiles, New: func(t *testing.T) string {
		path := filepath.Join(t.TempDir(), "nexus gate?#%.db")
		copyFile(t, model, path)
		return "sqlite:" + path
	}})
}

// modelFile is a database with the schema laid out, which takes longer than most that is done with it.
func modelFile(t *testing.T) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "model.db")
	s, err := store.Open(t.Context(), "sqlite:"+path, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// copyFiles takes the database and its log as they lie on the disk. No checkpoint may run meanwhile:
// the file and the log would be of two moments.
func copyFiles(t *testing.T, dsn string) string {
	t.Helper()
	from, to := strings.TrimPrefix(dsn, "sqlite:"), filepath.Join(t.TempDir(), "found.db")
	for _, part := range []string{"", "-wal"} {
		copyFile(t, from+part, to+part)
	}
	return "sqlite:" + to
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	in, err := os.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	out, err := os.Create(to)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(out, in); err != nil {
		t.Fatal(err)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	if err := in.Close(); err != nil {
		t.Fatal(err)
	}
}
