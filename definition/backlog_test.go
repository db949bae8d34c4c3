package definition_test

import (
	"testing"

	"github.com/nexusgate/nexusgate/definition"
)

func TestAMarkMeansWhatItsStarStandsFor(t *testing.T) {
	for _, c := range []struct {
		name  string
		among []string
		meant string
		found bool
	}{
		{"team/*", []string{"bug", "Team/web"}, "web", true},
		{"team/*", []string{"team/", "teams/web"}, "", false},
		{"*-sprint", []string{"12-Sprint"}, "12", true},
		{"sprint/*/planned", []string{"sprint/3/planned"}, "3", true},
		{"aba*aba", []string{"ababa"}, "", false}, // the two ends are not one
		{"ready", []string{"READY"}, "READY", true},
		{"ready", []string{"ready soon"}, "", false},
		{"", []string{"Sprint 12"}, "Sprint 12", true},
		{"", nil, "", false},
	} {
		meant, found := definition.Mark{By: definition.ByLabel, Name: c.name}.Named(c.among)
		if meant != c.meant || found != c.found {
			t.Errorf("%q among %q means %q, %v; want %q, %v", c.name, c.among, meant, found, c.meant, c.found)
		}
	}
}

func TestAnItemBearsOneOfTheSelectedLabels(t *testing.T) {
	some := &definition.Backlog{Select: []string{"type/*", "bug"}}
	for label, want := range map[string]bool{"type/feature": true, "Bug": true, "question": false} {
		if got := some.Selects([]string{"x", label}); got != want {
			t.Errorf("an issue with the label %q is selected: %v, want %v", label, got, want)
		}
	}
	if !(&definition.Backlog{}).Selects(nil) {
		t.Error("where no label is asked for, an issue without one is not selected")
	}
}
