package gate_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
)

// deploys is a job that waits before it deploys a commit of the cart.
func deploys(id int64, commit, environment string) gate.DeploymentAsked {
	return gate.DeploymentAsked{
		Repo: cartRepo, Commit: commit, Environment: environment, Deployment: id, Run: 100 + id,
		Callback: "https://api.github.com/repos/acme/cart-api/actions/runs/101/deployment_protection_rule", At: morning,
	}
}

func (h *house) deployments() (keys []string) {
	for _, d := range h.ledger.Deployments("storefront") {
		keys = append(keys, d.Key)
	}
	return keys
}

func (h *house) wantDeployments(what string, want ...string) {
	h.t.Helper()
	if diff := cmp.Diff(want, h.deployments()); diff != "" {
		h.t.Errorf("%s: what waits (-want +got):\n%s", what, diff)
	}
}

func TestADeploymentWaitsUntilItIsAnswered(t *testing.T) {
	h := newHouse(t, guarded)
	const first, second = "github:1/1/production", "github:1/2/staging"
	h.tell(deploys(1, "c1", "production"))
	h.tell(deploys(1, "c1", "production"))
	h.tell(deploys(2, "c1", "staging"))
	h.wantDeployments("asked for, one of them twice", first, second)
	h.restart()
	h.wantDeployments("after a restart", first, second)
	answered := func(key string, outcome gate.Outcome) []gate.Errand {
		return h.tell(gate.DeploymentAnswered{Nexus: "storefront", Key: key, Outcome: outcome, Why: "Why.", Increment: 3}).Errands
	}
	errands := answered(first, gate.Awaiting)
	if len(errands) != 1 || errands[0].Kind != gate.AnswerErrand || errands[0].Repo != cartRepo || errands[0].Key != "deployment "+first {
		t.Fatalf("that it waits is told by %+v", errands)
	}
	if again := answered(first, gate.Awaiting); len(again) != 0 {
		t.Errorf("that is told once more by %+v", again)
	}
	h.wantDeployments("told that it waits", first, second)
	errands = answered(first, gate.Done)
	var body gate.DeploymentAnswer
	if err := json.Unmarshal(errands[0].Body, &body); err != nil {
		t.Fatal(err)
	}
	want := gate.DeploymentAnswer{
		Run: 101, Environment: "production", Callback: deploys(1, "", "").Callback, Outcome: gate.Done, Why: "Why.", Commit: "c1",
	}
	if diff := cmp.Diff(want, body); diff != "" {
		t.Errorf("the forge is told (-want +got):\n%s", diff)
	}
	h.wantDeployments("one is answered", second)
	if late := answered(first, gate.NotDone); len(late) != 0 {
		t.Errorf("it is answered twice, by %+v", late)
	}
	h.restart()
	h.wantDeployments("after another restart", second)
	h.now = h.now.Add(100 * 24 * time.Hour)
	h.tell(gate.Pruned{Before: h.now.Add(-90 * 24 * time.Hour)})
	h.wantDeployments("long after")
}

func TestADeploymentOfAStrangerIsNobodys(t *testing.T) {
	h := newHouse(t, guarded)
	asked := deploys(1, "c1", "production")
	asked.Repo = gate.Repo{Forge: gate.GitHub, ID: 99, Name: "acme/strange"}
	if step := h.tell(asked); step.Result != gate.Unused {
		t.Errorf("it is %s", step.Result)
	}
	h.wantDeployments("of a repository of nobody's")
	if step := h.tell(gate.DeploymentAnswered{Nexus: "storefront", Key: "github:99/1/production", Outcome: gate.Done}); len(step.Errands) != 0 {
		t.Errorf("it is answered by %+v", step.Errands)
	}
}

func TestAnAnswerToADeploymentIsLogged(t *testing.T) {
	e := gate.DeploymentAnswered{Nexus: "storefront", Key: "github:1/1/production", Outcome: gate.Done, Increment: 3, Why: "Why.", Page: "https://done.example.com"}
	d, err := gate.Own("d1", e, morning)
	if err != nil || d.Trust != definition.Webhook {
		t.Fatal(d, err)
	}
	events, err := gate.DecodeOwn(d)
	if diff := cmp.Diff([]gate.Event{e}, events); diff != "" || err != nil {
		t.Errorf("it comes back (%v, -want +got):\n%s", err, diff)
	}
}
