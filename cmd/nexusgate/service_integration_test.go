package main_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	nexusgate "github.com/nexusgate/nexusgate/cmd/nexusgate"
	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/forge/forgetest"
)

// The Increment's own pipeline, at the level of the service.

// together is the shop with a pipeline of its Increment, which runs as soon as nothing lands for a moment.
const together = `
name: "shop"
teams: {
	cart: components: "cart-api": repo: "github:acme/cart-api"
	pay: components: payment: repo: "github:acme/payment"
	web: components: web: repo: "gitlab:acme/web"
}
done: ci: {why: "The pipeline is green", on: "commit", evidence: "pipeline", name: "ci", must: conclusion: "success"}
done: e2e: {why: "All of it works together", on: "increment", evidence: "pipeline", name: "e2e", must: conclusion: "success"}
integration: {run: RUN, name: "e2e", rest: "100ms"}
`

const onGitHub, onGitLab = `"github:acme/integration@e2e.yml"`, `"gitlab:acme/integration@main"`

// offer has a repository hold the workflow as the documentation has people write it.
func offer(repo *forgetest.Repo) {
	repo.Offer(forgetest.Dispatchable{
		Workflow: forgetest.Workflow{Name: "e2e", Path: ".github/workflows/e2e.yml"},
		RunName:  "Increment ${{ inputs.nexusgate }}", Inputs: []string{"nexusgate", "composition"},
	})
}

// integrating is the service with the repository of the pipeline.
func integrating(t *testing.T) (*house, *forgetest.Repo) {
	t.Helper()
	h := furnish(t, strings.Replace(together, "RUN", onGitHub, 1))
	repo := h.hub.AddRepo("acme/integration")
	offer(repo)
	h.start()
	return h, repo
}

// dispatched is the run of that number, once it was started.
func (h *house) dispatched(repo *forgetest.Repo, number int) *forgetest.Run {
	h.t.Helper()
	h.eventually("a run is started", func() bool { return len(repo.Dispatched()) >= number && h.counts().Errands == 0 })
	if n := len(repo.Dispatched()); n != number {
		h.t.Fatalf("%d runs were started, want %d", n, number)
	}
	return repo.Dispatched()[number-1]
}

// built makes every head green.
func (h *house) built() {
	h.t.Helper()
	h.rest()
	build(h.cart, "push", h.cart.Head("main"), "success")
	build(h.pay, "push", h.pay.Head("main"), "success")
	h.web.Pipeline("main", h.web.Head("main"), forgetest.Job{Name: "test"}).Finish("success")
}

// page is what a page says.
func (h *house) page(path string) string {
	h.t.Helper()
	_, body := h.get(path)
	return body
}

// ends runs it to its end.
func (h *house) ends(run *forgetest.Run, conclusion string) {
	h.later()
	run.Start()
	h.later()
	run.Finish(conclusion)
}

func TestTheIncrementIsDoneWhenItsOwnPipelinePassedOnExactlyThat(t *testing.T) {
	t.Parallel()
	h, repo := integrating(t)
	h.built()
	run := h.dispatched(repo, 1)
	var sum gate.Checkout
	if err := json.Unmarshal([]byte(run.Inputs()["composition"]), &sum); err != nil {
		t.Fatal(err)
	}
	if got := sum.Components["cart-api"]; got.Commit != h.cart.Head("main") || sum.Increment != h.standing().Head.Digest || sum.Nexus != "shop" {
		t.Errorf("the run is given %+v", sum)
	}
	h.ends(run, "success")
	h.eventually("the Increment is done", func() bool { return h.standing().Head.Outcome == gate.Done })
	h.later()
	landed := h.cart.Commit("main", "Guest carts", map[string]string{"cart.go": "package cart"})
	build(h.cart, "push", landed, "success")
	h.check(h.cart, landed, gate.IncrementCheck, "in_progress")
	h.ends(h.dispatched(repo, 2), "failure")
	red := h.check(h.cart, landed, gate.IncrementCheck, "failure")
	for _, words := range []string{"broken since Integrated Increment", "cart-api", "of team cart"} {
		if !strings.Contains(red.Summary, words) {
			t.Errorf("the check does not say %q:\n%s", words, red.Summary)
		}
	}
	if page := h.page("/nexus/shop"); !strings.Contains(page, "No other landing lay in between") {
		t.Errorf("the page does not name who broke it:\n%s", page)
	}
}

func TestAPipelineOfGitLabIsStartedAndCountsForItsComposition(t *testing.T) {
	t.Parallel()
	h := furnish(t, strings.Replace(together, "RUN", onGitLab, 1))
	project := h.lab.AddProject("acme/integration")
	project.Offer(forgetest.Job{Name: "end-to-end"})
	h.start()
	h.built()
	h.eventually("a pipeline is started", func() bool { return len(project.Dispatched()) == 1 && h.counts().Errands == 0 })
	pipeline := project.Dispatched()[0]
	if got := pipeline.Variables(); !strings.Contains(got["NEXUSGATE_COMPOSITION"], h.cart.Head("main")) || got["NEXUSGATE_RUN"] == "" {
		t.Errorf("the pipeline is given %v", got)
	}
	h.later()
	pipeline.Finish("success")
	h.eventually("the Increment is done", func() bool { return h.standing().Head.Outcome == gate.Done })
}

// TestTheEndOfARunThatNoWebhookToldIsFoundByASweep loses all that GitHub and GitLab say of the run.
func TestTheEndOfARunThatNoWebhookToldIsFoundByASweep(t *testing.T) {
	t.Parallel()
	t.Run("GitHub", func(t *testing.T) {
		t.Parallel()
		h, repo := integrating(t)
		h.built()
		run := h.dispatched(repo, 1)
		h.hub.Omit("workflow_run", 0)
		h.hub.Omit("workflow_job", 0)
		h.ends(run, "success")
		h.foundDone()
	})
	t.Run("GitLab", func(t *testing.T) {
		t.Parallel()
		h := furnish(t, strings.Replace(together, "RUN", onGitLab, 1))
		project := h.lab.AddProject("acme/integration")
		project.Offer(forgetest.Job{Name: "end-to-end"})
		h.start()
		h.built()
		h.eventually("a pipeline is started", func() bool { return len(project.Dispatched()) == 1 && h.counts().Errands == 0 })
		h.lab.Omit("Pipeline Hook", 0)
		h.lab.Omit("Job Hook", 0)
		h.later()
		project.Dispatched()[0].Finish("success")
		h.foundDone()
	})
}

// foundDone sweeps, and the Increment is done.
func (h *house) foundDone() {
	h.t.Helper()
	h.rest()
	if s := h.standing().Head; s.Outcome != gate.Awaiting {
		h.t.Errorf("before it is swept, the Increment is %q", s.Outcome)
	}
	if said, code := h.sweep(); code != 0 {
		h.t.Errorf("the sweep ends with %d: %s", code, said)
	}
	h.eventually("the Increment is done", func() bool { return h.standing().Head.Outcome == gate.Done })
}

func TestWhatAForgeDoesNotDoIsShown(t *testing.T) {
	t.Parallel()
	h := furnish(t, strings.Replace(together, "RUN", onGitHub, 1))
	repo := h.hub.AddRepo("acme/integration")
	offer(repo)
	h.hub.Fail("dispatch_workflow", http.StatusUnprocessableEntity, nil, 0)
	h.start()
	h.eventually("it is shown", func() bool {
		return strings.Contains(h.page("/nexus/shop"), "was asked to start the Increment") && h.metric("nexusgate_errands_owed") == "1"
	})
	if n := len(repo.Dispatched()); n != 0 {
		t.Errorf("%d runs were started", n)
	}
}

func TestARunIsStartedOnceThoughTheServiceEndsInBetween(t *testing.T) {
	t.Parallel()
	h := furnish(t, strings.Replace(together, "RUN", onGitHub, 1))
	repo := h.hub.AddRepo("acme/integration")
	offer(repo)
	h.hub.DropAnswer("dispatch_workflow", 1)
	h.start()
	h.eventually("it was started, and nobody was told", func() bool { return len(repo.Dispatched()) == 1 })
	h.restart()
	h.built()
	h.ends(h.dispatched(repo, 1), "success")
	h.eventually("the Increment is done", func() bool { return h.standing().Head.Outcome == gate.Done })
}

func TestTheGitCommandsFetchExactlyTheIncrement(t *testing.T) {
	t.Parallel()
	h, _ := integrating(t)
	h.built()
	// The repositories as git has them: the stand-ins have commits and no objects.
	site, head := t.TempDir(), h.standing().Head
	git := func(args ...string) string {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), "git", args...)
		cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@b", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@b")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
		return strings.TrimSpace(string(out))
	}
	checkout := func(args ...string) string {
		t.Helper()
		var out, errs bytes.Buffer
		args = append([]string{"increment", "checkout", "--nexus", "shop", "--url", h.server.Root()}, args...)
		if code := nexusgate.Run(t.Context(), args, nil, &out, &errs, func(string) string { return "" }); code != 0 {
			t.Fatalf("%v exits with %d: %s", args, code, errs.String())
		}
		return out.String()
	}
	lock := checkout("--format", "lock")
	for name, commit := range head.Composition {
		if !strings.Contains(lock, "component "+name+" git") || !strings.Contains(lock, commit) {
			t.Errorf("the lock file does not have %s at %s:\n%s", name, commit, lock)
		}
	}
	var sum gate.Checkout
	if err := json.Unmarshal([]byte(checkout("--increment", fmt.Sprint(head.Number))), &sum); err != nil || sum.Increment != head.Digest {
		t.Errorf("as JSON it is %+v (%v)", sum, err)
	}
	script := checkout("--format", "git", "--github-site", site, "--gitlab-site", site)
	folder := t.TempDir()
	for name, at := range sum.Components {
		_, repo, _ := strings.Cut(at.Repo, ":")
		there := filepath.Join(site, repo+".git")
		git("init", "-q", there)
		git("-C", there, "commit", "-q", "--allow-empty", "-m", name)
		wanted := git("-C", there, "rev-parse", "HEAD")
		git("-C", there, "commit", "-q", "--allow-empty", "-m", "later")
		git("-C", there, "config", "uploadpack.allowAnySHA1InWant", "true")
		script = strings.ReplaceAll(script, at.Commit, wanted)
		defer func() {
			if got := git("-C", filepath.Join(folder, name), "rev-parse", "HEAD"); got != wanted {
				t.Errorf("%s is at %s, want %s", name, got, wanted)
			}
		}()
	}
	shell := exec.CommandContext(t.Context(), "sh")
	shell.Dir, shell.Stdin = folder, strings.NewReader(script)
	if out, err := shell.CombinedOutput(); err != nil {
		t.Fatalf("the commands fail: %v\n%s\n%s", err, out, script)
	}
}
