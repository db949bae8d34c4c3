package gate_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/gate"
)

// allGreen lands a commit in each repository and runs its pipeline.
func allGreen(h *house) {
	h.landed(cartRepo, "000", "c1", "a")
	h.landed(payRepo, "000", "p1", "a")
	h.landed(webRepo, "000", "w1", "a")
	h.tell(run(cartRepo, "c1", "push", 1, 1, h.now, "success"))
	h.tell(run(payRepo, "p1", "push", 2, 1, h.now, "success"))
	h.tell(pipeline(webRepo, "w1", "push", 31, h.now, map[string]string{"test": "success"})...)
}

func TestTheIncrementIsDoneWhenTheSumIs(t *testing.T) {
	h := newHouse(t, storefront)
	allGreen(h)
	s := h.standing()
	if s.Head.Outcome != gate.Done || s.LastDone.Number != s.Head.Number || s.Head.Number != 3 {
		t.Errorf("Increment %d is %q and the last done one is %d, want 3, done, 3\n%s", s.Head.Number, s.Head.Outcome, s.LastDone.Number, findings(s.HeadSays))
	}
	if got, want := s.Head.Digest, (gate.Composition{"cart-api": "c1", "pay": "p1", "web": "w1"}).Digest(); got != want {
		t.Errorf("its digest is %s, want %s", got, want)
	}
	if o := h.owed["increment 3 w1"]; o.Check != gate.IncrementCheck || o.Outcome != gate.Done || o.Pipeline != 31 {
		t.Errorf("the landing is owed %+v, want the Integrated Increment check, done, in pipeline 31", o)
	}
}

func TestOneRedComponentHoldsBackTheSumByName(t *testing.T) {
	h := newHouse(t, storefront)
	allGreen(h)
	h.now = h.now.Add(time.Minute)
	h.landed(payRepo, "p1", "p2", "a")
	h.tell(run(payRepo, "p2", "push", 3, 1, h.now, "failure"))
	s := h.standing()
	if s.Head.Outcome != gate.NotDone || s.Head.Number != 4 || s.LastDone.Number != 3 {
		t.Errorf("Increment %d is %q, last done %d; want 4, not-done, 3", s.Head.Number, s.Head.Outcome, s.LastDone.Number)
	}
	if f := s.HeadSays.Findings[0]; f.Component != "pay" || f.Team != "pay" || f.Criterion != "ci" || f.State != gate.Unmet {
		t.Errorf("what holds it back is %+v, want pay's ci, unmet", f)
	}
}

func TestAnAwaitingIncrementThatIsSupersededSaysSo(t *testing.T) {
	h := newHouse(t, storefront)
	allGreen(h)
	h.now = h.now.Add(time.Minute)
	h.landed(payRepo, "p1", "p2", "a")
	h.landed(cartRepo, "c1", "c2", "a")
	if o := h.owed["increment 4 p2"]; o.Superseded != "Integrated Increment 5" {
		t.Errorf("Increment 4 is superseded by %q, want Integrated Increment 5", o.Superseded)
	}
}

func TestUnknownEvidenceNeverMakesTheIncrementDone(t *testing.T) {
	h := newHouse(t, storefront)
	h.landed(cartRepo, "000", "c1", "a")
	h.tell(run(cartRepo, "c1", "push", 1, 1, h.now, "success"))
	if got := h.standing().Head.Outcome; got != gate.Awaiting {
		t.Errorf("with two components never heard of it is %q, want awaiting", got)
	}
}

func TestDeadlinesPassWithoutAnyDelivery(t *testing.T) {
	h := newHouse(t, storefront)
	h.landed(cartRepo, "000", "c1", "a")
	h.wantState("in time", h.component("cart-api"), "ci", gate.Waiting)
	due, ok := h.ledger.NextDue()
	if want := morning.Add(time.Hour); !ok || !due.Equal(want) {
		t.Fatalf("next due %v, want %v", due, want)
	}
	h.after(time.Hour)
	h.wantState("an hour later", h.component("cart-api"), "ci", gate.Missing)
	h.tell(run(cartRepo, "c1", "push", 1, 1, h.now, "success"))
	h.wantState("late, and there", h.component("cart-api"), "ci", gate.Met)
}

func TestEvidenceGrowsStale(t *testing.T) {
	h := newHouse(t, strings.Replace(storefront, `within: "1h"`, `within: "1h", fresh: "24h"`, 1))
	allGreen(h)
	h.wantState("fresh", h.component("cart-api"), "ci", gate.Met)
	h.after(24 * time.Hour)
	h.wantState("a day later", h.component("cart-api"), "ci", gate.Stale)
	if got := h.standing().Head.Outcome; got != gate.NotDone {
		t.Errorf("the Increment is %q, want not-done: last done opens no door", got)
	}
}

func TestAComponentAddedOrRemovedMakesTheNextIncrement(t *testing.T) {
	h := newHouse(t, storefront)
	allGreen(h)
	without := strings.Replace(storefront, `	pay: components: pay: {repo: "github:acme/pay", branch: "main"}`+"\n", "", 1)
	h.tell(gate.NexusGiven{File: "nexus.cue", Source: without})
	s := h.standing()
	if _, there := s.Head.Composition["pay"]; there || s.Head.Number != 4 || s.Head.Outcome != gate.Done {
		t.Errorf("without pay: Increment %d of %v is %q; want 4 without pay, done", s.Head.Number, s.Head.Composition, s.Head.Outcome)
	}
	h.tell(gate.NexusGiven{File: "nexus.cue", Source: storefront})
	h.tell(gate.HeadRead{Repo: payRepo, Branch: "main", Commit: "p1", At: h.now})
	s = h.standing()
	if got := s.Head.Composition["pay"]; got != "p1" || s.Head.Number != 5 {
		t.Errorf("with pay again: Increment %d has it at %q; want 5 at p1", s.Head.Number, got)
	}
}

func TestAChangedDefinitionJudgesWhatIsOpenAgain(t *testing.T) {
	h := newHouse(t, storefront)
	allGreen(h)
	h.opened(cartRepo, 17, "aaa", "cart.go")
	h.tell(run(cartRepo, "aaa", "push", 9, 1, h.now, "success"))
	h.wantOutcome("before", h.change(cartRepo, 17), gate.Done)
	stricter := storefront + `done: review: {why: "Read by another", on: "change", evidence: "review", must: approvals: >=1}` + "\n"
	h.tell(gate.NexusGiven{File: "nexus.cue", Source: stricter})
	h.wantOutcome("under the stricter definition the change", h.change(cartRepo, 17), gate.Awaiting)
	h.tell(gate.Reviewed{Repo: cartRepo, Number: 17, Reviewer: "kim", State: gate.Approved, Commit: "aaa", At: h.now})
	h.wantOutcome("once reviewed the change", h.change(cartRepo, 17), gate.Done)
}

func TestApprovalsCountForTheHeadTheyWereGivenForAndNeverFromTheAuthor(t *testing.T) {
	h := newHouse(t, storefront+`done: review: {why: "Read by another", on: "change", evidence: "review", must: approvals: >=1}`+"\n")
	h.opened(cartRepo, 17, "aaa", "cart.go")
	h.tell(gate.Reviewed{Repo: cartRepo, Number: 17, Reviewer: "ana", State: gate.Approved, Commit: "aaa", At: h.now})
	h.wantState("the author's own", h.change(cartRepo, 17), "review", gate.Waiting)
	h.tell(gate.Reviewed{Repo: cartRepo, Number: 17, Reviewer: "kim", State: gate.Approved, Commit: "old", At: h.now})
	h.wantState("that of an older head", h.change(cartRepo, 17), "review", gate.Waiting)
	h.tell(gate.Reviewed{Repo: cartRepo, Number: 17, Reviewer: "li", State: gate.Approved, Commit: "aaa", At: h.now})
	h.wantState("another's of this head", h.change(cartRepo, 17), "review", gate.Met)
}

func TestARerequestedReportIsOwedAgain(t *testing.T) {
	h := newHouse(t, storefront)
	h.opened(cartRepo, 17, "aaa", "cart.go")
	clear(h.owed)
	h.tell(gate.Rerequested{Repo: cartRepo, Commit: "aaa"})
	if len(h.owed) != 1 {
		t.Errorf("owed after a re-request: %v, want the change's report", h.owed)
	}
}

func TestTheSameVerdictIsNeitherRecordedNorReportedAgain(t *testing.T) {
	h := newHouse(t, storefront)
	allGreen(h)
	before := len(h.verdicts)
	clear(h.owed)
	h.tell(run(cartRepo, "c1", "push", 1, 1, morning, "success"))
	if len(h.verdicts) != before || len(h.owed) != 0 {
		t.Errorf("%d new verdicts and %v owed after a repetition, want none", len(h.verdicts)-before, h.owed)
	}
}

func TestALandingTellsHowItCame(t *testing.T) {
	h := newHouse(t, storefront+`done: landing: {why: "Work lands through a done change", on: "commit", evidence: "landing", must: {viaChange: true, changeDone: true, forced: false}}`+"\n")
	h.landed(cartRepo, "000", "c1", "a")
	h.wantState("until the forge may have told of a change", h.component("cart-api"), "landing", gate.Waiting)
	h.after(2 * time.Minute)
	h.wantState("a push past any change", h.component("cart-api"), "landing", gate.Unmet)

	h.opened(cartRepo, 17, "aaa", "cart.go")
	h.tell(run(cartRepo, "aaa", "push", 1, 1, h.now, "success"))
	h.wantOutcome("the change", h.change(cartRepo, 17), gate.Done)
	h.now = h.now.Add(time.Minute)
	merged := seen(cartRepo, 17, "aaa", h.now)
	merged.State, merged.Landed = gate.ChangeMerged, "c2"
	h.tell(merged)
	h.landed(cartRepo, "c1", "c2", "cart.go")
	h.wantState("a landing by a done change", h.component("cart-api"), "landing", gate.Met)
}

func TestApprovalsAreWaitedForUntilTheDeadlineUnlessSomebodyObjects(t *testing.T) {
	h := newHouse(t, storefront+`done: review: {why: "Read by another", on: "change", evidence: "review", must: {approvals: >=1, changesRequested: 0}, within: "72h"}`+"\n")
	h.opened(cartRepo, 17, "aaa", "cart.go")
	h.wantState("opened", h.change(cartRepo, 17), "review", gate.Waiting)
	h.tell(gate.Reviewed{Repo: cartRepo, Number: 17, Reviewer: "kim", State: gate.ChangesRequested, Commit: "aaa", At: h.now})
	h.wantState("objected to", h.change(cartRepo, 17), "review", gate.Unmet)

	h.opened(cartRepo, 18, "bbb", "cart.go")
	h.after(72 * time.Hour)
	h.wantState("past the deadline", h.change(cartRepo, 18), "review", gate.Unmet)
}

func TestTheStatusOfAnIncrementJoinsTheLatestPipelineOfItsLanding(t *testing.T) {
	h := newHouse(t, storefront)
	h.landed(webRepo, "w0", "w1")
	h.tell(pipeline(webRepo, "w1", "push", 31, h.now, map[string]string{"build": "success"})...)
	h.tell(pipeline(webRepo, "w1", "push", 32, h.now.Add(time.Minute), map[string]string{"build": "success"})...)
	id := h.standing().Head.Number
	if o := h.owed[fmt.Sprintf("increment %d w1", id)]; o.Pipeline != 32 {
		t.Errorf("it is shown in pipeline %d, want 32", o.Pipeline)
	}
}
