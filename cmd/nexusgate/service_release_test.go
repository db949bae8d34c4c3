package main_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/gate"
)

// watchedShop is the shop with its releases watched.
const watchedShop = shop + `release: tags: "v*.*.*"
`

// alarms is the metric of the alarms of a component.
func (h *house) alarms(component string) string {
	h.t.Helper()
	return h.metric(fmt.Sprintf(`nexusgate_releases_alarming{component=%q,nexus="shop"}`, component))
}

// judgedRelease waits until a release of a tag is judged so, and gives it.
func (h *house) judgedRelease(tag string, alarm bool, why string) (found gate.Release) {
	h.t.Helper()
	h.eventually(fmt.Sprintf("%s has the alarm %v, for %q", tag, alarm, why), func() bool {
		for _, r := range h.standing().Releases {
			if r.Tag == tag && r.Times > 0 && !r.Anew() && r.Judged.Alarm == alarm && strings.Contains(r.Judged.Why, why) {
				found = r
				return true
			}
		}
		return false
	})
	return found
}

// allJudged waits until all that was told of releases is judged: one whose tag is told first, and that it was published
// afterwards, is judged twice, and its time begins anew.
func (h *house) allJudged() {
	h.t.Helper()
	h.rest()
	h.eventually("every release is judged as it is", func() bool {
		return !slices.ContainsFunc(h.standing().Releases, func(r gate.Release) bool { return r.Anew() })
	})
}

// openWatched has one clock for all, which the test moves.
func openWatched(t *testing.T) *house {
	t.Helper()
	h := furnish(t, watchedShop)
	h.settings.Now = h.soon
	h.start()
	h.rest()
	return h
}

func TestAReleaseOfADoneIncrementIsShownAsSuch(t *testing.T) {
	t.Parallel()
	h := open(t, watchedShop)
	h.green()
	h.cart.Annotate("v1.0.0", h.cart.Head("main"))
	h.cart.Publish("v1.0.0", "")
	h.web.Publish("1.0", h.web.Head("main"))
	done := h.check(h.cart, h.cart.Head("main"), gate.ReleaseCheck, "success")
	if want := fmt.Sprintf("v1.0.0 is released from Integrated Increment %d, which is done", h.standing().Head.Number); done.Title != want {
		t.Errorf("it says %q, want %q", done.Title, want)
	}
	h.status(h.web.Head("main"), gate.ReleaseCheck, "success")
	h.rest()
	for _, component := range []string{"cart-api", "payment", "web"} {
		if n := h.alarms(component); n != "0" {
			t.Errorf("%s has the alarms %q", component, n)
		}
	}
	if n := h.metric(`nexusgate_releases_judged_total{nexus="shop",outcome="done"}`); n == "" || n == "0" {
		t.Errorf("%q releases are counted as done", n)
	}
	if h.increment() != string(gate.Done) {
		t.Error("our own check came back as evidence")
	}
}

func TestAReleaseThatIsNotDoneIsAnAlarmUntilItIs(t *testing.T) {
	t.Parallel()
	h := open(t, watchedShop)
	h.green()
	h.later()
	commit := h.cart.Commit("main", "Work", map[string]string{"work.go": "package cart"})
	run := h.cart.Run(ci("push"), commit)
	run.Start()
	run.Finish("failure")
	page := h.web.Commit("main", "A page", map[string]string{"page.ts": "export const page = 1"})
	pipeline := h.web.Pipeline("main", page)
	h.rest()
	h.cart.Publish("v2.0.0", commit)
	h.web.Publish("2.0", page)
	if red := h.check(h.cart, commit, gate.ReleaseCheck, "failure"); !strings.Contains(red.Summary, "ci of cart-api is unmet") {
		t.Errorf("it says %q", red.Summary)
	}
	h.status(page, gate.ReleaseCheck, "failed")
	if n := h.alarms("cart-api"); n != "1" {
		t.Errorf("there are %q alarms", n)
	}
	if status, shown := h.get("/nexus/shop"); status != http.StatusOK || !strings.Contains(shown, "Released, and in no done Increment") || !strings.Contains(shown, "v2.0.0 of github:acme/cart-api") {
		t.Errorf("the page answers %d and does not tell of it:\n%s", status, shown)
	}
	raised := h.judgedRelease("v2.0.0", true, "unmet").Raised
	h.later()
	run.Rerun()
	run.Start()
	run.Finish("success")
	pipeline.Finish("success")
	h.green()
	h.check(h.cart, commit, gate.ReleaseCheck, "success")
	h.status(page, gate.ReleaseCheck, "success")
	if r := h.judgedRelease("v2.0.0", false, "is done"); !r.Raised.Equal(raised) || !r.Ended.After(raised) {
		t.Errorf("raised at %s, it is %+v", raised, r)
	}
	if n := h.alarms("cart-api"); n != "0" {
		t.Errorf("there are still %q alarms", n)
	}
	if status, shown := h.get("/nexus/shop"); status != http.StatusOK || !strings.Contains(shown, "Releases that were alarms") {
		t.Errorf("the page answers %d and does not tell of it", status)
	}
}

func TestWhatIsReleasedBeforeItsEvidenceIsThereIsAwaitedForAWhile(t *testing.T) {
	t.Parallel()
	h := openWatched(t)
	commit := h.cart.Head("main")
	stray := h.pay.Commit("elsewhere", "Work", map[string]string{"work.go": "package pay"})
	h.cart.Tag("v1.0.0", commit)
	h.pay.Publish("v1.0.0", stray)
	h.check(h.cart, commit, gate.ReleaseCheck, "in_progress")
	h.check(h.pay, stray, gate.ReleaseCheck, "in_progress")
	h.allJudged()
	if n := h.alarms("cart-api"); n != "0" {
		t.Errorf("at first there are %q alarms", n)
	}
	h.pass(gate.ReleaseGrace+2*time.Minute, time.Minute)
	h.check(h.cart, commit, gate.ReleaseCheck, "failure")
	if lost := h.check(h.pay, stray, gate.ReleaseCheck, "failure"); !strings.Contains(lost.Summary, "where no integration branch is known to have stood") {
		t.Errorf("it says %q", lost.Summary)
	}
	if one, other := h.alarms("cart-api"), h.alarms("payment"); one != "1" || other != "1" {
		t.Errorf("then there are %q and %q alarms", one, other)
	}
	h.green()
	h.pass(2*time.Minute, time.Minute)
	h.check(h.cart, commit, gate.ReleaseCheck, "success")
	h.pay.DeleteTag("v1.0.0")
	h.check(h.pay, stray, gate.ReleaseCheck, "cancelled")
	if one, other := h.alarms("cart-api"), h.alarms("payment"); one != "0" || other != "0" {
		t.Errorf("in the end there are %q and %q alarms", one, other)
	}
}

func TestATagThatIsMovedAfterItsReleaseIsAnAlarm(t *testing.T) {
	t.Parallel()
	h := openWatched(t)
	h.green()
	was := h.web.Head("main")
	h.web.Publish("1.0", was)
	h.status(was, gate.ReleaseCheck, "success")
	h.later()
	is := h.web.Commit("main", "A page", map[string]string{"page.ts": "export const page = 1"})
	h.green()
	h.web.Annotate("1.0", is)
	h.status(is, gate.ReleaseCheck, "failed")
	h.judgedRelease("1.0", true, fmt.Sprintf("was moved after it was released, from %.12s to %.12s", was, is))
	h.status(was, gate.ReleaseCheck, "canceled")
	h.web.Unpublish("1.0")
	h.status(is, gate.ReleaseCheck, "canceled")
	if n := h.alarms("web"); n != "0" {
		t.Errorf("taken back, it has %q alarms", n)
	}
}

func TestAReleaseThatNoWebhookToldOfIsFoundByASweep(t *testing.T) {
	t.Parallel()
	h := furnish(t, watchedShop)
	h.settings.Sweep, h.settings.Now = time.Hour, h.soon
	h.start()
	h.green()
	h.swept()
	h.hub.Lose("", 0)
	h.lab.Lose("", 0)
	h.later()
	h.cart.Publish("1.0", h.cart.Head("main"))
	h.web.Publish("1.0", h.web.Head("main"))
	h.rest()
	h.hub.Heal()
	h.lab.Heal()
	if said, code := h.sweep(); code != 1 || !strings.Contains(said, "release ") || !strings.Contains(said, "Release Hook ") {
		t.Errorf("the sweep says %q with exit code %d", said, code)
	}
	h.check(h.cart, h.cart.Head("main"), gate.ReleaseCheck, "success")
	h.status(h.web.Head("main"), gate.ReleaseCheck, "success")
	h.rest()
	if said, code := h.sweep(); code != 0 {
		t.Errorf("once more it says %q with exit code %d", said, code)
	}
}

func TestAReleaseIsReportedOnceThoughTheServiceEndsMeanwhile(t *testing.T) {
	t.Parallel()
	h := open(t, watchedShop)
	h.green()
	h.hub.DropAnswer("create_check_run", 1)
	h.cart.Publish("v1.0.0", h.cart.Head("main"))
	h.judgedRelease("v1.0.0", false, "is done")
	h.restart()
	h.check(h.cart, h.cart.Head("main"), gate.ReleaseCheck, "success")
	h.hub.Fail("create_check_run", http.StatusBadGateway, nil, 1)
	h.pay.Publish("v1.0.0", h.pay.Head("main"))
	h.judgedRelease("v1.0.0", false, "is done")
	h.restart()
	h.check(h.pay, h.pay.Head("main"), gate.ReleaseCheck, "success")
	h.eventually("no errand is left", func() bool {
		n, err := h.server.Errands(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return n == 0
	})
	h.check(h.cart, h.cart.Head("main"), gate.ReleaseCheck, "success")
}
