package gate_test

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/nexusgate/nexusgate/gate"
)

// guarded is storefront with an environment of each kind.
const guarded = storefront + `
integrationTeam: {productOwner: "ana", members: ["kim"]}
release: {
	lenient: exceptions: "allowed"
	alone: needs: "component"
	web: components: ["web"]
}
`

// door asks for components, given as "cart-api=c1", to go out to an environment.
func (h *house) door(environment string, components ...string) gate.Answer {
	h.t.Helper()
	a := gate.Ask{Nexus: "storefront", Environment: environment, Components: gate.Composition{}}
	for _, c := range components {
		name, commit, _ := strings.Cut(c, "=")
		a.Components[name] = commit
	}
	return h.ledger.Door(a, h.made, h.now)
}

func (h *house) wantDoor(what string, a gate.Answer, want gate.Outcome, why string) {
	h.t.Helper()
	if a.Outcome != want || !strings.Contains(a.Why, why) {
		h.t.Errorf("%s: the door says %q: %s; want %q: %s", what, a.Outcome, a.Why, want, why)
	}
}

func TestTheDoorOpensForExactlyWhatADoneIncrementHolds(t *testing.T) {
	h := newHouse(t, guarded)
	h.wantDoor("nothing has landed", h.door("", "cart-api=c1"), gate.Awaiting, "No Increment of storefront holds cart-api at c1.")
	allGreen(h)
	for _, components := range [][]string{{"cart-api=c1"}, {"web=w1"}, {"cart-api=c1", "pay=p1", "web=w1"}, {}} {
		a := h.door("production", components...)
		h.wantDoor(strings.Join(components, " "), a, gate.Done, "Integrated Increment 3 is done.")
		if a.Increment != 3 || a.Digest != a.Composition.Digest() || a.Composition["pay"] != "p1" || len(a.Exceptions) != 0 {
			t.Errorf("it opens by %+v", a)
		}
	}
	h.wantDoor("another commit", h.door("", "cart-api=c9"), gate.Awaiting, "No Increment of storefront holds cart-api at c9.")
	h.wantDoor("one of them at another", h.door("", "cart-api=c1", "web=w9"), gate.Awaiting, "holds cart-api at c1 together with web at w9.")
	h.wantDoor("a component that is none", h.door("", "cart=c1"), gate.NotDone, `no component "cart"`)
	h.wantDoor("one that is not deployed there", h.door("web", "cart-api=c1"), gate.NotDone, "the definition names web.")
	h.wantDoor("another Nexus", h.ledger.Door(gate.Ask{Nexus: "store"}, h.made, h.now), gate.NotDone, `no Nexus "store"`)
}

func TestTheDoorStaysShutForWhatIsNotDone(t *testing.T) {
	green := func(h *house) { allGreen(h) }
	for name, c := range map[string]struct {
		begin  func(*house)
		then   func(*house)
		want   gate.Outcome
		why    string
		source string
	}{
		"no evidence": {begin: func(h *house) {
			h.landed(cartRepo, "000", "c1", "a")
			h.landed(payRepo, "000", "p1", "a")
			h.landed(webRepo, "000", "w1", "a")
		}, want: gate.Awaiting, why: "ci of cart-api is waiting"},
		"no evidence in time": {begin: func(h *house) {
			h.landed(cartRepo, "000", "c1", "a")
			h.landed(payRepo, "000", "p1", "a")
			h.landed(webRepo, "000", "w1", "a")
		}, then: func(h *house) { h.now = h.now.Add(2 * time.Hour) }, want: gate.NotDone, why: "ci of cart-api is missing"},
		"evidence of another commit": {begin: func(h *house) {
			allGreen(h)
			h.landed(cartRepo, "c1", "c2", "a")
		}, want: gate.Awaiting, why: "ci of cart-api is waiting"},
		"a failure elsewhere": {begin: green, then: func(h *house) {
			h.tell(run(payRepo, "p1", "push", 2, 2, h.now, "failure"))
		}, want: gate.NotDone, why: "ci of pay is unmet"},
		"a superseded attempt": {begin: green, then: func(h *house) {
			running := run(cartRepo, "c1", "push", 1, 2, h.now, "")
			running.Evidence.Status = gate.Running
			h.tell(running)
		}, want: gate.Awaiting, why: "ci of cart-api is waiting"},
		"evidence that is stale": {
			begin: green, then: func(h *house) { h.now = h.now.Add(25 * time.Hour) }, want: gate.NotDone, why: "is stale",
			source: strings.Replace(guarded, `within: "1h"`, `within: "1h", fresh: "24h"`, 1),
		},
		"a component that joined since, and is not known": {begin: green, then: func(h *house) {
			h.tell(gate.NexusGiven{File: "nexus.cue", Source: guarded + joined})
		}, want: gate.Awaiting, why: "integration-branch of ledger is waiting"},
		"a criterion that came since": {begin: green, then: func(h *house) {
			h.tell(gate.NexusGiven{File: "nexus.cue", Source: guarded + `done: e2e: {why: "Whole", on: "increment", evidence: "pipeline", name: "e2e", must: conclusion: "success"}` + "\n"})
		}, want: gate.Awaiting, why: "e2e of the Increment is waiting"},
		"a branch that is gone": {begin: green, then: func(h *house) {
			h.tell(gate.Pushed{Repo: payRepo, Branch: "main", Before: "p1", PushedAt: h.now})
		}, want: gate.NotDone, why: "integration-branch of pay is error"},
	} {
		source := c.source
		if source == "" {
			source = guarded
		}
		h := newHouse(t, source)
		c.begin(h)
		if c.then != nil {
			h.wantDoorWhole(name + ", before")
			c.then(h)
		}
		commit := "c1"
		if name == "evidence of another commit" {
			commit = "c2"
		}
		h.wantDoor(name, h.door("", "cart-api="+commit), c.want, c.why)
	}
}

// wantDoorWhole holds that what was made last is judged at the door as it was recorded.
func (h *house) wantDoorWhole(what string) {
	h.t.Helper()
	head := h.standing().HeadSays
	if v := h.ledger.JudgeIncrement(h.made[len(h.made)-1], h.now); v.Outcome != head.Outcome || findings(v) != findings(head) {
		h.t.Errorf("%s: the head is %s, and judged anew %s:\n%s\n%s", what, head.Outcome, v.Outcome, findings(head), findings(v))
	}
}

// joined is a component more.
const joined = `teams: pay: components: ledger: {repo: "github:acme/ledger", branch: "main"}` + "\n"

func TestAnIncrementOfOtherComponentsThanTheNexusHasIsNotDone(t *testing.T) {
	h := newHouse(t, guarded)
	allGreen(h)
	third := h.standing().Head
	h.tell(gate.NexusGiven{File: "nexus.cue", Source: guarded + joined})
	h.tell(gate.HeadRead{Repo: gate.Repo{Forge: gate.GitHub, ID: 4, Name: "acme/ledger"}, Branch: "main", Commit: "l1", At: h.now})
	v := h.ledger.JudgeIncrement(third, h.now)
	h.wantState("of before it joined", v, "integration-branch", gate.Error)
	h.wantOutcome("of before it joined", v, gate.NotDone)
	h.tell(gate.NexusGiven{File: "nexus.cue", Source: strings.Replace(guarded, `	pay: components: pay: {repo: "github:acme/pay", branch: "main"}`+"\n", "", 1)})
	v = h.ledger.JudgeIncrement(third, h.now)
	h.wantState("of before one left", v, "integration-branch", gate.Error)
	if !strings.Contains(findings(v), "which is part of the Nexus no more") {
		t.Errorf("it says\n%s", findings(v))
	}
	h.wantDoor("what is left of it", h.door("", "cart-api=c1"), gate.Done, "is done")
	h.wantOutcome("of a Nexus that is none", h.ledger.JudgeIncrement(gate.Increment{Nexus: "store"}, h.now), gate.NotDone)
}

func TestTheHeadJudgedAnewIsTheHeadAsItWasJudged(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 5))
	deliveries, end := tale(), morning.Add(21*time.Minute)
	judged := 0
	for range 20 {
		l := gate.NewLedger()
		l.Apply(gate.Delivery{ID: "000000", Source: gate.FromUs, Received: morning}, []gate.Event{gate.NexusGiven{File: "nexus.cue", Source: guarded}}, end)
		for _, i := range random.Perm(len(deliveries)) {
			l.Apply(deliveries[i], taleEvents[i], end)
			s, _ := l.Standing("storefront", end)
			if s.Head.Number == 0 {
				continue
			}
			v := l.JudgeIncrement(s.Head, end)
			if diff := cmp.Diff(s.HeadSays.Findings, v.Findings); diff != "" || v.Outcome != s.HeadSays.Outcome {
				t.Fatalf("seed %d: it is %s, and anew %s (-judged +anew):\n%s", seed, s.HeadSays.Outcome, v.Outcome, diff)
			}
			judged++
		}
	}
	if judged < 100 {
		t.Errorf("%d heads were judged: too few to hold anything", judged)
	}
}

func TestAnEarlierIncrementOpensAsItIsJudgedNow(t *testing.T) {
	h := newHouse(t, guarded)
	allGreen(h)
	h.now = h.now.Add(time.Minute)
	h.landed(cartRepo, "c1", "c2", "a")
	h.tell(run(cartRepo, "c2", "push", 3, 1, h.now, "failure"))
	h.wantDoor("what broke", h.door("", "cart-api=c2"), gate.NotDone, "ci of cart-api is unmet")
	h.wantDoor("what was done before", h.door("", "cart-api=c1"), gate.Done, "Integrated Increment 3 is done")
	if a := h.door("", "web=w1"); a.Outcome != gate.Done || a.Increment != 3 || a.Composition["cart-api"] != "c1" {
		t.Errorf("a component of both goes out with %+v", a)
	}
	h.tell(run(cartRepo, "c1", "push", 1, 2, h.now, "failure"))
	h.wantDoor("last done, and broken since", h.door("", "cart-api=c1"), gate.NotDone, "ci of cart-api is unmet")
	if h.standing().LastDone.Number != 3 {
		t.Error("the last done one is history and stays")
	}
}

func TestComponentsThatNeverStoodTogetherDoNotGoOutTogether(t *testing.T) {
	h := newHouse(t, guarded)
	allGreen(h)
	h.landed(cartRepo, "c1", "c2", "a")
	h.tell(run(cartRepo, "c2", "push", 3, 1, h.now, "success"))
	h.landed(webRepo, "w1", "w2", "a")
	h.tell(pipeline(webRepo, "w2", "push", 32, h.now, map[string]string{"test": "success"})...)
	h.wantDoor("one by one", h.door("", "cart-api=c1"), gate.Done, "")
	h.wantDoor("the other", h.door("", "web=w2"), gate.Done, "")
	h.wantDoor("together", h.door("", "cart-api=c1", "web=w2"), gate.Awaiting, "holds cart-api at c1 together with web at w2")
	h.wantDoor("as they stood", h.door("", "cart-api=c2", "web=w2"), gate.Done, "Increment 5")
}

func TestAnIncrementIsAskedForByItself(t *testing.T) {
	h := newHouse(t, guarded)
	ask := func(which string, components gate.Composition) gate.Answer {
		return h.ledger.Door(gate.Ask{Nexus: "storefront", Increment: which, Components: components}, h.made, h.now)
	}
	h.wantDoor("before there is one", ask("head", nil), gate.Awaiting, "storefront has no such Increment.")
	h.wantDoor("before one was done", ask("last-done", nil), gate.Awaiting, "storefront has no done Increment yet.")
	allGreen(h)
	third := h.standing().Head
	h.landed(cartRepo, "c1", "c2", "a")
	h.tell(run(cartRepo, "c2", "push", 3, 1, h.now, "failure"))
	h.wantDoor("the head", ask("head", nil), gate.NotDone, "Integrated Increment 4 is not done: ci of cart-api is unmet")
	h.wantDoor("nothing in particular", ask("", nil), gate.NotDone, "Integrated Increment 4 is not done")
	h.wantDoor("what the head does not hold", ask("head", gate.Composition{"cart-api": "c1"}), gate.Awaiting, "does not hold cart-api at c1")
	for _, which := range []string{"last-done", third.Digest} {
		a := ask(which, nil)
		h.wantDoor(which, a, gate.Done, "Integrated Increment 3 is done.")
		if a.Recorded != third.Verdict || third.Verdict == "" {
			t.Errorf("%s: recorded as %q, want %q", which, a.Recorded, third.Verdict)
		}
	}
	h.tell(run(payRepo, "p1", "push", 2, 2, h.now, "failure"))
	if a := ask(third.Digest, nil); a.Outcome != gate.NotDone || a.Recorded != "" {
		t.Errorf("what was done once is %s, recorded as %q", a.Outcome, a.Recorded)
	}
	h.wantDoor("one that never was", ask("sha256:0", nil), gate.Awaiting, "storefront has no such Increment.")
}

func TestExceptionsOpenWhereTheyAreAllowedAndEnd(t *testing.T) {
	h := newHouse(t, guarded+`exceptions: late: {criterion: "ci", components: ["pay"], reason: "Moves", requestedBy: "raj", approvedBy: "kim", until: "2026-11-24"}`+"\n")
	allGreen(h)
	h.tell(run(payRepo, "p1", "push", 2, 2, h.now, "failure"))
	h.wantDoor("refused", h.door("production", "cart-api=c1"), gate.NotDone, "is done under exceptions: late. They are refused here.")
	a := h.door("lenient", "cart-api=c1")
	h.wantDoor("allowed", a, gate.Done, "done under exceptions: late")
	if len(a.Exceptions) != 1 || a.Exceptions[0] != "late" {
		t.Errorf("it rests on %v", a.Exceptions)
	}
	h.wantDoor("the component under it", h.door("alone", "pay=p1"), gate.NotDone, "pay at p1 is done under exceptions: late. They are refused here.")
	h.now = time.Date(2026, 11, 25, 0, 0, 0, 0, time.UTC)
	h.wantDoor("ended", h.door("lenient", "cart-api=c1"), gate.NotDone, "ci of pay is unmet")
}

func TestAComponentGoesOutAloneWhereThatIsAllThatIsNeeded(t *testing.T) {
	h := newHouse(t, guarded)
	allGreen(h)
	h.tell(run(payRepo, "p1", "push", 2, 2, h.now, "failure"))
	h.wantDoor("beside one that is not done", h.door("alone", "cart-api=c1"), gate.Done, "cart-api at c1 is done.")
	h.wantDoor("itself not done", h.door("alone", "pay=p1"), gate.NotDone, "ci of pay is unmet")
	h.wantDoor("with it", h.door("alone", "cart-api=c1", "pay=p1"), gate.NotDone, "ci of pay is unmet")
	h.wantDoor("elsewhere", h.door("production", "cart-api=c1"), gate.NotDone, "ci of pay is unmet")
	h.opened(cartRepo, 17, "aaa", "a")
	h.tell(run(cartRepo, "aaa", "push", 9, 1, h.now, "success"))
	h.wantDoor("what has not landed", h.door("alone", "cart-api=aaa"), gate.Awaiting, "No Increment of storefront holds cart-api at aaa")
	h.landed(cartRepo, "c1", "c2", "a")
	a := h.door("alone", "cart-api=c2")
	h.wantDoor("just landed", a, gate.Awaiting, "ci of cart-api is waiting")
	if a.Verdict.Subject.Kind != gate.OfComponent || a.Composition["cart-api"] != "c2" || a.Increment != 0 {
		t.Errorf("it is answered by %+v", a)
	}
}

func TestTheDoorChangesNothing(t *testing.T) {
	h := newHouse(t, guarded)
	allGreen(h)
	h.landed(cartRepo, "c1", "c2", "a")
	due, _ := h.ledger.NextDue()
	before := len(h.ledger.Wants())
	for range 3 {
		h.door("", "cart-api=c1")
		h.door("alone", "cart-api=c1")
	}
	after, _ := h.ledger.NextDue()
	if !after.Equal(due) || len(h.ledger.Wants()) != before {
		t.Errorf("next due %v, was %v; %d wants, were %d", after, due, len(h.ledger.Wants()), before)
	}
	if step, empty := h.ledger.Wake(h.now); !empty {
		t.Errorf("a question has left %+v", step)
	}
	h.tell(run(cartRepo, "c1", "push", 1, 2, h.now, "failure"))
	h.wantDoor("what was judged before is void", h.door("", "cart-api=c1"), gate.NotDone, "ci of cart-api is unmet")
	h.restart()
	h.wantDoor("after a restart", h.door("", "cart-api=c1"), gate.NotDone, "ci of cart-api is unmet")
}
