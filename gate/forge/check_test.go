package forge_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/forge"
	"github.com/nexusgate/nexusgate/gate/forge/forgetest"
)

// checkWorld is a merge request, and an external status check that asks about it.
func checkWorld(t *testing.T) (*labWorld, *forgetest.MergeRequest, *forgetest.StatusCheck) {
	t.Helper()
	w := newLabWorld(t)
	k := w.web.AddStatusCheck("nexusgate", "", "")
	w.web.Commit("work", "Work", map[string]string{"a": "1"})
	return w, w.web.OpenChange("work", "main", "Work", "ana"), k
}

func (w *labWorld) checks(t *testing.T, a gate.CheckAnswer) (gate.ErrandDone, error) {
	t.Helper()
	body, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	return w.client.Run(t.Context(), forge.Errand{Errand: gate.Errand{
		Nexus: "storefront", Key: "check gitlab:3#1 1", Kind: gate.CheckErrand, Repo: w.repo(), Made: w.Now(), Body: body,
	}})
}

// posts is somebody else's word on a check.
func (w *labWorld) posts(t *testing.T, a gate.CheckAnswer, status string) {
	t.Helper()
	raw, err := json.Marshal(map[string]any{"sha": a.Commit, "external_status_check_id": a.Check, "status": status})
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, w.root+"/api/v4/projects/acme%2Fshop%2Fweb/merge_requests/1/status_check_responses", strings.NewReader(string(raw)))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Private-Token", w.lab.Token())
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	if err := answer.Body.Close(); err != nil || answer.StatusCode != http.StatusCreated {
		t.Fatal(answer.Status, err)
	}
}

func TestACheckThatHasFailedIsRetriedBeforeItPasses(t *testing.T) {
	for what, c := range map[string]struct {
		before  func(*labWorld, *testing.T, gate.CheckAnswer)
		told    []string
		retried int
	}{
		"told nothing yet": {func(*labWorld, *testing.T, gate.CheckAnswer) {}, []string{"passed"}, 0},
		"told that it failed": {func(w *labWorld, t *testing.T, a gate.CheckAnswer) {
			t.Helper()
			a.Passed = false
			if done, err := w.checks(t, a); err != nil || done.Refused != "" {
				t.Fatal(done, err)
			}
		}, []string{"failed", "passed"}, 1},
		"pending for too long": {func(w *labWorld, t *testing.T, a gate.CheckAnswer) {
			t.Helper()
			w.posts(t, a, "pending")
			w.Pass(121 * time.Second)
		}, []string{"pending", "passed"}, 1},
		"pending for a while": {func(w *labWorld, t *testing.T, a gate.CheckAnswer) {
			t.Helper()
			w.posts(t, a, "pending")
			w.Pass(119 * time.Second)
		}, []string{"pending", "passed"}, 0},
		"passed already": {func(w *labWorld, t *testing.T, a gate.CheckAnswer) {
			t.Helper()
			w.posts(t, a, "passed")
		}, []string{"passed"}, 0},
		"failed, and its answer is lost": {func(w *labWorld, t *testing.T, a gate.CheckAnswer) {
			t.Helper()
			w.posts(t, a, "failed")
			w.lab.DropAnswer("answer_status_check", 1)
			if _, err := w.checks(t, a); err == nil || forge.Declined(err) {
				t.Fatalf("without an answer it came to %v", err)
			}
		}, []string{"failed", "passed"}, 1},
	} {
		w, m, k := checkWorld(t)
		a := gate.CheckAnswer{Number: m.Number, Commit: m.Head(), Check: k.ID, Passed: true}
		c.before(w, t, a)
		done, err := w.checks(t, a)
		if told := k.Told(m); err != nil || done.Refused != "" || k.Status(m) != "passed" || !slices.Equal(told, c.told) {
			t.Errorf("%s: it is %s and was told %q, which came to %+v (%v)", what, k.Status(m), told, done, err)
		}
		if n := w.lab.Requests()["retry_status_check"]; n != c.retried {
			t.Errorf("%s: it was retried %d times", what, n)
		}
	}
}

func TestACheckOfAnotherHeadIsDoneWith(t *testing.T) {
	w, m, k := checkWorld(t)
	before := m.Head()
	w.web.Commit("work", "More", map[string]string{"b": "1"})
	for _, passed := range []bool{true, false} {
		done, err := w.checks(t, gate.CheckAnswer{Number: m.Number, Commit: before, Check: k.ID, Passed: passed})
		if err != nil || done.Refused != "" || k.Status(m) != "pending" {
			t.Errorf("it is %s, which came to %+v (%v)", k.Status(m), done, err)
		}
	}
	if n := w.of("answer_status_check", "409"); n != 2 {
		t.Errorf("GitLab knew better %d times", n)
	}
	done, err := w.checks(t, gate.CheckAnswer{Number: m.Number, Commit: m.Head(), Check: k.ID + 1, Passed: true})
	if err != nil || done.Refused != "" {
		t.Errorf("a check that is gone came to %+v (%v)", done, err)
	}
}

func TestACheckThatWeMayNotAnswerSaysWhatToGrant(t *testing.T) {
	for _, operation := range []string{"list_status_checks", "answer_status_check"} {
		w, m, k := checkWorld(t)
		w.lab.Fail(operation, http.StatusNotFound, nil, 1)
		done, err := w.checks(t, gate.CheckAnswer{Number: m.Number, Commit: m.Head(), Check: k.ID})
		if err != nil || !strings.Contains(done.Refused, "give it at least the role Developer") {
			t.Errorf("%s: it came to %+v (%v)", operation, done, err)
		}
	}
}
