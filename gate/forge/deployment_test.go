package forge_test

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/forge"
	"github.com/nexusgate/nexusgate/gate/forge/forgetest"
)

// answers are what a deployment to production is told.
func (w *hubWorld) answers(t *testing.T, run *forgetest.Run, d *forgetest.Deployment, a gate.DeploymentAnswer) (gate.ErrandDone, error) {
	t.Helper()
	a.Run, a.Environment = run.ID(), "production"
	if a.Callback == "" {
		a.Callback = d.Callback()
	}
	body, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	return w.client.Run(t.Context(), forge.Errand{Errand: gate.Errand{
		Nexus: "storefront", Key: "deployment 1", Kind: gate.AnswerErrand, Repo: w.repo(), Made: w.Now(), Body: body,
	}})
}

func TestADeploymentIsToldWhatTheDoorSays(t *testing.T) {
	w := newHubWorld(t)
	run := w.cart.Run(forgetest.Workflow{Name: "release", Path: ".github/workflows/release.yml"}, w.cart.Head("main"))
	d := run.Deploy("production")
	if done, err := w.answers(t, run, d, gate.DeploymentAnswer{Outcome: gate.Awaiting, Why: "It is awaited.", Page: "https://done.example.com/nexus/shop"}); err != nil || done.Refused != "" {
		t.Fatal(done, err)
	}
	state, comments := d.State()
	if state != "waiting" || len(comments) != 1 || comments[0] != "It is awaited. [What is known of it](https://done.example.com/nexus/shop)" {
		t.Errorf("it is %s and was told %q", state, comments)
	}
	long := "@all <b>" + strings.Repeat("é`|*", 2000)
	if done, err := w.answers(t, run, d, gate.DeploymentAnswer{Outcome: gate.Done, Why: long}); err != nil || done.Refused != "" || done.Run != run.ID() {
		t.Fatal(done, err)
	}
	state, comments = d.State()
	if said := comments[1]; state != "approved" || len(said) > 1024 || !utf8.ValidString(said) || strings.Contains(said, "<b>") && !strings.Contains(said, "`") {
		t.Errorf("it is %s and was told %q", state, said)
	}
	done, err := w.answers(t, run, d, gate.DeploymentAnswer{Outcome: gate.NotDone, Why: "It is not done."})
	if state, _ = d.State(); err != nil || state != "approved" || !strings.Contains(done.Refused, "GitHub takes no answer") {
		t.Errorf("once more it is %s, which came to %+v (%v)", state, done, err)
	}
}

func TestADeploymentIsNotToldTwiceThatItWaits(t *testing.T) {
	w := newHubWorld(t)
	run := w.cart.Run(forgetest.Workflow{Name: "release", Path: ".github/workflows/release.yml"}, w.cart.Head("main"))
	d := run.Deploy("production")
	w.hub.DropAnswer("answer_deployment", 1)
	if _, err := w.answers(t, run, d, gate.DeploymentAnswer{Outcome: gate.Awaiting, Why: "It is awaited."}); err == nil || forge.Declined(err) {
		t.Fatalf("without an answer it came to %v", err)
	}
	body, err := json.Marshal(gate.DeploymentAnswer{Run: run.ID(), Environment: "production", Callback: d.Callback(), Outcome: gate.Awaiting, Why: "It is awaited."})
	if err != nil {
		t.Fatal(err)
	}
	again := forge.Errand{Errand: gate.Errand{Kind: gate.AnswerErrand, Repo: w.repo(), Made: w.Now(), Body: body}, Tried: true, Attempts: 1}
	if _, err := w.client.Run(t.Context(), again); err != nil {
		t.Error(err)
	}
	if _, comments := d.State(); len(comments) != 1 {
		t.Errorf("it was told %q", comments)
	}
}

func TestADeploymentIsRejectedForWhatIsNotDone(t *testing.T) {
	w := newHubWorld(t)
	run := w.cart.Run(forgetest.Workflow{Name: "release", Path: ".github/workflows/release.yml"}, w.cart.Head("main"))
	d := run.Deploy("production")
	if done, err := w.answers(t, run, d, gate.DeploymentAnswer{Outcome: gate.NotDone, Why: "It is not done."}); err != nil || done.Refused != "" {
		t.Fatal(done, err)
	}
	if state, comments := d.State(); state != "rejected" || comments[0] != "It is not done." {
		t.Errorf("it is %s and was told %q", state, comments)
	}
}

func TestAnAnswerGoesToOurForgeAlone(t *testing.T) {
	w := newHubWorld(t)
	run := w.cart.Run(forgetest.Workflow{Name: "release", Path: ".github/workflows/release.yml"}, w.cart.Head("main"))
	d := run.Deploy("production")
	for _, callback := range []string{"https://evil.example.com/repos/acme/cart-api/actions/runs/1/deployment_protection_rule", "http://127.0.0.1/", "::"} {
		done, err := w.answers(t, run, d, gate.DeploymentAnswer{Outcome: gate.Done, Why: "It is done.", Callback: callback})
		if state, _ := d.State(); err != nil || state != "waiting" || !strings.Contains(done.Refused, "is not this GitHub") {
			t.Errorf("%s: it is %s, which came to %+v (%v)", callback, state, done, err)
		}
	}
}
