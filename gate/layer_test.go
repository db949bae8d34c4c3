package gate_test

import (
	"strings"
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/gate"
)

const reviewed = storefront + `done: review: {why: "Read by another", on: "change", evidence: "review", must: approvals: >=1}` + "\n"

const (
	tightens = "done: review: must: approvals: >=2\n"
	relaxes  = "done: ci: level: \"advisory\"\n"
)

func layer(repo gate.Repo, commit, source string) gate.FileRead {
	return gate.FileRead{Repo: repo, Commit: commit, Path: ".nexus/done.cue", Source: source}
}

func TestATeamsLayerIsReadFromTheBranchAndTightensItsChanges(t *testing.T) {
	h := newHouse(t, reviewed)
	h.tell(push(cartRepo, "000", "c1", h.now, ".nexus/done.cue"))
	h.wantState("before it is read", h.component("cart-api"), "definition-of-done", gate.Waiting)
	h.tell(layer(cartRepo, "c1", tightens))
	h.opened(cartRepo, 17, "aaa", "cart.go")
	h.tell(run(cartRepo, "aaa", "push", 9, 1, h.now, "success"))
	h.tell(gate.Reviewed{Repo: cartRepo, Number: 17, Reviewer: "kim", State: gate.Approved, Commit: "aaa", At: h.now})
	v := h.change(cartRepo, 17)
	h.wantState("with one approval", v, "review", gate.Waiting)
	if f := v.Findings[0]; f.Layer != "team" || !strings.Contains(f.At, ".nexus/done.cue:1:") || f.Want != "approvals >=2" {
		t.Errorf("the finding names %s at %s wanting %q; want the team's layer and place", f.Layer, f.At, f.Want)
	}
	h.tell(gate.Reviewed{Repo: cartRepo, Number: 17, Reviewer: "li", State: gate.Approved, Commit: "aaa", At: h.now})
	h.wantOutcome("with two, the change", h.change(cartRepo, 17), gate.Done)
}

func TestARefusedLayerHoldsBackItsComponentAndLeavesTheNexusInForce(t *testing.T) {
	h := newHouse(t, storefront)
	h.tell(push(cartRepo, "000", "c1", h.now, ".nexus/done.cue"))
	h.tell(layer(cartRepo, "c1", relaxes))
	h.tell(run(cartRepo, "c1", "push", 1, 1, h.now, "success"))
	h.wantState("the component", h.component("cart-api"), "definition-of-done", gate.Error)
	h.wantState("its rule", h.component("cart-api"), "ci", gate.Met)
	if got := h.standing().Components[0].File; got != "refused" {
		t.Errorf("the file is %q, want refused", got)
	}
}

func TestAChangeThatBringsARelaxationIsHeldBackAndOneThatMendsItIsNot(t *testing.T) {
	h := newHouse(t, storefront)
	h.tell(push(cartRepo, "000", "c1", h.now, ".nexus/done.cue"))
	h.tell(layer(cartRepo, "c1", relaxes))

	h.opened(cartRepo, 17, "bad", ".nexus/done.cue")
	h.tell(run(cartRepo, "bad", "push", 2, 1, h.now, "success"))
	h.wantState("before its file is read", h.change(cartRepo, 17), "definition-of-done", gate.Waiting)
	h.tell(layer(cartRepo, "bad", relaxes))
	h.wantState("one that relaxes", h.change(cartRepo, 17), "definition-of-done", gate.Error)

	h.opened(cartRepo, 18, "mend", ".nexus/done.cue")
	h.tell(run(cartRepo, "mend", "push", 3, 1, h.now, "success"))
	h.tell(layer(cartRepo, "mend", "done: ci: within: \"30m\"\n"))
	h.wantOutcome("one that mends it", h.change(cartRepo, 18), gate.Done)

	h.opened(cartRepo, 19, "code", "cart.go")
	h.tell(run(cartRepo, "code", "push", 4, 1, h.now, "success"))
	h.wantOutcome("one that does not touch it", h.change(cartRepo, 19), gate.Done)
}

func TestALayerThatALaterNexusOvertakesStaysInForce(t *testing.T) {
	h := newHouse(t, reviewed)
	h.tell(push(cartRepo, "000", "c1", h.now, ".nexus/done.cue"))
	h.tell(layer(cartRepo, "c1", tightens))
	h.tell(gate.NexusGiven{File: "nexus.cue", Source: strings.Replace(reviewed, "approvals: >=1", "approvals: >=3", 1)})
	s := h.standing()
	if got := s.Components[0].File; got != "in force" {
		t.Errorf("the overtaken file is %q: %v; want in force", got, s.Components[0].Faults)
	}
	if len(s.Warnings) == 0 {
		t.Error("nothing warns that it was overtaken")
	}
}

func TestALayerIsNotReadAgainWhereNoLandingTouchesIt(t *testing.T) {
	h := newHouse(t, storefront)
	h.landed(cartRepo, "000", "c1", "cart.go")
	h.now = h.now.Add(time.Minute)
	h.tell(push(cartRepo, "c1", "c2", h.now, "cart.go"))
	if wants(h, gate.WantFile, "c2") {
		t.Error("the file is wanted at c2, which did not touch it")
	}
	h.now = h.now.Add(time.Minute)
	h.tell(push(cartRepo, "c2", "c3", h.now, ".nexus/done.cue"))
	if !wants(h, gate.WantFile, "c3") {
		t.Error("nobody wants the file at c3, which touched it")
	}
}
