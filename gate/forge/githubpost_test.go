package forge_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/forge"
	"github.com/nexusgate/nexusgate/gate/report"
)

// must posts what must be taken, and returns the check run.
func (w *hubWorld) must(t *testing.T, p forge.Post) int64 {
	t.Helper()
	remote, err := w.client.Post(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	return remote
}

// only is the one check run on the head of main.
func (w *hubWorld) only(t *testing.T) (run struct {
	ID                                                        int64
	Name, Status, Conclusion, Title, Summary, External, Links string
},
) {
	t.Helper()
	runs := w.hub.CheckRuns(w.cart.Name(), w.cart.Head("main"))
	if len(runs) != 1 {
		t.Fatalf("there are %d check runs, not one: %+v", len(runs), runs)
	}
	r := runs[0]
	run.ID, run.Name, run.Status, run.Conclusion = r.ID, r.Name, r.Status, r.Conclusion
	run.Title, run.Summary, run.External, run.Links = r.Title, r.Summary, r.ExternalID, r.DetailsURL
	return run
}

func TestOneCheckRunIsMadeAndThenUpdatedInPlace(t *testing.T) {
	w := newHubWorld(t)
	first := w.post(gate.Awaiting)
	remote := w.must(t, first)
	got := w.only(t)
	if got.ID != remote || got.Name != "Done" || got.Status != "in_progress" || got.Conclusion != "" {
		t.Errorf("the awaiting report shows as %+v", got)
	}
	if want := "nexusgate:" + first.Key(); got.External != want {
		t.Errorf("the external id is %q, not %q", got.External, want)
	}
	if got.Links != first.Links.Verdict || got.Title != report.Title(first.Says) || got.Summary != report.Markdown(first.Says, first.Links) {
		t.Errorf("the report's text or link is lost: %+v", got)
	}
	for _, step := range []struct {
		outcome            gate.Outcome
		status, conclusion string
	}{
		{gate.NotDone, "completed", "failure"},
		{gate.Done, "completed", "success"},
		{gate.Awaiting, "in_progress", ""},
		{"an outcome of tomorrow", "completed", "failure"},
	} {
		p := w.post(step.outcome)
		p.Remote = remote
		if again := w.must(t, p); again != remote {
			t.Errorf("the %s report went to check run %d, not %d", step.outcome, again, remote)
		}
		if got := w.only(t); got.Status != step.status || got.Conclusion != step.conclusion {
			t.Errorf("%s shows as %s %s", step.outcome, got.Status, got.Conclusion)
		}
	}
	if got := w.hub.Requests()["list_check_runs"]; got != 0 {
		t.Errorf("check runs were listed %d times with nothing to look for", got)
	}
}

func TestASupersededIncrementIsNeutralAndNamesItsSuccessor(t *testing.T) {
	w := newHubWorld(t)
	p := w.post(gate.Awaiting)
	p.Check = gate.IncrementCheck
	p.Superseded, p.Links.Successor = "Integrated Increment 13", "https://gate.example/increments/13"
	w.must(t, p)
	title, summary := report.Superseded(p.Says, p.Superseded, p.Links)
	got := w.only(t)
	if got.Status != "completed" || got.Conclusion != "neutral" || got.Title != title || got.Summary != summary {
		t.Errorf("the superseded report shows as %+v", got)
	}
}

func TestWhatIsDoneUnderExceptionsIsNeutral(t *testing.T) {
	w := newHubWorld(t)
	p := underException(w.post(gate.Done))
	w.must(t, p)
	got := w.only(t)
	if got.Status != "completed" || got.Conclusion != "neutral" || got.Title != "Done under 1 exception: 0 of 0 criteria met" {
		t.Errorf("it shows as %s %s %q", got.Status, got.Conclusion, got.Title)
	}
}

func underException(p forge.Post) forge.Post {
	p.Excepted, p.Says.Exceptions = true, []string{"no-e2e"}
	return p
}

func TestASupersededDoneIsCancelledSoThatItNeverPasses(t *testing.T) {
	w := newHubWorld(t)
	p := w.post(gate.Awaiting)
	p.Check, p.Superseded = gate.DoneCheck, "commit 77ab01c2d3e4"
	w.must(t, p)
	if got := w.only(t); got.Status != "completed" || got.Conclusion != "cancelled" {
		t.Errorf("the superseded report shows as %s %s", got.Status, got.Conclusion)
	}
}

func TestAPostWhoseAnswerIsLostMakesNoSecondCheckRun(t *testing.T) {
	w := newHubWorld(t)
	w.hub.DropAnswer("create_check_run", 1)
	if _, err := w.client.Post(t.Context(), w.post(gate.Awaiting)); err == nil {
		t.Fatal("a lost answer is no error")
	}
	again := w.post(gate.Done)
	again.Tried = true
	remote := w.must(t, again)
	if got := w.only(t); got.ID != remote || got.Conclusion != "success" {
		t.Errorf("the check run found is not brought up to date: %+v", got)
	}
	if w.of("create_check_run", "error") != 1 || w.of("list_check_runs", "200") != 1 || w.of("update_check_run", "200") != 1 {
		t.Errorf("the requests were %v", w.counts)
	}
}

func TestAPostThatNeverArrivedIsMade(t *testing.T) {
	w := newHubWorld(t)
	p := w.post(gate.Done)
	p.Tried = true
	w.must(t, p)
	w.only(t)
}

func TestTwoSubjectsOnOneCommitKeepACheckRunEach(t *testing.T) {
	w := newHubWorld(t)
	first, second := w.post(gate.Awaiting), w.post(gate.Awaiting)
	second.Subject.ID = "github:1#18"
	one, two := w.must(t, first), w.must(t, second)
	first.Tried, second.Tried = true, true
	if got := []int64{w.must(t, first), w.must(t, second)}; !cmp.Equal(got, []int64{one, two}) {
		t.Errorf("found %v, made %v", got, []int64{one, two})
	}
}

func TestACheckRunThatGitHubDroppedIsMadeAgain(t *testing.T) {
	w := newHubWorld(t)
	p := w.post(gate.Awaiting)
	p.Remote = w.must(t, p)
	w.hub.DeleteCheckRun(w.cart.Name(), p.Remote)
	p.Outcome = gate.Done
	remote := w.must(t, p)
	if got := w.only(t); got.ID != remote || remote == p.Remote || got.Conclusion != "success" {
		t.Errorf("check run %d became %d: %+v", p.Remote, remote, got)
	}
}

func TestACheckRunThatGitHubDroppedIsLookedForBeforeItIsMadeAgain(t *testing.T) {
	w := newHubWorld(t)
	p := w.post(gate.Awaiting)
	first, second := w.must(t, p), w.must(t, p)
	w.hub.DeleteCheckRun(w.cart.Name(), first)
	p.Remote, p.Outcome = first, gate.Done
	if remote := w.must(t, p); remote != second {
		t.Errorf("the report went to check run %d, not %d", remote, second)
	}
	if got := w.only(t); got.Conclusion != "success" {
		t.Errorf("the check run is %+v", got)
	}
}

func TestACheckRunThatIsListedAndCannotBeUpdatedIsMadeAgain(t *testing.T) {
	w := newHubWorld(t)
	p := w.post(gate.Awaiting)
	p.Remote = w.must(t, p)
	w.hub.Fail("update_check_run", 404, nil, 0)
	remote := w.must(t, p)
	if remote == p.Remote {
		t.Errorf("the report is still at check run %d", remote)
	}
	if got := len(w.hub.CheckRuns(w.cart.Name(), p.Commit)); got != 2 {
		t.Errorf("there are %d check runs", got)
	}
}

func TestALinkThatIsNoneIsLeftOut(t *testing.T) {
	for _, link := range []string{"", "/verdicts/v1", "ftp://gate.example/v1", "javascript:alert(1)", "http://"} {
		w := newHubWorld(t)
		p := w.post(gate.Done)
		p.Links.Verdict = link
		w.must(t, p)
		if got := w.only(t).Links; got != "" {
			t.Errorf("the link %q is posted as %q", link, got)
		}
	}
}

func TestALongKeyMakesAShortExternalID(t *testing.T) {
	w := newHubWorld(t)
	p := w.post(gate.Done)
	p.Nexus = strings.Repeat("storefront", 100)
	remote := w.must(t, p)
	if got := w.only(t).External; len(got) > 255 || !strings.HasPrefix(got, "nexusgate:") {
		t.Errorf("the external id is %q", got)
	}
	p.Tried = true
	if again := w.must(t, p); again != remote {
		t.Errorf("it is not found by it: %d, not %d", again, remote)
	}
}

func TestAPostForACommitThatIsNoneIsRefusedForGood(t *testing.T) {
	w := newHubWorld(t)
	p := w.post(gate.Done)
	p.Commit = "main"
	_, err := w.client.Post(t.Context(), p)
	refused(t, err, true, "posting Done on github:acme/cart-api@main")
	p.Commit = strings.Repeat("0", 40)
	_, err = w.client.Post(t.Context(), p)
	refused(t, err, true, "No commit found")
}
