package gate_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/gate"
)

// excepting adds an exception for pay's pipeline to a definition.
func excepting(source, requestedBy, approvedBy, until string) string {
	return source + fmt.Sprintf(`exceptions: "pay-ci": {
	criterion: "ci", components: ["pay"], reason: "The runner is broken"
	requestedBy: %q, approvedBy: %q, until: %q
}
`, requestedBy, approvedBy, until)
}

func (h *house) wantVoid(when, part string) {
	h.t.Helper()
	e := h.standing().Exceptions[0]
	if (part == "") != (e.Void == "") || !strings.Contains(e.Void, part) {
		h.t.Errorf("%s the exception is void for %q, want %q", when, e.Void, part)
	}
}

func TestAnExceptionOfAHomeIsInForceWhenTheChangeThatBroughtItBearsItOut(t *testing.T) {
	for _, c := range []struct{ name, author, approver, void string }{
		{"as it says", "ana", "kim", ""},
		{"asked for by another", "lee", "kim", "asked for by ana, and the change that brought it (acme/nexus#3) is lee's"},
		{"approved by another of the team", "ana", "lee", "approved by kim, and the change that brought it (acme/nexus#3) was approved by lee"},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHome(t, first)
			next := excepting(first, "ana", "kim", "2026-12-10")
			h.proposes(3, c.author, "aaa", next)
			h.approves(3, c.approver, "aaa")
			h.lands(3, c.author, "aaa", "h0", "h1", next)
			h.wantVoid("after the landing", c.void)
			m := h.manifest(h.standing().Digest)
			if !strings.Contains(m.Void["pay-ci"], c.void) || (c.void == "") != (m.Void == nil) {
				t.Errorf("the manifest says void of %v, want %q", m.Void, c.void)
			}
		})
	}
}

func TestALateApprovalBearsAnExceptionOut(t *testing.T) {
	h := newHome(t, first)
	next := excepting(first, "lee", "kim", "2026-12-10")
	h.proposes(3, "lee", "aaa", next)
	h.lands(3, "lee", "aaa", "h0", "h1", next)
	h.wantVoid("with nobody's approval", "nobody of the Integration Team has approved the change")
	h.approves(3, "kim", "aaa")
	h.wantVoid("once it was approved", "")
}

func TestAnExceptionStaysWhatItWasWhenALaterChangeBringsItAlong(t *testing.T) {
	h := newHome(t, first)
	next := excepting(first, "ana", "kim", "2026-12-10")
	h.proposes(3, "ana", "aaa", next)
	h.approves(3, "kim", "aaa")
	h.lands(3, "ana", "aaa", "h0", "h1", next)
	h.proposes(4, "lee", "bbb", "// read\n"+next)
	h.lands(4, "lee", "bbb", "h1", "h2", "// read\n"+next)
	h.wantVoid("after another's change that leaves it as it was", "")
	longer := excepting(first, "ana", "kim", "2026-12-12")
	h.proposes(5, "lee", "ccc", longer)
	h.lands(5, "lee", "ccc", "h2", "h3", longer)
	h.wantVoid("after another's change that lengthens it", "is lee's")
}

func TestOnlyAMemberBeforeTheLandingApprovesItsException(t *testing.T) {
	h := newHome(t, first)
	next := excepting(governedBy(`"kim", "eve"`, "1h"), "kim", "eve", "2026-12-10")
	h.proposes(3, "kim", "aaa", next)
	h.approves(3, "eve", "aaa")
	h.lands(3, "kim", "aaa", "h0", "h1", next)
	h.wantVoid("approved by one whom the same change makes a member", "nobody of the Integration Team has approved")
}

func TestExceptionsThatWereFirstReadWithTheirHomeStandForThemselves(t *testing.T) {
	h := newHome(t, excepting(first, "ana", "kim", "2026-12-10"))
	h.wantVoid("on the first read", "")
	h.proposes(4, "lee", "bbb", "// read\n"+excepting(first, "ana", "kim", "2026-12-10"))
	h.lands(4, "lee", "bbb", "h0", "h1", "// read\n"+excepting(first, "ana", "kim", "2026-12-10"))
	h.wantVoid("after another's change", "")
}

func TestHowFarAheadAnExceptionLiesIsCountedFromWhenItFirstCameIntoForce(t *testing.T) {
	members := `integrationTeam: members: ["kim"]` + "\n"
	h := newHouse(t, excepting(storefront+members, "ana", "kim", "2026-12-24"))
	h.wantVoid("31 days ahead", "2026-12-24 lies more than 30 days after that")
	h.after(72 * time.Hour)
	h.tell(gate.NexusGiven{File: "nexus.cue", Source: "// again\n" + excepting(storefront+members, "ana", "kim", "2026-12-24")})
	h.wantVoid("given again when it would lie near enough", "2026-12-24 lies more than 30 days after that")
	h.tell(gate.NexusGiven{File: "nexus.cue", Source: excepting(storefront+members, "ana", "kim", "2026-12-25")})
	h.wantVoid("another one, near enough", "")
}

func TestAVoidExceptionExceptsNothing(t *testing.T) {
	h := newHome(t, first)
	h.landed(payRepo, "000", "p1", "a")
	h.tell(run(payRepo, "p1", "push", 2, 1, h.now, "failure"))
	next := excepting(first, "ana", "kim", "2026-12-10")
	h.proposes(3, "lee", "aaa", next)
	h.lands(3, "lee", "aaa", "h0", "h1", next)
	h.wantOutcome("under a void exception the component", h.component("pay"), gate.NotDone)
	h.wantState("it", h.component("pay"), "ci", gate.Unmet)

	sound := excepting(first, "ana", "kim", "2026-12-11")
	h.proposes(4, "ana", "bbb", sound)
	h.approves(4, "kim", "bbb")
	if turns := h.proposal(4).Proposal.Impact.Turns; len(turns) == 0 || turns[0].To != gate.Done {
		t.Errorf("the impact of one that is borne out is %+v, want pay done", turns)
	}
	h.lands(4, "ana", "bbb", "h1", "h2", sound)
	h.wantOutcome("under one that is borne out the component", h.component("pay"), gate.Done)
}

func TestANewExceptionInAProposalWaitsForItsApproverAndRefusesAnotherAuthor(t *testing.T) {
	h := newHome(t, first)
	next := excepting(first, "ana", "kim", "2026-12-10")
	h.proposes(3, "ana", "aaa", next)
	h.approves(3, "lee", "aaa")
	h.wantState("approved by another of the team", h.proposal(3), "exceptions", gate.Waiting)
	h.approves(3, "kim", "aaa")
	h.wantOutcome("approved by whom it names, the proposal", h.proposal(3), gate.Done)
	h.proposes(4, "lee", "bbb", next)
	h.wantState("proposed by another than who asks", h.proposal(4), "exceptions", gate.Error)
	h.proposes(5, "ana", "ccc", excepting(first, "ana", "kim", "2026-12-24"))
	h.wantState("one that lies too far ahead", h.proposal(5), "definition", gate.Error)
	h.after(48 * time.Hour)
	h.wantState("the same when it is near enough", h.proposal(5), "definition", gate.Met)
}
