package gate_test

import (
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/gate"
)

func TestAHeadsAgeCountsFromItsPushWhicheverCameFirst(t *testing.T) {
	for _, repo := range []gate.Repo{cartRepo, webRepo} {
		read := gate.HeadRead{Repo: repo, Branch: "main", Commit: "two", At: morning.Add(-time.Hour)}
		for name, order := range map[string][]gate.Event{
			"the push first":        {push(repo, "one", "two", morning), read},
			"the read first":        {read, push(repo, "one", "two", morning)},
			"the read twice":        {read, push(repo, "one", "two", morning), read},
			"one read and no more":  {read},
			"a later read and push": {gate.HeadRead{Repo: repo, Branch: "main", Commit: "two", At: morning.Add(time.Hour)}, push(repo, "one", "two", morning)},
		} {
			t.Run(string(repo.Forge)+", "+name, func(t *testing.T) {
				h := newHouse(t, storefront)
				for _, e := range order {
					h.tell(e)
				}
				want := morning
				if len(order) == 1 {
					want = read.At
				}
				if got := h.since(); !got.Equal(want) {
					t.Errorf("it counts from %s, want %s", got, want)
				}
			})
		}
	}
}

func TestAHeadThatCameBackUntoldIsAsOldAsTheReadThatFoundIt(t *testing.T) {
	h := newHouse(t, storefront)
	h.tell(push(webRepo, "one", "two", h.now))
	h.tell(push(webRepo, "two", "three", h.now))
	h.now = h.now.Add(time.Hour)
	h.tell(gate.HeadRead{Repo: webRepo, Branch: "main", Commit: "two", At: h.now, Covers: []string{"000002", "000003"}})
	if got := h.since(); !got.Equal(h.now) {
		t.Errorf("it counts from %s, want the read, %s", got, h.now)
	}
}

// since is when the head of the one component landed that has one, as its standing says.
func (h *house) since() (at time.Time) {
	h.t.Helper()
	for _, c := range h.standing().Components {
		if c.Commit != "" {
			at = c.Since
		}
	}
	return at
}
