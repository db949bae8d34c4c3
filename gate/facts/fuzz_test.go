package facts_test

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"testing"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/facts"
)

// Whatever a file holds, it is read or refused in a few words, its facts are counts that agree, and
// twice the file is twice the counts.

func FuzzJUnit(f *testing.F) {
	fuzz(f, "junit", func(t *testing.T, c map[string]int) {
		if c["tests"] != c["passed"]+c["failed"]+c["skipped"] || c["flaky"] > c["passed"] {
			t.Errorf("the tests do not come to their sum: %v", c)
		}
	})
}

func FuzzCoverage(f *testing.F) {
	fuzz(f, "coverage", func(t *testing.T, c map[string]int) {
		for _, what := range []string{"lines", "branches", "functions"} {
			if c[what+"Covered"] > c[what+"Total"] {
				t.Errorf("more %s are covered than there are: %v", what, c)
			}
		}
	})
}

func FuzzSARIF(f *testing.F) { fuzz(f, "sarif", func(*testing.T, map[string]int) {}) }

func FuzzSBOM(f *testing.F) { fuzz(f, "sbom", func(*testing.T, map[string]int) {}) }

func FuzzVulnerabilities(f *testing.F) {
	fuzz(f, "vulnerabilities", func(t *testing.T, c map[string]int) {
		if _, told := c["critical"]; !told && len(c) > 0 && c["unknown"] == 0 {
			t.Errorf("nothing is said of what is critical, though nothing is unknown: %v", c)
		}
	})
}

// FuzzOwn holds that facts of a kind of the user's own are those of the file, and no others.
func FuzzOwn(f *testing.F) {
	seed(f, "mutation")
	f.Fuzz(func(t *testing.T, body []byte) {
		got, err := facts.Read("mutation", []facts.File{{Name: "file", Body: body}})
		if err != nil {
			wantShort(t, got, err)
			return
		}
		var want gate.Facts
		if err := json.Unmarshal(bytes.TrimPrefix(body, []byte("\ufeff")), &want); err == nil {
			wantFacts(t, got, want)
		}
	})
}

func fuzz(f *testing.F, kind string, agree func(*testing.T, map[string]int)) {
	seed(f, kind)
	f.Fuzz(func(t *testing.T, body []byte) {
		once, err := facts.Read(kind, []facts.File{{Name: "file", Body: body}})
		if err != nil {
			wantShort(t, once, err)
			return
		}
		agree(t, wantCounts(t, once))
		twice, err := facts.Read(kind, []facts.File{{Name: "one", Body: body}, {Name: "another", Body: body}})
		if err != nil {
			t.Fatalf("read once, and not twice: %v", err)
		}
		for name, n := range wantCounts(t, once) {
			if twice[name] != 2*n {
				t.Errorf("%s: %v, and of two such files %v", name, n, twice[name])
			}
		}
	})
}

// seed begins with the files of all cases of a kind.
func seed(f *testing.F, kind string) {
	names, err := filepath.Glob("testdata/" + kind + "/*.txtar")
	if err != nil || len(names) == 0 {
		f.Fatalf("no cases to begin with: %v", err)
	}
	for _, name := range names {
		files, _, _ := readCase(f, name)
		for _, file := range files {
			f.Add(file.Body)
		}
	}
}

func wantShort(t *testing.T, got gate.Facts, err error) {
	t.Helper()
	if got != nil || len(err.Error()) > 1000 {
		t.Fatalf("facts %v and the error %v", got, err)
	}
}

// wantCounts checks that facts are whole numbers that are not negative, or percentages, and fit to be kept.
func wantCounts(t *testing.T, found gate.Facts) map[string]int {
	t.Helper()
	if _, err := json.Marshal(found); err != nil {
		t.Fatalf("%v cannot be kept: %v", found, err)
	}
	counts := map[string]int{}
	for name, fact := range found {
		switch n := fact.(type) {
		case int:
			counts[name] = n
			if n < 0 {
				t.Errorf("%s is %d", name, n)
			}
		case float64:
			if n < 0 || n > 100 {
				t.Errorf("%s is %v percent", name, n)
			}
		default:
			t.Errorf("%s is %T", name, fact)
		}
	}
	return counts
}
