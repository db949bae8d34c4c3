package gate_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
)

// checkOn is the report of the definition that is owed on a change of the home's head.
func (h *house) checkOn(number, head string) gate.Owed {
	return h.owed["definition "+homeRepo.Key()+"#"+number+" "+head]
}

func TestAChangeToTheDefinitionWaitsForAWordOfTheIntegrationTeam(t *testing.T) {
	h := newHome(t, first)
	h.proposes(3, "ana", "aaa", governedBy(`"kim"`, "2h"))
	v := h.proposal(3)
	h.wantOutcome("before anybody approved it, the proposal", v, gate.Awaiting)
	h.wantState("its soundness", v, "definition", gate.Met)
	if f := v.Findings[0]; f.Criterion != "integration-team" || f.Got != "ana wrote it, and nobody approved it yet" || f.Fix != "have one of lee, kim approve the change" {
		t.Errorf("the first finding is %+v; want that nobody of the Integration Team approved it, and who could", f)
	}
	if o := h.checkOn("3", "aaa"); o.Check != gate.DefinitionCheck || o.Outcome != gate.Awaiting || o.Repo.Name != "acme/nexus" {
		t.Errorf("the report owed is %+v, want an awaiting %q on the head", o, gate.DefinitionCheck)
	}
	h.approves(3, "bob", "aaa")
	h.wantState("approved by a stranger", h.proposal(3), "integration-team", gate.Waiting)
	h.approves(3, "lee", "aaa")
	h.wantOutcome("approved by the Product Owner, the proposal", h.proposal(3), gate.Done)
	if o := h.checkOn("3", "aaa"); o.Outcome != gate.Done || o.Verdict != h.proposal(3).ID {
		t.Errorf("the report owed is %+v, want done by the last verdict", o)
	}
	if done := h.change(homeRepo, 3); done.ID != "" {
		t.Errorf("a change to a repository without components was judged for %q", gate.DoneCheck)
	}
}

func TestAProposalSaysWhatItWouldChangeAndTurn(t *testing.T) {
	h := newHome(t, first)
	h.landed(cartRepo, "000", "c1", "a")
	h.tell(run(cartRepo, "c1", "push", 1, 1, h.now, "success"))
	h.landed(payRepo, "000", "p1", "a")
	h.tell(run(payRepo, "p1", "push", 2, 1, h.now, "failure"))
	h.landed(webRepo, "000", "w1", "a")
	h.tell(pipeline(webRepo, "w1", "push", 31, h.now, map[string]string{"build": "success"})...)
	h.wantOutcome("the Increment", h.standing().HeadSays, gate.NotDone)

	h.now = h.now.Add(2 * time.Hour)
	h.proposes(3, "kim", "aaa", first+`done: unit: {why: "No test fails", on: "commit", evidence: "junit", must: failed: 0, within: "1h"}`+"\n")
	p := h.proposal(3).Proposal
	if p.File != "nexus.cue" || len(p.Faults) != 0 || !slices.ContainsFunc(p.Differences, func(d string) bool { return strings.Contains(d, "unit") }) {
		t.Errorf("the proposal is %+v; want the file, no fault and the new criterion in words", p)
	}
	want := &gate.Impact{
		Increment: 3, Judged: 4,
		Turns: []gate.Turn{
			{Subject: componentSubject("cart-api"), Team: "cart", From: gate.Done, To: gate.NotDone},
			{Subject: componentSubject("web"), Team: "web", From: gate.Done, To: gate.NotDone},
		},
		Findings: []gate.FindingTurn{
			{Team: "cart", Criterion: "unit", To: gate.Missing, Count: 1},
			{Team: "pay", Criterion: "unit", To: gate.Missing, Count: 1},
			{Team: "web", Criterion: "unit", To: gate.Missing, Count: 1},
		},
	}
	if diff := cmp.Diff(want, p.Impact); diff != "" {
		t.Errorf("the impact (-want +got):\n%s", diff)
	}
	h.wantOutcome("nothing of which happened: the component", h.component("cart-api"), gate.Done)
}

func TestAnImpactTellsWhatWouldBeDoneUnderAnExceptionFromWhatIsDone(t *testing.T) {
	h := newHome(t, first)
	h.landed(payRepo, "000", "p1", "a")
	h.tell(run(payRepo, "p1", "push", 2, 1, h.now, "failure"))
	h.proposes(3, "ana", "aaa", excepting(first, "ana", "kim", "2026-12-10"))
	i := h.proposal(3).Proposal.Impact
	want := []gate.Turn{{Subject: componentSubject("pay"), Team: "pay", From: gate.NotDone, To: gate.Done, ToUnder: []string{"pay-ci"}}}
	if diff := cmp.Diff(want, onlyComponents(i.Turns)); diff != "" {
		t.Errorf("where it is red (-want +got):\n%s", diff)
	}
	red := []gate.FindingTurn{{Team: "pay", Criterion: "ci", From: gate.Unmet, To: gate.Unmet, Level: "required → under an exception", Count: 1}}
	if diff := cmp.Diff(red, i.Findings); diff != "" {
		t.Errorf("findings where it is red (-want +got):\n%s", diff)
	}

	h.tell(run(payRepo, "p1", "push", 2, 2, h.now, "success"))
	unit := first + `done: unit: {why: "No test fails", on: "commit", evidence: "junit", must: failed: 0, appliesTo: teams: ["pay"]}` + "\n"
	h.proposes(4, "ana", "bbb", strings.Replace(excepting(unit, "ana", "kim", "2026-12-10"), `criterion: "ci"`, `criterion: "unit"`, 1))
	i = h.proposal(4).Proposal.Impact
	want[0].From = gate.Done
	if diff := cmp.Diff(want, onlyComponents(i.Turns)); diff != "" {
		t.Errorf("where it is done (-want +got):\n%s", diff)
	}
	added := []gate.FindingTurn{{Team: "pay", Criterion: "unit", To: gate.Waiting, Level: "under an exception", Count: 1}}
	if diff := cmp.Diff(added, i.Findings); diff != "" {
		t.Errorf("findings where it is done (-want +got):\n%s", diff)
	}
}

func onlyComponents(turns []gate.Turn) []gate.Turn {
	return slices.DeleteFunc(slices.Clone(turns), func(t gate.Turn) bool { return t.Subject.Kind != gate.OfComponent })
}

func componentSubject(name string) gate.Subject {
	return gate.Subject{Kind: gate.OfComponent, ID: name, Name: name}
}

func TestAnImpactIsWorkedOutAgainWhenAComponentTurnsAndAtNoOtherTime(t *testing.T) {
	h := newHome(t, first)
	h.landed(cartRepo, "000", "c1", "a")
	h.tell(run(cartRepo, "c1", "push", 1, 1, h.now, "success"))
	h.proposes(3, "kim", "aaa", strings.Replace(first, `conclusion: "success"`, `conclusion: "failure"`, 1))
	if turns := h.proposal(3).Proposal.Impact.Turns; len(turns) != 2 || turns[0].To != gate.NotDone || turns[1].To != gate.NotDone {
		t.Fatalf("%+v would turn, want cart-api and the Increment", turns)
	}
	before := h.proposal(3).ID
	h.tell(check(cartRepo, "c1", "linty", "lint", 5, h.now, "success"))
	h.landed(payRepo, "000", "p1", "a")
	if h.proposal(3).ID != before {
		t.Errorf("a delivery that turns nothing made another verdict on the proposal: %+v", h.proposal(3).Proposal.Impact)
	}
	h.now = h.now.Add(time.Minute)
	h.tell(run(cartRepo, "c1", "push", 1, 2, h.now, "failure"))
	turns := h.proposal(3).Proposal.Impact.Turns
	if len(turns) != 2 || turns[0].From != gate.NotDone || turns[0].To != gate.Done {
		t.Errorf("after the component turned, %+v would turn; want it the other way round", turns)
	}
}

func TestComponentsThatAProposalNamesOrNamesNoMoreAreTold(t *testing.T) {
	h := newHome(t, first)
	h.landed(payRepo, "000", "p1", "a")
	h.tell(run(payRepo, "p1", "push", 2, 1, h.now, "success"))
	moved := strings.NewReplacer(`pay: components: pay: {repo: "github:acme/pay"`, `pay: components: till: {repo: "github:acme/till"`).Replace(first)
	h.proposes(3, "kim", "aaa", moved)
	i := h.proposal(3).Proposal.Impact
	if !slices.Equal(i.Joining, []string{"till"}) || !slices.Equal(i.Leaving, []string{"pay"}) {
		t.Errorf("joining %q and leaving %q, want till and pay", i.Joining, i.Leaving)
	}
	want := []gate.Turn{
		{Subject: componentSubject("till"), Team: "pay", To: gate.Awaiting},
		{Subject: componentSubject("pay"), Team: "pay", From: gate.Done},
	}
	if diff := cmp.Diff(want, i.Turns); diff != "" {
		t.Errorf("turns (-want +got):\n%s", diff)
	}
}

func TestATeamsLayerThatAProposalWouldOvertakeIsTold(t *testing.T) {
	h := newHome(t, reviewed+`integrationTeam: members: ["kim"]`+"\n")
	h.tell(push(cartRepo, "000", "c1", h.now, ".nexus/done.cue"))
	h.tell(layer(cartRepo, "c1", tightens))
	h.proposes(3, "kim", "aaa", strings.Replace(reviewed, "approvals: >=1", "approvals: >=3", 1)+`integrationTeam: members: ["kim"]`+"\n")
	layers := h.proposal(3).Proposal.Impact.Layers
	if len(layers) != 1 || layers[0].Component != "cart-api" || !strings.HasPrefix(layers[0].Says[0], "would be overtaken: ") {
		t.Errorf("the layers that would stand otherwise are %+v, want cart-api's, overtaken", layers)
	}
}

func TestAFaultyProposalIsAnErrorAtItsPlaceInTheRepository(t *testing.T) {
	h := newHome(t, first)
	change := seen(homeRepo, 3, "aaa", h.now)
	h.tell(change)
	h.tell(gate.ChangeRead{Repo: homeRepo, Number: 3, Head: "aaa", Paths: []string{"nexus.cue"}, Complete: true})
	h.wantState("before it is read", h.proposal(3), "definition", gate.Waiting)
	if !wants(h, gate.WantNexus, "aaa") {
		t.Errorf("nobody wants the definition at the head: %v", h.ledger.Wants())
	}
	h.tell(gate.NexusRead{
		Repo: homeRepo, Commit: "aaa", Path: "nexus.cue", Source: "x",
		Faults: definition.Faults{{Pos: definition.Pos{File: "/tmp/nexus.cue", Line: 4, Column: 2}, Message: "it is not so"}},
	})
	v := h.proposal(3)
	h.wantOutcome("the proposal", v, gate.NotDone)
	if f := v.Findings[0]; f.Criterion != "definition" || f.At != "nexus.cue:4:2" || v.Proposal.Impact != nil {
		t.Errorf("the finding is at %s, the impact %v; want nexus.cue:4:2 and none", f.At, v.Proposal.Impact)
	}
	if diff := cmp.Diff(definition.Faults{{Pos: definition.Pos{File: "nexus.cue", Line: 4, Column: 2}, Message: "it is not so"}}, v.Proposal.Faults); diff != "" {
		t.Errorf("faults (-want +got):\n%s", diff)
	}
}

func TestAProposalIsClosedWithItsHeadAndItsChange(t *testing.T) {
	h := newHome(t, first)
	h.proposes(3, "ana", "aaa", governedBy(`"kim"`, "2h"))
	h.now = h.now.Add(time.Minute)
	h.proposes(3, "ana", "bbb", governedBy(`"kim"`, "3h"))
	if o := h.checkOn("3", "aaa"); o.Superseded != "commit bbb" {
		t.Errorf("the old head's report is superseded by %q, want commit bbb", o.Superseded)
	}
	h.now = h.now.Add(time.Minute)
	closed := seen(homeRepo, 3, "bbb", h.now)
	closed.State = gate.ChangeClosed
	h.tell(closed)
	if o := h.checkOn("3", "bbb"); o.Superseded != "the change being closed" {
		t.Errorf("the closed change's report is superseded by %q, want its closing", o.Superseded)
	}
	if got := h.standing().Proposals; len(got) != 0 {
		t.Errorf("a closed change is still proposed: %v", got)
	}
}

func TestAChangeToTheHomeThatLeavesTheDefinitionAloneIsSaidToDoSo(t *testing.T) {
	h := newHome(t, first)
	h.tell(seen(homeRepo, 3, "aaa", h.now))
	if !wants(h, gate.WantChange, "aaa") {
		t.Errorf("nobody wants the paths of the change: %v", h.ledger.Wants())
	}
	h.tell(gate.ChangeRead{Repo: homeRepo, Number: 3, Head: "aaa", Paths: []string{"README.md"}, Complete: true})
	h.wantOutcome("the check that the branch may require", h.proposal(3), gate.Done)
	if v := h.proposal(3); v.Proposal != nil || wants(h, gate.WantNexus, "aaa") || len(h.standing().Proposals) != 0 {
		t.Errorf("it is taken for a proposal: %s", findings(v))
	}
	if o := h.checkOn("3", "aaa"); o.Check != gate.DefinitionCheck || o.Outcome != gate.Done {
		t.Errorf("its report is %+v", o)
	}
}

func TestAListCutShortIsSettledByTheContent(t *testing.T) {
	h := newHome(t, first)
	h.tell(seen(homeRepo, 3, "aaa", h.now))
	h.tell(gate.ChangeRead{Repo: homeRepo, Number: 3, Head: "aaa", Paths: []string{"README.md"}})
	h.tell(homeRead(t, "aaa", first))
	if v := h.proposal(3); v.Outcome != gate.Done || v.Proposal != nil {
		t.Errorf("one that leaves the definition as it is is %s: %s", v.Outcome, findings(v))
	}
	h.tell(seen(homeRepo, 4, "bbb", h.now))
	h.tell(gate.ChangeRead{Repo: homeRepo, Number: 4, Head: "bbb", Paths: []string{"README.md"}})
	h.tell(homeRead(t, "bbb", governedBy(`"kim"`, "2h")))
	h.wantState("one that brings another", h.proposal(4), "definition", gate.Met)
}

func TestATeamsChangeToItsOwnLayerIsJudgedAsSuch(t *testing.T) {
	h := newHouse(t, reviewed)
	h.landed(cartRepo, "000", "c1", "a")
	h.tell(run(cartRepo, "c1", "push", 1, 1, h.now, "success"))
	h.opened(cartRepo, 17, "aaa", ".nexus/done.cue")
	h.tell(layer(cartRepo, "aaa", `done: mutation: {why: "Mutants die", on: "commit", evidence: "mutation", must: score: >=60}`+"\n"))
	v := h.said["definition github:1#17"]
	h.wantOutcome("the proposal", v, gate.Done)
	if state(v, "integration-team") != "" {
		t.Error("a team's own layer waits for the Integration Team")
	}
	p := v.Proposal
	if p.File != ".nexus/done.cue" || len(p.Differences) != 1 || !strings.HasPrefix(p.Differences[0], "cart-api adds mutation") {
		t.Errorf("the proposal of %s differs in %q; want that cart-api adds mutation", p.File, p.Differences)
	}
	want := []gate.Turn{{Subject: componentSubject("cart-api"), Team: "cart", From: gate.Done, To: gate.Awaiting}}
	if diff := cmp.Diff(want, p.Impact.Turns); diff != "" || p.Impact.Judged != 2 {
		t.Errorf("of %d judged would turn (-want +got):\n%s", p.Impact.Judged, diff)
	}
	if o := h.owed["definition github:1#17 aaa"]; o.Check != gate.DefinitionCheck {
		t.Errorf("the report owed is %+v, want %q", o, gate.DefinitionCheck)
	}
	if o := h.owed["change github:1#17 aaa"]; o.Check != gate.DoneCheck {
		t.Errorf("beside it is owed %+v, want %q", o, gate.DoneCheck)
	}
}

func TestATeamsLayerThatWouldBeRefusedIsAFaultAtItsPlace(t *testing.T) {
	h := newHouse(t, storefront)
	h.landed(cartRepo, "000", "c1", "a")
	h.opened(cartRepo, 17, "aaa", ".nexus/done.cue")
	h.tell(layer(cartRepo, "aaa", relaxes))
	v := h.said["definition github:1#17"]
	h.wantState("the layer", v, "definition", gate.Error)
	if len(v.Proposal.Faults) != 1 || v.Proposal.Faults[0].Pos.File != ".nexus/done.cue" || v.Proposal.Impact != nil || v.Proposal.Differences != nil {
		t.Errorf("the proposal is %+v, want one fault at its path, and nothing that it would change", v.Proposal)
	}
	h.now = h.now.Add(time.Minute)
	h.tell(push(cartRepo, "c1", "c2", h.now, ".nexus/done.cue"))
	h.tell(layer(cartRepo, "c2", relaxes))
	h.opened(cartRepo, 18, "bbb", ".nexus/done.cue")
	h.tell(layer(cartRepo, "bbb", "done: ci: within: \"30m\"\n"))
	mends := h.said["definition github:1#18"]
	h.wantOutcome("one that mends it", mends, gate.Done)
	if diff := cmp.Diff([]gate.LayerTurn{{Component: "cart-api", Team: "cart", Says: []string{"would be accepted"}}}, mends.Proposal.Impact.Layers); diff != "" {
		t.Errorf("layers (-want +got):\n%s", diff)
	}
}

func TestALayerThatIsTakenAwayIsProposedToo(t *testing.T) {
	h := newHouse(t, reviewed)
	h.tell(push(cartRepo, "000", "c1", h.now, ".nexus/done.cue"))
	h.tell(layer(cartRepo, "c1", tightens))
	h.opened(cartRepo, 17, "aaa", ".nexus/done.cue")
	h.tell(gate.FileRead{Repo: cartRepo, Commit: "aaa", Path: ".nexus/done.cue", Absent: true})
	p := h.said["definition github:1#17"].Proposal
	if len(p.Differences) == 0 || p.Impact == nil {
		t.Errorf("the proposal is %+v, want its difference and impact", p)
	}
}
