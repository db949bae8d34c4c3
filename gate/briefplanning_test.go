package gate_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
)

// planningOf is the planning of a Nexus on a day of its third Sprint, which began on the sixteenth.
func planningOf(t *testing.T, day int) (title string, said map[string][]string) {
	t.Helper()
	d := &definition.Definition{Name: "storefront", Zone: time.UTC, Sprint: definition.Sprint{Start: time.Date(2026, 10, 19, 0, 0, 0, 0, time.UTC), Days: 14}}
	now := time.Date(2026, 11, day, 12, 0, 0, 0, time.UTC)
	c := gate.BriefCase{Event: gate.PlanningBrief, Now: now, Standing: gate.Standing{Definition: d, Sprint: gate.SprintAt(d, now)}}
	item := func(title string, sprint int, ready bool, changes ...gate.ChangeState) {
		i := gate.BacklogItem{Ref: gate.ParseRef("github:acme/product#1"), Title: title, Team: "cart", Sprint: sprint, Ready: ready, Open: true}
		for _, state := range changes {
			i.Changes = append(i.Changes, gate.ItemChange{State: state})
		}
		c.Backlog.Items = append(c.Backlog.Items, i)
	}
	item("to do of old", 2, true)
	item("begun of old", 2, true, gate.ChangeOpen)
	item("to do", 3, true)
	item("let go of", 3, true, gate.ChangeClosed)
	item("merged", 3, false, gate.ChangeClosed, gate.ChangeMerged)
	item("of the next", 4, true)
	item("refined", 0, true)
	item("rough", 0, false)
	b := gate.BriefOf(c)
	said = map[string][]string{}
	for _, s := range b.Sections {
		for _, team := range s.Lines {
			for _, line := range team.Lines {
				said[s.Title] = append(said[s.Title], strings.Replace(line.Text, " (acme/product#1)", "", 1))
			}
		}
	}
	return b.Title, said
}

func TestThePlanningSaysWhichSprintIsPlannedAndWhatIsBegun(t *testing.T) {
	for _, one := range []struct {
		day                   int
		title                 string
		ready, begun, waiting []string
	}{
		{
			16, "Nexus Sprint Planning of storefront, for Sprint 3",
			[]string{"to do", "let go of", "of the next", "refined"},
			[]string{"begun of old, of Sprint 2"},
			[]string{"to do of old, of Sprint 2"},
		},
		{
			17, "Nexus Sprint Planning of storefront, for Sprint 4",
			[]string{"of the next", "refined"},
			[]string{"begun of old, of Sprint 2", "merged, of Sprint 3"},
			[]string{"to do of old, of Sprint 2", "to do, of Sprint 3", "let go of, of Sprint 3"},
		},
	} {
		title, said := planningOf(t, one.day)
		if title != one.title {
			t.Errorf("on the %d it is the %s", one.day, title)
		}
		for section, want := range map[string][]string{"What is ready": one.ready, "Begun and not closed": one.begun, "Planned and not begun": one.waiting} {
			if diff := cmp.Diff(want, said[section]); diff != "" {
				t.Errorf("on the %d, %s (-want +got):\n%s", one.day, section, diff)
			}
		}
	}
}
