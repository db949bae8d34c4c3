package main_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/gate/forge/forgetest"
)

// release is a workflow that deploys a commit of the cart.
func (h *house) release(commit string) *forgetest.Run {
	return h.cart.Run(forgetest.Workflow{Name: "release", Path: ".github/workflows/release.yml"}, commit)
}

// stateOf waits until a deployment is in a state, and gives what it was told.
func (h *house) stateOf(d *forgetest.Deployment, want string) (told string) {
	h.t.Helper()
	h.eventually("the deployment is "+want, func() bool {
		state, comments := d.State()
		told = strings.Join(comments, "\n")
		return state == want && len(comments) > 0
	})
	return told
}

func TestADeploymentIsHeldUntilItsIncrementIsDone(t *testing.T) {
	t.Parallel()
	h, commit, run := released(t, unitShop)
	d := h.release(commit).Deploy("production")
	if told := h.stateOf(d, "waiting"); !strings.Contains(told, "unit of cart-api is waiting") || !strings.Contains(told, "(https://done.example.test/") {
		t.Errorf("while it waits it is told %q", told)
	}
	h.restart()
	h.rest()
	if _, comments := d.State(); len(comments) != 1 {
		t.Errorf("after a restart it was told %q", comments)
	}
	began := time.Now()
	h.bring(run.Token(audience, nil), unitForm(testReport(3, 0)))
	told := h.stateOf(d, "approved")
	t.Logf("let through %s after the last evidence was brought", time.Since(began).Round(time.Millisecond))
	if !strings.Contains(told, fmt.Sprintf("Integrated Increment %d is done.", h.standing().Head.Number)) {
		t.Errorf("it is told %q", told)
	}
	h.rest()
	if state, comments := d.State(); state != "approved" || len(comments) != 2 {
		t.Errorf("it is %s and was told %q", state, comments)
	}
}

func TestADeploymentOfWhatIsNotDoneIsRejected(t *testing.T) {
	t.Parallel()
	h, commit, run := released(t, unitShop)
	d := h.release(commit).Deploy("production")
	h.bring(run.Token(audience, nil), unitForm(testReport(3, 1)))
	if told := h.stateOf(d, "rejected"); !strings.Contains(told, "unit of cart-api is unmet") {
		t.Errorf("it is told %q", told)
	}
	again := h.release(commit).Deploy("production")
	h.stateOf(again, "rejected")
}

func TestADeploymentOfWhatNeverLandedWaits(t *testing.T) {
	t.Parallel()
	h, _, run := released(t, unitShop)
	h.bring(run.Token(audience, nil), unitForm(testReport(3, 0)))
	d := h.release(h.cart.Commit("elsewhere", "Work", map[string]string{"work.go": "package cart"})).Deploy("production")
	if told := h.stateOf(d, "waiting"); !strings.Contains(told, "No Increment of shop holds cart-api at") {
		t.Errorf("it is told %q", told)
	}
}

func TestADeploymentGoesByTheRuleOfItsEnvironment(t *testing.T) {
	t.Parallel()
	h, commit, run := released(t, unitShop+"release: preview: {name: \"preview/*\", needs: \"component\"}\n")
	h.later()
	build(h.pay, "push", h.pay.Head("main"), "failure")
	h.rest()
	h.bring(run.Token(audience, nil), unitForm(testReport(3, 0)))
	if told := h.stateOf(h.release(commit).Deploy("preview/guests"), "approved"); !strings.Contains(told, "is done.") {
		t.Errorf("a preview is told %q", told)
	}
	if told := h.stateOf(h.release(commit).Deploy("production"), "rejected"); !strings.Contains(told, "ci of payment is unmet") {
		t.Errorf("production is told %q", told)
	}
}

func TestADeploymentIsNeverAnsweredElsewhere(t *testing.T) {
	t.Parallel()
	h, commit, run := released(t, unitShop)
	h.bring(run.Token(audience, nil), unitForm(testReport(3, 0)))
	h.rest()
	elsewhere := h.labFront.URL + "/repos/acme/cart-api/actions/runs/1/deployment_protection_rule"
	d := h.release(commit).DeployCalling("production", elsewhere)
	h.eventually("the answer was refused", func() bool {
		n, err := h.server.Errands(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return n == 0 && len(h.server.Deploying("shop")) == 0
	})
	if state, comments := d.State(); state != "waiting" || len(comments) != 0 {
		t.Errorf("it is %s and was told %q", state, comments)
	}
}

func TestADeploymentIsNotLetThroughOnAWordThatDoesNotHoldAnyMore(t *testing.T) {
	t.Parallel()
	h, commit, run := released(t, unitShop)
	d := h.release(commit).Deploy("production")
	h.stateOf(d, "waiting")
	h.hub.Fail("answer_deployment", http.StatusBadGateway, nil, 1_000_000)
	h.bring(run.Token(audience, nil), unitForm(testReport(3, 0)))
	h.eventually("it is let through, and GitHub does not answer", func() bool { return len(h.server.Deploying("shop")) == 0 })
	h.later()
	build(h.pay, "push", h.pay.Head("main"), "failure")
	h.eventually("the approval is held back", func() bool { return strings.Contains(h.page("/nexus/shop"), "nexusgate holds it back") })
	h.hub.Heal()
	h.restart()
	h.eventually("and still is", func() bool { return strings.Contains(h.page("/nexus/shop"), "ci of payment is unmet") })
	if state, comments := d.State(); state != "waiting" || len(comments) != 1 {
		t.Errorf("it is %s and was told %q", state, comments)
	}
}
