package gate_test

import (
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
)

const queueRef = "refs/heads/gh-readonly-queue/main/pr-3-h0"

func (h *house) queued(head string) gate.Verdict {
	return h.said["definition "+homeRepo.Key()+" "+head]
}

func TestAMergeGroupOnTheHomesQueueIsToldWhetherItsDefinitionIsSound(t *testing.T) {
	h := newHome(t, first)
	h.tell(gate.GroupSeen{Repo: homeRepo, Head: "grp", Base: "main", Ref: queueRef, At: h.now})
	h.wantState("before it is read", h.queued("grp"), "definition", gate.Waiting)
	if !wants(h, gate.WantNexus, "grp") {
		t.Errorf("nobody wants the definition at the group's head: %v", h.ledger.Wants())
	}
	h.tell(homeRead(t, "grp", governedBy(`"kim"`, "2h")))
	h.wantOutcome("a sound group", h.queued("grp"), gate.Done)
	o := h.owed["definition "+homeRepo.Key()+" grp grp"]
	if o.Check != gate.DefinitionCheck || o.Outcome != gate.Done || o.Commit != "grp" {
		t.Errorf("its report is %+v", o)
	}
	h.wantWithin("while it is queued", time.Hour)
}

func TestAMergeGroupWithAFaultyDefinitionDoesNotPass(t *testing.T) {
	h := newHome(t, first)
	h.tell(gate.GroupSeen{Repo: homeRepo, Head: "grp", Base: "main", Ref: queueRef, At: h.now})
	h.tell(gate.NexusRead{Repo: homeRepo, Commit: "grp", Path: "nexus.cue", Source: "}", Faults: definition.Faults{{
		Pos: definition.Pos{File: "nexus.cue", Line: 3, Column: 5}, Message: "it does not read",
	}}})
	h.wantOutcome("a faulty group", h.queued("grp"), gate.NotDone)
}

func TestAMergeGroupThatIsDestroyedAwaitsNothingMore(t *testing.T) {
	h := newHome(t, first)
	h.tell(gate.GroupSeen{Repo: homeRepo, Head: "grp", Base: "main", Ref: queueRef, At: h.now})
	h.now = h.now.Add(time.Minute)
	h.tell(gate.GroupSeen{Repo: homeRepo, Head: "grp", Base: "main", Ref: queueRef, Destroyed: true, Reason: "dequeued", At: h.now})
	if wants(h, gate.WantNexus, "grp") {
		t.Errorf("it is still read for: %v", h.ledger.Wants())
	}
	if o := h.owed["definition "+homeRepo.Key()+" grp grp"]; o.Superseded != "the end of the group" {
		t.Errorf("its report is superseded by %q, want its end", o.Superseded)
	}
}
