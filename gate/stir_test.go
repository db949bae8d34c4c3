package gate_test

import (
	"slices"
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/gate"
)

// judgedBy are the subjects that a step has judged anew.
func judgedBy(step gate.Step) (keys []string) {
	for _, v := range step.Verdicts {
		keys = append(keys, v.Subject.Key())
	}
	return keys
}

// TestWhatTimeHasTurnedIsJudgedWithTheFirstWordOfARepository holds what a log of before rests on: when the
// first is heard of a repository, or that a team has no layer, what is overdue is judged in that step.
func TestWhatTimeHasTurnedIsJudgedWithTheFirstWordOfARepository(t *testing.T) {
	for name, tell := range map[string]func(*house) gate.Step{
		"its head": func(h *house) gate.Step {
			return h.tell(gate.HeadRead{Repo: payRepo, Branch: "main", Commit: "p1", At: h.now})
		},
		"the layer that its team has not": func(h *house) gate.Step {
			h.now = morning
			h.tell(push(payRepo, "000", "p1", h.now, "a"))
			h.now = morning.Add(2 * time.Hour)
			return h.tell(gate.FileRead{Repo: payRepo, Commit: "p1", Path: ".nexus/done.cue", Absent: true})
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, storefront)
			h.landed(cartRepo, "000", "c1", "a")
			h.wantState("while there is time", h.component("cart-api"), "ci", gate.Waiting)
			h.now = h.now.Add(2 * time.Hour)
			if keys := judgedBy(tell(h)); !slices.Contains(keys, "component cart-api") {
				t.Errorf("it has %v judged, want cart-api too, whose deadline has passed", keys)
			}
			h.wantState("with it", h.component("cart-api"), "ci", gate.Missing)
		})
	}
}

func TestThatATeamHasNoLayerTurnsWhatWaitedForThat(t *testing.T) {
	h := newHouse(t, storefront)
	h.tell(push(payRepo, "000", "p1", h.now, "a"))
	h.opened(payRepo, 7, "bbb", "a")
	h.tell(gate.GroupSeen{Repo: payRepo, Head: "ggg", Base: "main", Ref: "refs/heads/gh-readonly-queue/main/pr-7", At: h.now})
	h.wantState("before the layer is read, the change", h.change(payRepo, 7), "definition-of-done", gate.Waiting)
	keys := judgedBy(h.tell(gate.FileRead{Repo: payRepo, Commit: "p1", Path: ".nexus/done.cue", Absent: true}))
	want := []string{"component pay", "change " + payRepo.Key() + "#7", "group " + payRepo.Key() + " ggg", h.standing().HeadSays.Subject.Key()}
	if !slices.Equal(keys, want) {
		t.Errorf("that pay has no layer turns %v, want %v", keys, want)
	}
}
