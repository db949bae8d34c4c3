package gate_test

import (
	"testing"

	"github.com/nexusgate/nexusgate/gate"
)

// outsiders asks for an approval from outside the author's team; ana is the author of the changes of tests.
const outsiders = `
teams: {
	cart: members: ["ana", "kim", "bot"]
	pay: members: ["Li", "gitlab:kim", "bot"]
}
done: review: {why: "Read by another team", on: "change", evidence: "review", must: {approvals: >=1, approvalsOutside: >=1}}
`

func TestAnApprovalFromOutsideIsOfAMemberOfAnotherTeam(t *testing.T) {
	h := newHouse(t, storefront+outsiders)
	h.opened(cartRepo, 17, "aaa", "cart.go")
	approve := func(by, head string) {
		h.tell(gate.Reviewed{Repo: cartRepo, Number: 17, Reviewer: by, State: gate.Approved, Commit: head, At: h.now})
	}
	approve("kim", "aaa")
	h.wantState("by a colleague, whose name another team has on the other forge", h.change(cartRepo, 17), "review", gate.Waiting)
	approve("max", "aaa")
	h.wantState("by somebody of no known team", h.change(cartRepo, 17), "review", gate.Waiting)
	approve("bot", "aaa")
	h.wantState("by a member of both teams", h.change(cartRepo, 17), "review", gate.Waiting)
	approve("li", "aaa")
	h.wantState("by a member of another team", h.change(cartRepo, 17), "review", gate.Met)
	h.tell(seen(cartRepo, 17, "bbb", h.now))
	h.tell(gate.ChangeRead{Repo: cartRepo, Number: 17, Head: "bbb", Paths: []string{"cart.go"}, Complete: true})
	h.wantState("after a push, for which nobody has approved", h.change(cartRepo, 17), "review", gate.Waiting)
	approve("li", "bbb")
	h.wantState("once approved anew", h.change(cartRepo, 17), "review", gate.Met)
}

func TestWhereTheAuthorsTeamIsNotKnownNoApprovalIsFromOutside(t *testing.T) {
	h := newHouse(t, storefront+outsiders)
	strange := seen(cartRepo, 17, "aaa", h.now)
	strange.Author = "max"
	h.tell(strange, gate.ChangeRead{Repo: cartRepo, Number: 17, Head: "aaa", Paths: []string{"cart.go"}, Complete: true})
	h.tell(gate.Reviewed{Repo: cartRepo, Number: 17, Reviewer: "li", State: gate.Approved, Commit: "aaa", At: h.now})
	h.wantState("of an author of no known team", h.change(cartRepo, 17), "review", gate.Waiting)
	h.tell(gate.NexusGiven{File: "nexus.cue", Source: storefront + outsiders + `teams: web: members: ["max"]` + "\n"})
	h.wantState("once the author's team is known", h.change(cartRepo, 17), "review", gate.Met)
}
