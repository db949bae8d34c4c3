package main_test

import (
	"bytes"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	nexusgate "github.com/nexusgate/nexusgate/cmd/nexusgate"
	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/forge/forgetest"
)

// bomb is a fact that panics when it is written down, from when it is armed.
type bomb struct{ armed *atomic.Bool }

func (b bomb) MarshalJSON() ([]byte, error) {
	if b.armed.Load() {
		panic("this went off")
	}
	return []byte(`"no harm"`), nil
}

// armed is a bomb that goes off at once.
func armed() bomb {
	b := bomb{new(atomic.Bool)}
	b.armed.Store(true)
	return b
}

// poisoned decodes as the service does, but for check runs named poison, which events replace.
func poisoned(events func([]gate.Event) []gate.Event) nexusgate.Decoder {
	return func(d gate.Delivery) ([]gate.Event, error) {
		all, err := nexusgate.Decode(d)
		if d.Event == "check_run" && bytes.Contains(d.Body, []byte(`"name":"poison"`)) {
			all = events(all)
		}
		return all, err
	}
}

// lost moves the branch of a component to where nobody pushed it, and then brings out a fault.
func lost(all []gate.Event) []gate.Event {
	told := all[0].(gate.Reported)
	moved := gate.Pushed{Repo: told.Repo, Branch: "main", Before: told.Commit, After: strings.Repeat("dead", 10), PushedAt: told.Evidence.Observed}
	told.Evidence.Facts = gate.Facts{"conclusion": armed()}
	return []gate.Event{moved, told}
}

// poison is a delivery that brings out a fault, with what came before it and comes after it in one batch.
func poison(h *house, between func(*forgetest.Change)) *forgetest.Change {
	h.t.Helper()
	change := propose(h.cart, "guest")
	h.rest()
	resume := h.server.Pause()
	h.cart.Check("linter", "lint", change.Head(), "completed", "success")
	between(change)
	build(h.cart, "pull_request", change.Head(), "success")
	resume()
	h.check(h.cart, change.Head(), gate.DoneCheck, "success")
	h.rest()
	return change
}

func (h *house) replays(decode nexusgate.Decoder) {
	h.t.Helper()
	said, err := nexusgate.Replay(h.t.Context(), h.settings.Store, decode)
	if err != nil || !strings.HasSuffix(said, ": the same\n") {
		h.t.Errorf("the replay says %q: %v", said, err)
	}
}

// shows holds that a page has all these words.
func (h *house) shows(path string, words ...string) {
	h.t.Helper()
	status, page := h.get(path)
	for _, word := range words {
		if status != http.StatusOK || !strings.Contains(page, word) {
			h.t.Errorf("%s answers %d and does not tell %q:\n%s", path, status, word, page)
		}
	}
}

func TestADeliveryWhoseFoldingPanicsIsPassedOverAndTheNexusGoesOn(t *testing.T) {
	h := furnish(t, shop)
	h.settings.Decode = poisoned(lost)
	log := h.overhear()
	h.start()
	h.rest()
	h.green()
	before := h.cart.Head("main")
	poison(h, func(*forgetest.Change) { h.cart.Check("linter", "poison", before, "completed", "success") })

	if at := h.standing().Components[0].Commit; at != before {
		t.Errorf("the component is at %s, where the delivery that was passed over would have it; want %s", at, before)
	}
	if shown := h.metric(`nexusgate_deliveries_total{event="check_run",forge="github",result="broken"}`); shown != "2" {
		t.Errorf("the metric says %q, want 2: one is created, and one completed", shown)
	}
	if n := strings.Count(log.String(), "a delivery brought out a fault of nexusgate, and is passed over"); n != 2 || !strings.Contains(log.String(), "stack=") {
		t.Errorf("the log tells of it %d times, want once for each with the stack:\n%s", n, log)
	}
	h.shows("/nexus/shop", "2 deliveries brought out a fault of nexusgate within a week")
	h.shows("/aside", "a fault of nexusgate: this went off (", "nexusgate_test.bomb.MarshalJSON, service_poison_test.go:")
	h.replays(h.settings.Decode)

	h.restart()
	h.rest()
	h.replays(h.settings.Decode)
	h.replays(nexusgate.Decode) // passed over it stays, where the fault is mended
}

func TestADeliveryWhoseDecodingPanicsIsSetAsideWithThePlace(t *testing.T) {
	h := furnish(t, shop)
	h.settings.Decode = poisoned(func([]gate.Event) []gate.Event { panic("no such field") })
	log := h.overhear()
	h.start()
	h.rest()
	poison(h, func(c *forgetest.Change) { h.cart.Check("linter", "poison", c.Head(), "completed", "success") })

	if shown := h.metric(`nexusgate_deliveries_total{event="check_run",forge="github",result="aside"}`); shown != "2" {
		t.Errorf("the metric says %q, want 2: one is created, and one completed", shown)
	}
	if n := strings.Count(log.String(), "reading it brought out a fault of nexusgate"); n != 2 || !strings.Contains(log.String(), "stack=") {
		t.Errorf("the log tells of it %d times, want once for each with the stack:\n%s", n, log)
	}
	h.shows("/aside", "a fault of nexusgate: no such field (", "service_poison_test.go:")
	h.replays(h.settings.Decode)
}

func TestALaneInWhichTimeBringsOutAFaultIsTakenUpAnewAndTheServiceGoesOn(t *testing.T) {
	b := bomb{new(atomic.Bool)}
	h := furnish(t, strings.Replace(shop, `within: "45m", fix: "Mend`, `within: "3s", fix: "Mend`, 1))
	h.settings.Decode = poisoned(func(all []gate.Event) []gate.Event {
		told := all[0].(gate.Reported)
		told.Evidence.Name, told.Evidence.Facts = "lint", gate.Facts{"conclusion": "success", "note": b}
		return []gate.Event{told}
	})
	log := h.overhear()
	h.start()
	h.rest()
	change := propose(h.cart, "guest")
	h.cart.Check("linter", "poison", change.Head(), "completed", "success")
	h.check(h.cart, change.Head(), gate.DoneCheck, "in_progress")
	h.rest()
	b.armed.Store(true)
	h.eventually("the deadline brings it out", func() bool { return strings.Contains(log.String(), "a lane is let go of, to be taken up anew") })
	red := h.check(h.cart, change.Head(), gate.DoneCheck, "failure")
	if !strings.Contains(red.Summary, "`ci`") {
		t.Errorf("the check does not tell what never came:\n%s", red.Summary)
	}
}

func TestAStateThatBringsOutAFaultStopsItsNexusAloneAndIsGoneOnWithOnceItIsMended(t *testing.T) {
	h := open(t, shop)
	if err := h.stop(); err != nil {
		t.Fatal(err)
	}
	h.raw(
		"CREATE TABLE sound AS SELECT body FROM docs WHERE key = 'component cart-api'",
		`UPDATE docs SET body = CAST('{"repo":"github 9"}' AS BLOB) WHERE key = 'component cart-api'`, // which nobody has heard of
	)
	h.start()
	h.warns("nothing is judged for this Nexus at present")
	change := propose(h.cart, "guest")
	h.eventually("what comes is kept", func() bool { return h.counts().Pending > 0 })
	h.shows("/nexus/shop", "a fault of nexusgate: ")

	h.raw("UPDATE docs SET body = (SELECT body FROM sound) WHERE key = 'component cart-api'", "DROP TABLE sound")
	h.check(h.cart, change.Head(), gate.DoneCheck, "in_progress")
	h.rest()
	if all := strings.Join(h.standing().Warnings, "\n"); strings.Contains(all, "nothing is judged") {
		t.Errorf("it is still told: %s", all)
	}
}
