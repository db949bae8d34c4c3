package gate_test

import (
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/gate"
)

// TestWhatIsKnownOfALeftHeadIsThereWhenTheBranchComesBackToIt has the evidence of a head put away, added to,
// and judged by again.
func TestWhatIsKnownOfALeftHeadIsThereWhenTheBranchComesBackToIt(t *testing.T) {
	h := newHouse(t, storefront)
	h.landed(payRepo, "000", "p1", "a")
	h.tell(run(payRepo, "p1", "push", 2, 1, h.now, "success"))
	h.landed(payRepo, "p1", "p2", "a")
	h.wantState("at another head", h.component("pay"), "ci", gate.Waiting)
	h.tell(run(payRepo, "p1", "schedule", 3, 1, h.now, "failure"))
	h.now = h.now.Add(time.Minute)
	back := push(payRepo, "p2", "p1", h.now, "a")
	back.Forced = true
	h.tell(back)
	h.wantState("with what was told of it meanwhile", h.component("pay"), "ci", gate.Unmet)
	h.tell(run(payRepo, "p1", "schedule", 3, 2, h.now, "success"))
	h.wantState("and with what was told before", h.component("pay"), "ci", gate.Met)
}
