package gate_test

import (
	"strings"
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/gate"
)

// integrates asks how components integrate: they land every two days, and nothing waits for longer than a day.
const integrates = storefront + `done: {
	lands: {why: "Work is integrated early", on: "commit", evidence: "integration", must: {hoursSinceLanding: <=48, openChanges: <=2}}
	waits: {why: "No change waits long", on: "commit", evidence: "integration", must: oldestChangeHours: <24, within: "1m", fresh: "1h"}
}
`

func TestAComponentThatHasNotLandedForTooLongTurnsAtThatMoment(t *testing.T) {
	h := newHouse(t, integrates)
	h.landed(cartRepo, "000", "c1", "a")
	h.tell(run(cartRepo, "c1", "push", 1, 1, h.now, "success"))
	h.wantOutcome("once landed", h.component("cart-api"), gate.Done)
	said := len(h.verdicts)
	h.after(47 * time.Hour)
	h.after(time.Hour)
	h.wantState("after exactly two days", h.component("cart-api"), "lands", gate.Met)
	if len(h.verdicts) != said {
		t.Errorf("%d verdicts came while nothing turned", len(h.verdicts)-said)
	}
	due, some := h.ledger.NextDue()
	if want := morning.Add(48*time.Hour + time.Microsecond); !some || !due.Equal(want) {
		t.Fatalf("the ledger is to be woken at %s, want %s", due, want)
	}
	h.after(time.Microsecond)
	h.wantState("right after", h.component("cart-api"), "lands", gate.Unmet)
	h.landed(cartRepo, "c1", "c2", "a")
	h.tell(run(cartRepo, "c2", "push", 2, 1, h.now, "success"))
	h.wantOutcome("once it has landed again", h.component("cart-api"), gate.Done)
}

func TestTheOldestOpenChangeAgesFromWhenItWasOpened(t *testing.T) {
	h := newHouse(t, integrates)
	h.landed(cartRepo, "000", "c1", "a")
	h.tell(run(cartRepo, "c1", "push", 1, 1, h.now, "success"))
	old := seen(cartRepo, 17, "aaa", h.now)
	old.OpenedAt = h.now.Add(-20 * time.Hour)
	h.tell(old)
	h.opened(cartRepo, 18, "bbb", "a")
	h.wantState("with one opened yesterday", h.component("cart-api"), "waits", gate.Met)
	h.after(4 * time.Hour)
	h.wantState("when that is a day old", h.component("cart-api"), "waits", gate.Unmet)
	old.State, old.UpdatedAt = gate.ChangeClosed, h.now
	h.tell(old)
	h.wantState("once it is closed", h.component("cart-api"), "waits", gate.Met)
	h.opened(cartRepo, 19, "ccc", "a")
	h.opened(cartRepo, 20, "ddd", "a")
	h.wantState("with three open", h.component("cart-api"), "lands", gate.Unmet)
	away := seen(cartRepo, 20, "ddd", h.now.Add(time.Second))
	away.Base = "next"
	h.tell(away)
	h.wantState("once one is for another branch", h.component("cart-api"), "lands", gate.Met)
}

// TestHowAComponentIntegratesHoldsNoChangeBack has it be mended: by landing.
func TestHowAComponentIntegratesHoldsNoChangeBack(t *testing.T) {
	h := newHouse(t, integrates)
	h.landed(cartRepo, "000", "c1", "a")
	h.after(72 * time.Hour)
	h.opened(cartRepo, 17, "aaa", "a")
	h.tell(run(cartRepo, "aaa", "push", 1, 1, h.now, "success"))
	h.wantState("the component", h.component("cart-api"), "lands", gate.Unmet)
	h.wantOutcome("the change", h.change(cartRepo, 17), gate.Done)
}

func TestAComponentOfAMonorepoCountsTheChangesThatTouchIt(t *testing.T) {
	h := newHouse(t, strings.NewReplacer(
		`{repo: "github:acme/pay", branch: "main"}`, `{repo: "github:acme/cart-api", branch: "main", path: "pay"}`,
		`{repo: "github:acme/cart-api", branch: "main"}`, `{repo: "github:acme/cart-api", branch: "main", path: "cart"}`,
	).Replace(strings.Replace(integrates, "openChanges: <=2", "openChanges: <1", 1)))
	h.tell(push(cartRepo, "000", "c1", h.now, "cart/a", "pay/b"))
	h.tell(seen(cartRepo, 17, "aaa", h.now))
	h.wantState("pay, while it is not known what the change touches", h.component("pay"), "lands", gate.Unmet)
	h.tell(gate.ChangeRead{Repo: cartRepo, Number: 17, Head: "aaa", Paths: []string{"cart/x"}, Complete: true})
	h.wantState("pay, once it touches cart alone", h.component("pay"), "lands", gate.Met)
	h.wantState("cart", h.component("cart-api"), "lands", gate.Unmet)
}

func TestHowItIntegratesIsSaidTheSameWheneverItIsJudged(t *testing.T) {
	h := newHouse(t, integrates)
	h.landed(cartRepo, "000", "c1", "a")
	for _, f := range h.component("cart-api").Findings {
		if f.Criterion == "lands" {
			if f.Got != "hoursSinceLanding counted from 2026-11-23 09:00 UTC, openChanges 0" || !f.Due.Equal(morning.Add(48*time.Hour+time.Microsecond)) {
				t.Errorf("found %q, good until %s", f.Got, f.Due)
			}
		}
	}
	h.after(5 * time.Hour)
	anew := restored(t, h.docs, h.last)
	if step, empty := anew.Wake(h.now); !empty && len(step.Verdicts) > 0 {
		t.Errorf("%d verdicts come of judging anew", len(step.Verdicts))
	}
}

// TestAWholeNumberOfHoursIsWokenFor asks for what holds for an instant of each hour.
func TestAWholeNumberOfHoursIsWokenFor(t *testing.T) {
	h := newHouse(t, storefront+`done: odd: {why: "w", on: "commit", evidence: "integration", must: hoursSinceLanding: int & >=2}`+"\n")
	h.landed(cartRepo, "000", "c1", "a")
	turns, met := 0, 0
	for due, some := h.ledger.NextDue(); some && due.Before(morning.Add(5*time.Hour)); due, some = h.ledger.NextDue() {
		h.now = due
		h.after(0)
		turns++
		if state(h.component("cart-api"), "odd") == gate.Met {
			met++
		}
	}
	if met != 3 || turns > 40 {
		t.Errorf("met at %d of %d moments, want at the second, third and fourth hour", met, turns)
	}
}
