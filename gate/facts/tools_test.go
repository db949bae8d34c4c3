package facts_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/facts"
)

// The files of these tests are written by the tools themselves, in a workshop of testdata/tools.

// workshop lays the files of an archive into a folder. Tools are waited for, so that tests of them run at once.
func workshop(t *testing.T, name string) string {
	t.Helper()
	t.Parallel()
	archive, err := txtar.ParseFile(filepath.Join("testdata/tools", name, "shop.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for _, f := range archive.Files {
		path := filepath.Join(dir, f.Name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// tool is a program that is run in a workshop.
type tool struct {
	t    *testing.T
	dir  string
	name string
	env  []string
}

// run runs the tool and wants one of the exit codes, 0 without any. What it prints is returned.
func (u tool) run(codes []int, args ...string) string {
	u.t.Helper()
	command := exec.CommandContext(u.t.Context(), u.name, args...)
	command.Dir = u.dir
	command.Env = append(os.Environ(), u.env...)
	var errors strings.Builder
	command.Stderr = &errors
	out, err := command.Output()
	if code := exitCode(u.t, err); code != 0 && !slices.Contains(codes, code) {
		u.t.Fatalf("%s exits %d\n%s\n%s", command, code, out, errors.String())
	}
	return string(out)
}

func exitCode(t *testing.T, err error) int {
	t.Helper()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatalf("%v: run make evidence", err)
	}
	if exit == nil {
		return 0
	}
	return exit.ExitCode()
}

// read reads files of a workshop.
func read(t *testing.T, kind, dir string, names ...string) gate.Facts {
	t.Helper()
	var files []facts.File
	for _, name := range names {
		body, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, facts.File{Name: name, Body: body})
	}
	got, err := facts.Read(kind, files)
	if err != nil {
		t.Fatalf("%v\n%s", err, files[0].Body)
	}
	return got
}

// wantCounted compares without what is made of counts, percentages.
func wantCounted(t *testing.T, got, want gate.Facts) {
	t.Helper()
	for _, name := range []string{"lines", "branches", "functions"} {
		delete(got, name)
	}
	wantFacts(t, got, want)
}
