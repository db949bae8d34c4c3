package definition_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nexusgate/nexusgate/definition"
)

// TestATestFileIsReadOrSaysAllItsFaults reads each file of cases in testdata/cases.
func TestATestFileIsReadOrSaysAllItsFaults(t *testing.T) {
	files, err := filepath.Glob("testdata/cases/*.txtar")
	if err != nil || len(files) < 5 {
		t.Fatalf("finding the files: %v, %d found", err, len(files))
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			golden(t, file, casesOf)
		})
	}
}

func casesOf(_ *testing.T, a archive) string {
	var b strings.Builder
	cases, err := definition.LoadCases(definition.File{Name: "nexus_test.cue", Source: []byte(a.files["nexus_test.cue"])})
	describe(&b, "fault", err)
	for _, c := range cases {
		fmt.Fprintf(&b, "%s: %q of %q%q\n\t%s\n", c.Pos, c.Name, c.Component, c.Change, c.Evidence)
		for _, at := range c.Items {
			fmt.Fprintf(&b, "\tevidence at %s\n", at)
		}
		for _, l := range c.Teams {
			fmt.Fprintf(&b, "\t%s by %s (%s)\n", l.Scope, l.Path, l.Pos)
		}
		describeWanted(&b, c.Want)
	}
	return b.String()
}

func describeWanted(b *strings.Builder, w definition.WantedVerdict) {
	fmt.Fprintf(b, "\twants %s, exceptions %q (any: %v), only %v (%s)\n", w.Outcome, w.Exceptions, w.Exceptions == nil, w.Only, w.Pos)
	for _, f := range w.Findings {
		fmt.Fprintf(b, "\t\t%s of %q %s %s %s", f.Criterion, f.Component, f.State, f.Level, f.Layer)
		if f.Exception != nil {
			fmt.Fprintf(b, " under %q", *f.Exception)
		}
		if f.Got != nil {
			fmt.Fprintf(b, " %s", f.Got)
		}
		fmt.Fprintf(b, " (%s)\n", f.Pos)
	}
}

func TestATestFileIsBoundedAsADefinitionIs(t *testing.T) {
	for name, source := range map[string]string{
		"a byte order mark": "\uFEFFcases: {}",
		"deep nesting":      "cases: " + strings.Repeat("[", 200) + strings.Repeat("]", 200),
		"a megabyte":        "cases: {}" + strings.Repeat("\n", 1<<20),
		"too many cases":    "import \"list\"\n\nfor i in list.Range(0, 10001, 1) {cases: \"\\(i)\": {}}",
	} {
		if cases, err := definition.LoadCases(definition.File{Name: "nexus_test.cue", Source: []byte(source)}); err == nil || len(err.Error()) > 500 {
			t.Errorf("%s: %d cases are read, %v", name, len(cases), err)
		}
	}
}
