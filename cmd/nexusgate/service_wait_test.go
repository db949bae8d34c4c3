package main_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"go.yaml.in/yaml/v3"

	nexusgate "github.com/nexusgate/nexusgate/cmd/nexusgate"
	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/forge/forgetest"
)

// runner is what GitHub's runner gives to a step of a job.
type runner struct {
	env             map[string]string
	summary, output string
}

func (h *house) runner(run *forgetest.Run) runner {
	h.t.Helper()
	at, token := run.TokenRequest()
	temp := h.t.TempDir()
	r := runner{summary: filepath.Join(temp, "summary.md"), output: filepath.Join(temp, "output")}
	r.env = map[string]string{
		"NEXUSGATE_URL": h.server.Root(), "NEXUSGATE_AUDIENCE": audience,
		"ACTIONS_ID_TOKEN_REQUEST_URL": at, "ACTIONS_ID_TOKEN_REQUEST_TOKEN": token,
		"GITHUB_STEP_SUMMARY": r.summary, "GITHUB_OUTPUT": r.output, "RUNNER_TEMP": temp,
	}
	return r
}

func (h *house) file(name string) string {
	h.t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		h.t.Fatal(err)
	}
	return string(text)
}

// heard is what a program says while it runs.
type heard struct {
	mu   sync.Mutex
	said bytes.Buffer
}

func (h *heard) Write(text []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.said.Write(text)
}

func (h *heard) text() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.said.String()
}

// cli runs a command with an environment.
func (h *house) cli(env map[string]string, args ...string) (code int, out, errs string) {
	h.t.Helper()
	var o, e bytes.Buffer
	code = nexusgate.Run(h.t.Context(), args, nil, &o, &e, func(name string) string { return env[name] })
	return code, o.String(), e.String()
}

func TestAStepWaitsUntilItsCommitMayGoOut(t *testing.T) {
	t.Parallel()
	h, commit, run := released(t, unitShop)
	r := h.runner(run)
	var out, errs heard
	ended := make(chan int, 1)
	go func() {
		ended <- nexusgate.Run(t.Context(), []string{"wait", "--limit", "1m"}, nil, &out, &errs, func(name string) string { return r.env[name] })
	}()
	h.eventually("the step waits at the door", func() bool {
		return h.server.AtDoor() == 1 && strings.Contains(errs.text(), "is awaited: unit of cart-api is waiting")
	})
	h.bring(run.Token(audience, nil), unitForm(testReport(3, 0)))
	if code, said := <-ended, out.text()+errs.text(); code != 0 || !strings.Contains(said, "done\n") || !strings.Contains(said, "is done.") {
		t.Errorf("it exits with %d and says %q", code, said)
	}
	head := h.standing().Head
	if summary := h.file(r.summary); !strings.Contains(summary, "is done.") || !strings.Contains(summary, "criteria of `Integrated Increment") {
		t.Errorf("the summary of the job is\n%s", summary)
	}
	composition, err := json.Marshal(head.Composition)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"outcome=done\n", "composition=" + string(composition) + "\n", "digest=" + head.Digest + "\n", "attestation=\n"} {
		if got := h.file(r.output); !strings.Contains(got, want) {
			t.Errorf("the outputs are\n%s\nwant %s", got, want)
		}
	}
	if code, out, errs := h.cli(r.env, "wait", "--component", "cart-api="+commit, "--nexus", "shop", "--format", "json"); code != 0 || !strings.Contains(out, `"outcome": "done"`) {
		t.Errorf("by its component it exits with %d: %s%s", code, out, errs)
	}
}

func TestAStepLeavesTheSignedStatementToThoseThatFollow(t *testing.T) {
	t.Parallel()
	h, _, public := attested(t)
	run := h.cart.Run(ci("push"), h.cart.Head("main"))
	run.Start()
	run.Finish("success")
	h.rest()
	r := h.runner(run)
	file := filepath.Join(t.TempDir(), "statement.json")
	r.env["NEXUSGATE_ATTESTATION"] = file
	if code, out, errs := h.cli(r.env, "wait"); code != 0 || !strings.Contains(h.file(r.output), "attestation="+file+"\n") {
		t.Fatalf("it exits with %d and says %s%s", code, out, errs)
	}
	if code, out, errs := h.cli(nil, "verify", file, "--key", public, "--component", "cart-api="+h.cart.Head("main")); code != 0 {
		t.Errorf("the statement is refused with %d: %s%s", code, out, errs)
	}
}

func TestAStepFailsWhenItMayNotGoOutAndAtItsLimit(t *testing.T) {
	t.Parallel()
	h, commit, run := released(t, unitShop)
	env := h.runner(run).env
	wait := func(what string, code int, says string, args ...string) {
		t.Helper()
		got, out, errs := h.cli(env, append([]string{"wait"}, args...)...)
		if got != code || !strings.Contains(out+errs, says) {
			t.Errorf("%s: it exits with %d and says %q%q, want %d: %s", what, got, out, errs, code, says)
		}
	}
	wait("at its limit", 2, "the commit of the job was awaited for 2s, and may not go out; wait longer with --limit", "--limit", "2s")
	wait("a commit that never landed", 2, "No Increment of shop holds cart-api at aaaaaaaaaaaa", "--commit", strings.Repeat("a", 40), "--limit", "0s")
	wait("a name that is none", 3, "--commit v0.0.0-never: git does not find it here", "--commit", "v0.0.0-never")
	wait("too much", 3, "--commit or --component", "--commit", commit, "--component", "cart-api="+commit)
	wait("what nobody knows", 3, "the service answers 404: shop has no Increment 99", "--increment", "99")
	h.bring(run.Token(audience, nil), unitForm(testReport(3, 1)))
	h.stands(commit, "unit", gate.Unmet)
	wait("what is not done", 1, "unit of cart-api is unmet")
	wait("what is not done, to the end", 1, "unit of cart-api is unmet", "--until", "done", "--limit", "1s")
	if output := h.file(env["GITHUB_OUTPUT"]); !strings.Contains(output, "outcome=not-done\nincrement=") {
		t.Errorf("the outputs are\n%s", output)
	}
	strange := h.hub.AddRepo("acme/strange")
	maps.Copy(env, h.runner(strange.Run(ci("push"), strange.Head("main"))).env)
	wait("a job of another repository", 3, "the service answers 403: github:acme/strange is no repository of a Nexus here")
}

// TestTheActionLetsAReleaseOut runs the step of action.yml as a runner does, with this program in the place of the
// one that it would build.
func TestTheActionLetsAReleaseOut(t *testing.T) {
	t.Parallel()
	h, commit, run := released(t, unitShop)
	r, script := h.runner(run), readAction(t)
	binary, err := exec.LookPath("nexusgate")
	if err != nil {
		t.Fatal(err)
	}
	step := func(inputs map[string]string) (string, error) {
		given := map[string]string{"url": h.server.Root(), "audience": audience, "binary": binary, "limit": "2s"}
		maps.Copy(given, inputs)
		return script.run(t, r.env, given)
	}
	if said, err := step(nil); err == nil || !strings.Contains(said, "and may not go out; wait longer with --limit") {
		t.Errorf("before its tests the step ends with %v:\n%s", err, said)
	}
	if got := h.file(r.output); !strings.HasPrefix(got, "outcome=awaiting\n") {
		t.Errorf("the outputs are\n%s", got)
	}
	if a := h.bring(run.Token(audience, nil), unitForm(testReport(3, 0))); a.status != http.StatusAccepted {
		t.Fatalf("answered %+v", a)
	}
	h.stands(commit, "unit", gate.Met)
	for what, inputs := range map[string]map[string]string{
		"its commit":      {"limit": "1m"},
		"by components":   {"components": "cart-api=" + commit + "\nweb=" + h.web.Head("main") + "\n", "nexus": "shop"},
		"the whole":       {"increment": "head"},
		"an environment":  {"environment": "production"},
		"to the very end": {"until": "done"},
	} {
		if said, err := step(inputs); err != nil || !strings.Contains(said, "is done.") {
			t.Errorf("%s: the step ends with %v:\n%s", what, err, said)
		}
	}
	if said, err := step(map[string]string{"components": "cart-api=$(touch hacked); x"}); err == nil || !strings.Contains(said, "NAME=COMMIT") {
		t.Errorf("of nonsense the step ends with %v:\n%s", err, said)
	}
}

// action is what the tests read of action.yml.
type action struct {
	inputs map[string]string // what each is, where it is not given
	env    map[string]string
	script string
}

// run runs the step with bash as a runner does.
func (a action) run(t *testing.T, env, given map[string]string) (said string, err error) {
	t.Helper()
	inputs := maps.Clone(a.inputs)
	for name, value := range given {
		if _, known := inputs[name]; !known {
			t.Fatalf("the Action has no input %q", name)
		}
		inputs[name] = value
	}
	step := exec.CommandContext(t.Context(), "bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", a.script)
	step.Dir = t.TempDir()
	step.Env = os.Environ()
	for name, value := range env {
		if !strings.HasPrefix(name, "NEXUSGATE_") {
			step.Env = append(step.Env, name+"="+value)
		}
	}
	for name, value := range a.env {
		for input, is := range inputs {
			value = strings.ReplaceAll(value, "${{ inputs."+input+" }}", is)
		}
		value = strings.ReplaceAll(value, "${{ github.action_path }}", root)
		if strings.Contains(value, "${{") {
			t.Fatalf("%s is %q: nobody fills it in", name, value)
		}
		step.Env = append(step.Env, name+"="+value)
	}
	text, err := step.CombinedOutput()
	return string(text), err
}

// readAction reads the one step of action.yml.
func readAction(t *testing.T) action {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "action.yml"))
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Inputs map[string]struct {
			Description, Default string
			Required             bool
		}
		Outputs map[string]struct{ Description, Value string }
		Runs    struct {
			Using string
			Steps []struct {
				ID, Shell, Run string
				Env            map[string]string
			}
		}
	}
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	if err := decoder.Decode(&file); err != nil {
		t.Fatal(err)
	}
	if file.Runs.Using != "composite" || len(file.Runs.Steps) != 1 || file.Runs.Steps[0].Shell != "bash" {
		t.Fatalf("action.yml runs %+v, want one step of bash", file.Runs)
	}
	step := file.Runs.Steps[0]
	a := action{inputs: map[string]string{}, env: step.Env, script: step.Run}
	for name, input := range file.Inputs {
		a.inputs[name] = input.Default
		if input.Description == "" || !strings.Contains(strings.Join(slices.Collect(maps.Values(step.Env)), " "), "inputs."+name+" ") {
			t.Errorf("the input %s is not described, or not used", name)
		}
	}
	for name, output := range file.Outputs {
		if output.Description == "" || output.Value != "${{ steps."+step.ID+".outputs."+name+" }}" {
			t.Errorf("the output %s is %+v", name, output)
		}
	}
	return a
}
