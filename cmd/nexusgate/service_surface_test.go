package main_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/store"
)

// metric is the value of the metric by that name and those labels, as the page shows it.
func (h *house) metric(name string) string {
	h.t.Helper()
	status, page := h.get("/metrics")
	if status != http.StatusOK {
		h.t.Fatalf("/metrics answers %d: %s", status, page)
	}
	for line := range strings.Lines(page) {
		if value, found := strings.CutPrefix(line, name+" "); found {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// increment is the head Increment as the API tells it.
func (h *house) increment() (outcome string) {
	h.t.Helper()
	status, body := h.get("/api/v1/nexus/shop/increments/head")
	var said struct{ Outcome string }
	if err := json.Unmarshal([]byte(body), &said); status != http.StatusOK || err != nil {
		h.t.Fatalf("the API answers %d: %v\n%s", status, err, body)
	}
	return said.Outcome
}

func TestThePageTheAPIAndTheMetricsSayTheSame(t *testing.T) {
	t.Parallel()
	h := open(t, shop)
	same := func(outcome gate.Outcome, metric, words string) {
		t.Helper()
		h.rest()
		_, page := h.get("/nexus/shop")
		if api, shown := h.increment(), h.metric(`nexusgate_increment_done{nexus="shop"}`); api != string(outcome) || shown != metric || !strings.Contains(page, words) {
			t.Errorf("the Increment is %s; the API says %s, the metric %s, the page has %q: %v", outcome, api, shown, words, strings.Contains(page, words))
		}
		if status, _ := h.get("/"); status != http.StatusOK {
			t.Errorf("the first page answers %d", status)
		}
	}
	same(gate.Awaiting, "0", "Awaiting")
	h.green()
	same(gate.Done, "1", "Done")
	h.later()
	build(h.pay, "push", h.pay.Head("main"), "failure")
	h.eventually("the Increment is not done", func() bool { return h.standing().Head.Outcome == gate.NotDone })
	same(gate.NotDone, "0", "Not done")
	if done, red := h.metric(`nexusgate_component_done{component="cart-api",nexus="shop",team="cart"}`), h.metric(`nexusgate_component_done{component="payment",nexus="shop",team="pay"}`); done != "1" || red != "0" {
		t.Errorf("cart-api is done and payment is not; the metrics say %q and %q", done, red)
	}
}

func TestADeliveryWithAWrongSignatureIsRefusedAndChangesNothing(t *testing.T) {
	t.Parallel()
	h := open(t, shop)
	body := []byte(`{"zen":"Keep it logically awesome."}`)
	for what, status := range map[string]int{
		"another secret":        h.postHub("1", "ping", body, "another"),
		"no signature":          post(t, h.server.Root()+"/webhook/github", body, map[string]string{"X-GitHub-Event": "ping", "X-GitHub-Delivery": "2"}),
		"another token":         h.postLab("3", "Push Hook", body, "another"),
		"no token":              post(t, h.server.Root()+"/webhook/gitlab", body, map[string]string{"X-Gitlab-Event": "Push Hook", "Idempotency-Key": "4"}),
		"another body":          post(t, h.server.Root()+"/webhook/github", []byte(`{}`), hubHeaders("5", "ping", body, hubSecret)),
		"the other forge's way": post(t, h.server.Root()+"/webhook/github", body, labHeaders("6", "Push Hook", labToken)),
	} {
		if status != http.StatusUnauthorized {
			t.Errorf("with %s the answer is %d", what, status)
		}
	}
	if status := h.postHub("7", "ping", body, hubSecret); status != http.StatusAccepted {
		t.Errorf("with the secret the answer is %d", status)
	}
	h.rest()
	for _, forge := range []string{"github", "gitlab"} {
		if h.refusals(forge) == 0 {
			t.Errorf("the refusals of %s are not counted", forge)
		}
	}
}

// refusals counts the deliveries that were refused, as the metrics do.
func (h *house) refusals(forge string) (lines int) {
	h.t.Helper()
	_, page := h.get("/metrics")
	for line := range strings.Lines(page) {
		if strings.HasPrefix(line, "nexusgate_deliveries_total{") && strings.Contains(line, `forge="`+forge+`"`) && strings.Contains(line, `result="refused"`) {
			lines++
		}
	}
	return lines
}

func TestWebhooksOnAnAddressOfTheirOwnAreServedThereAndNothingElseIs(t *testing.T) {
	t.Parallel()
	h := furnish(t, shop)
	h.settings.WebhookListen = "127.0.0.1:0"
	h.start()
	h.rest()
	for _, path := range []string{"/", "/metrics", "/healthz", "/readyz", "/nexus/shop", "/api/v1/nexus/shop/increments/head", "/events"} {
		if status, _ := fetch(t, h.server.HooksRoot()+path); status != http.StatusNotFound {
			t.Errorf("%s on the webhooks' address answers %d", path, status)
		}
	}
	body := []byte(`{}`)
	for _, path := range []string{"/webhook/github", "/webhook/gitlab"} {
		if status := post(t, h.server.Root()+path, body, hubHeaders("1", "ping", body, hubSecret)); status == http.StatusAccepted || status == http.StatusUnauthorized {
			t.Errorf("%s on the public address answers %d", path, status)
		}
	}
	change := propose(h.cart, "guest")
	h.check(h.cart, change.Head(), gate.DoneCheck, "in_progress")
}

func TestABodyThatDoesNotDecodeIsKeptSetAsideAndCounted(t *testing.T) {
	t.Parallel()
	h := open(t, shop)
	if status := h.postHub("torn", "push", []byte(`{"ref":`), hubSecret); status != http.StatusAccepted {
		t.Errorf("the answer is %d", status)
	}
	h.rest()
	if aside := h.counts().Aside; aside != 1 {
		t.Errorf("%d deliveries are set aside", aside)
	}
	if counted := h.metric(`nexusgate_deliveries_total{event="push",forge="github",result="aside"}`); counted != "1" {
		t.Errorf("the metric counts %q", counted)
	}
	change := propose(h.cart, "guest")
	h.check(h.cart, change.Head(), gate.DoneCheck, "in_progress")
	h.restart()
	h.rest()
	if aside := h.counts().Aside; aside != 1 {
		t.Errorf("after a restart %d deliveries are set aside", aside)
	}
	if err := h.stop(); err != nil {
		t.Fatal(err)
	}
	kept, err := store.Open(t.Context(), h.settings.Store, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	defer kept.Close()
	aside, err := kept.SetAside(t.Context(), 10)
	if err != nil || len(aside) != 1 || aside[0].Delivery.Key != "torn" || aside[0].Reason == "" {
		t.Errorf("set aside are %+v, %v", aside, err)
	}
}

func TestDeliveriesThatComeTwiceAndInDisorderEndTheSame(t *testing.T) {
	t.Parallel()
	h := open(t, shop)
	h.green()
	change := propose(h.cart, "guest")
	approve(h.cart, change)
	h.later()
	build(h.cart, "push", change.Merge("squash"), "success")
	h.eventually("the Increment is done", func() bool { return h.standing().Head.Outcome == gate.Done })
	h.rest()
	want, posts := h.standing(), h.hub.Requests()["create_check_run"]
	for _, d := range h.hub.Deliveries() {
		if d.Status == http.StatusAccepted && h.hub.Redeliver(d.ID) != http.StatusAccepted {
			t.Errorf("a redelivery of %s is not accepted", d.Event)
		}
	}
	deliveries := h.hub.Deliveries()
	for i := range deliveries {
		d := deliveries[len(deliveries)-1-i]
		h.postHub("again-"+d.ID, d.Event, d.Body, hubSecret)
	}
	h.rest()
	got := h.standing()
	if got.Head.Digest != want.Head.Digest || got.Head.Outcome != want.Head.Outcome || got.Head.Number != want.Head.Number {
		t.Errorf("Increment %d %s became %d %s", want.Head.Number, want.Head.Outcome, got.Head.Number, got.Head.Outcome)
	}
	if again := h.hub.Requests()["create_check_run"]; again != posts {
		t.Errorf("%d check runs were made again", again-posts)
	}
}

func TestANexusThatIsNoLongerGivenRetiresAndComesBack(t *testing.T) {
	t.Parallel()
	h := open(t, shop)
	h.green()
	h.rest()
	if err := h.stop(); err != nil {
		t.Fatal(err)
	}
	h.define(strings.Replace(shop, `name: "shop"`, `name: "store"`, 1))
	h.start()
	h.eventually("the new Nexus has taken over", func() bool {
		_, old := h.server.Standing("shop")
		s, ok := h.server.Standing("store")
		return !old && ok && s.Head.Number > 0
	})
	h.rest()
	if status, _ := h.get("/nexus/shop"); status != http.StatusNotFound {
		t.Errorf("the page of a retired Nexus answers %d", status)
	}
	if err := h.stop(); err != nil {
		t.Fatal(err)
	}
	h.define(shop)
	h.start()
	h.eventually("the retired Nexus is done again", func() bool { return h.standing().Head.Outcome == gate.Done })
}
