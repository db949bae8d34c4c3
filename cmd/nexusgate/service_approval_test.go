package main_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/gate/forge/forgetest"
)

// guardedShop has deployments of the web to production go by the door.
const guardedShop = labShop + "release: production: components: [\"web\"]\n"

// deploying is a shop of which nothing but the web's unit tests is waited for, while a job of the very pipeline that
// runs them waits for approval before it deploys the web.
func deploying(t *testing.T, definition string, prepare ...func(*house)) (*house, *forgetest.Pipeline) {
	t.Helper()
	h := furnish(t, definition)
	h.web.Protect("production", 1, true)
	for _, change := range prepare {
		change(h)
	}
	h.start()
	h.rest()
	build(h.cart, "push", h.cart.Head("main"), "success")
	build(h.pay, "push", h.pay.Head("main"), "success")
	run := h.web.Pipeline("main", h.web.Head("main"), forgetest.Job{Name: "unit"}, forgetest.Job{Name: "deploy", Environment: "production"})
	run.FinishJob("unit", "success")
	h.rest()
	return h, run
}

// waiting is the deployment that waits.
func (h *house) waiting() *forgetest.Approvable {
	h.t.Helper()
	h.eventually("the deployment is known to wait", func() bool { return len(h.server.Deploying("shop")) == 1 })
	return h.web.Deployments()[0]
}

// becomes waits until a deployment is in a state, and gives what it was told.
func (h *house) becomes(d *forgetest.Approvable, want string) (told string) {
	h.t.Helper()
	h.eventually("the deployment is "+want, func() bool {
		state, comments := d.State()
		told = strings.Join(comments, "\n")
		return state == want && len(h.server.Deploying("shop")) == 0
	})
	return told
}

func TestADeploymentOfGitLabIsHeldUntilItsIncrementIsDone(t *testing.T) {
	t.Parallel()
	for what, prepare := range map[string]func(*house){
		"as its webhook tells":                      func(*house) {},
		"as its job tells where there is no such":   func(h *house) { h.lab.TellsNothingBlocked() },
		"as its webhook tells whose job is unknown": func(h *house) { h.lab.Lose("Job Hook", 0) },
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			h, run := deploying(t, guardedShop, prepare)
			d := h.waiting()
			h.restart()
			h.rest()
			if state, comments := d.State(); state != "blocked" || len(comments) > 0 {
				t.Fatalf("it is %s and was told %q", state, comments)
			}
			began := time.Now()
			h.bring(run.Token("unit", audience, nil), unitForm(testReport(3, 0)))
			told := h.becomes(d, "created")
			t.Logf("approved %s after the last evidence was brought", time.Since(began).Round(time.Millisecond))
			if want := fmt.Sprintf("Integrated Increment %d is done. https://done.example.test/", h.standing().Head.Number); !strings.HasPrefix(told, want) {
				t.Errorf("it is told %q", told)
			}
			run.FinishJob("deploy", "failed")
			h.rest()
			if says := h.standing().Head.Outcome; says != "done" || h.lab.Requests()["approve_deployment"] != 1 {
				t.Errorf("after it went out the Increment is %s, and it was answered by %d requests", says, h.lab.Requests()["approve_deployment"])
			}
		})
	}
}

func TestADeploymentOfGitLabOfWhatIsNotDoneIsRejected(t *testing.T) {
	t.Parallel()
	h, run := deploying(t, guardedShop)
	d := h.waiting()
	h.bring(run.Token("unit", audience, nil), unitForm(testReport(3, 1)))
	if told := h.becomes(d, "failed"); !strings.Contains(told, "unit of web is unmet") {
		t.Errorf("it is told %q", told)
	}
}

func TestADeploymentThatTheDefinitionDoesNotNameIsPeoplesToApprove(t *testing.T) {
	t.Parallel()
	h, run := deploying(t, labShop+"release: preview: {}\n")
	h.bring(run.Token("unit", audience, nil), unitForm(testReport(3, 0)))
	h.componentStands("web", h.web.Head("main"), "unit", "met")
	h.rest()
	if state, comments := h.web.Deployments()[0].State(); state != "blocked" || len(comments) > 0 || len(h.server.Deploying("shop")) > 0 {
		t.Errorf("it is %s and was told %q", state, comments)
	}
}

func TestADeploymentThatNobodyToldOfIsFoundByASweep(t *testing.T) {
	t.Parallel()
	h, run := deploying(t, guardedShop, func(h *house) {
		h.lab.Lose("Deployment Hook", 0)
		h.lab.Lose("Job Hook", 0)
		h.lab.Lose("Pipeline Hook", 0)
	})
	h.bring(run.Token("unit", audience, nil), unitForm(testReport(3, 0)))
	h.rest()
	if known := h.server.Deploying("shop"); len(known) > 0 {
		t.Fatalf("it is known: %+v", known)
	}
	h.settings.Sweep = time.Hour // and on a start
	h.restart()
	h.becomes(h.web.Deployments()[0], "created")
}

func TestAServiceThatIsKilledWhileItAnswersStillAnswers(t *testing.T) {
	t.Parallel()
	h, run := deploying(t, guardedShop)
	d := h.waiting()
	h.lab.Fail("approve_deployment", http.StatusServiceUnavailable, nil, 0)
	h.bring(run.Token("unit", audience, nil), unitForm(testReport(3, 0)))
	h.eventually("it is on the way", func() bool { return h.lab.Requests()["approve_deployment"] > 0 })
	if err := h.stop(); err != nil {
		t.Fatal(err)
	}
	h.lab.Heal()
	h.lab.DropAnswer("approve_deployment", 1) // GitLab has it, and nobody heard
	h.start()
	h.becomes(d, "created")
	h.eventually("nothing is left to be run", func() bool {
		n, err := h.server.Errands(t.Context())
		return err == nil && n == 0
	})
	if n := len(slices.DeleteFunc(h.standing().Warnings, func(w string) bool { return !strings.Contains(w, "deployment") })); n > 0 {
		t.Errorf("it warns: %q", h.standing().Warnings)
	}
}

func TestADeploymentThatWeMayNotApproveSaysSo(t *testing.T) {
	t.Parallel()
	h, run := deploying(t, guardedShop, func(h *house) { h.web.Protect("production", 1, false) })
	d := h.waiting()
	h.bring(run.Token("unit", audience, nil), unitForm(testReport(3, 0)))
	h.eventually("it warns", func() bool {
		return slices.ContainsFunc(h.standing().Warnings, func(w string) bool {
			return strings.Contains(w, "its deployment to production could not be answered: GitLab takes no approval from the token's user (You don't have permission")
		})
	})
	if _, page := h.get("/nexus/shop"); !strings.Contains(page, "let it approve deployments to this environment") {
		t.Error("the page does not say what to grant")
	}
	h.web.Protect("production", 1, true)
	if err := h.stop(); err != nil {
		t.Fatal(err)
	}
	h.settings.Now = func() time.Time { return time.Now().Add(time.Hour) }
	h.start()
	h.becomes(d, "created")
}
