package definition_test

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/definition/definitiontest"
)

// TestADifferenceIsSaidInWords compares the two files of each case in testdata/compare: of the Nexus,
// or of a team, of whose files either may be missing.
func TestADifferenceIsSaidInWords(t *testing.T) {
	cases, err := filepath.Glob("testdata/compare/*.txtar")
	if err != nil || len(cases) == 0 {
		t.Fatalf("finding the cases: %v, %d found", err, len(cases))
	}
	for _, file := range cases {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			golden(t, file, compared)
		})
	}
}

func compared(t *testing.T, a archive) string {
	var lines []string
	if source, ofNexus := a.files["old/nexus.cue"]; ofNexus {
		lines = definition.Compare(load(t, source), load(t, a.files["new/nexus.cue"]))
	} else {
		lines = definition.CompareTightenings(tightening(t, a, "old/done.cue"), tightening(t, a, "new/done.cue"))
	}
	if len(lines) == 0 {
		return ""
	}
	return strings.Join(lines, "\n") + "\n"
}

// tightening is a team's file of a case, or nil.
func tightening(t *testing.T, a archive, name string) *definition.Tightening {
	t.Helper()
	source, some := a.files[name]
	if !some {
		return nil
	}
	team, err := definition.LoadTightening(definition.File{Name: "done.cue", Source: []byte(source)})
	if err != nil {
		t.Fatal(err)
	}
	return team
}

// TestARelaxationIsCalledOne asks facts: what admits something that it did not before is a relaxation
// or changed, and what is said to be one refuses nothing that it admitted.
func TestARelaxationIsCalledOne(t *testing.T) {
	counts := map[string]int{}
	for seed := range definitiontest.Cases(500) {
		c := definitiontest.All(rand.New(rand.NewPCG(uint64(seed), 5)))
		old, errOld := definition.Load(definition.File{Name: "nexus.cue", Source: []byte(nexusWith("must: a: " + c.Leaf().String()))})
		new, errNew := definition.Load(definition.File{Name: "nexus.cue", Source: []byte(nexusWith("must: a: " + c.Leaf().String()))})
		if errOld != nil || errNew != nil {
			continue
		}
		said := strings.Join(definition.Compare(old, new), "\n")
		was, is := old.Criteria[0].Must[0], new.Criteria[0].Must[0]
		gained, lost := false, false
		for _, fact := range c.Facts(40) {
			given := decode(`{"a": ` + fact + `}`)["a"]
			gained = gained || is.Admits(given) && !was.Admits(given)
			lost = lost || was.Admits(given) && !is.Admits(given)
		}
		relaxation, changed := strings.Contains(said, ", a relaxation"), strings.Contains(said, " changed ")
		same := said == "" || strings.Contains(said, "rewritten")
		switch {
		case gained && !relaxation && !changed, lost && relaxation, (gained || lost) && same:
			t.Errorf("from %s to %s (more: %v, less: %v) is said to be:\n%s", was.Text, is.Text, gained, lost, said)
		}
		counts[fmt.Sprint(relaxation, changed, same)]++
	}
	if len(counts) < 3 {
		t.Errorf("the cases are %v: too few kinds to hold anything", counts)
	}
}

func TestWhatIsSaidIsBounded(t *testing.T) {
	var b strings.Builder
	for i := range 300 {
		fmt.Fprintf(&b, "done: c%d: {why: \"x\", on: \"commit\", evidence: \"mine\", must: a: %q}\n", i, strings.Repeat("é", 1000))
	}
	old, new := load(t, "name: \"n\"\nteams: {}\ndone: {}\n"), load(t, "name: \"n\"\nteams: {}\n"+b.String())
	lines := definition.Compare(old, new)
	if len(lines) != 101 || lines[100] != "and 200 more differences" {
		t.Errorf("%d lines are said, and at last %q", len(lines), lines[len(lines)-1])
	}
	for _, line := range lines {
		if n := utf8.RuneCountInString(line); n > 300 || !utf8.ValidString(line) {
			t.Errorf("%d letters are said: %q", n, line)
		}
	}
	if !slices.IsSorted(lines[:100]) {
		t.Errorf("what is said is out of order: %q", lines)
	}
}
