package forgetest_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/nexusgate/nexusgate/gate/forge/forgetest"
)

// told are the bodies of one event, oldest first.
func told[T any](t *testing.T, hub *forgetest.GitHub, event string) []T {
	t.Helper()
	var bodies []T
	for _, d := range hub.Deliveries() {
		if d.Event != event {
			continue
		}
		var body T
		if err := json.Unmarshal(d.Body, &body); err != nil {
			t.Fatal(err)
		}
		bodies = append(bodies, body)
	}
	return bodies
}

func TestAChangeLandsInEachOfTheWays(t *testing.T) {
	for method, parents := range map[string]int{"merge": 2, "squash": 1, "rebase": 1, "ff": 1} {
		hub := newGitHub(t)
		cart := hub.AddRepo("acme/cart")
		if method != "ff" {
			cart.Commit("guest", "One", map[string]string{"a": "1"})
			cart.Commit("main", "Elsewhere", map[string]string{"b": "1"})
		}
		head := cart.Commit("guest", "Two", map[string]string{"a": "2", "c": "1"})
		landed := cart.OpenChange("guest", "main", "Guest carts", "ana").Merge(method)
		if cart.Head("main") != landed || (method == "ff") != (landed == head) {
			t.Errorf("%s: main is %s, landed %s, head %s", method, cart.Head("main"), landed, head)
		}
		files := cart.Files(landed)
		if files["a"] != "2" || files["c"] != "1" || (method != "ff" && files["b"] != "1") {
			t.Errorf("%s makes the files %v", method, files)
		}
		pulls := told[struct {
			Action string
			Pull   struct {
				Merged bool
				SHA    string `json:"merge_commit_sha"`
			} `json:"pull_request"`
		}](t, hub, "pull_request")
		if last := pulls[len(pulls)-1]; last.Action != "closed" || !last.Pull.Merged || last.Pull.SHA != landed {
			t.Errorf("%s tells %+v", method, last)
		}
		if got := parentsOf(t, hub, cart, landed); got != parents {
			t.Errorf("%s makes a commit of %d parents", method, got)
		}
	}
}

// parentsOf asks the API how many parents a commit has.
func parentsOf(t *testing.T, hub *forgetest.GitHub, repo *forgetest.Repo, sha string) int {
	t.Helper()
	pushes := told[struct {
		Commits []struct{ ID, Message string }
	}](t, hub, "push")
	last := pushes[len(pushes)-1].Commits
	if last[len(last)-1].ID != sha {
		t.Fatalf("the last push ends in %+v, not %s", last, sha)
	}
	if strings.HasPrefix(last[len(last)-1].Message, "Guest carts") && len(last) > 1 {
		return 2 // the merge, and what it merges
	}
	return 1
}

func TestARerunIsTheSameRunWithFreshJobs(t *testing.T) {
	hub := newGitHub(t)
	cart := hub.AddRepo("acme/cart")
	run := cart.Run(forgetest.Workflow{Name: "ci", Path: ".github/workflows/ci.yml", Jobs: []string{"a", "b"}}, cart.Head("main"))
	run.Finish("failure")
	before := run.JobIDs()
	run.Rerun()
	run.Finish("success")
	type body struct {
		Action string
		Run    struct {
			ID         int64
			Attempt    int `json:"run_attempt"`
			Conclusion string
		} `json:"workflow_run"`
	}
	var got []string
	runs := told[body](t, hub, "workflow_run")
	for _, r := range runs {
		got = append(got, strings.TrimSpace(r.Action+" "+string(rune('0'+r.Run.Attempt))+" "+r.Run.Conclusion))
		if r.Run.ID != runs[0].Run.ID {
			t.Errorf("a run has the ids %d and %d", runs[0].Run.ID, r.Run.ID)
		}
	}
	want := []string{"requested 1", "completed 1 failure", "requested 2", "completed 2 success"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for _, id := range run.JobIDs() {
		if slices.Contains(before, id) {
			t.Errorf("job %d ran twice", id)
		}
	}
}

func TestAWorkflowJobPointsToItsCheckRun(t *testing.T) {
	hub := newGitHub(t)
	cart := hub.AddRepo("acme/cart")
	cart.Run(forgetest.Workflow{Name: "ci", Path: "ci.yml"}, cart.Head("main")).Finish("success")
	jobs := told[struct {
		Job struct {
			CheckRun string `json:"check_run_url"`
		} `json:"workflow_job"`
	}](t, hub, "workflow_job")
	checks := told[struct {
		Check struct {
			URL string
			App struct{ Slug string }
		} `json:"check_run"`
	}](t, hub, "check_run")
	if jobs[0].Job.CheckRun != checks[0].Check.URL || checks[0].Check.App.Slug != "github-actions" {
		t.Errorf("the job points to %s, the check is %+v", jobs[0].Job.CheckRun, checks[0])
	}
}

func TestAForcePushIsToldAsOne(t *testing.T) {
	hub := newGitHub(t)
	cart := hub.AddRepo("acme/cart")
	cart.Commit("guest", "One", map[string]string{"a": "1"})
	cart.Commit("guest", "Two", map[string]string{"a": "2"})
	cart.ForcePush("guest", "Anew", map[string]string{"a": "3"})
	var got []bool
	for _, push := range told[struct{ Created, Forced bool }](t, hub, "push") {
		got = append(got, push.Forced)
	}
	if diff := cmp.Diff([]bool{false, false, true}, got); diff != "" {
		t.Error(diff)
	}
}

func TestARequestWithoutAGoodTokenIsRefused(t *testing.T) {
	hub := newGitHub(t)
	cart := hub.AddRepo("acme/cart")
	server := httptest.NewServer(hub)
	t.Cleanup(server.Close)
	for _, path := range []string{"/repos/acme/cart", "/repos/acme/cart/installation", "/repositories/1/git/ref/heads/main"} {
		for _, token := range []string{"", "token ghs_guessed", "Bearer a.b.c", "Bearer eyJhbGciOiJub25lIn0.eyJpc3MiOiI0NzExIn0."} {
			if got := status(t, server.URL+path, token); got != 401 && got != 404 {
				t.Errorf("%s with %q is answered %d", path, token, got)
			}
		}
	}
	if n := hub.Requests()["read_repository"]; n != 4 {
		t.Errorf("%d requests were counted", n)
	}
	cart.Hide(true)
}

func status(t *testing.T, url, token string) int {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", token)
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	return answer.StatusCode
}
