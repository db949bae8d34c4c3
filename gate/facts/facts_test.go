package facts_test

import (
	"encoding/json"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/facts"
)

// TestFilesComeToTheirFacts reads testdata/KIND/*.txtar: what stands in an archive besides "facts" or
// "refusal" are the files, and its comment says what the case is about.
func TestFilesComeToTheirFacts(t *testing.T) {
	for _, name := range cases(t) {
		kind := filepath.Base(filepath.Dir(name))
		t.Run(kind+"/"+strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			files, want, refusal := readCase(t, name)
			got, err := facts.Read(kind, files)
			if refusal != "" {
				wantRefusal(t, err, refusal)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			wantFacts(t, got, want)
		})
	}
}

func cases(t testing.TB) []string {
	t.Helper()
	names, err := filepath.Glob("testdata/*/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	return names
}

// readCase takes a case apart. Facts are JSON; a refusal is a piece of each line that the error has.
func readCase(t testing.TB, name string) (files []facts.File, want gate.Facts, refusal string) {
	t.Helper()
	archive, err := txtar.ParseFile(name)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range archive.Files {
		switch f.Name {
		case "facts":
			if err := json.Unmarshal(f.Data, &want); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		case "refusal":
			refusal = strings.TrimSpace(string(f.Data))
		default:
			files = append(files, facts.File{Name: f.Name, Body: f.Data})
		}
	}
	if (want == nil) == (refusal == "") {
		t.Fatalf("%s has to say either facts or refusal", name)
	}
	return files, want, refusal
}

func wantRefusal(t *testing.T, err error, refusal string) {
	t.Helper()
	if err == nil {
		t.Fatalf("read, want an error with %q", refusal)
	}
	for _, piece := range strings.Split(refusal, "\n") {
		if !strings.Contains(err.Error(), piece) {
			t.Errorf("the error is %q, which does not have %q", err, piece)
		}
	}
}

// wantFacts compares as the log does, which keeps facts as JSON.
func wantFacts(t *testing.T, got, want gate.Facts) {
	t.Helper()
	text, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	var kept gate.Facts
	if err := json.Unmarshal(text, &kept); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, kept); diff != "" {
		t.Errorf("facts (-want +got):\n%s", diff)
	}
}

// n is a number as the log keeps it.
func n(i int) json.Number { return json.Number(strconv.Itoa(i)) }
