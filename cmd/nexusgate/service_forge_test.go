package main_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/forge/forgetest"
)

// A report is owed until its forge has taken it.

// stays waits until a report was tried, and holds that it is owed still.
func (h *house) stays(what string, tried func() bool) {
	h.t.Helper()
	h.eventually(what, tried)
	if owed := h.counts().Owed; owed == 0 {
		h.t.Errorf("%s, and nothing is owed", what)
	}
}

func TestAReportIsOwedWhileTheForgeIsDownAndPaidWhenItIsUp(t *testing.T) {
	t.Parallel()
	h := open(t, shop)
	change := propose(h.cart, "guest")
	h.check(h.cart, change.Head(), gate.DoneCheck, "in_progress")
	h.rest()
	h.hub.Down()
	before := h.hub.Requests()["update_check_run"]
	approve(h.cart, change)
	h.stays("the report was tried", func() bool { return h.hub.Requests()["update_check_run"] > before })
	h.eventually("the report is deferred", func() bool { return strings.Contains(h.metric("nexusgate_reports_owed"), "1") })
	h.hub.Heal()
	h.check(h.cart, change.Head(), gate.DoneCheck, "success")
	h.rest()
	if tries := h.hub.Requests()["update_check_run"] - before; tries > 8 {
		t.Errorf("the report was tried %d times: that is a storm", tries)
	}
}

func TestARefusedReportIsTriedAgainAndMadeOnce(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]forgetest.Fault{
		"an error of the forge's":           {Status: http.StatusInternalServerError, Times: 2},
		"a bad gateway":                     {Status: http.StatusBadGateway, Times: 1, Body: "<html>"},
		"a limit":                           {Status: http.StatusTooManyRequests, Header: map[string]string{"Retry-After": "1"}, Times: 1},
		"a limit that is written forbidden": {Status: http.StatusForbidden, Header: map[string]string{"Retry-After": "1"}, Times: 1},
		"a limit of the whole installation's": {
			Status: http.StatusForbidden, Times: 1,
			Header: map[string]string{"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := open(t, shop)
			fault.Operation = "create_check_run"
			before := h.hub.Requests()[fault.Operation]
			h.hub.Inject(fault)
			change := propose(h.cart, "guest")
			h.stays("the report was refused", func() bool { return h.hub.Requests()[fault.Operation] > before })
			h.check(h.cart, change.Head(), gate.DoneCheck, "in_progress")
			h.rest()
			if tries := h.hub.Requests()[fault.Operation] - before; tries != fault.Times+1 {
				t.Errorf("%d refusals, and it was tried %d times", fault.Times, tries)
			}
		})
	}
}

func TestACheckWhoseAnswerWasCutOffIsFoundAndNotMadeAgain(t *testing.T) {
	t.Parallel()
	h := open(t, shop)
	h.hub.DropAnswer("create_check_run", 1)
	before := h.hub.Requests()["create_check_run"]
	change := propose(h.cart, "guest")
	h.eventually("the check was made and looked for", func() bool { return h.hub.Requests()["list_check_runs"] > 0 })
	h.rest()
	h.check(h.cart, change.Head(), gate.DoneCheck, "in_progress")
	if made := h.hub.Requests()["create_check_run"] - before; made != 1 {
		t.Errorf("the check was made %d times", made)
	}
}

func TestAStatusThatGitLabDidNotTakeIsPostedAgain(t *testing.T) {
	t.Parallel()
	h := open(t, shop)
	h.lab.Fail("create_status", http.StatusBadGateway, nil, 1)
	before := h.lab.Requests()["create_status"]
	h.web.Commit("page", "A page", map[string]string{"page.ts": "export const page = 1"})
	change := h.web.OpenChange("page", "main", "A page", "mia")
	h.stays("the status was refused", func() bool { return h.lab.Requests()["create_status"] > before })
	h.status(change.Head(), gate.DoneCheck, "pending")
	h.rest()
	if tries := h.lab.Requests()["create_status"] - before; tries > 3 { // once more where it is read in between what the change brings
		t.Errorf("one refusal, and it was tried %d times", tries)
	}
}

func TestAForgeThatIsDownHoldsUpOnlyItself(t *testing.T) {
	t.Parallel()
	h := open(t, shop)
	h.hub.Down()
	change := propose(h.cart, "guest")
	h.web.Commit("page", "A page", map[string]string{"page.ts": "export const page = 1"})
	merge := h.web.OpenChange("page", "main", "A page", "mia")
	h.status(merge.Head(), gate.DoneCheck, "pending")
	if made := h.checks(h.cart, change.Head(), gate.DoneCheck); len(made) != 0 {
		t.Errorf("the check was made though its forge is down: %+v", made)
	}
	h.hub.Heal()
	h.check(h.cart, change.Head(), gate.DoneCheck, "in_progress")
}

func TestAReadThatFailsIsMadeAgainAndTheDoorStaysShut(t *testing.T) {
	t.Parallel()
	h := open(t, shop)
	h.hub.Fail("read_change_files", http.StatusInternalServerError, nil, 0)
	change := propose(h.cart, "guest")
	approve(h.cart, change)
	h.eventually("the check says what it waits for", func() bool {
		return strings.Contains(h.check(h.cart, change.Head(), gate.DoneCheck, "in_progress").Summary, "are being read")
	})
	h.hub.Heal()
	h.check(h.cart, change.Head(), gate.DoneCheck, "success")
}

func TestARestartGoesOnWhereItWas(t *testing.T) {
	t.Parallel()
	h := open(t, shop)
	h.green()
	change := propose(h.cart, "guest")
	check := h.check(h.cart, change.Head(), gate.DoneCheck, "in_progress")
	h.rest()
	made, number := h.hub.Requests()["create_check_run"], h.standing().Head.Number
	h.restart()
	h.rest()
	if posts := h.hub.Requests()["create_check_run"] - made; posts != 0 || h.standing().Head.Number != number {
		t.Errorf("a restart made %d check runs and turned Increment %d into %d", posts, number, h.standing().Head.Number)
	}
	approve(h.cart, change)
	if done := h.check(h.cart, change.Head(), gate.DoneCheck, "success"); done.ID != check.ID {
		t.Errorf("after the restart check run %d shows the success, where %d was to be updated", done.ID, check.ID)
	}
}

func TestWhatIsOwedWhenTheServiceEndsIsPaidByTheNext(t *testing.T) {
	t.Parallel()
	h := open(t, shop)
	h.hub.Down()
	change := propose(h.cart, "guest")
	h.eventually("the report is owed", func() bool { return h.counts().Owed > 0 && h.counts().Pending == 0 })
	if err := h.stop(); err != nil {
		t.Fatal(err)
	}
	h.hub.Heal()
	h.start()
	h.check(h.cart, change.Head(), gate.DoneCheck, "in_progress")
	h.rest()
	h.check(h.cart, change.Head(), gate.DoneCheck, "in_progress")
}

func TestAServiceThatIsAskedToEndEndsWhileAForgeIsSlow(t *testing.T) {
	t.Parallel()
	h := open(t, shop)
	h.hub.Slow(time.Hour)
	propose(h.cart, "guest")
	h.eventually("a request is under way", func() bool { _, idle := h.traffic.quiet(); return !idle })
	began := time.Now()
	if err := h.stop(); err != nil {
		t.Fatal(err)
	}
	// A connection that was opened and never used is given five seconds by net/http itself.
	if took := time.Since(began); took > 20*time.Second {
		t.Errorf("ending took %s: it waited for the forge", took)
	}
}
