package forge_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/forge"
	"github.com/nexusgate/nexusgate/gate/forge/forgetest"
)

// dispatched is an errand that starts the Increment's pipeline, tried so many times before.
func dispatched(t *testing.T, repo gate.Repo, made time.Time, attempts int) forge.Errand {
	t.Helper()
	e := gate.Errand{Nexus: "storefront", Key: "dispatch sha256:1 1", Kind: gate.DispatchErrand, Repo: repo, Made: made}
	body, err := json.Marshal(gate.Dispatch{
		Workflow: "e2e.yml", Ref: "main", Inputs: map[string]string{"nexusgate": e.Mark(), "composition": "{}"}, Mark: "nexusgate",
	})
	if err != nil {
		t.Fatal(err)
	}
	e.Body = body
	return forge.Errand{Errand: e, Tried: attempts > 0, Attempts: attempts}
}

// offer is a workflow as the documentation has people write it.
func offer() forgetest.Dispatchable {
	return forgetest.Dispatchable{
		Workflow: forgetest.Workflow{Name: "e2e", Path: ".github/workflows/e2e.yml"},
		RunName:  "Increment ${{ inputs.nexusgate }}", Inputs: []string{"nexusgate", "composition"},
	}
}

// started checks that an errand was done by the one run there is.
func (w *hubWorld) started(t *testing.T, done gate.ErrandDone, err error) {
	t.Helper()
	runs := w.cart.Dispatched()
	if err != nil || len(runs) != 1 || done.Run != runs[0].ID() || done.URL == "" || done.Repo.ID != w.cart.ID {
		t.Errorf("of %d runs the errand came to %+v (%v), want the one of %d", len(runs), done, err, w.cart.ID)
	}
}

func TestAWorkflowIsDispatchedAndItsRunIsKnown(t *testing.T) {
	for name, change := range map[string]func(*forgetest.Dispatchable){
		"a server that says so":     func(*forgetest.Dispatchable) {},
		"a server that does not":    func(d *forgetest.Dispatchable) { d.Silent = true },
		"a workflow without a name": func(d *forgetest.Dispatchable) { d.RunName = "" },
	} {
		t.Run(name, func(t *testing.T) {
			w, flow := newHubWorld(t), offer()
			change(&flow)
			w.cart.Offer(flow)
			done, err := w.client.Run(t.Context(), dispatched(t, w.repo(), w.Now(), 0))
			w.started(t, done, err)
			if got := w.cart.Dispatched()[0].Inputs()["composition"]; got != "{}" {
				t.Errorf("the run was given the composition %q", got)
			}
		})
	}
}

func TestARunThatIsNotListedYetIsWaitedForAndNotStartedAgain(t *testing.T) {
	w, flow := newHubWorld(t), offer()
	flow.Silent, flow.Unlisted = true, 2
	w.cart.Offer(flow)
	made := w.Now()
	_, err := w.client.Run(t.Context(), dispatched(t, w.repo(), made, 0))
	var begun *forge.Begun
	if until := later(t, err).Until; !errors.As(err, &begun) || !until.After(w.Now()) {
		t.Errorf("GitHub may have acted and the error does not say so: %v", err)
	}
	_, err = w.client.Run(t.Context(), dispatched(t, w.repo(), made, 1))
	if !errors.As(err, &begun) {
		t.Errorf("the run is not listed and the error is %v", err)
	}
	done, err := w.client.Run(t.Context(), dispatched(t, w.repo(), made, 2))
	w.started(t, done, err)
}

func TestADispatchWhoseAnswerIsLostStartsNoSecondRun(t *testing.T) {
	w := newHubWorld(t)
	w.cart.Offer(offer())
	made := w.Now()
	w.hub.DropAnswer("dispatch_workflow", 1)
	if done, err := w.client.Run(t.Context(), dispatched(t, w.repo(), made, 0)); err == nil || forge.Declined(err) {
		t.Fatalf("without an answer it came to %+v, declined by GitHub: %v", done, err)
	}
	done, err := w.client.Run(t.Context(), dispatched(t, w.repo(), made, 1))
	w.started(t, done, err)
}

func TestADispatchThatNeverArrivedIsRepeatedOnceItWouldBeListed(t *testing.T) {
	w := newHubWorld(t)
	w.cart.Offer(offer())
	made := w.Now()
	for attempts := 1; attempts < 8; attempts++ {
		if _, err := w.client.Run(t.Context(), dispatched(t, w.repo(), made, attempts)); err == nil || len(w.cart.Dispatched()) > 0 {
			t.Fatalf("attempt %d: %d runs, error %v", attempts, len(w.cart.Dispatched()), err)
		}
	}
	done, err := w.client.Run(t.Context(), dispatched(t, w.repo(), made, 8))
	w.started(t, done, err)
}

func TestARunThatDoesNotShowItsDispatchIsRefusedAndNotStartedAgain(t *testing.T) {
	w, flow := newHubWorld(t), offer()
	flow.RunName, flow.Silent = "", true
	w.cart.Offer(flow)
	made := w.Now()
	if _, err := w.client.Run(t.Context(), dispatched(t, w.repo(), made, 0)); err == nil {
		t.Fatal("a run without a mark was found")
	}
	done, err := w.client.Run(t.Context(), dispatched(t, w.repo(), made, 3))
	if err != nil || done.Refused == "" || done.Run != 0 || len(w.cart.Dispatched()) != 1 {
		t.Errorf("it came to %+v (%v), with %d runs", done, err, len(w.cart.Dispatched()))
	}
}

func TestARunThatSomebodyElseStartedUnderTheMarkIsNotTakenForOurs(t *testing.T) {
	w, flow := newHubWorld(t), offer()
	flow.Silent = true
	w.cart.Offer(flow)
	w.cart.Commit("feature", "an e2e of their own", map[string]string{"a": "b"})
	made := w.Now()
	errand := dispatched(t, w.repo(), made, 0)
	inputs := map[string]string{"nexusgate": errand.Mark(), "composition": "{}"}
	early := w.cart.Dispatch(flow.Path, "feature", inputs)
	w.hub.DropAnswer("dispatch_workflow", 1)
	if _, err := w.client.Run(t.Context(), errand); err == nil {
		t.Fatal("the answer was not lost")
	}
	ours := w.cart.Dispatched()[1]
	late := w.cart.Dispatch(flow.Path, "main", inputs)
	done, err := w.client.Run(t.Context(), dispatched(t, w.repo(), made, 1))
	if err != nil || done.Run != ours.ID() {
		t.Errorf("the run is %d (%v), want %d; others started %d and %d", done.Run, err, ours.ID(), early.ID(), late.ID())
	}
	if later := dispatched(t, w.repo(), made.Add(time.Microsecond), 0); later.Mark() == errand.Mark() {
		t.Error("the mark is known before the errand is made")
	}
}

func TestADispatchThatGitHubDeclinesSaysWhatToMend(t *testing.T) {
	w, flow := newHubWorld(t), offer()
	_, err := w.client.Run(t.Context(), dispatched(t, w.repo(), w.Now(), 0))
	refused(t, err, true, "404")
	flow.Inputs = []string{"nexusgate"}
	w.cart.Offer(flow)
	_, err = w.client.Run(t.Context(), dispatched(t, w.repo(), w.Now(), 0))
	refused(t, err, true, "Unexpected inputs")
	if !forge.Declined(err) || len(w.cart.Dispatched()) > 0 {
		t.Errorf("it was declined: %v, and there are %d runs", forge.Declined(err), len(w.cart.Dispatched()))
	}
}

func TestADispatchHeedsTheLimitsOfGitHub(t *testing.T) {
	w := newHubWorld(t)
	w.cart.Offer(offer())
	w.hub.Fail("dispatch_workflow", http.StatusForbidden, map[string]string{"Retry-After": "30"}, 1)
	_, err := w.client.Run(t.Context(), dispatched(t, w.repo(), w.Now(), 0))
	var begun *forge.Begun
	if until := later(t, err).Until; until.Sub(w.Now()) != 30*time.Second || errors.As(err, &begun) {
		t.Errorf("it is tried again at %s, of %s: %v", until, w.Now(), err)
	}
}

func TestAPipelineIsDispatchedOnceAndItsNumberIsKnown(t *testing.T) {
	for name, lose := range map[string]bool{"with its answer": false, "whose answer is lost": true} {
		t.Run(name, func(t *testing.T) {
			w := newLabWorld(t)
			w.web.Offer(forgetest.Job{Name: "e2e"})
			made, attempts := w.Now(), 0
			if lose {
				w.lab.DropAnswer("create_pipeline", 1)
				if _, err := w.client.Run(t.Context(), dispatched(t, w.repo(), made, 0)); err == nil || forge.Declined(err) {
					t.Fatalf("without an answer the error is %v", err)
				}
				attempts = 1
			}
			done, err := w.client.Run(t.Context(), dispatched(t, w.repo(), made, attempts))
			pipelines := w.web.Dispatched()
			if err != nil || len(pipelines) != 1 || done.Run != pipelines[0].ID || done.Repo.ID != w.web.ID || done.URL == "" {
				t.Errorf("of %d pipelines it came to %+v (%v)", len(pipelines), done, err)
			}
			if got := pipelines[0].Variables()["composition"]; got != "{}" {
				t.Errorf("the pipeline was given the composition %q", got)
			}
		})
	}
}

func TestAnErrandThatAForgeKnowsNothingOfIsRefused(t *testing.T) {
	hub, lab := newHubWorld(t), newLabWorld(t)
	for _, to := range []struct {
		repo gate.Repo
		run  func(forge.Errand) (gate.ErrandDone, error)
	}{
		{hub.repo(), func(e forge.Errand) (gate.ErrandDone, error) { return hub.client.Run(t.Context(), e) }},
		{lab.repo(), func(e forge.Errand) (gate.ErrandDone, error) { return lab.client.Run(t.Context(), e) }},
	} {
		e := dispatched(t, to.repo, hub.Now(), 0)
		e.Kind = "dance"
		_, err := to.run(e)
		refused(t, err, true, `"dance"`)
	}
}
