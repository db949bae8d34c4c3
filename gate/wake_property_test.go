package gate_test

import (
	"strings"
	"testing"
	"time"
)

// TestNothingTurnsWithTimeThatTheLedgerIsNotWokenFor lets five days pass by the hour, with dates, evidence that
// grows stale, exceptions that end and proposals of all of these: whoever judges everything anew at any hour
// comes to what stands.
func TestNothingTurnsWithTimeThatTheLedgerIsNotWokenFor(t *testing.T) {
	dated := governedBy(`"kim"`, "1h") + `done: {
	unit: {why: "w", on: "commit", evidence: "junit", must: failed: 0, requiredFrom: "2026-11-25", within: "3h"}
	lands: {why: "w", on: "commit", evidence: "integration", must: {hoursSinceLanding: >=7 & <70.5, oldestChangeHours: <=30}}
	e2e: {why: "w", on: "increment", evidence: "mine", must: a: 1, requiredFrom: "2026-11-26", within: "30h"}
}
exceptions: {
	ci: {criterion: "ci", teams: ["cart", "web"], reason: "r", requestedBy: "ana", approvedBy: "kim", until: "2026-11-24"}
	unit: {criterion: "unit", components: ["pay"], reason: "r", requestedBy: "ana", approvedBy: "kim", until: "2026-11-25"}
}
`
	dated = strings.Replace(dated, `within: "1h"`, `within: "1h", fresh: "20h"`, 1)
	h := newHome(t, dated)
	h.landed(cartRepo, "000", "c1", "a")
	h.landed(payRepo, "000", "p1", "a")
	h.tell(run(cartRepo, "c1", "push", 1, 1, h.now, "failure"), run(payRepo, "p1", "push", 2, 1, h.now, "success"))
	h.opened(payRepo, 7, "p2", "a")
	h.tell(run(payRepo, "p2", "pull_request", 3, 1, h.now, "success"))
	h.proposes(3, "ana", "aaa", strings.Replace(dated, `fresh: "20h"`, `fresh: "50h"`, 1))
	h.proposes(4, "kim", "bbb", strings.Replace(dated, `until: "2026-11-25"`, `until: "2026-11-27"`, 1))
	h.proposes(5, "kim", "ccc", strings.Replace(dated, `requiredFrom: "2026-11-25", `, "", 1))
	turns := 0
	for range 5 * 24 {
		said := len(h.verdicts)
		h.now = h.now.Add(time.Hour)
		for due, some := h.ledger.NextDue(); some && !due.After(h.now); due, some = h.ledger.NextDue() {
			h.after(0)
		}
		turns += len(h.verdicts) - said
		anew := restored(t, h.docs, h.last)
		if step, empty := anew.Wake(h.now); !empty && len(step.Verdicts) > 0 {
			t.Fatalf("at %s %d verdicts come of judging all anew, and none was due; the first is on %v", h.now, len(step.Verdicts), step.Verdicts[0].Subject)
		}
	}
	if turns < 10 {
		t.Errorf("%d verdicts came with time, want many", turns)
	}
}
