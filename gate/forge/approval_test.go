package forge_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/forge"
	"github.com/nexusgate/nexusgate/gate/forge/forgetest"
	"github.com/nexusgate/nexusgate/webhook"
)

// deploys has a job of the web's wait for approvals before it deploys to production.
func (w *labWorld) deploys(approvals int, ours bool) *forgetest.Approvable {
	w.web.Protect("production", approvals, ours)
	w.web.Pipeline("main", w.web.Head("main"), forgetest.Job{Name: "deploy", Environment: "production"})
	all := w.web.Deployments()
	return all[len(all)-1]
}

// approves answers a deployment of the head to production.
func (w *labWorld) approves(t *testing.T, a gate.DeploymentAnswer) (gate.ErrandDone, error) {
	t.Helper()
	if a.Commit == "" {
		a.Commit = w.web.Head("main")
	}
	if a.Environment == "" {
		a.Environment = "production"
	}
	body, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	return w.client.Run(t.Context(), forge.Errand{Errand: gate.Errand{
		Nexus: "storefront", Key: "deployment 1", Kind: gate.ApproveErrand, Repo: w.repo(), Made: w.Now(), Body: body,
	}})
}

// wantDeployment holds a deployment, and what came of the answer to it.
func wantDeployment(t *testing.T, d *forgetest.Approvable, status string, comments int, done gate.ErrandDone, err error) (said string) {
	t.Helper()
	got, words := d.State()
	if err != nil || done.Refused != "" || done.Run != d.ID || got != status || len(words) != comments {
		t.Fatalf("it is %s and was told %q, which came to %+v (%v); want %s and %d words", got, words, done, err, status, comments)
	}
	return strings.Join(words, "\n")
}

func TestADeploymentOfGitLabIsApprovedOrRejected(t *testing.T) {
	w := newLabWorld(t)
	d := w.deploys(1, true)
	done, err := w.approves(t, gate.DeploymentAnswer{
		Deployment: d.ID, Outcome: gate.Done, Why: "Integrated Increment 3 is done.\n@all", Page: "https://done.example.com/nexus/shop",
	})
	if said := wantDeployment(t, d, "created", 1, done, err); said != "Integrated Increment 3 is done. @all https://done.example.com/nexus/shop" {
		t.Errorf("it was told %q", said)
	}
	d = w.deploys(1, true)
	long := strings.Repeat("é", 2000)
	done, err = w.approves(t, gate.DeploymentAnswer{Deployment: d.ID, Outcome: gate.NotDone, Why: long, Page: "https://done.example.com/nexus/shop"})
	if said := wantDeployment(t, d, "failed", 1, done, err); utf8.RuneCountInString(said) != 255 || !strings.HasSuffix(said, "… https://done.example.com/nexus/shop") {
		t.Errorf("it was told %q", said)
	}
}

func TestADeploymentThatIsKnownByItsJobIsFound(t *testing.T) {
	w := newLabWorld(t)
	w.web.Protect("production", 1, true)
	pipeline := w.web.Pipeline("main", w.web.Head("main"), forgetest.Job{Name: "deploy", Environment: "production"})
	d := w.web.Deployments()[0]
	done, err := w.approves(t, gate.DeploymentAnswer{Job: pipeline.JobID("deploy") + 100, Outcome: gate.Done, Why: "It is done."})
	if state, _ := d.State(); err != nil || done.Run != 0 || done.Refused != "" || state != "blocked" {
		t.Errorf("of another job it is %s, which came to %+v (%v)", state, done, err)
	}
	done, err = w.approves(t, gate.DeploymentAnswer{Job: pipeline.JobID("deploy"), Outcome: gate.Done, Why: "It is done."})
	wantDeployment(t, d, "created", 1, done, err)
}

func TestADeploymentIsNotApprovedTwice(t *testing.T) {
	w := newLabWorld(t)
	d := w.deploys(2, true)
	answer := gate.DeploymentAnswer{Deployment: d.ID, Outcome: gate.Done, Why: "It is done."}
	w.lab.DropAnswer("approve_deployment", 1)
	if _, err := w.approves(t, answer); err == nil || forge.Declined(err) {
		t.Fatalf("without an answer it came to %v", err)
	}
	done, err := w.approves(t, answer)
	wantDeployment(t, d, "blocked", 1, done, err)
	if n := w.lab.Requests()["approve_deployment"]; n != 1 {
		t.Errorf("it was approved by %d requests", n)
	}
	d.Approve("kim")
	done, err = w.approves(t, answer)
	wantDeployment(t, d, "created", 2, done, err)
}

func TestADeploymentIsReadBeforeItIsAnswered(t *testing.T) {
	w := newLabWorld(t)
	d := w.deploys(1, true)
	for what, a := range map[string]gate.DeploymentAnswer{
		"another commit":      {Deployment: d.ID, Outcome: gate.Done, Commit: strings.Repeat("a", 40)},
		"another environment": {Deployment: d.ID, Outcome: gate.Done, Environment: "preview"},
	} {
		done, err := w.approves(t, a)
		if state, _ := d.State(); err != nil || state != "blocked" || !strings.Contains(done.Refused, "was told of") {
			t.Errorf("%s: it is %s, which came to %+v (%v)", what, state, done, err)
		}
	}
}

func TestAnApprovalThatGitLabRefusesSaysWhatToGrant(t *testing.T) {
	w := newLabWorld(t)
	d := w.deploys(1, false)
	for what, c := range map[string]struct {
		fail   string
		status int
		says   string
	}{
		"no approver": {says: "let it approve deployments to this environment"},
		"forbidden":   {"approve_deployment", http.StatusForbidden, "let it approve deployments to this environment"},
		"not shown":   {"read_deployment", http.StatusNotFound, "give it at least the role Developer"},
	} {
		if c.fail != "" {
			w.lab.Fail(c.fail, c.status, nil, 1)
		}
		done, err := w.approves(t, gate.DeploymentAnswer{Deployment: d.ID, Outcome: gate.Done, Why: "It is done."})
		if state, _ := d.State(); err != nil || state != "blocked" || !strings.Contains(done.Refused, c.says) {
			t.Errorf("%s: it is %s, which came to %+v (%v)", what, state, done, err)
		}
	}
}

func TestASweepFindsTheDeploymentsThatWait(t *testing.T) {
	w := newLabWorld(t)
	d := w.deploys(1, true)
	of := forge.SweepOf{Repo: w.repo(), Branches: []forge.Branch{{Name: "main"}}}
	asks := func() (found []gate.DeploymentAsked) {
		swept, err := w.client.Sweep(t.Context(), of)
		if err != nil || len(swept.Hidden) > 0 {
			t.Fatal(swept.Hidden, err)
		}
		for _, f := range swept.Found {
			if f.Event != "Deployment Hook" {
				continue
			}
			events, err := webhook.Decode(gate.Delivery{Source: f.Source, Event: f.Event, Body: f.Body})
			if err != nil || len(events) != 1 {
				t.Fatal(events, err)
			}
			found = append(found, events[0].(gate.DeploymentAsked))
		}
		return found
	}
	if found := asks(); len(found) > 0 {
		t.Errorf("nobody asked, and it found %+v", found)
	}
	of.Deploys = true
	found := asks()
	if len(found) != 1 || found[0].Deployment != d.ID || found[0].Commit != w.web.Head("main") || found[0].Environment != "production" || found[0].Job == 0 {
		t.Errorf("it found %+v", found)
	}
	w.lab.Fail("list_deployments", http.StatusForbidden, nil, 1)
	if swept, err := w.client.Sweep(t.Context(), of); err != nil || len(swept.Hidden) != 1 {
		t.Errorf("where they are not shown, %q is hidden (%v)", swept.Hidden, err)
	}
}
