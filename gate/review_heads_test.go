package gate_test

import (
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/gate"
)

func (h *house) head(component string) string { return h.standing().Head.Composition[component] }

func TestAnOldDoubtIsForgottenOnceALaterPushIsKnown(t *testing.T) {
	h := newHouse(t, storefront)
	h.tell(push(cartRepo, "000", "c1", h.now, "a"))
	h.tell(push(cartRepo, "xxx", "c2", h.now, "a"))
	h.tell(push(cartRepo, "c2", "c3", h.now.Add(time.Second), "a"))
	if got := h.head("cart-api"); got != "c3" {
		t.Errorf("the head is %q, want c3", got)
	}
}

func TestThreePushesOfOneSecondFoldAlikeInAnyOrder(t *testing.T) {
	pushes := []gate.Event{
		push(cartRepo, "000", "c1", morning, "a"), push(cartRepo, "c1", "c2", morning, "a"), push(cartRepo, "c2", "c3", morning, "a"),
	}
	for _, order := range [][]int{{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}} {
		h := newHouse(t, storefront)
		for _, i := range order {
			h.tell(pushes[i])
		}
		if got := h.head("cart-api"); got != "c3" {
			t.Errorf("told in the order %v, the head is %q, want c3", order, got)
		}
	}
}

func TestAReadThatLagsBehindThePushItMissedIsReadAgain(t *testing.T) {
	h := newHouse(t, storefront)
	h.tell(gate.HeadRead{Repo: cartRepo, Branch: "main", Commit: "c1", At: h.now.Add(2 * time.Second)})
	h.after(time.Minute)
	h.tell(push(cartRepo, "c1", "c2", morning, "a"))
	wants := 0
	for _, w := range h.ledger.Wants() {
		if w.Kind == gate.WantHead && w.Repo.ID == cartRepo.ID {
			wants++
		}
	}
	if wants != 1 {
		t.Errorf("the head is wanted %d times, want once", wants)
	}
}

// away is a Nexus without the cart's component.
const away = `
name: "storefront"
teams: {
	pay: components: pay: {repo: "github:acme/pay", branch: "main"}
	two: components: two: {repo: "github:acme/two", branch: "main"}
	web: components: web: {repo: "gitlab:acme/web", branch: "main"}
}
done: ci: {why: "Green", on: "commit", evidence: "pipeline", name: "ci", must: conclusion: "success"}
`

// wantsHead says whether the head of main is wanted.
func (h *house) wantsHead(repo gate.Repo) bool {
	for _, w := range h.ledger.Wants() {
		if w.Kind == gate.WantHead && w.Repo.Name == repo.Name {
			return true
		}
	}
	return false
}

// green lands a commit whose pipeline is green.
func (h *house) green(repo gate.Repo, before, after string) {
	h.landed(repo, before, after, "a")
	h.tell(run(repo, after, "push", 1, 1, h.now, "success"))
}

func TestWhatWasNotListenedToIsReadAgain(t *testing.T) {
	installed := func(active bool, minute int) gate.Event {
		return gate.InstallationSeen{Installation: 7, Active: active, At: morning.Add(time.Duration(minute) * time.Minute)}
	}
	repository := func(gone bool, minute int) gate.Event {
		return gate.RepositorySeen{Repo: cartRepo, Gone: gone, At: morning.Add(time.Duration(minute) * time.Minute)}
	}
	for name, absence := range map[string][]gate.Event{
		"a component taken out of the Nexus and given back": {
			gate.NexusGiven{File: "nexus.cue", Source: away}, gate.NexusGiven{File: "nexus.cue", Source: storefront},
		},
		"a Nexus that was retired and given again": {
			gate.NexusRetired{Nexus: "storefront"}, gate.NexusGiven{File: "nexus.cue", Source: storefront},
		},
		"an installation that was suspended":         {installed(false, 1), installed(true, 2)},
		"a repository taken out of the installation": {repository(true, 1), repository(false, 2)},
		"a read that was under way when it was taken out": {
			gate.NexusGiven{File: "nexus.cue", Source: away},
			gate.HeadRead{Repo: cartRepo, Branch: "main", Commit: "c1", At: morning},
			gate.NexusGiven{File: "nexus.cue", Source: storefront},
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, storefront)
			h.green(cartRepo, "000", "c1")
			h.wantOutcome("the component before", h.component("cart-api"), gate.Done)
			for _, e := range absence {
				h.tell(e)
			}
			h.wantOutcome("the component after", h.component("cart-api"), gate.Awaiting)
			if !h.wantsHead(cartRepo) {
				t.Error("its head is not wanted")
			}
			h.tell(gate.HeadRead{Repo: cartRepo, Branch: "main", Commit: "c1", At: h.now})
			h.tell(gate.FileRead{Repo: cartRepo, Commit: "c1", Path: ".nexus/done.cue", Absent: true})
			h.wantOutcome("the component, read again", h.component("cart-api"), gate.Done)
		})
	}
}

func TestTheDeletionOfARepositoryIsNotOutdatedByItsInstallation(t *testing.T) {
	h := newHouse(t, storefront)
	h.green(cartRepo, "000", "c1")
	h.tell(gate.InstallationSeen{Installation: 7, Active: true, At: morning.Add(time.Hour)})
	h.tell(gate.RepositorySeen{Repo: cartRepo, Gone: true, At: morning})
	h.wantState("the component", h.component("cart-api"), "integration-branch", gate.Error)
}

func TestAForcePushBackToTheCommitThatWasReadIsUncertain(t *testing.T) {
	h := newHouse(t, storefront)
	h.tell(gate.HeadRead{Repo: webRepo, Branch: "main", Commit: "w1", At: h.now})
	h.tell(push(webRepo, "w1", "w2", h.now))
	h.tell(push(webRepo, "w2", "w1", h.now))
	if !h.wantsHead(webRepo) {
		t.Errorf("the head %q is taken for sure", h.head("web"))
	}
}

func TestAPushThatComesAfterItsReturnWasReadIsUncertain(t *testing.T) {
	h := newHouse(t, storefront)
	h.tell(push(webRepo, "w0", "w1", h.now))
	h.tell(push(webRepo, "w2", "w1", h.now))
	settle(h, webRepo, "w1")
	h.tell(push(webRepo, "w1", "w2", h.now)) // what led to w2, the last of the three to be told
	if got := h.head("web"); got != "w1" || !h.wantsHead(webRepo) {
		t.Errorf("the head is %q, and wanted: %v; want w1, and a read", got, h.wantsHead(webRepo))
	}
}
