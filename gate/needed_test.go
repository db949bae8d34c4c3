package gate_test

import (
	"strings"
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/gate"
)

// apart is a Nexus that asks what a change needs of other teams, and keeps a backlog.
const apart = storefront + `
productGoal: "A shopper buys in one minute"
sprint: {start: "2026-11-16", days: 14}
done: apart: {why: "What it needs of others is there", on: "change", evidence: "dependencies", must: {open: 0, cyclic: 0}}
backlog: {repos: ["github:acme/product"], team: "label:team/*", sprint: "milestone", ready: "label:ready", goal: "label:goal"}
`

var productRepo = gate.Repo{Forge: gate.GitHub, ID: 9, Name: "acme/product", Installation: 7}

// ref is a reference as it is written.
func ref(text string) gate.Ref { return gate.ParseRef(text) }

// needing is a change that is open and needs others.
func needing(repo gate.Repo, number int, at time.Time, needs ...string) gate.ChangeSeen {
	c := seen(repo, number, "aaa", at)
	for _, text := range needs {
		c.Needs = append(c.Needs, ref(text))
	}
	return c
}

// needs opens a change that needs others.
func (h *house) needs(repo gate.Repo, number int, needs ...string) {
	h.tell(needing(repo, number, h.now, needs...))
	h.tell(gate.ChangeRead{Repo: repo, Number: number, Head: "aaa", Paths: []string{"a"}, Complete: true})
}

// got is what a verdict found of what the change needs.
func got(v gate.Verdict) string {
	for _, f := range v.Findings {
		if f.Criterion == "apart" {
			return f.Got
		}
	}
	return ""
}

func (h *house) wantNeeds(what string, v gate.Verdict, state gate.FindingState, says string) {
	h.t.Helper()
	h.wantState(what, v, "apart", state)
	if !strings.Contains(got(v), says) {
		h.t.Errorf("%s: it says %q, want %q in it", what, got(v), says)
	}
}

func merged(c gate.ChangeSeen, at time.Time) gate.ChangeSeen {
	c.State, c.Landed, c.UpdatedAt = gate.ChangeMerged, "fff", at
	return c
}

func TestAChangeAwaitsWhatItNeedsOfAnotherTeamAcrossForges(t *testing.T) {
	h := newHouse(t, apart)
	h.needs(cartRepo, 17, "gitlab:acme/web!4")
	h.wantNeeds("before the other is heard of", h.change(cartRepo, 17), gate.Waiting, "gitlab:acme/web!4 is being read")

	h.needs(webRepo, 4)
	h.wantNeeds("while the other is open", h.change(cartRepo, 17), gate.Waiting, "gitlab:acme/web!4 is not merged (team web)")
	h.after(30 * 24 * time.Hour)
	h.wantNeeds("a month later", h.change(cartRepo, 17), gate.Waiting, "is not merged")

	h.tell(merged(needing(webRepo, 4, h.now), h.now))
	h.wantNeeds("once the other is merged", h.change(cartRepo, 17), gate.Met, "open 0")

	h.needs(payRepo, 5, "gitlab:acme/web!6")
	closed := needing(webRepo, 6, h.now)
	closed.State = gate.ChangeClosed
	h.tell(closed)
	h.wantNeeds("what was closed", h.change(payRepo, 5), gate.Waiting, "gitlab:acme/web!6 was closed without being merged")
}

func TestWhatATeamNeedsOfItselfHoldsNothingUp(t *testing.T) {
	h := newHouse(t, apart)
	h.needs(cartRepo, 16)
	h.needs(cartRepo, 17, "github:acme/cart-api#16")
	h.wantNeeds("its own team's", h.change(cartRepo, 17), gate.Met, "open 0")
}

func TestAnItemOfAnotherTeamIsNeededUntilItIsClosed(t *testing.T) {
	h := newHouse(t, apart)
	h.tell(issue(productRepo, 3, h.now, "team/pay"))
	h.needs(cartRepo, 17, "github:Acme/Product#3")
	h.wantNeeds("an open item", h.change(cartRepo, 17), gate.Waiting, "github:Acme/Product#3 is open (team pay)")
	h.tell(closedItem(issue(productRepo, 3, h.now.Add(time.Minute), "team/pay")))
	h.wantNeeds("a closed item", h.change(cartRepo, 17), gate.Met, "open 0")

	h.tell(issue(productRepo, 4, h.now, "team/cart"))
	h.needs(cartRepo, 18, "github:acme/product#4", "the login work")
	h.wantNeeds("an item of its own, and words", h.change(cartRepo, 18), gate.Waiting, "the login work names nothing that can be found")
	if strings.Contains(got(h.change(cartRepo, 18)), "product#4") {
		t.Errorf("it waits for an item of its own team: %s", got(h.change(cartRepo, 18)))
	}
}

func TestWhatNobodyTellsUsOfIsReadAndAgainWhileSomebodyWaits(t *testing.T) {
	h := newHouse(t, apart)
	h.needs(cartRepo, 17, "gitlab:other/core!8")
	wants := h.wantsOf(gate.WantThing)
	if len(wants) != 1 || wants[0].Path != "gitlab:other/core!8" || wants[0].Repo.Name != "other/core" {
		t.Fatalf("wanted are %+v", wants)
	}
	h.tell(gate.ThingRead{Ref: ref(wants[0].Path), Absent: true, At: h.now})
	h.wantNeeds("what is not there", h.change(cartRepo, 17), gate.Waiting, "gitlab:other/core!8 cannot be found")
	if left := h.wantsOf(gate.WantThing); len(left) != 0 {
		t.Errorf("it is wanted again at once: %+v", left)
	}
	h.after(10 * time.Minute)
	if again := h.wantsOf(gate.WantThing); len(again) != 1 {
		t.Fatalf("ten minutes later wanted are %+v", again)
	}
	h.tell(gate.ThingRead{Ref: ref("gitlab:other/core!8"), State: gate.ChangeMerged, Change: true, At: h.now})
	h.wantNeeds("once it is merged", h.change(cartRepo, 17), gate.Met, "open 0")
	h.after(time.Hour)
	if left := h.wantsOf(gate.WantThing); len(left) != 0 {
		t.Errorf("what is there is read again: %+v", left)
	}
	h.restart()
	h.after(time.Minute)
	h.wantNeeds("after a restart", h.change(cartRepo, 17), gate.Met, "open 0")
}

func TestACycleIsNamedToAllInIt(t *testing.T) {
	h := newHouse(t, apart)
	h.needs(cartRepo, 1, "github:acme/pay#2")
	h.needs(payRepo, 2, "gitlab:acme/web!3")
	h.needs(webRepo, 3, "github:acme/cart-api#1")
	for _, c := range []struct {
		repo   gate.Repo
		number int
		says   string
	}{
		{cartRepo, 1, "in a cycle: github:acme/cart-api#1, "},
		{payRepo, 2, "in a cycle: github:acme/pay#2, "},
		{webRepo, 3, "in a cycle: gitlab:acme/web!3, "},
	} {
		h.wantNeeds(c.repo.Name, h.change(c.repo, c.number), gate.Unmet, c.says)
	}
	h.tell(needing(webRepo, 3, h.now.Add(time.Minute)))
	h.wantNeeds("once one of them lets go", h.change(cartRepo, 1), gate.Waiting, "is not merged")
}

func TestWhatAForkSaysHoldsUpItsOwnChangeAlone(t *testing.T) {
	h := newHouse(t, apart)
	h.needs(cartRepo, 1, "github:acme/pay#2")
	foreign := needing(payRepo, 2, h.now, "github:acme/cart-api#1", "gitlab:secret/core#3")
	foreign.HeadRepo = 4711
	h.tell(foreign)
	h.tell(gate.ChangeRead{Repo: payRepo, Number: 2, Head: "aaa", Paths: []string{"a"}, Complete: true})
	h.wantNeeds("what needs the fork's change", h.change(cartRepo, 1), gate.Waiting, "is not merged")
	h.wantNeeds("the fork's change itself", h.change(payRepo, 2), gate.Unmet, "in a cycle: github:acme/pay#2")
	h.wantNeeds("what the fork names elsewhere", h.change(payRepo, 2), gate.Unmet, "gitlab:secret/core#3 is not looked for")
	if wants := h.wantsOf(gate.WantThing); len(wants) != 0 {
		t.Errorf("a fork has us read %+v", wants)
	}
}

func (h *house) wantsOf(kind gate.WantKind) (wants []gate.Want) {
	for _, w := range h.ledger.Wants() {
		if w.Kind == kind {
			wants = append(wants, w)
		}
	}
	return wants
}

// issue is an open item with some labels.
func issue(repo gate.Repo, number int, at time.Time, labels ...string) gate.ItemSeen {
	return gate.ItemSeen{Repo: repo, Number: number, Title: "An item", Open: true, Labels: labels, Opened: morning, UpdatedAt: at}
}

func closedItem(i gate.ItemSeen) gate.ItemSeen {
	i.Open, i.Closed = false, i.UpdatedAt
	return i
}
