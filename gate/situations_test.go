package gate_test

import (
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/gate"
)

func TestPushAndPullRequestRunsOfOneWorkflowAreTwoAndTheWorseCounts(t *testing.T) {
	h := newHouse(t, storefront)
	h.landed(cartRepo, "000", "m1", "a")
	h.opened(cartRepo, 17, "aaa", "cart.go")
	h.tell(run(cartRepo, "aaa", "push", 1, 1, h.now, "success"))
	h.wantOutcome("with the push run alone, the change", h.change(cartRepo, 17), gate.Done)
	h.tell(run(cartRepo, "aaa", "pull_request", 2, 1, h.now, "failure"))
	h.wantOutcome("with the pull-request run red, the change", h.change(cartRepo, 17), gate.NotDone)
	h.tell(run(cartRepo, "aaa", "push", 3, 1, h.now, "success"))
	h.wantOutcome("another green push run does not outvote it: the change", h.change(cartRepo, 17), gate.NotDone)
}

const matrixNexus = `
name: "storefront"
teams: {
	cart: components: "cart-api": {repo: "github:acme/cart-api", branch: "main"}
	pay: components: pay: {repo: "github:acme/pay", branch: "main"}
	web: components: web: {repo: "gitlab:acme/web", branch: "main"}
}
done: tests: {
	why: "The matrix is green", on: "commit", evidence: "job", name: "test (*)", atLeast: 2
	from: app: ["github-actions", "gitlab-ci"]
	must: conclusion: "success"
}
`

func TestOneEarlyGreenJobIsNotTheMatrix(t *testing.T) {
	h := newHouse(t, matrixNexus)
	h.opened(cartRepo, 17, "aaa", "cart.go")
	h.tell(run(cartRepo, "aaa", "push", 1, 1, h.now, ""))
	h.tell(job(cartRepo, "aaa", "test (1.25)", 1, 11, h.now, "success"))
	h.tell(job(cartRepo, "aaa", "test (1.26)", 1, 12, h.now, "success"))
	h.wantState("two green jobs of a run that goes on", h.change(cartRepo, 17), "tests", gate.Waiting)
	h.tell(job(cartRepo, "aaa", "test (1.27)", 1, 13, h.now, "failure"))
	h.wantState("a red third one", h.change(cartRepo, 17), "tests", gate.Unmet)
}

func TestAMatrixIsMetWhenItsRunIsCompleteAndEnoughMatch(t *testing.T) {
	h := newHouse(t, matrixNexus)
	h.opened(cartRepo, 17, "aaa", "cart.go")
	h.tell(job(cartRepo, "aaa", "test (1.25)", 1, 11, h.now, "success"))
	h.tell(run(cartRepo, "aaa", "push", 1, 1, h.now, "success"))
	h.wantState("one of two", h.change(cartRepo, 17), "tests", gate.Waiting)
	h.tell(job(cartRepo, "aaa", "test (1.26)", 1, 12, h.now, "success"))
	h.wantState("two of two", h.change(cartRepo, 17), "tests", gate.Met)
}

func TestAGitLabRetryReopensItsPipelineAndTheNewJobCounts(t *testing.T) {
	h := newHouse(t, storefront)
	h.landed(webRepo, "000", "m1", "a")
	h.opened(webRepo, 3, "www", "page.ts")
	h.tell(pipeline(webRepo, "www", "push", 31, h.now, map[string]string{"build": "success", "test": "failure"})...)
	h.wantOutcome("the failed pipeline's change", h.change(webRepo, 3), gate.NotDone)
	retried := labJob(webRepo, "www", "test", 31, 3199, h.now, "")
	h.tell(retried)
	h.wantOutcome("while the retry runs, the change", h.change(webRepo, 3), gate.Awaiting)
	h.tell(labJob(webRepo, "www", "test", 31, 3199, h.now, "success"))
	h.wantOutcome("after the retry, the change", h.change(webRepo, 3), gate.Done)
}

func TestAGreenChildPipelineDoesNotAnswerForItsParent(t *testing.T) {
	h := newHouse(t, storefront)
	h.opened(webRepo, 3, "www", "page.ts")
	child := pipeline(webRepo, "www", "parent_pipeline", 32, h.now, map[string]string{"build": "success"})
	first := child[0].(gate.Reported)
	first.Evidence.Parent = "pipeline/31"
	child[0] = first
	h.tell(child...)
	h.wantState("the child alone", h.change(webRepo, 3), "ci", gate.Waiting)
	h.tell(pipeline(webRepo, "www", "push", 31, h.now, map[string]string{"build": "success", "test": "success"})...)
	h.wantState("with its parent", h.change(webRepo, 3), "ci", gate.Met)
}

func TestARedChildPipelineFailsItsParent(t *testing.T) {
	h := newHouse(t, storefront)
	h.opened(webRepo, 3, "www", "page.ts")
	child := pipeline(webRepo, "www", "parent_pipeline", 32, h.now, map[string]string{"build": "failure"})
	first := child[0].(gate.Reported)
	first.Evidence.Parent = "pipeline/31"
	child[0] = first
	h.tell(child...)
	h.tell(pipeline(webRepo, "www", "push", 31, h.now, map[string]string{"test": "success"})...)
	h.wantState("the parent", h.change(webRepo, 3), "ci", gate.Unmet)
}

func TestAJobThatMayFailDoesNotFailItsPipeline(t *testing.T) {
	h := newHouse(t, storefront)
	h.opened(webRepo, 3, "www", "page.ts")
	optional := labJob(webRepo, "www", "audit", 31, 3150, h.now, "failure")
	optional.Evidence.AllowFailure = true
	h.tell(append(pipeline(webRepo, "www", "push", 31, h.now, map[string]string{"test": "success"}), optional)...)
	h.wantState("the pipeline", h.change(webRepo, 3), "ci", gate.Met)
}

func TestAPipelineWhoseJobsWereNeverListedIsNotComplete(t *testing.T) {
	h := newHouse(t, storefront)
	h.opened(webRepo, 3, "www", "page.ts")
	events := pipeline(webRepo, "www", "push", 31, h.now, map[string]string{"test": "success"})
	first := events[0].(gate.Reported)
	first.Evidence.Listed = false
	events[0] = first
	h.tell(events...)
	h.wantState("the pipeline", h.change(webRepo, 3), "ci", gate.Waiting)
}

const checkNexus = `
name: "storefront"
teams: {
	cart: components: "cart-api": {repo: "github:acme/cart-api", branch: "main"}
	pay: components: pay: {repo: "github:acme/pay", branch: "main"}
	web: components: web: {repo: "gitlab:acme/web", branch: "main"}
}
done: lint: {
	why: "The linter is silent", on: "commit", evidence: "check", name: "lint"
	from: app: ["linty", "github-actions"]
	must: conclusion: "success"
	within: "1h"
}
`

func TestARerequestedCheckReopensUnderItsLaterStart(t *testing.T) {
	h := newHouse(t, checkNexus)
	h.opened(cartRepo, 17, "aaa", "cart.go")
	h.tell(check(cartRepo, "aaa", "linty", "lint", 5, h.now, "failure"))
	h.wantState("the first run", h.change(cartRepo, 17), "lint", gate.Unmet)
	h.now = h.now.Add(time.Minute)
	h.tell(check(cartRepo, "aaa", "linty", "lint", 5, h.now, ""))
	h.wantState("the re-requested run", h.change(cartRepo, 17), "lint", gate.Waiting)
	h.tell(check(cartRepo, "aaa", "linty", "lint", 5, morning, "failure"))
	h.wantState("the old end, delivered late", h.change(cartRepo, 17), "lint", gate.Waiting)
	h.tell(check(cartRepo, "aaa", "linty", "lint", 5, h.now, "success"))
	h.wantState("its new end", h.change(cartRepo, 17), "lint", gate.Met)
}

func TestACheckOfGitHubActionsCountsOnlyWhenAJobConfirmsIt(t *testing.T) {
	h := newHouse(t, checkNexus)
	h.opened(cartRepo, 17, "aaa", "cart.go")
	h.tell(check(cartRepo, "aaa", gate.GitHubActions, "lint", 5, h.now, "success"))
	h.wantState("a check that any workflow could have made", h.change(cartRepo, 17), "lint", gate.Waiting)
	h.after(2 * time.Hour)
	h.wantState("the same, past the deadline", h.change(cartRepo, 17), "lint", gate.Untrusted)
	h.tell(job(cartRepo, "aaa", "lint", 1, 5, h.now, "success"))
	h.wantState("once a job points to it", h.change(cartRepo, 17), "lint", gate.Met)
}

func TestACheckOfAnotherProducerDoesNotStandIn(t *testing.T) {
	h := newHouse(t, checkNexus)
	h.opened(cartRepo, 17, "aaa", "cart.go")
	h.tell(check(cartRepo, "aaa", "evil", "lint", 5, h.now, "success"))
	h.wantState("the stranger's check", h.change(cartRepo, 17), "lint", gate.Waiting)
	h.after(2 * time.Hour)
	h.wantState("past the deadline", h.change(cartRepo, 17), "lint", gate.Missing)
}

func TestARerunReplacesByAttemptAndNeverByArrival(t *testing.T) {
	h := newHouse(t, storefront)
	h.landed(cartRepo, "000", "m1", "a")
	h.opened(cartRepo, 17, "aaa", "cart.go")
	h.tell(run(cartRepo, "aaa", "push", 1, 2, h.now, "success"))
	h.tell(run(cartRepo, "aaa", "push", 1, 1, h.now, "failure"))
	h.wantOutcome("the first attempt, arriving late: the change", h.change(cartRepo, 17), gate.Done)
}

func TestConclusionsThatAreNotSuccessDoNotPass(t *testing.T) {
	for _, word := range []string{"skipped", "neutral", "stale", "cancelled", "action_required", "timed_out", "startup_failure", "sparkling"} {
		h := newHouse(t, storefront)
		h.opened(cartRepo, 17, "aaa", "cart.go")
		h.tell(run(cartRepo, "aaa", "push", 1, 1, h.now, word))
		h.wantState(word, h.change(cartRepo, 17), "ci", gate.Unmet)
	}
}

func TestAReportThatNothingMoreWillBeSaidOfIsClosed(t *testing.T) {
	h := newHouse(t, storefront)
	h.opened(cartRepo, 17, "aaa", "cart.go")
	h.now = h.now.Add(time.Minute)
	h.opened(cartRepo, 17, "bbb", "cart.go")
	if o := h.owed["change github:1#17 aaa"]; o.Superseded != "commit bbb" {
		t.Errorf("the old head's report is superseded by %q, want commit bbb", o.Superseded)
	}
	h.now = h.now.Add(time.Minute)
	closed := seen(cartRepo, 17, "bbb", h.now)
	closed.State = gate.ChangeClosed
	h.tell(closed)
	if o := h.owed["change github:1#17 bbb"]; o.Superseded != "the change being closed" {
		t.Errorf("the closed change's report is superseded by %q, want its closing", o.Superseded)
	}
}
