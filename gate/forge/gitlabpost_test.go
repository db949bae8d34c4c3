package forge_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/forge"
	"github.com/nexusgate/nexusgate/gate/forge/forgetest"
	"github.com/nexusgate/nexusgate/gate/report"
)

func (w *labWorld) must(t *testing.T, p forge.Post) int64 {
	t.Helper()
	remote, err := w.client.Post(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	return remote
}

// last is the newest status on the head of main.
func (w *labWorld) last(t *testing.T) forgetest.CommitStatus {
	t.Helper()
	all := w.web.Statuses(w.web.Head("main"))
	if len(all) == 0 {
		t.Fatal("there is no status")
	}
	return all[len(all)-1]
}

func TestAStatusJoinsThePipelineThatIsNamed(t *testing.T) {
	w := newLabWorld(t)
	named := w.web.Pipeline("main", w.web.Head("main"), forgetest.Job{Name: "unit"})
	w.web.Pipeline("main", w.web.Head("main"), forgetest.Job{Name: "unit"})
	p := w.post(gate.Awaiting)
	p.Pipeline = named.ID
	remote := w.must(t, p)
	want := forgetest.CommitStatus{
		ID: remote, Pipeline: named.ID, Commit: p.Commit, Ref: "main", Name: "Done", State: "pending",
		Description: report.Description(p.Says), TargetURL: p.Links.Verdict,
	}
	if got := w.last(t); got != want {
		t.Errorf("the status is %+v, not %+v", got, want)
	}
}

func TestAPipelineWaitsForOurStatusAndNotWeForIt(t *testing.T) {
	w := newLabWorld(t)
	pipeline := w.web.Pipeline("main", w.web.Head("main"), forgetest.Job{Name: "unit"})
	p := w.post(gate.Awaiting)
	p.Pipeline = pipeline.ID
	w.must(t, p)
	pipeline.Finish("success")
	if got := pipeline.Status(); got != "running" {
		t.Errorf("with our status pending, the pipeline is %s", got)
	}
	p.Outcome = gate.Done
	w.must(t, p)
	if got := pipeline.Status(); got != "success" {
		t.Errorf("with our status posted, the pipeline is %s", got)
	}
}

func TestEachOutcomeHasItsState(t *testing.T) {
	w := newLabWorld(t)
	for _, step := range []struct {
		outcome    gate.Outcome
		superseded string
		state      string
	}{
		{gate.Awaiting, "", "pending"},
		{gate.NotDone, "", "failed"},
		{gate.Awaiting, "", "pending"},
		{gate.Done, "", "success"},
		{gate.Awaiting, "Integrated Increment 13", "canceled"},
		{"an outcome of tomorrow", "", "failed"},
	} {
		p := w.post(step.outcome)
		p.Superseded = step.superseded
		w.must(t, p)
		if got := w.last(t).State; got != step.state {
			t.Errorf("%s shows as %s, not %s", step.outcome, got, step.state)
		}
	}
}

func TestWhatIsDoneUnderExceptionsSucceedsAndNamesThem(t *testing.T) {
	w := newLabWorld(t)
	w.must(t, underException(w.post(gate.Done)))
	if got := w.last(t); got.State != "success" || got.Description != "Done under 1 exception: no-e2e" {
		t.Errorf("the status is %s %q", got.State, got.Description)
	}
}

func TestASupersededStatusNamesItsSuccessor(t *testing.T) {
	w := newLabWorld(t)
	p := w.post(gate.Awaiting)
	p.Superseded = "Integrated Increment 13"
	w.must(t, p)
	want, _ := report.Superseded(p.Says, p.Superseded, p.Links)
	if got := w.last(t).Description; got != want {
		t.Errorf("the status says %q, not %q", got, want)
	}
}

func TestAStatusThatStandsAlreadyIsTaken(t *testing.T) {
	w := newLabWorld(t)
	p := w.post(gate.Awaiting)
	p.Remote = w.must(t, p)
	if again := w.must(t, p); again != p.Remote {
		t.Errorf("the status is %d, not %d", again, p.Remote)
	}
	if got := len(w.web.Statuses(p.Commit)); got != 1 {
		t.Errorf("%d statuses were posted", got)
	}
}

func TestAStatusThatStandsOtherwiseIsNotTaken(t *testing.T) {
	w := newLabWorld(t)
	w.lab.Inject(forgetest.Fault{
		Operation: "create_status", Status: 400, Times: 1,
		Body: `{"message":"Cannot transition status via :drop from :success (Reason(s): Status cannot transition via \"drop\")"}`,
	})
	_, err := w.client.Post(t.Context(), w.post(gate.NotDone))
	refused(t, err, true, "Cannot transition status")
}

func TestALinkThatGitLabWouldRefuseIsLeftOut(t *testing.T) {
	w := newLabWorld(t)
	p := w.post(gate.Done)
	p.Links.Verdict += "?" + strings.Repeat("x", 255)
	w.must(t, p)
	if got := w.last(t).TargetURL; got != "" {
		t.Errorf("the link is %q", got)
	}
}

func TestAStatusIsSentOnceWhateverTheAnswer(t *testing.T) {
	for _, status := range []int{500, 502, 429} {
		w := newLabWorld(t)
		w.lab.Fail("create_status", status, nil, 0)
		if _, err := w.client.Post(t.Context(), w.post(gate.Done)); err == nil {
			t.Errorf("%d is no error", status)
		}
		if got := w.lab.Requests()["create_status"]; got != 1 {
			t.Errorf("after %d it was sent %d times", status, got)
		}
	}
}

func TestGitLabsClientDoesNotWaitByItself(t *testing.T) {
	w := newLabWorld(t)
	w.lab.Inject(forgetest.Fault{
		Operation: "create_status", Status: 201, Body: `{"id":1}`, Header: map[string]string{"RateLimit-Limit": "1"},
	})
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	for range 3 { // go-gitlab's own limiter would now let one request pass in 90 seconds
		if _, err := w.client.Post(ctx, w.post(gate.Done)); err != nil {
			t.Fatal(err)
		}
	}
}

func TestGitLabsThrottleHoldsBackUntilItsTime(t *testing.T) {
	w := newLabWorld(t)
	reset := w.Now().Add(40 * time.Second)
	w.lab.Fail("create_status", 429, map[string]string{"RateLimit-Reset": unix(reset), "Date": w.Now().Format(http.TimeFormat)}, 1)
	_, err := w.client.Post(t.Context(), w.post(gate.Done))
	if got := later(t, err).Until; !got.Equal(reset) {
		t.Errorf("to be tried again at %s, not at %s", got, reset)
	}
	_, err = w.client.Read(t.Context(), gate.Want{Kind: gate.WantHead, Repo: w.repo(), Branch: "main"})
	later(t, err)
	w.Pass(40 * time.Second)
	w.must(t, w.post(gate.Done))
	if w.of("create_status", "429") != 1 || w.of("create_status", "201") != 1 || w.of("read_head", "200") != 0 {
		t.Errorf("the requests were %v", w.counts)
	}
}

func TestAComparisonThatGitLabGaveUpOnIsNotComplete(t *testing.T) {
	w := newLabWorld(t)
	w.lab.Inject(forgetest.Fault{
		Operation: "read_paths", Status: 200, Times: 1,
		Body: `{"commits":[],"diffs":[{"old_path":"a","new_path":"b"}],"compare_timeout":true}`,
	})
	head := w.web.Head("main")
	got := read[gate.PathsRead](t, w.client, gate.Want{Kind: gate.WantPaths, Repo: w.repo(), Base: head, Commit: head})
	if got.Complete || len(got.Paths) != 2 {
		t.Errorf("the paths are %+v", got)
	}
}

func TestAListThatGitLabCutsIsNotComplete(t *testing.T) {
	w := newLabWorld(t)
	head := w.web.Commit("guest", "Guest carts", map[string]string{"a": "1"})
	number := w.web.OpenChange("guest", "main", "Guest carts", "ana").Number
	w.lab.Inject(forgetest.Fault{
		Operation: "read_change", Status: 200, Times: 2, Body: `{"iid":1,"sha":"` + head + `","changes_count":"1000+"}`,
	})
	got := read[gate.ChangeRead](t, w.client, gate.Want{Kind: gate.WantChange, Repo: w.repo(), Number: number, Commit: head})
	if got.Complete || len(got.Paths) != 1 {
		t.Errorf("the change is %+v", got)
	}
}

func TestAWrongTokenIsRefused(t *testing.T) {
	w := newLabWorld(t, func(c *forge.GitLabConfig) { c.Token = "glpat-of-another" })
	_, err := w.client.Post(t.Context(), w.post(gate.Done))
	refused(t, err, false, "posting Done on gitlab:acme/shop/web@")
	if w.of("create_status", "401") != 1 || strings.Contains(err.Error(), "glpat") {
		t.Errorf("the requests were %v, the error %v", w.counts, err)
	}
}
