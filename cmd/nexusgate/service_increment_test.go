package main_test

import (
	"strings"
	"testing"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/forge/forgetest"
)

func TestALandingSaysWhichTeamHoldsBackTheSumAndThenThatItIsDone(t *testing.T) {
	t.Parallel()
	h := open(t, shop)
	h.green()
	h.later()
	build(h.pay, "push", h.pay.Commit("main", "Pay", map[string]string{"pay.go": "package pay"}), "failure")
	h.eventually("payment is not done", func() bool { return h.standing().Head.Outcome == gate.NotDone })
	h.later()
	landed := h.cart.Commit("main", "Guest carts", map[string]string{"cart.go": "package cart"})
	build(h.cart, "push", landed, "success")
	h.rest()
	red := h.check(h.cart, landed, gate.IncrementCheck, "failure")
	for _, culprit := range []string{"`payment`", "team `pay`", "`ci`", "failure"} {
		if !strings.Contains(red.Summary, culprit) {
			t.Errorf("the check does not name %s:\n%s", culprit, red.Summary)
		}
	}
	h.later()
	build(h.pay, "push", h.pay.Head("main"), "success")
	if green := h.check(h.cart, landed, gate.IncrementCheck, "success"); green.ID != red.ID {
		t.Errorf("check run %d shows the success, where %d was to be updated", green.ID, red.ID)
	}
}

func TestALandingOnGitLabShowsTheIncrementThere(t *testing.T) {
	t.Parallel()
	h := open(t, shop)
	h.green()
	landed := h.web.Commit("main", "A page", map[string]string{"page.ts": "export const page = 1"})
	h.status(landed, gate.IncrementCheck, "pending")
	h.web.Pipeline("main", landed, forgetest.Job{Name: "test"}).Finish("success")
	h.status(landed, gate.IncrementCheck, "success")
}

func TestAnIncrementThatIsSupersededWhileAwaitingBecomesNeutral(t *testing.T) {
	t.Parallel()
	h := open(t, shop)
	first := h.cart.Commit("main", "One", map[string]string{"cart.go": "package one"})
	awaiting := h.check(h.cart, first, gate.IncrementCheck, "in_progress")
	h.rest()
	h.later()
	second := h.pay.Commit("main", "Two", map[string]string{"pay.go": "package two"})
	h.check(h.pay, second, gate.IncrementCheck, "in_progress")
	neutral := h.check(h.cart, first, gate.IncrementCheck, "neutral")
	if neutral.ID != awaiting.ID {
		t.Errorf("check run %d is neutral, where %d was to be updated", neutral.ID, awaiting.ID)
	}
	if !strings.Contains(neutral.Title+neutral.Summary, "Increment 5") || !strings.Contains(neutral.Summary, "https://done.example.test/nexus/shop") {
		t.Errorf("the check does not lead to its successor: %s\n%s", neutral.Title, neutral.Summary)
	}
}

func TestAChangeThatLandsWithItsTreeCarriesItsEvidence(t *testing.T) {
	t.Parallel()
	h := open(t, shop)
	h.green()
	change := propose(h.cart, "guest")
	approve(h.cart, change)
	h.check(h.cart, change.Head(), gate.DoneCheck, "success")
	h.later()
	landed := change.Merge("squash")
	green := h.check(h.cart, landed, gate.IncrementCheck, "success")
	if !strings.Contains(green.Summary, change.Head()[:12]) {
		t.Errorf("the check does not say where the evidence is carried from:\n%s", green.Summary)
	}
}

func TestARelaxationIsRefusedWithBothPlacesAndAMendIsNotHeld(t *testing.T) {
	t.Parallel()
	h := open(t, shop)
	h.green()
	h.cart.Commit("hurry", "Ship it", map[string]string{".nexus/done.cue": "done: ci: level: \"advisory\"\n"})
	change := h.cart.OpenChange("hurry", "main", "Only this once", "raj")
	approve(h.cart, change)
	red := h.check(h.cart, change.Head(), gate.DoneCheck, "failure")
	for _, place := range []string{".nexus/done.cue:1:", "nexus.cue:9:", "relax"} {
		if !strings.Contains(red.Summary, place) {
			t.Errorf("the refusal does not tell %s:\n%s", place, red.Summary)
		}
	}
	h.later()
	build(h.cart, "push", change.Merge("squash"), "success")
	h.eventually("the refused file holds back its component", func() bool {
		s := h.standing()
		return s.Head.Outcome == gate.NotDone && s.HeadSays.Findings[0].Component == "cart-api" && s.HeadSays.Findings[0].State == gate.Error
	})
	h.later()
	h.cart.Commit("mend", "Tighten instead", map[string]string{".nexus/done.cue": "done: ci: within: \"20m\"\n"})
	mend := h.cart.OpenChange("mend", "main", "Tighten instead", "raj")
	approve(h.cart, mend)
	h.check(h.cart, mend.Head(), gate.DoneCheck, "success")
	h.later()
	build(h.cart, "push", mend.Merge("squash"), "success")
	h.eventually("the mended file is in force", func() bool { return h.standing().Head.Outcome == gate.Done })
}

func TestADeadlineThatPassesTurnsAwaitingIntoFailureWithoutAnyDelivery(t *testing.T) {
	t.Parallel()
	h := open(t, strings.Replace(shop, `within: "45m", appliesTo`, `within: "8s", appliesTo`, 1))
	change := propose(h.cart, "guest")
	build(h.cart, "pull_request", change.Head(), "success")
	h.check(h.cart, change.Head(), gate.DoneCheck, "in_progress")
	sent := len(h.hub.Deliveries())
	red := h.check(h.cart, change.Head(), gate.DoneCheck, "failure")
	if !strings.Contains(red.Summary, "missing") || !strings.Contains(red.Summary, "`lint`") {
		t.Errorf("the check does not tell what never came:\n%s", red.Summary)
	}
	for _, d := range h.hub.Deliveries()[sent:] {
		if !strings.Contains(string(d.Body), `"slug":"nexusgate"`) {
			t.Errorf("a %s came meanwhile: was it the deadline?", d.Event)
		}
	}
}
