package main_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/gate"
)

// briefShop keeps a backlog, watches releases and is in its first Sprint.
func briefShop(name string) string {
	return strings.Replace(shop, `name: "shop"`, fmt.Sprintf("name: %q", name), 1) + fmt.Sprintf(`
productGoal: "A shopper buys in one minute"
sprint: {start: %q, days: 14, goal: "Checkout without an account"}
teams: cart: goal: "Guest carts"
release: tags: "v*"
backlog: {repos: ["github:acme/product"], team: "label:team/*", sprint: "milestone", ready: "label:ready"}
`, time.Now().UTC().AddDate(0, 0, -3).Format(time.DateOnly))
}

// sprinting is a house in which a change of the cart landed, was done at the second try and released; the payment is
// broken since, and an item of the backlog needs another team's.
func sprinting(t *testing.T, name string) *house {
	t.Helper()
	h := furnish(t, briefShop(name))
	h.nexus = name
	product := h.hub.AddRepo("acme/product")
	h.start()
	h.rest()
	h.green()
	guests := product.OpenIssue("Guest carts", "", "ana", "team/cart", "ready")
	product.OpenIssue("Taxes", "Depends-On: acme/product#1", "li", "team/pay", "ready")
	change := propose(h.cart, "guest")
	change.Describe("Closes acme/product#1")
	approve(h.cart, change)
	h.rest()
	h.later()
	run := h.cart.Run(ci("push"), change.Merge("merge"))
	run.Start()
	run.Finish("failure")
	h.eventually("it is not done", func() bool { return h.standing().Head.Outcome == gate.NotDone })
	h.later()
	run.Rerun()
	run.Finish("success")
	h.eventually("it is done again", func() bool { return h.standing().Head.Outcome == gate.Done })
	h.later()
	h.cart.Publish("v1", h.cart.Head("main"))
	h.eventually("the release is judged", func() bool {
		all := h.standing().Releases
		return len(all) == 1 && all[0].Judged.Outcome == gate.Done
	})
	guests.Close()
	build(h.pay, "push", h.pay.Commit("main", "Taxes", map[string]string{"tax.go": "package pay"}), "failure")
	h.eventually("it is broken", func() bool { return h.standing().Head.Outcome == gate.NotDone })
	h.rest()
	return h
}

// tells asks a running service for a brief, and sees that it tells some words.
func (h *house) tells(event string, words ...string) {
	h.t.Helper()
	code, text, errs := h.cli(map[string]string{"NEXUSGATE_URL": h.server.Root()}, "brief", event, "--nexus", h.nexus)
	if code != 0 {
		h.t.Fatalf("brief %s exits with %d: %s", event, code, errs)
	}
	for _, want := range words {
		if !strings.Contains(text, want) {
			h.t.Errorf("brief %s does not tell %q:\n%s", event, want, text)
		}
	}
}

func TestTheFourEventsAreBriefedByTheServiceAndFromItsStore(t *testing.T) {
	t.Parallel()
	h := sprinting(t, "shop")
	h.tells("daily", "Nexus Daily Scrum of shop, Sprint 1", "is not done: 2 of 3 required criteria hold", `ci of payment: wanted conclusion "success", got conclusion "failure"`,
		"(pay, ", "landed: Work on guest (acme/cart-api#1)", "landed without a change", "released: v1 of acme/cart-api",
		"When the Increment will be done cannot be told yet.")
	h.tells("review", "Product Goal: A shopper buys in one minute", "cart: Guest carts\n    - Guest carts (acme/product#1)", "Work on guest (acme/cart-api#1) (cart-api, ",
		"- pay\n    - for no item\n", "released: v1 of acme/cart-api", "Items that were closed\n  - cart: Guest carts\n    - Guest carts (acme/product#1)")
	h.tells("retrospective", "For learning, and no ranking", "ci of cart-api: not met for less than 1 min, 1 time", "ci of cart-api, which ci rests on: 1 time, last from failure to success",
		"the whole Nexus: half within less than 1 min", "1 landing; 1 not yet", "Change fail rate: 0 of 1, 0 %")
	h.tells("planning", "for Sprint 2", "Taxes (acme/product#2)", "Sprint 1, so far", "1 item was closed")

	h.refusesBriefs()
	h.restart()
	h.rest()
	code, text, errs := h.cli(nil, "brief", "review", "--store", h.settings.Store, "--format", "json", "--since", "2d")
	var b gate.Brief
	if err := json.Unmarshal([]byte(text), &b); err != nil || code != 0 || b.Nexus != "shop" || b.Until.Sub(b.Since) != 48*time.Hour {
		t.Errorf("from the store it exits with %d, and is %+v: %v %s", code, b, err, errs)
	}
	if len(b.Sections) != 5 || len(b.Sections[1].Lines) != 1 {
		t.Errorf("from the store its sections are %+v", b.Sections)
	}
}

// refusesBriefs asks for what there is not.
func (h *house) refusesBriefs() {
	h.t.Helper()
	for path, want := range map[string]int{
		"/api/v1/nexus/shop/brief/daily?since=2d":        http.StatusOK,
		"/api/v1/nexus/shop/brief/daily?since=yesterday": http.StatusBadRequest,
		"/api/v1/nexus/shop/brief/weekly":                http.StatusNotFound,
		"/api/v1/nexus/nobodys/brief/daily":              http.StatusNotFound,
	} {
		if status, body := h.get(path); status != want {
			h.t.Errorf("%s answers %d, want %d: %s", path, status, want, body)
		}
	}
	for want, args := range map[string][]string{
		"give --nexus NAME":      {"brief", "daily"},
		"is no moment":           {"brief", "daily", "--nexus", "shop", "--since", "yesterday"},
		"daily":                  {"brief", "weekly", "--nexus", "shop"},
		`keeps no Nexus "other"`: {"brief", "daily", "--nexus", "other", "--store", h.settings.Store},
	} {
		if code, out, errs := h.cli(map[string]string{"NEXUSGATE_URL": h.server.Root()}, args...); code == 0 || out != "" || !strings.Contains(errs, want) {
			h.t.Errorf("%v exits with %d and says %q%q, want %q", args, code, out, errs, want)
		}
	}
}
