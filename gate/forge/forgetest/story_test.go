package forgetest_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/gate/forge/forgetest"
)

// ticking is a clock that moves a second with every look.
func ticking() func() time.Time {
	var mu sync.Mutex
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	return func() time.Time {
		mu.Lock()
		defer mu.Unlock()
		now = now.Add(time.Second)
		return now
	}
}

// received is a webhook as the receiver saw it.
type received struct {
	header http.Header
	body   []byte
}

// receiver takes webhooks and answers 202.
type receiver struct {
	*httptest.Server
	mu  sync.Mutex
	all []received
}

func newReceiver(t *testing.T) *receiver {
	r := &receiver{}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, request.Body, 25<<20))
		if err != nil {
			t.Errorf("reading a webhook: %v", err)
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		r.all = append(r.all, received{request.Header, body})
		w.WriteHeader(http.StatusAccepted)
	}))
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) taken() []received {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.all
}

func newGitHub(t *testing.T) *forgetest.GitHub {
	hub, err := forgetest.NewGitHub(forgetest.Options{Now: ticking()})
	if err != nil {
		t.Fatal(err)
	}
	return hub
}

func newGitLab(t *testing.T) *forgetest.GitLab {
	lab, err := forgetest.NewGitLab(forgetest.Options{Now: ticking()})
	if err != nil {
		t.Fatal(err)
	}
	return lab
}

// tellAll plays all that a GitHub can tell.
func tellAll(hub *forgetest.GitHub) {
	cart := hub.AddRepo("acme/cart")
	cart.Commit("guest", "Guest carts", map[string]string{"cart/guest.go": "1", "old.go": "2"})
	pull := cart.OpenChange("guest", "main", "Guest carts", "ana")
	head := cart.Commit("guest", "More of it", map[string]string{"cart/guest.go": "3", "old.go": forgetest.Gone, "new.go": "2"})
	run := cart.Run(forgetest.Workflow{Name: "ci", Path: ".github/workflows/ci.yml", Jobs: []string{"unit", "lint"}}, head)
	run.Start()
	run.FinishJob("unit", "success")
	run.Finish("failure")
	run.Rerun()
	run.Start()
	run.Finish("success")
	cart.Check("codecov", "coverage", head, "in_progress", "")
	cart.Check("codecov", "coverage", head, "completed", "success")
	cart.Check("nexusgate", "Done", head, "completed", "failure")
	for _, check := range hub.CheckRuns("acme/cart", head) {
		cart.Rerequest(check.ID) // only our own is told
	}
	cart.Status("jenkins", "ci/build", head, "failure")
	pull.Review("kim", "approved")
	pull.Review("kim", "dismissed")
	pull.Retarget("main")
	cart.ForcePush("guest", "Guest carts anew", map[string]string{"cart/guest.go": "4"})
	cart.MergeGroup(pull).Drop("dequeued")
	cart.MergeGroup(pull).Land()
	cart.Commit("tax", "Taxes", map[string]string{"tax.go": "1"})
	cart.OpenChange("tax", "main", "Taxes", "li").Merge("squash")
	cart.Commit("tip", "Tips", map[string]string{"tip.go": "1"})
	cart.OpenChange("tip", "main", "Tips", "li").Close()
	cart.CommitAs("kim", "fee", "Fees", map[string]string{"fee.go": "1"})
	cart.OpenChange("fee", "main", "Fees", "kim").MergeBy("li", "merge")
	cart.DeleteBranch("tax")
	pull.Describe("Closes #9")
	plan(cart)
	cart.Annotate("v1.0", cart.Head("main"))
	cart.Publish("v1.0", "")
	cart.Publish("v1.1", cart.Head("main"))
	cart.Unpublish("v1.1")
	cart.DeleteTag("v1.1")
	cart.Rename("cart-api")
	hub.Uninstall("acme")
}

// plan plays what a GitHub tells of issues.
func plan(cart *forgetest.Repo) {
	issue := cart.OpenIssue("Guest carts", "Depends-On: #1", "ana", "team/cart")
	issue.Edit("Blocked-By: #1")
	issue.Label("ready")
	sprint := cart.AddMilestone("Sprint 1", time.Date(2026, 11, 29, 8, 0, 0, 0, time.UTC))
	issue.Plan(sprint)
	cart.RenameMilestone(sprint, "Sprint 2")
	cart.RenameLabel("ready", "refined")
	issue.Close()
	issue.Reopen()
	issue.Delete()
}

// tellAllOfGitLab plays all that a GitLab can tell.
func tellAllOfGitLab(lab *forgetest.GitLab) {
	web := lab.AddProject("acme/shop/web")
	web.Commit("guest", "Guest carts", map[string]string{"cart/guest.ts": "1"})
	merge := web.OpenChange("guest", "main", "Guest carts", "ana")
	web.Commit("guest", "More of it", map[string]string{"cart/guest.ts": "2"})
	pipeline := merge.Pipeline(
		forgetest.Job{Name: "unit"}, forgetest.Job{Name: "lint", AllowFailure: true},
		forgetest.Job{Name: "ship", Stage: "deploy", Manual: true, AllowFailure: true})
	pipeline.StartJob("unit")
	pipeline.FinishJob("lint", "failed")
	pipeline.FinishJob("unit", "failed")
	pipeline.Retry("unit")
	pipeline.Finish("success")
	pipeline.Child(forgetest.Job{Name: "e2e"}).Finish("success")
	merge.Approve("kim")
	merge.Unapprove("kim")
	landed := merge.Merge("merge")
	web.Pipeline("main", landed, forgetest.Job{Name: "unit"}).Finish("success")
	web.Commit("tip", "Tips", map[string]string{"tip.ts": "1"})
	web.OpenChange("tip", "main", "Tips", "li").Close()
	web.CommitAs("kim", "fee", "Fees", map[string]string{"fee.ts": "1"})
	web.OpenChange("fee", "main", "Fees", "kim").MergeBy("li", "squash")
	web.DeleteBranch("guest")
	merge.Describe("Closes #1")
	issue := web.OpenIssue("Guest carts", "Depends-On: !1", "ana", "team/web")
	issue.Edit("Blocked-By: !1")
	issue.Label("ready")
	issue.Close()
	web.Annotate("v1.0", landed)
	web.Publish("v1.0", "")
	web.Publish("v1.1", landed)
	web.Unpublish("v1.1")
	web.DeleteTag("v1.1")
}
