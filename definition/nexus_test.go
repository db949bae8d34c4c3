package definition_test

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/definition"
)

// TestANexusFileIsSoundOrSaysAllItsFaults loads each Nexus's file in testdata/nexus, and vets it with the teams' files that
// the case has, by their components.
func TestANexusFileIsSoundOrSaysAllItsFaults(t *testing.T) {
	cases, err := filepath.Glob("testdata/nexus/*.txtar")
	if err != nil || len(cases) == 0 {
		t.Fatalf("finding the cases: %v, %d found", err, len(cases))
	}
	for _, file := range cases {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			golden(t, file, nexusCase)
		})
	}
}

func nexusCase(t *testing.T, a archive) string {
	var b strings.Builder
	d, err := definition.Load(definition.File{Name: "nexus.cue", Source: []byte(a.files["nexus.cue"])})
	if err != nil {
		describe(&b, "fault", err)
		return b.String()
	}
	teams := map[string]definition.File{}
	for name, source := range a.files {
		if component, isTeam := strings.CutPrefix(name, "teams/"); isTeam {
			teams[component] = definition.File{Name: "done.cue", Source: []byte(source)}
		}
	}
	faults, warnings := d.Vet(teams, vetted)
	describe(&b, "fault", faults)
	describe(&b, "warning", warnings)
	for i := range d.Criteria {
		b.WriteString(d.Criteria[i].ID + ": " + criterion(&d.Criteria[i]) + "\n")
	}
	return b.String()
}

// vetted is the moment as of which the tests vet.
var vetted = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
