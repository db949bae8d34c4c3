package gate_test

import (
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/gate"
)

func TestHeadsOnGitHubFollowTheTimeOfThePush(t *testing.T) {
	h := newHouse(t, storefront)
	h.tell(push(cartRepo, "one", "two", h.now.Add(time.Minute), "a"))
	h.tell(push(cartRepo, "000", "one", h.now, "a"))
	if got := h.standing().Head.Composition["cart-api"]; got != "two" {
		t.Errorf("the head is %q, want two: the older push came late", got)
	}
}

func TestPushesOfOneSecondAreOrderedByWhichFollowsOnWhich(t *testing.T) {
	h := newHouse(t, storefront)
	h.tell(push(cartRepo, "one", "two", h.now, "a"))
	h.tell(push(cartRepo, "000", "one", h.now, "a"))
	if got := h.standing().Head.Composition["cart-api"]; got != "two" {
		t.Errorf("the head is %q, want two", got)
	}
}

func TestPushesOfOneSecondThatDoNotFollowAreUncertainAndSettledByOneRead(t *testing.T) {
	h := newHouse(t, storefront)
	h.tell(push(cartRepo, "000", "one", h.now, "a"))
	h.tell(push(cartRepo, "other", "two", h.now, "a"))
	h.wantState("while uncertain", h.component("cart-api"), "integration-branch", gate.Waiting)
	settle(h, cartRepo, "two")
	if got := h.standing().Head.Composition["cart-api"]; got != "two" {
		t.Errorf("the head is %q after the read, want two", got)
	}
	if wants(h, gate.WantHead, "acme/cart-api") {
		t.Errorf("a head is still wanted: %v", h.ledger.Wants())
	}
}

func TestHeadsOnGitLabFollowTheChain(t *testing.T) {
	h := newHouse(t, storefront)
	h.tell(push(webRepo, "two", "three", h.now, "a"))
	h.tell(push(webRepo, "one", "two", h.now, "a"))
	if got := h.standing().Head.Composition["web"]; got != "three" {
		t.Errorf("the head is %q, want three", got)
	}
}

func TestAGapInTheChainIsUncertainUntilItIsFilledOrRead(t *testing.T) {
	h := newHouse(t, storefront)
	h.tell(push(webRepo, "one", "two", h.now, "a"))
	h.tell(push(webRepo, "three", "four", h.now, "a"))
	h.wantState("with a gap", h.component("web"), "integration-branch", gate.Waiting)
	if !wants(h, gate.WantHead, "acme/web") {
		t.Errorf("nobody wants the head; wants: %v", h.ledger.Wants())
	}
	h.tell(push(webRepo, "two", "three", h.now, "a"))
	if got := h.standing().Head.Composition["web"]; got != "four" {
		t.Errorf("the head is %q once the gap is filled, want four", got)
	}
}

func TestACycleInTheChainIsUncertainAndSettledByOneRead(t *testing.T) {
	h := newHouse(t, storefront)
	h.tell(push(webRepo, "one", "two", h.now, "a"))
	h.tell(push(webRepo, "two", "one", h.now, "a"))
	h.wantState("in a cycle", h.component("web"), "integration-branch", gate.Waiting)
	settle(h, webRepo, "one")
	if got := h.standing().Head.Composition["web"]; got != "one" {
		t.Errorf("the head is %q after the read, want one", got)
	}
	h.tell(push(webRepo, "one", "five", h.now, "a"))
	if got := h.standing().Head.Composition["web"]; got != "five" {
		t.Errorf("the head is %q after the next push, want five", got)
	}
}

func TestAPushThatARaceDeliversAfterTheReadChangesNothing(t *testing.T) {
	h := newHouse(t, storefront)
	settle(h, webRepo, "two")
	h.tell(push(webRepo, "one", "two", h.now, "a"))
	if got := h.standing().Head.Composition["web"]; got != "two" {
		t.Errorf("the head is %q, want two", got)
	}
}

func TestAComponentNeverHeardOfHasItsHeadReadOnce(t *testing.T) {
	h := newHouse(t, storefront)
	if !wants(h, gate.WantHead, "acme/pay") {
		t.Fatalf("nobody wants the head of pay; wants: %v", h.ledger.Wants())
	}
	h.wantState("meanwhile", h.component("pay"), "integration-branch", gate.Waiting)
	settle(h, payRepo, "ppp")
	if wants(h, gate.WantHead, "acme/pay") {
		t.Error("its head is wanted again")
	}
	if got := h.standing().Head.Composition["pay"]; got != "ppp" {
		t.Errorf("the composition holds %q, want what was read", got)
	}
}

// settle answers the want for a head, as the reader does.
func settle(h *house, repo gate.Repo, head string) {
	read := gate.HeadRead{Repo: repo, Branch: "main", Commit: head, At: h.now}
	for _, w := range h.ledger.Wants() {
		if w.Kind == gate.WantHead && w.Repo.Name == repo.Name {
			read.Covers = w.Covers
		}
	}
	h.tell(read)
}
