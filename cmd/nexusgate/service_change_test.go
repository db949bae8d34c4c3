package main_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/forge/forgetest"
)

func TestAPullRequestShowsWhatIsOwedAndThenTurnsGreenInPlace(t *testing.T) {
	t.Parallel()
	h := open(t, shop)
	change := propose(h.cart, "guest")
	h.check(h.cart, change.Head(), gate.DoneCheck, "in_progress")
	h.rest()
	awaiting := h.check(h.cart, change.Head(), gate.DoneCheck, "in_progress")
	for _, owed := range []string{"`ci`", "`lint`", "waiting", "nexus.cue:9:2", "acme/cart-api#1"} {
		if !strings.Contains(awaiting.Summary, owed) {
			t.Errorf("the check does not tell %s:\n%s", owed, awaiting.Summary)
		}
	}
	approve(h.cart, change)
	done := h.check(h.cart, change.Head(), gate.DoneCheck, "success")
	h.rest()
	if done.ID != awaiting.ID {
		t.Errorf("check run %d shows the success, where %d was to be updated", done.ID, awaiting.ID)
	}
	if !strings.HasPrefix(done.DetailsURL, "https://done.example.test/verdicts/") {
		t.Errorf("the check links to %s", done.DetailsURL)
	}
}

func TestAPullRequestWhoseWorkflowFailsTurnsRedInPlaceAndGreenWithTheRerun(t *testing.T) {
	t.Parallel()
	h := open(t, shop)
	change := propose(h.cart, "guest")
	h.cart.Check("linter", "lint", change.Head(), "completed", "success")
	run := h.cart.Run(ci("pull_request"), change.Head())
	run.Start()
	waiting := h.check(h.cart, change.Head(), gate.DoneCheck, "in_progress")
	run.Finish("failure")
	red := h.check(h.cart, change.Head(), gate.DoneCheck, "failure")
	if !strings.Contains(red.Summary, "failure") || !strings.Contains(red.Summary, "Mend what is red") {
		t.Errorf("the check does not tell what is wrong, or what to do:\n%s", red.Summary)
	}
	run.Rerun()
	h.check(h.cart, change.Head(), gate.DoneCheck, "in_progress")
	run.Start()
	run.Finish("success")
	if green := h.check(h.cart, change.Head(), gate.DoneCheck, "success"); green.ID != waiting.ID || red.ID != waiting.ID {
		t.Errorf("three check runs, %d, %d and %d, where one was to be updated", waiting.ID, red.ID, green.ID)
	}
}

func TestAReviewerWhoObjectsTurnsDoneRed(t *testing.T) {
	t.Parallel()
	h := open(t, shop)
	change := propose(h.cart, "guest")
	approve(h.cart, change)
	h.check(h.cart, change.Head(), gate.DoneCheck, "success")
	change.Review("kim", "changes_requested")
	red := h.check(h.cart, change.Head(), gate.DoneCheck, "failure")
	if !strings.Contains(red.Summary, "`reviewed`") {
		t.Errorf("the check does not tell what is wrong:\n%s", red.Summary)
	}
	h.later()
	change.Review("kim", "approved")
	h.check(h.cart, change.Head(), gate.DoneCheck, "success")
}

func TestAMergeRequestGetsDoneThoughOurStatusIsAJobOfThePipeline(t *testing.T) {
	t.Parallel()
	h := open(t, shop)
	h.web.Commit("page", "A page", map[string]string{"page.ts": "export const page = 1"})
	change := h.web.OpenChange("page", "main", "A page", "mia")
	h.status(change.Head(), gate.DoneCheck, "pending")
	pipeline := change.Pipeline(forgetest.Job{Name: "test"}, forgetest.Job{Name: "deploy", Manual: true, AllowFailure: true})
	pipeline.StartJob("test")
	h.rest()
	if states := h.statuses(change.Head(), gate.DoneCheck); states[len(states)-1] != "pending" {
		t.Fatalf("Done went through %v while the pipeline ran", states)
	}
	resume := h.server.Pause()
	pipeline.FinishJob("test", "success")
	status := pipeline.Status()
	if resume(); status == "success" {
		t.Fatalf("the pipeline is %s though our own status is pending: the stand-in sets no trap", status)
	}
	h.status(change.Head(), gate.DoneCheck, "success")
	h.rest()
	joined := slices.ContainsFunc(h.web.Statuses(change.Head()), func(s forgetest.CommitStatus) bool {
		return s.Pipeline == pipeline.ID && s.State == "success"
	})
	if !joined {
		t.Errorf("our status did not join the pipeline %d: %+v", pipeline.ID, h.web.Statuses(change.Head()))
	}
}

func TestAMergeGroupGetsDoneAndItsHeadIsTheLandedCommit(t *testing.T) {
	t.Parallel()
	h := open(t, shop)
	h.green()
	change := propose(h.cart, "guest")
	approve(h.cart, change)
	h.check(h.cart, change.Head(), gate.DoneCheck, "success")
	group := h.cart.MergeGroup(change)
	h.check(h.cart, group.Head(), gate.DoneCheck, "in_progress")
	build(h.cart, "merge_group", group.Head(), "success")
	h.check(h.cart, group.Head(), gate.DoneCheck, "success")
	group.Land()
	h.check(h.cart, group.Head(), gate.IncrementCheck, "success")
}

func TestOurOwnChecksComingBackCauseNoPosts(t *testing.T) {
	t.Parallel()
	h := open(t, shop)
	change := propose(h.cart, "guest")
	build(h.cart, "pull_request", change.Head(), "failure")
	h.check(h.cart, change.Head(), gate.DoneCheck, "failure")
	h.rest()
	before := h.hub.Requests()
	for _, d := range h.hub.Deliveries() {
		if d.Event == "check_run" && strings.Contains(string(d.Body), `"slug":"nexusgate"`) {
			h.postHub("again-"+d.ID, d.Event, d.Body, hubSecret)
		}
	}
	h.rest()
	after := h.hub.Requests()
	for _, operation := range []string{"create_check_run", "update_check_run", "list_check_runs"} {
		if after[operation] != before[operation] {
			t.Errorf("%s rose from %d to %d", operation, before[operation], after[operation])
		}
	}
}
