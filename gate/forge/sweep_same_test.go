package forge_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/forge"
	"github.com/nexusgate/nexusgate/gate/forge/forgetest"
	"github.com/nexusgate/nexusgate/webhook"
)

// said is what is last said of each thing, by the thing.
type said struct {
	of      map[string]gate.Event
	updated map[int]time.Time // changes
}

func nothing() said { return said{map[string]gate.Event{}, map[int]time.Time{}} }

// hear decodes a delivery and keeps what it says. A delivery without an id is the same as another one.
func (s said) hear(t *testing.T, source gate.Source, event string, body []byte) {
	t.Helper()
	events, err := webhook.Decode(gate.Delivery{Source: source, Event: event, Trust: definition.Webhook, Body: body})
	if err != nil {
		t.Fatalf("a %s does not decode: %v", event, err)
	}
	for _, e := range events {
		switch e := e.(type) {
		case gate.Reported:
			if e.Evidence.Kind == "check" && e.Evidence.Status == gate.Running {
				e.Evidence.Status = gate.Queued // no check_run tells that one has begun
			}
			s.latest(t, fmt.Sprint("evidence ", e.Evidence.Object, " on ", e.Commit), e)
		case gate.ChangeSeen:
			e.Before = "" // only the delivery that moves a head tells from where
			updated := e.UpdatedAt
			e.UpdatedAt = time.Time{} // a review moves it, and its delivery does not tell
			key := fmt.Sprint("change ", e.Number)
			if was, ok := s.of[key].(gate.ChangeSeen); ok && e.Author == "" {
				e.Author = was.Author // GitLab's hooks tell the author by number where somebody else did it
			}
			if !updated.Before(s.updated[e.Number]) {
				s.of[key], s.updated[e.Number] = e, updated
			}
		case gate.GroupSeen:
			s.of["group "+e.Ref] = e
		case gate.Reviewed:
			s.of[fmt.Sprint("review of ", e.Number, " by ", e.Reviewer)] = e
		case gate.RepositorySeen:
			e.At = time.Time{} // GitLab's API tells another time than its hook: that of the answer
			s.of["repository"] = e
		case gate.ReleaseSeen:
			s.of["release "+e.Tag] = e
		case gate.Pushed, gate.TagSeen: // a sweep reads heads instead, and what the tags of releases name is read where nobody told it
		default:
			t.Fatalf("a %s says a %T", event, e)
		}
	}
}

// latest keeps the later of two reports of one object.
func (s said) latest(t *testing.T, key string, e gate.Reported) {
	t.Helper()
	was, ok := s.of[key].(gate.Reported)
	if ok && (was.Evidence.Observed.After(e.Evidence.Observed) || was.Evidence.Run.Attempt > e.Evidence.Run.Attempt) {
		return
	}
	s.of[key] = e
}

// heard is what webhooks said.
func heard(t *testing.T, source gate.Source, log []forgetest.Delivery) said {
	t.Helper()
	s := nothing()
	for _, d := range log {
		s.hear(t, source, d.Event, d.Body)
	}
	return s
}

// found is what a sweep found.
func found(t *testing.T, swept forge.Swept) said {
	t.Helper()
	s := nothing()
	for _, f := range swept.Found {
		s.hear(t, f.Source, f.Event, f.Body)
	}
	return s
}

// without is what is said less what is dropped.
func (s said) without(drop func(key string, e gate.Event) bool) map[string]gate.Event {
	kept := maps.Clone(s.of)
	maps.DeleteFunc(kept, drop)
	return kept
}

// tellHub plays what a GitHub can tell of one branch, one change and one merge group.
func (w *hubWorld) tellHub(t *testing.T) (main, head string, group *forgetest.Group) {
	step := func() { w.Pass(7 * time.Second) }
	ci := forgetest.Workflow{Name: "ci", Path: ".github/workflows/ci.yml", Jobs: []string{"unit", "lint"}}
	main = w.cart.Commit("main", "Carts", map[string]string{"cart.go": "1"})
	step()
	run := w.cart.Run(ci, main)
	step()
	run.Start()
	step()
	run.FinishJob("unit", "failure")
	step()
	run.Finish("failure")
	step()
	run.Rerun()
	step()
	run.Start()
	step()
	run.Finish("success")
	step()
	w.cart.Check("codecov", "coverage", main, "in_progress", "")
	step()
	w.cart.Check("codecov", "coverage", main, "completed", "success")
	step()
	w.must(t, w.post(gate.Done)) // our own, which is no evidence
	w.cart.Status("jenkins", "ci/build", main, "pending")
	step()
	w.cart.Status("jenkins", "ci/build", main, "failure")
	step()
	w.cart.Commit("guest", "Guest carts", map[string]string{"guest.go": "1"})
	pull := w.cart.OpenChange("guest", "main", "Guest carts", "ana")
	step()
	head = w.cart.Commit("guest", "More of it", map[string]string{"guest.go": "2"})
	step()
	pulled := w.cart.Run(forgetest.Workflow{Name: "ci", Path: ".github/workflows/ci.yml", Trigger: "pull_request"}, head)
	step()
	pulled.Start()
	step()
	pull.Review("kim", "changes_requested")
	step()
	pull.Review("kim", "approved")
	pull.Review("li", "commented")
	step()
	pull.Review("sue", "approved")
	step()
	pull.Review("sue", "dismissed")
	step()
	w.cart.Status("jenkins", "ci/build", head, "success")
	group = w.cart.MergeGroup(pull)
	step()
	w.cart.Run(ci, group.Head()).Start()
	return main, head, group
}

func TestASweepOfGitHubFindsTheVeryEventsThatItsWebhooksTell(t *testing.T) {
	w := newHubWorld(t)
	w.tellHub(t)
	of := ofMain(w.repo())
	of.Changes = []forge.Change{{Number: 1, Approvers: []string{"sue"}}} // that it was taken back is told of a word that stands
	swept, err := w.client.Sweep(t.Context(), of)
	if err != nil {
		t.Fatal(err)
	}
	if swept.Partial || swept.Next != 0 || len(swept.Hidden) > 0 || swept.Changes != 1 {
		t.Errorf("the sweep came to %+v", swept)
	}
	want := heard(t, gate.FromGitHub, w.hub.Deliveries()).without(w.superseded)
	got := found(t, swept).without(func(_ string, e gate.Event) bool {
		r, ok := e.(gate.Reported) // the stand-in tells of the suites of workflows alone
		return ok && r.Evidence.Kind == "suite" && r.Evidence.Producer.App != gate.GitHubActions
	})
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error("what the webhooks tell (-) is not what the sweep finds (+):\n", diff)
	}
	kinds := map[string]int{}
	for _, e := range got {
		if r, ok := e.(gate.Reported); ok {
			kinds[r.Evidence.Kind]++
		} else {
			kinds[fmt.Sprintf("%T", e)]++
		}
	}
	for _, kind := range []string{"pipeline", "job", "check", "suite", "status", "gate.ChangeSeen", "gate.GroupSeen", "gate.Reviewed"} {
		if kinds[kind] == 0 {
			t.Errorf("no %s was found", kind)
		}
	}
}

// superseded says whether another one has taken the place of something since. Lists tell the latest: of
// the jobs of a re-run and of the checks that are their faces, and of the statuses of a context.
func (w *hubWorld) superseded(key string, e gate.Event) bool {
	r, ok := e.(gate.Reported)
	switch {
	case !ok:
		return false
	case r.Evidence.Kind == "status":
		return r.Evidence.Status == gate.Running // the story's pending one is followed by another
	case r.Evidence.Kind != "job" && r.Evidence.Kind != "check":
		return false
	}
	runs := w.hub.CheckRuns(w.cart.Name(), r.Commit)
	i := slices.IndexFunc(runs, func(run forgetest.CheckRun) bool {
		return strings.HasSuffix(r.Evidence.Object, fmt.Sprint("/", run.ID))
	})
	return i >= 0 && slices.ContainsFunc(runs[i+1:], func(later forgetest.CheckRun) bool {
		return later.App == runs[i].App && later.Name == runs[i].Name
	})
}

// tellLab plays what a GitLab can tell of one branch and one merge request.
func (w *labWorld) tellLab(t *testing.T) (merge *forgetest.MergeRequest) {
	t.Helper()
	step := func() { w.Pass(7 * time.Second) }
	main := w.web.Commit("main", "Carts", map[string]string{"cart.ts": "1"})
	step()
	ci := w.web.Pipeline("main", main, forgetest.Job{Name: "unit"}, forgetest.Job{Name: "lint", AllowFailure: true},
		forgetest.Job{Name: "ship", Stage: "deploy", Manual: true, AllowFailure: true})
	step()
	ci.StartJob("unit")
	step()
	ci.FinishJob("unit", "failed")
	step()
	ci.Retry("unit")
	step()
	ci.Finish("success")
	step()
	child := ci.Child(forgetest.Job{Name: "e2e"})
	step()
	child.StartJob("e2e")
	step()
	w.must(t, w.post(gate.Awaiting)) // our own, which is no evidence
	step()
	w.web.Commit("guest", "Guest carts", map[string]string{"guest.ts": "1"})
	merge = w.web.OpenChange("guest", "main", "Guest carts", "ana")
	step()
	w.web.Commit("guest", "More of it", map[string]string{"guest.ts": "2"})
	step()
	merge.Pipeline(forgetest.Job{Name: "unit"}).Finish("success")
	step()
	merge.Approve("kim")
	return merge
}

func TestASweepOfGitLabFindsTheVeryEventsThatItsWebhooksTell(t *testing.T) {
	w := newLabWorld(t)
	w.tellLab(t)
	swept, err := w.client.Sweep(t.Context(), ofMain(w.repo()))
	if err != nil {
		t.Fatal(err)
	}
	if swept.Partial || swept.Next != 0 || len(swept.Hidden) > 0 || swept.Changes != 1 {
		t.Errorf("the sweep came to %+v", swept)
	}
	want := heard(t, gate.FromGitLab, w.lab.Deliveries()).without(func(_ string, e gate.Event) bool {
		r, ok := e.(gate.Reported) // a job that was retried is not the latest of its name
		return ok && r.Evidence.Kind == "job" && r.Evidence.Name == "unit" && r.Evidence.Facts["conclusion"] == "failure"
	})
	if diff := cmp.Diff(want, found(t, swept).of); diff != "" {
		t.Error("what the webhooks tell (-) is not what the sweep finds (+):\n", diff)
	}
	if len(want) < 9 {
		t.Errorf("only %d things were told", len(want))
	}
}
