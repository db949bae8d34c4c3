package gate_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
)

// blocks is a deployment of the web that waits for approvals, as its webhook tells it.
func blocks(id, job int64, commit, environment string) gate.DeploymentAsked {
	return gate.DeploymentAsked{Repo: webRepo, Commit: commit, Environment: environment, Deployment: id, Job: job, At: morning}
}

// answers is what the door says of a deployment.
func (h *house) answers(key string, outcome gate.Outcome) gate.Step {
	return h.tell(gate.DeploymentAnswered{Nexus: "storefront", Key: key, Outcome: outcome, Why: "Why.", Page: "https://done.example.com"})
}

// reads is an event that we have read ourselves.
func (h *house) reads(e gate.Event) gate.Step {
	return h.note(h.ledger.Apply(gate.Delivery{ID: "read", Source: gate.FromUs, Trust: definition.Webhook, Received: h.now}, []gate.Event{e}, h.now))
}

// came is what came of an answer.
func (h *house) came(key, refused string, id int64) gate.Step {
	return h.tell(gate.ErrandDone{Nexus: "storefront", Key: "deployment " + key, Kind: gate.ApproveErrand, Repo: webRepo, Run: id, Refused: refused, At: h.now})
}

func TestADeploymentOfGitLabIsApprovedOnce(t *testing.T) {
	h := newHouse(t, guarded)
	const key = "gitlab:3/70/web"
	h.tell(blocks(0, 70, "w1", "web")) // by its job
	h.tell(blocks(7, 70, "w1", "web"))
	h.tell(blocks(8, 80, "w1", "elsewhere"))
	h.wantDeployments("asked for twice, and one that the definition does not name", key)
	if step := h.answers(key, gate.Awaiting); len(step.Errands) != 0 {
		t.Errorf("that it waits is told by %+v", step.Errands)
	}
	h.wantDeployments("awaited", key)
	h.restart()
	errands := h.answers(key, gate.Done).Errands
	if len(errands) != 1 || errands[0].Kind != gate.ApproveErrand || errands[0].Repo != webRepo || errands[0].Key != "deployment "+key {
		t.Fatalf("it is approved by %+v", errands)
	}
	var body gate.DeploymentAnswer
	if err := json.Unmarshal(errands[0].Body, &body); err != nil {
		t.Fatal(err)
	}
	want := gate.DeploymentAnswer{
		Environment: "web", Outcome: gate.Done, Why: "Why.", Page: "https://done.example.com", Deployment: 7, Job: 70, Commit: "w1",
	}
	if diff := cmp.Diff(want, body); diff != "" {
		t.Errorf("GitLab is told (-want +got):\n%s", diff)
	}
	h.came(key, "", 7)
	h.tell(blocks(0, 70, "w1", "web"))
	h.restart()
	if again := h.answers(key, gate.NotDone).Errands; len(again) != 0 || len(h.deployments()) != 0 {
		t.Errorf("told of once more it waits as %q, and is answered by %+v", h.deployments(), again)
	}
	h.now = h.now.Add(100 * 24 * time.Hour)
	h.tell(gate.Pruned{Before: h.now.Add(-90 * 24 * time.Hour)})
	h.tell(blocks(7, 70, "w1", "web"))
	h.wantDeployments("once it was forgotten", key)
}

func TestADeploymentThatGitLabTookNoAnswerToIsShownAndAskedForAgain(t *testing.T) {
	h := newHouse(t, guarded)
	const key = "gitlab:3/70/web"
	h.tell(blocks(7, 70, "w1", "web"))
	h.answers(key, gate.Done)
	h.came(key, "grant it", 7)
	all := h.ledger.Deployments("storefront")
	if len(all) != 1 || !all[0].Again.Equal(h.now.Add(time.Hour)) {
		t.Fatalf("what waits is %+v", all)
	}
	warns := func() bool {
		s, _ := h.ledger.Standing("storefront", h.now)
		return slices.ContainsFunc(s.Warnings, func(w string) bool {
			return strings.Contains(w, "gitlab:acme/web: its deployment to web could not be answered: grant it")
		})
	}
	if !warns() {
		t.Error("nothing warns of it")
	}
	if errands := h.answers(key, gate.Done).Errands; len(errands) != 1 {
		t.Errorf("it is answered again by %+v", errands)
	}
	h.came(key, "", 7)
	if warns() || len(h.deployments()) != 0 {
		t.Errorf("taken in the end, it warns: %v, and waits as %q", warns(), h.deployments())
	}
}

func TestADeploymentThatIsNotFoundIsSoughtOnceMore(t *testing.T) {
	h := newHouse(t, guarded)
	const key = "gitlab:3/70/web"
	h.tell(blocks(0, 70, "w1", "web"))
	h.answers(key, gate.Done)
	h.came(key, "", 0)
	all := h.ledger.Deployments("storefront")
	if len(all) != 1 || !all[0].Again.Equal(h.now.Add(time.Minute)) {
		t.Fatalf("what waits is %+v", all)
	}
	h.answers(key, gate.Done)
	h.came(key, "", 0)
	h.wantDeployments("found by nobody twice")
	if news := h.ledger.News(gate.Delivery{ID: "d"}, []gate.Event{blocks(7, 70, "w1", "web")}); !news {
		t.Error("a sweep that finds it brings no news")
	}
}

func TestASweepCorrectsWhatADeploymentIsOf(t *testing.T) {
	h := newHouse(t, guarded)
	const key = "gitlab:3/70/web"
	news := func(e gate.DeploymentAsked) bool { return h.ledger.News(gate.Delivery{ID: "d"}, []gate.Event{e}) }
	h.landed(webRepo, "000", "w1", "a")
	if !news(blocks(7, 70, "w1", "web")) || news(blocks(8, 80, "w1", "elsewhere")) {
		t.Error("what is news is the other way round")
	}
	h.tell(blocks(7, 70, "w1", "web"))
	if news(blocks(7, 70, "w1", "web")) || !news(blocks(7, 70, "w2", "web")) {
		t.Error("of what waits the other commit alone is news")
	}
	h.tell(blocks(7, 70, "w2", "web"))
	if got := h.ledger.Deployments("storefront")[0].Commit; got != "w1" {
		t.Errorf("a webhook makes it one of %s", got)
	}
	h.reads(blocks(7, 70, "w2", "web"))
	if got := h.ledger.Deployments("storefront"); len(got) != 1 || got[0].Commit != "w2" || got[0].Key != key {
		t.Errorf("what was read makes it %+v", got)
	}
}

func TestAJobBehindTheDoorDoesNotDecideWhetherItOpens(t *testing.T) {
	for what, tell := range map[string]func(h *house, deploy gate.Reported){
		"as it tells itself":           func(h *house, deploy gate.Reported) { deploy.Evidence.Deploys = "web"; h.tell(deploy) },
		"as is told of it afterwards":  func(h *house, deploy gate.Reported) { h.tell(deploy); h.tell(blocks(7, 70, "w1", "web")) },
		"as was told of it beforehand": func(h *house, deploy gate.Reported) { h.tell(blocks(7, 70, "w1", "web")); h.tell(deploy) },
		"beside one that waits at the door": func(h *house, deploy gate.Reported) {
			h.tell(blocks(7, 70, "w1", "web"))
			deploy.Evidence.Object, deploy.Evidence.Run.Job, deploy.Evidence.Name = "job/80", 80, "nexusgate-wait-web"
			deploy.Evidence.Status, deploy.Evidence.Facts = gate.Running, nil
			h.tell(deploy)
		},
	} {
		h := newHouse(t, guarded)
		h.landed(webRepo, "000", "w1", "a")
		job := func(id int64, name, conclusion string) gate.Reported {
			return gate.Reported{Repo: webRepo, Commit: "w1", Evidence: gate.Evidence{
				Object: fmt.Sprintf("job/%d", id), Kind: "job", Name: name, Producer: gate.Producer{App: gate.GitLabCI}, Holder: "pipeline/5",
				Run: gate.Run{ID: 5, Attempt: 1, Job: id}, Trust: definition.Webhook, Status: gate.Completed, Observed: h.now, Facts: gate.Facts{"conclusion": conclusion},
			}}
		}
		h.tell(gate.Reported{Repo: webRepo, Commit: "w1", Evidence: gate.Evidence{
			Object: "pipeline/5", Kind: "pipeline", Name: "ci", Producer: gate.Producer{App: gate.GitLabCI}, Run: gate.Run{ID: 5, Attempt: 1, Created: h.now},
			Trust: definition.Webhook, Status: gate.Completed, Observed: h.now, Listed: true,
		}})
		h.tell(job(60, "unit", "success"))
		tell(h, job(70, "deploy", "action_required"))
		h.tell(job(70, "deploy", "action_required")) // by a way that does not tell what it deploys to
		h.wantDoor(what, h.door("alone", "web=w1"), gate.Done, "web at w1 is done.")
	}
}

func TestAJobThatHasRunIsNotBehindTheDoor(t *testing.T) {
	h := newHouse(t, guarded)
	h.landed(webRepo, "000", "w1", "a")
	h.tell(blocks(7, 70, "w1", "web")) // which is not so
	for id, conclusion := range map[int64]string{60: "success", 70: "failure"} {
		object := fmt.Sprintf("job/%d", id)
		h.tell(gate.Reported{Repo: webRepo, Commit: "w1", Evidence: gate.Evidence{
			Object: object, Kind: "job", Name: object, Producer: gate.Producer{App: gate.GitLabCI}, Holder: "pipeline/5",
			Run: gate.Run{ID: 5, Attempt: 1, Job: id}, Trust: definition.Webhook, Status: gate.Completed, Observed: h.now,
			Facts: gate.Facts{"conclusion": conclusion},
		}})
	}
	h.tell(gate.Reported{Repo: webRepo, Commit: "w1", Evidence: gate.Evidence{
		Object: "pipeline/5", Kind: "pipeline", Name: "ci", Producer: gate.Producer{App: gate.GitLabCI}, Run: gate.Run{ID: 5, Attempt: 1, Created: h.now},
		Trust: definition.Webhook, Status: gate.Completed, Observed: h.now, Listed: true,
	}})
	h.tell(blocks(7, 70, "w1", "web"))
	h.wantDoor("with a job that failed", h.door("alone", "web=w1"), gate.NotDone, "ci of web is unmet")
}
