package store_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/store"
)

func TestAFileThatIsOpenedToBeReadStaysAsItWas(t *testing.T) {
	path := closedFile(t)
	before := content(t, path)
	s, err := store.OpenToRead(t.Context(), "sqlite:"+path)
	if err != nil {
		t.Fatal(err)
	}
	err = s.Grounds(t.Context(), "storefront", time.Time{}, func(gate.Ground, func(string) (*gate.Evidence, error)) error { return nil })
	if err != nil {
		t.Error(err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if !bytes.Equal(content(t, path), before) {
		t.Error("the file is another one after it was read")
	}
}

func TestAnOlderSchemaIsNotMigratedToBeRead(t *testing.T) {
	path := closedFile(t)
	raw := rawFile(t, path)
	if _, err := raw.Exec("DELETE FROM goose_db_version WHERE version_id > 3"); err != nil {
		t.Fatal(err)
	}
	if err := raw.Close(); err != nil {
		t.Fatal(err)
	}
	before := content(t, path)
	_, err := store.OpenToRead(t.Context(), "sqlite:"+path)
	if err == nil || !strings.Contains(err.Error(), "version 3") || !strings.Contains(err.Error(), "brings it up to date") {
		t.Errorf("got %v, want a refusal that names version 3 and the next step", err)
	}
	if !bytes.Equal(content(t, path), before) {
		t.Error("the file is another one after the refusal")
	}
}

func TestAFileThatIsNoStoreIsNotMadeOne(t *testing.T) {
	path := filepath.Join(t.TempDir(), "empty.db")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := store.OpenToRead(t.Context(), "sqlite:"+path); err == nil {
		t.Error("an empty file was opened as a store")
	}
	if len(content(t, path)) > 0 {
		t.Error("an empty file was written to")
	}
}

// closedFile is a store that was made and closed.
func closedFile(t *testing.T) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "kept.db")
	s, err := store.Open(t.Context(), "sqlite:"+path, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func content(t *testing.T, path string) []byte {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return text
}
