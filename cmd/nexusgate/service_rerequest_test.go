package main_test

import (
	"testing"

	"github.com/nexusgate/nexusgate/gate"
)

func TestARerequestedCheckIsAnswered(t *testing.T) {
	t.Parallel()
	h := open(t, shop)
	change := propose(h.cart, "guest")
	check := h.check(h.cart, change.Head(), gate.DoneCheck, "in_progress")
	h.rest()
	before := h.check(h.cart, change.Head(), gate.DoneCheck, "in_progress").Updates
	h.cart.Rerequest(check.ID)
	h.eventually("the check is updated once more", func() bool {
		return h.check(h.cart, change.Head(), gate.DoneCheck, "in_progress").Updates == before+1
	})
	h.rest()
	if after := h.check(h.cart, change.Head(), gate.DoneCheck, "in_progress").Updates; after != before+1 {
		t.Errorf("one request for a fresh look brought %d updates", after-before)
	}
}
