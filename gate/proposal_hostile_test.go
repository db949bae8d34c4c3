package gate_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/gate"
)

// failing is a home whose component pay is not done.
func failing(t *testing.T) *house {
	t.Helper()
	h := newHome(t, first)
	h.landed(payRepo, "000", "p1", "a")
	h.tell(run(payRepo, "p1", "push", 2, 1, h.now, "failure"))
	return h
}

// wantTurn says what the component pay would turn to by a proposal; "" for nothing.
func (h *house) wantTurn(when string, number int, want gate.Outcome) {
	h.t.Helper()
	got := gate.Outcome("")
	for _, turn := range h.proposal(number).Proposal.Impact.Turns {
		if turn.Subject.ID == "pay" {
			got = turn.To
		}
	}
	if got != want {
		h.t.Errorf("%s pay would turn to %q, want %q", when, got, want)
	}
}

func TestAnExceptionThatWouldBeVoidTurnsNothing(t *testing.T) {
	h := failing(t)
	next := excepting(first, "ana", "kim", "2026-12-10")
	h.proposes(3, "lee", "aaa", next)
	h.wantTurn("asked for in another's name,", 3, "")
	h.proposes(4, "ana", "bbb", next)
	h.wantTurn("asked for by the author,", 4, gate.Done)
}

func TestTheImpactOfWhatNobodyStandsForIsWorkedOutNowAndThen(t *testing.T) {
	h := failing(t)
	forgiving := strings.Replace(first, `conclusion: "success"`, `conclusion: "failure"`, 1)
	h.proposes(3, "mallory", "aaa", forgiving)
	h.proposes(4, "kim", "bbb", forgiving)
	h.wantTurn("a stranger's proposal:", 3, gate.Done)
	h.wantTurn("a member's proposal:", 4, gate.Done)
	h.now = h.now.Add(time.Minute)
	h.tell(run(payRepo, "p1", "push", 2, 2, h.now, "success"))
	h.wantTurn("at once, a stranger's proposal:", 3, gate.Done)
	h.wantTurn("at once, a member's proposal:", 4, gate.NotDone)
	h.restart()
	h.after(0)
	h.wantTurn("after a restart, a stranger's proposal:", 3, gate.Done)
	h.after(10 * time.Minute)
	h.wantTurn("after a while, a stranger's proposal:", 3, gate.NotDone)
	h.proposes(5, "mallory", "ccc", forgiving)
	h.tell(run(payRepo, "p1", "push", 2, 3, h.now, "failure"))
	h.wantTurn("before anybody approves it, a stranger's proposal:", 5, gate.NotDone)
	h.approves(5, "kim", "ccc")
	h.wantTurn("once a member approves it, a stranger's proposal:", 5, gate.Done)
}

func TestAnImpactChangesWithTime(t *testing.T) {
	h := failing(t)
	h.proposes(3, "ana", "aaa", excepting(first, "ana", "kim", "2026-11-24"))
	h.wantTurn("before the exception ends", 3, gate.Done)
	fresh := strings.Replace(first, `conclusion: "success"`, `conclusion: "failure"`, 1)
	h.proposes(4, "ana", "bbb", strings.Replace(fresh, `within:`, `fresh: "6h", within:`, 1))
	h.wantTurn("while the evidence is fresh", 4, gate.Done)
	h.after(7 * time.Hour)
	h.wantTurn("once it is stale", 4, "")
	h.after(48 * time.Hour)
	h.wantTurn("after the exception has ended", 3, "")
	h.restart()
	if step, empty := h.ledger.Wake(h.now); !empty && len(step.Verdicts) > 0 {
		t.Errorf("after a restart there are %d verdicts anew, want none", len(step.Verdicts))
	}
}

func TestTheNoticesOfManyExceptionsAreBounded(t *testing.T) {
	source := storefront + `integrationTeam: members: ["kim"]` + "\n"
	for i := range 150 {
		source += fmt.Sprintf("exceptions: \"e%d\": {criterion: \"ci\", components: [\"pay\"], reason: \"r\", requestedBy: \"ana\", approvedBy: \"kim\", until: \"2026-11-23\"}\n", i)
	}
	h := newHouse(t, source)
	h.after(48 * time.Hour)
	h.landed(payRepo, "000", "p1", "a")
	notices := h.standing().HeadSays.Notices
	if len(notices) != 101 || notices[100] != "and 50 exceptions more except nothing" {
		t.Errorf("there are %d notices, want 100 and how many more there are: %q", len(notices), notices[len(notices)-1])
	}
}
