package main_test

import (
	"bytes"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	nexusgate "github.com/nexusgate/nexusgate/cmd/nexusgate"
	"github.com/nexusgate/nexusgate/gate/forge/forgetest"
)

// How well is heard is said: on pages, in metrics, and from the command line.

func TestASweepWithNothingToFindKeepsNothingAndIsAnsweredUnchanged(t *testing.T) {
	t.Parallel()
	h := openSwept(t)
	h.sweep()
	before := h.kept("found") + h.kept("head")
	said, code := h.sweep()
	if code != 0 || !strings.Contains(said, "nothing was missed") {
		t.Errorf("the sweep says %q with exit code %d, want 0", said, code)
	}
	if now := h.kept("found") + h.kept("head"); now != before {
		t.Errorf("it keeps %d deliveries, want none", now-before)
	}
	sweep := h.hearing().Sweep
	if sweep.Unchanged*10 < sweep.Requests*8 || sweep.Requests > 60 {
		t.Errorf("of %d requests %d were answered unchanged; want few, and eight of ten", sweep.Requests, sweep.Unchanged)
	}
	if got := h.metric(`nexusgate_sweep_partial_repositories{nexus="shop"}`); got != "0" {
		t.Errorf("by the metrics %s repositories were not seen to the end, want 0", got)
	}
	if got := h.metric(`nexusgate_sweep_requests_total{answer="unchanged",forge="github",nexus="shop"}`); got == "" || got == "0" {
		t.Errorf("by the metrics GitHub answered %q requests unchanged, want some", got)
	}
	if status, page := h.get("/nexus/shop/hearing"); status != http.StatusOK || !strings.Contains(page, "every sweep found what webhooks had told already") {
		t.Errorf("the page of hearing answers %d:\n%s", status, page)
	}
}

func TestASweepThatIsLimitedWaitsAndGoesOn(t *testing.T) {
	t.Parallel()
	h := openSwept(t)
	h.hub.Lose("", 0)
	change := propose(h.cart, "guest")
	approve(h.cart, change)
	h.hub.Heal()
	h.hub.Inject(forgetest.Fault{
		Operation: "list_pulls", Status: http.StatusTooManyRequests, Header: map[string]string{"Retry-After": "1"}, Times: 1,
	})
	said, code := h.sweep()
	h.check(h.cart, change.Head(), "Done", "success")
	if code != 1 || !strings.Contains(said, "pull_request 1") {
		t.Errorf("the sweep says %q with exit code %d; want the change found", said, code)
	}
}

func TestASweepOfAForgeThatIsDownSaysSoAndIsMadeUpFor(t *testing.T) {
	t.Parallel()
	h := openSwept(t)
	h.lab.Down()
	said, code := h.sweep()
	if code != 2 || !strings.Contains(said, "gitlab:acme/web was not seen to the end") {
		t.Errorf("the sweep says %q with exit code %d, want 2 and which repository it was", said, code)
	}
	h.lab.Heal()
	if said, code := h.sweep(); code != 0 {
		t.Errorf("once GitLab is up the sweep says %q with exit code %d, want 0", said, code)
	}
}

func TestADeliveryThatWasNotTakenIsDeliveredAgain(t *testing.T) {
	t.Parallel()
	h := furnish(t, shop)
	h.settings.Redeliver = 50 * time.Millisecond
	h.start()
	h.green()
	h.rest()
	h.hub.Lose("pull_request", 1)
	h.hub.Lose("check_run", 1)
	change := propose(h.cart, "guest")
	approve(h.cart, change)
	h.check(h.cart, change.Head(), "Done", "success")
	h.rest()
	h.eventually("the metrics tell of two redeliveries that were asked for", func() bool {
		return h.metric(`nexusgate_redeliveries_total{result="asked"}`) == "2"
	})
	h.rest()
	if asked := h.hub.Requests()["redeliver"]; asked != 2 {
		t.Errorf("%d redeliveries were asked for, want 2", asked)
	}
}

func TestAWebhookThatIsDisabledIsSaidUntilItWorksAgain(t *testing.T) {
	t.Parallel()
	h := openSwept(t)
	h.lab.DisableHooks()
	h.lab.Lose("", 4)
	for _, file := range []string{"one", "two", "three", "four"} {
		h.web.Commit("main", "A page", map[string]string{file + ".ts": "export const page = 1"})
	}
	h.lab.Heal()
	said, _ := h.sweep()
	if !strings.Contains(said, "gitlab:acme/web: its webhook to "+h.server.HooksRoot()+"/webhook/gitlab is disabled") {
		t.Errorf("the sweep does not say that the webhook is disabled:\n%s", said)
	}
	if _, page := h.get("/nexus/shop"); !strings.Contains(page, "web: the webhook of gitlab:acme/web") {
		t.Errorf("the page of the Nexus does not say that the webhook is disabled:\n%s", page)
	}
	disabled := `nexusgate_hooks_disabled{component="web",nexus="shop",team="web"}`
	if got := h.metric(disabled); got != "1" {
		t.Errorf("by the metrics %s webhooks are disabled, want 1", got)
	}
	h.web.EnableHook()
	if said, _ := h.sweep(); strings.Contains(said, "disabled") {
		t.Errorf("the webhook works again, and the sweep says\n%s", said)
	}
	if got := h.metric(disabled); got != "0" {
		t.Errorf("by the metrics %s webhooks are disabled, want 0", got)
	}
}

func TestAComponentThatHasFallenSilentIsSaid(t *testing.T) {
	t.Parallel()
	h := furnish(t, shop)
	days := 0
	h.settings.Silence, h.settings.Now = 72*time.Hour, func() time.Time { return time.Now().Add(time.Duration(days) * 24 * time.Hour) }
	for ; days < 3; days++ {
		h.run() // each day anew, as the clock is the test's
		h.hub.Hook(h.server.HooksRoot()+"/webhook/github", hubSecret)
		h.lab.Hook(h.server.HooksRoot()+"/webhook/gitlab", labToken, "")
		h.later()
		build(h.cart, "push", h.cart.Head("main"), "success")
		h.rest()
		if err := h.stop(); err != nil {
			t.Fatal(err)
		}
	}
	silent := map[int]bool{}
	for _, days = range []int{4, 6} {
		h.run()
		h.rest()
		silent[days] = h.metric(`nexusgate_component_silent{component="cart-api",nexus="shop",team="cart"}`) == "1"
		_, page := h.get("/nexus/shop")
		if says := strings.Contains(page, "cart-api: no delivery has come from github:acme/cart-api since"); says != silent[days] {
			t.Errorf("on day %d the page says that cart-api is silent: %t, and the metric %t", days, says, silent[days])
		}
		if err := h.stop(); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(map[int]bool{4: false, 6: true}, silent); diff != "" {
		t.Errorf("the days on which cart-api is silent (-want +got):\n%s", diff)
	}
}

func TestASweepThatNobodyCanMakeSaysSo(t *testing.T) {
	t.Parallel()
	h := openSwept(t)
	if err := h.stop(); err != nil {
		t.Fatal(err)
	}
	var out, errs bytes.Buffer
	code := nexusgate.Run(t.Context(), []string{"sweep", "--store", h.settings.Store}, strings.NewReader(""), &out, &errs, func(string) string { return "" })
	if code != 3 || !strings.Contains(errs.String(), "start the service, which sweeps when it starts") {
		t.Errorf("the sweep says %q and %q with exit code %d, want 3 and what to do", out.String(), errs.String(), code)
	}
	code = nexusgate.Run(t.Context(), []string{"sweep", "--store", h.settings.Store + ".none"}, strings.NewReader(""), &out, &errs, func(string) string { return "" })
	if code != 3 || !strings.Contains(errs.String(), "there is no store") {
		t.Errorf("of a store that is not there the sweep says %q with exit code %d, want 3", errs.String(), code)
	}
}
