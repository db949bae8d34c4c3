package gate_test

import (
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/gate"
)

func TestWhatAChangeNeedsOutlivesTheNamesOfRepositories(t *testing.T) {
	h := newHouse(t, apart)
	h.needs(webRepo, 4)
	h.needs(cartRepo, 17, "gitlab:acme/web!4")
	basket, shop := cartRepo, webRepo
	basket.Name, shop.Name = "acme/basket", "acme/shop"
	h.tell(gate.RepositorySeen{Repo: basket, At: h.now})
	h.tell(gate.RepositorySeen{Repo: shop, At: h.now})
	h.restart()
	h.tell(gate.ChangeRead{Repo: basket, Number: 17, Head: "aaa", Paths: []string{"b"}, Complete: true})
	h.wantNeeds("once both are renamed", h.change(cartRepo, 17), gate.Waiting, "gitlab:acme/web!4 is not merged (team web)")
	if all := h.backlog().Dependencies; len(all) != 1 || all[0].FromTeam != "cart" || all[0].ToTeam != "web" {
		t.Errorf("the dependencies are %+v", all)
	}
	h.tell(merged(needing(shop, 4, h.now), h.now.Add(time.Minute)))
	h.wantNeeds("once it is merged under its new name", h.change(cartRepo, 17), gate.Met, "open 0")
}

func TestWhatIsMergedIntoAnotherBranchIsNotThere(t *testing.T) {
	h := newHouse(t, apart)
	h.needs(cartRepo, 17, "gitlab:acme/web!4")
	stacked := needing(webRepo, 4, h.now)
	stacked.Base = "feature/form"
	h.tell(stacked)
	h.wantNeeds("while it is open", h.change(cartRepo, 17), gate.Waiting, "gitlab:acme/web!4 is not merged (team web)")
	h.tell(merged(stacked, h.now.Add(time.Minute)))
	h.wantNeeds("merged into a feature branch", h.change(cartRepo, 17), gate.Waiting, "gitlab:acme/web!4 was merged into feature/form, which is no integration branch (team web)")
	if all := h.backlog().Dependencies; len(all) != 1 || !all[0].Open {
		t.Errorf("the page says %+v", all)
	}
}

func TestATeamsOwnStackedChangeHoldsNothingUp(t *testing.T) {
	h := newHouse(t, apart)
	stacked := needing(cartRepo, 16, h.now)
	stacked.Base = "feature/form"
	h.tell(stacked)
	h.needs(cartRepo, 17, "github:acme/cart-api#16")
	h.wantNeeds("its own team's", h.change(cartRepo, 17), gate.Met, "open 0")
}

func TestWhatIsNamedTwiceIsNeededOnce(t *testing.T) {
	h := newHouse(t, apart)
	h.needs(payRepo, 1)
	h.needs(cartRepo, 17, "github:acme/pay#1", "github:Acme/Pay#1")
	h.wantNeeds("the same in other letters", h.change(cartRepo, 17), gate.Waiting, "open 1;")
	if all := h.backlog().Dependencies; len(all) != 1 {
		t.Errorf("the dependencies are %+v", all)
	}
}

// What holds for a check holds on the page: an outsider's issue draws nobody else into a cycle.
func TestAnOutsidersIssueIsInNoCycleOfOthers(t *testing.T) {
	h := newHouse(t, apart)
	h.needs(cartRepo, 1, "github:acme/pay#2")
	foreign := issue(payRepo, 2, h.now)
	foreign.Outside, foreign.Needs = true, []gate.Ref{ref("github:acme/cart-api#1")}
	h.tell(foreign)
	h.wantNeeds("what needs it", h.change(cartRepo, 1), gate.Waiting, "open 1; github:acme/pay#2 is open")
	b := h.backlog()
	if len(b.Cycles) != 0 || len(b.Dependencies) != 2 || b.Dependencies[0].Cyclic || b.Dependencies[1].Cyclic {
		t.Errorf("the page says %+v, in cycles %v", b.Dependencies, b.Cycles)
	}
}

func TestWhatIsNotSelectedAddsNoDependency(t *testing.T) {
	h := newHouse(t, apart+"\nbacklog: select: [\"type/*\"]\n")
	foreign := issue(cartRepo, 1, h.now)
	foreign.Outside, foreign.Needs = true, []gate.Ref{ref("github:acme/pay#1"), ref("github:acme/pay#2")}
	h.tell(foreign)
	if all, counted := h.backlog().Dependencies, h.standing().Dependencies; len(all) != 0 || len(counted) != 0 {
		t.Errorf("of an issue that is no item there are %+v, counted as %+v", all, counted)
	}
	foreign.Labels, foreign.UpdatedAt = []string{"type/bug"}, h.now.Add(time.Minute)
	h.tell(foreign)
	if all, counted := h.backlog().Dependencies, h.standing().Dependencies; len(all) != 2 || len(counted) != 1 || counted[0].Open != 2 {
		t.Errorf("once it is selected there are %+v, counted as %+v", all, counted)
	}
}
