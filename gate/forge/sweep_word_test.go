package forge_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/forge"
	"github.com/nexusgate/nexusgate/gate/forge/forgetest"
)

// words are the reviews that were found.
func words(t *testing.T, swept forge.Swept) map[string]gate.ReviewState {
	t.Helper()
	all := map[string]gate.ReviewState{}
	for _, e := range found(t, swept).of {
		if r, ok := e.(gate.Reviewed); ok {
			all[r.Reviewer] = r.State
		}
	}
	return all
}

func TestASweepTellsTheLastWordOfEachReviewer(t *testing.T) {
	w := newHubWorld(t)
	w.cart.Commit("guest", "Guest carts", map[string]string{"g": "1"})
	pull := w.cart.OpenChange("guest", "main", "Guest carts", "ana")
	pull.Review("kim", "approved")
	pull.Review("kim", "dismissed")
	pull.Review("kim", "approved")
	pull.Review("li", "approved")
	pull.Review("li", "changes_requested")
	pull.Review("li", "commented")
	pull.Review("sue", "changes_requested")
	pull.Review("sue", "dismissed")
	pull.Review("joe", "approved")
	pull.Review("joe", "dismissed")
	of := ofMain(w.repo())
	want := map[string]gate.ReviewState{"kim": gate.Approved, "li": gate.ChangesRequested}
	if diff := cmp.Diff(want, words(t, sweep(t, w.client, of))); diff != "" {
		t.Error(diff)
	}
	of.Changes = []forge.Change{{Number: 1, Approvers: []string{"joe"}, Against: []string{"sue"}}}
	want["joe"], want["sue"] = gate.Withdrawn, gate.Withdrawn
	if diff := cmp.Diff(want, words(t, sweep(t, w.client, of))); diff != "" {
		t.Error(diff)
	}
}

func TestASweepTellsApprovalsThatAreNewsAndThoseThatWereTakenBack(t *testing.T) {
	w := newLabWorld(t)
	w.web.Commit("guest", "Guest carts", map[string]string{"g": "1"})
	merge := w.web.OpenChange("guest", "main", "Guest carts", "ana")
	approved := merge.Head()
	w.Pass(time.Minute)
	merge.Approve("kim")
	at := w.Now()
	w.Pass(time.Minute)
	w.web.Commit("guest", "More of it", map[string]string{"g": "2"})
	of := ofMain(w.repo())
	said := found(t, sweep(t, w.client, of))
	want := gate.Reviewed{Repo: w.repo(), Number: 1, Reviewer: "kim", State: gate.Approved, Commit: approved, At: at}
	if diff := cmp.Diff(gate.Event(want), said.of["review of 1 by kim"]); diff != "" {
		t.Error("the approval is of the head that it was given for: ", diff)
	}
	if c, _ := said.of["change 1"].(gate.ChangeSeen); c.Head != merge.Head() {
		t.Errorf("the change is %+v", c)
	}
	of.Changes = []forge.Change{{Number: 1, Head: merge.Head(), Updated: w.Now(), Approvers: []string{"kim", "li"}}}
	if diff := cmp.Diff(map[string]gate.ReviewState{"li": gate.Withdrawn}, words(t, sweep(t, w.client, of))); diff != "" {
		t.Error(diff)
	}
}

func TestAnApprovalWithNoTimeCountsOnlyForTheOnlyHead(t *testing.T) {
	w := newLabWorld(t)
	w.lab.Undated()
	w.web.Commit("guest", "Guest carts", map[string]string{"g": "1"})
	w.web.OpenChange("guest", "main", "Guest carts", "ana").Approve("kim")
	if got := words(t, sweep(t, w.client, ofMain(w.repo()))); got["kim"] != gate.Approved {
		t.Errorf("the words are %v", got)
	}
	w.web.Commit("guest", "More of it", map[string]string{"g": "2"})
	if got := words(t, sweep(t, w.client, ofMain(w.repo()))); len(got) != 0 {
		t.Errorf("the words are %v", got)
	}
}

func TestASweepTellsWhatBecameOfMergeGroups(t *testing.T) {
	w := newHubWorld(t)
	w.cart.Commit("guest", "Guest carts", map[string]string{"g": "1"})
	w.cart.Commit("tax", "Taxes", map[string]string{"t": "1"})
	landed := w.cart.MergeGroup(w.cart.OpenChange("guest", "main", "Guest carts", "ana"))
	dropped := w.cart.MergeGroup(w.cart.OpenChange("tax", "main", "Taxes", "ana"))
	group := func(g *forgetest.Group) forge.Group { return forge.Group{Head: g.Head(), Base: "main", Ref: g.Ref()} }
	of := ofMain(w.repo())
	of.Groups = []forge.Group{group(landed)}
	queued := found(t, sweep(t, w.client, of)).of
	if queued["group "+landed.Ref()] != nil || queued["group "+dropped.Ref()] == nil {
		t.Errorf("a group that is known is told, or one that is not is not: %v", queued)
	}
	landed.Land()
	dropped.Drop("invalidated")
	of.Groups = []forge.Group{group(landed), group(dropped), {Head: landed.Head(), Base: "next", Ref: "refs/heads/gh-readonly-queue/next/pr-1-x"}}
	ended := found(t, sweep(t, w.client, of)).of
	for ref, reason := range map[string]string{landed.Ref(): "merged", dropped.Ref(): "dequeued"} {
		if g, _ := ended["group "+ref].(gate.GroupSeen); !g.Destroyed || g.Reason != reason {
			t.Errorf("the group %s is %+v", ref, g)
		}
	}
	if ended["group "+of.Groups[2].Ref] != nil {
		t.Error("a group of a branch that was not swept is told")
	}
	w.hub.Fail("list_groups", http.StatusForbidden, nil, 0)
	if swept := sweep(t, w.client, of); slices.Contains(events(swept), "merge_group") {
		t.Error("groups that cannot be seen are taken for ended")
	}
}

func TestASweepTellsStatusesThatOthersPostedToAPipeline(t *testing.T) {
	w := newLabWorld(t)
	head := w.web.Head("main")
	ci := w.web.Pipeline("main", head, forgetest.Job{Name: "unit"})
	ci.Finish("failed")
	w.Pass(time.Minute)
	w.web.Status("sonar", head, "failed")
	w.web.Status("unit", head, "success") // is no retry of the job of that name
	w.must(t, w.post(gate.Awaiting))      // our own is no evidence
	said := found(t, sweep(t, w.client, ofMain(w.repo()))).of
	jobs := map[string]any{}
	for _, e := range said {
		if r, ok := e.(gate.Reported); ok && r.Evidence.Kind != "pipeline" {
			jobs[r.Evidence.Kind+" "+r.Evidence.Name+" by "+r.Evidence.Producer.App+" of "+r.Evidence.Holder] = r.Evidence.Facts["conclusion"]
		}
	}
	holder := " of pipeline/" + fmt.Sprint(ci.ID)
	want := map[string]any{
		"job unit by gitlab-ci" + holder: "failure", "status sonar by acme" + holder: "failure", "status unit by acme" + holder: "success",
	}
	if diff := cmp.Diff(want, jobs); diff != "" {
		t.Error(diff)
	}
}

func TestAPipelineThatOnlyHoldsStatusesIsToldWithThem(t *testing.T) {
	w := newLabWorld(t)
	w.web.Status("sonar", w.web.Head("main"), "success")
	want := heard(t, gate.FromGitLab, w.lab.Deliveries()).of
	if diff := cmp.Diff(want, found(t, sweep(t, w.client, ofMain(w.repo()))).of); diff != "" || len(want) != 2 {
		t.Error(diff, len(want))
	}
}

func TestASweepTellsAPipelineOfMergedResults(t *testing.T) {
	w := newLabWorld(t)
	w.web.Commit("guest", "Guest carts", map[string]string{"g": "1"})
	merge := w.web.OpenChange("guest", "main", "Guest carts", "ana")
	merge.Results(forgetest.Job{Name: "unit"}).Finish("failed")
	last := merge.Results(forgetest.Job{Name: "unit"})
	last.Finish("success")
	said := found(t, sweep(t, w.client, ofMain(w.repo()))).of
	pipelines := 0
	for key, e := range said {
		if r, ok := e.(gate.Reported); ok && r.Evidence.Kind == "pipeline" {
			pipelines++
			if !strings.HasPrefix(key, "evidence pipeline/"+fmt.Sprint(last.ID)) || r.Evidence.Change != 1 {
				t.Errorf("%s: %+v", key, r)
			}
		}
	}
	if pipelines != 1 {
		t.Errorf("%d pipelines are told", pipelines)
	}
}

func TestASweepTellsTheCarsOfAMergeTrain(t *testing.T) {
	w := newLabWorld(t)
	w.web.Commit("guest", "Guest carts", map[string]string{"g": "1"})
	merge := w.web.OpenChange("guest", "main", "Guest carts", "ana")
	w.Pass(time.Minute)
	merge.Train(forgetest.Job{Name: "unit"}).StartJob("unit")
	want := heard(t, gate.FromGitLab, w.lab.Deliveries()).of
	if diff := cmp.Diff(want, found(t, sweep(t, w.client, ofMain(w.repo()))).of); diff != "" {
		t.Error(diff)
	}
	if car, _ := want["group refs/merge-requests/1/train"].(gate.GroupSeen); car.Base != "main" {
		t.Errorf("the car is %+v", car)
	}
}
