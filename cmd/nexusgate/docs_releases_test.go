package main_test

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/forge/forgetest"
)

// releasePage is docs/releases.md, and a house for each of its blocks, which is governed by the page's own definition.
type releasePage struct {
	*docPage
	binary string
}

// TestEachSnippetOnReleasesDoesWhatItsPageSays runs each of its blocks, as far as it runs without a forge.
func TestEachSnippetOnReleasesDoesWhatItsPageSays(t *testing.T) {
	binary, err := exec.LookPath("nexusgate")
	if err != nil {
		t.Fatal(err)
	}
	p := &releasePage{readPage(t, "releases.md"), binary}
	t.Cleanup(func() {
		if !t.Failed() {
			p.allRan(t)
		}
	})
	for name, run := range map[string]func(*testing.T){
		"definition": p.definition, "evidence from GitHub": p.gitHubEvidence, "the Action": p.gitHubRelease,
		"a GitHub environment": p.gitHubEnvironment, "GitLab's pipeline": p.gitLab, "GitLab's approval": p.approval,
		"several components": p.several, "a deployment repository": p.locked,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t)
		})
	}
}

func (p *releasePage) definition(t *testing.T) {
	file := writeFile(t, filepath.Join(t.TempDir(), "nexus.cue"), p.run(t, "definition", ""))
	if out, stderr, code := said(t, "vet", file); code != 0 || !strings.Contains(out, "sound") {
		t.Errorf("vet exits with %d: %s%s", code, out, stderr)
	}
}

// furnish is a house that the page's own definition governs.
func (p *releasePage) furnish(t *testing.T) *house {
	t.Helper()
	h := furnish(t, p.run(t, "definition", ""))
	h.nexus = "storefront"
	return h
}

// released is a house in which nothing but the unit tests of the cart is waited for, and the run that has them.
func (p *releasePage) released(t *testing.T, prepare ...func(*house)) (h *house, run *forgetest.Run) {
	t.Helper()
	h = p.furnish(t)
	for _, change := range prepare {
		change(h)
	}
	h.start()
	h.rest()
	pay := h.pay.Run(ci("push"), h.pay.Head("main"))
	pay.Start()
	pay.Finish("success")
	web := h.web.Pipeline("main", h.web.Head("main"), forgetest.Job{Name: "unit"})
	web.Finish("success")
	_, run = h.landedCart()
	h.bring(pay.Token(audience, nil), unitForm(testReport(3, 0)))
	h.bring(web.Token("unit", audience, nil), unitForm(testReport(3, 0)))
	h.rest()
	return h, run
}

// checkout is a folder as a job has it: its tests pass, and what deploys says what it was given.
func checkout(t *testing.T) (folder string) {
	t.Helper()
	folder = t.TempDir()
	writeFile(t, filepath.Join(folder, "Makefile"), "test:\n\tcp made.xml report.xml\n")
	writeFile(t, filepath.Join(folder, "made.xml"), string(testReport(3, 0)))
	if err := os.WriteFile(filepath.Join(folder, "deploy.sh"), []byte("#!/bin/sh\necho deployed: \"$@\"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	return folder
}

// installs says whether a script installs this program and does nothing else: here it is there already.
func installs(script string) bool {
	return strings.TrimSpace(script) == "go install github.com/nexusgate/nexusgate/cmd/nexusgate@latest"
}

// steps runs the scripts of a job in a folder.
func steps(t *testing.T, folder string, all []workflowStep, env map[string]string) (said string) {
	t.Helper()
	for _, step := range all {
		if step.Run == "" || installs(step.Run) {
			continue
		}
		given := maps.Clone(env)
		maps.Copy(given, step.Env)
		text, err := shell(t, folder, step.Run, given)
		if err != nil {
			t.Fatalf("%q ends with %v:\n%s", step.Run, err, text)
		}
		said += text
	}
	return said
}

func (p *releasePage) gitHubEvidence(t *testing.T) {
	h, run := p.released(t)
	w := readWorkflow(t, p.run(t, "github-evidence", h.server.Root()))
	if w.Permissions["id-token"] != "write" {
		t.Error("its job may ask for no token")
	}
	env := h.runner(run).env
	maps.Copy(env, w.Jobs["test"].Env)
	if said := steps(t, checkout(t), w.Jobs["test"].Steps, env); !strings.Contains(said, "counts for the commit "+h.cart.Head("main")) {
		t.Errorf("it says %s", said)
	}
	h.stands(h.cart.Head("main"), "unit", gate.Met)
	h.eventually("the Increment is done", func() bool { return h.standing().Head.Outcome == gate.Done })
}

func (p *releasePage) gitHubRelease(t *testing.T) {
	secret, public := attestKey(t)
	h, run := p.released(t, func(h *house) { h.settings.Attest = []string{"--attest-key", secret} })
	h.bring(run.Token(audience, nil), unitForm(testReport(3, 0)))
	w := readWorkflow(t, p.run(t, "github-release", h.server.Root()))
	door := w.Jobs["door"]
	if door.Permissions["id-token"] != "write" {
		t.Error("its job may ask for no token")
	}
	commit := h.cart.Head("main")
	release := h.cart.Run(forgetest.Workflow{Name: "release", Path: ".github/workflows/release.yml"}, commit)
	r := h.runner(release)
	if err := os.Symlink(p.binary, filepath.Join(r.env["RUNNER_TEMP"], "nexusgate")); err != nil {
		t.Fatal(err)
	}
	outputs, folder := map[string]string{}, checkout(t)
	for _, step := range door.Steps {
		if !strings.HasPrefix(step.Uses, "nexusgate/nexusgate@") {
			continue
		}
		with := maps.Clone(step.With)
		with["audience"], with["binary"], with["limit"] = audience, p.binary, "1m"
		if said, err := readAction(t).run(t, r.env, with); err != nil {
			t.Fatalf("the Action ends with %v:\n%s", err, said)
		}
		for line := range strings.Lines(h.file(r.output)) {
			name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "=")
			outputs["steps."+step.ID+".outputs."+name] = value
		}
	}
	for name, value := range door.Outputs {
		outputs["needs.door.outputs."+name] = filled(t, value, outputs)
	}
	writeFile(t, filepath.Join(folder, "attest.pem"), h.file(public))
	env := map[string]string{"GITHUB_SHA": commit, "RUNNER_TEMP": r.env["RUNNER_TEMP"]}
	if said := steps(t, folder, fill(t, door.Steps, outputs), env); !strings.Contains(said, "of storefront: done") {
		t.Errorf("the statement is checked, and it says %s", said)
	}
	if said := steps(t, folder, fill(t, w.Jobs["deploy"].Steps, outputs), env); !strings.Contains(said, `"cart-api":"`+commit+`"`) {
		t.Errorf("it deploys %s", said)
	}
}

// fill puts what expressions come to into the environment of steps.
func fill(t *testing.T, all []workflowStep, values map[string]string) (filledIn []workflowStep) {
	t.Helper()
	for _, step := range all {
		env := map[string]string{}
		for name, value := range step.Env {
			env[name] = filled(t, value, values)
		}
		step.Env = env
		filledIn = append(filledIn, step)
	}
	return filledIn
}

func filled(t *testing.T, expression string, values map[string]string) string {
	t.Helper()
	name := strings.TrimSpace(strings.TrimSuffix(strings.TrimPrefix(expression, "${{"), "}}"))
	value, known := values[name]
	if !known || value == "" {
		t.Fatalf("%s comes to nothing, of %v", expression, values)
	}
	return value
}

func (p *releasePage) gitHubEnvironment(t *testing.T) {
	h, run := p.released(t)
	w := readWorkflow(t, p.run(t, "github-environment", h.server.Root()))
	deploy := w.Jobs["deploy"]
	d := h.cart.Run(forgetest.Workflow{Name: "deploy", Path: ".github/workflows/deploy.yml"}, h.cart.Head("main")).Deploy(deploy.Environment)
	if told := h.stateOf(d, "waiting"); !strings.Contains(told, "unit of cart-api is waiting") {
		t.Errorf("it is told %q", told)
	}
	h.bring(run.Token(audience, nil), unitForm(testReport(3, 0)))
	if told := h.stateOf(d, "approved"); !strings.Contains(told, "is done.") {
		t.Errorf("it is told %q", told)
	}
	if said := steps(t, checkout(t), deploy.Steps, nil); !strings.Contains(said, "deployed:") {
		t.Errorf("it says %s", said)
	}
}

func (p *releasePage) several(t *testing.T) {
	h, run := p.released(t)
	script := p.run(t, "several", "")
	env := map[string]string{"NEXUSGATE_URL": h.server.Root(), "NEXUSGATE_LIMIT": "0s", "CART": h.cart.Head("main"), "WEB": h.web.Head("main")}
	if said, err := shell(t, t.TempDir(), script, env); err == nil || !strings.Contains(said, "unit of cart-api is waiting") {
		t.Errorf("before its tests it ends with %v:\n%s", err, said)
	}
	h.bring(run.Token(audience, nil), unitForm(testReport(3, 0)))
	env["NEXUSGATE_LIMIT"] = "1m"
	if said, err := shell(t, t.TempDir(), script, env); err != nil || !strings.Contains(said, "is done.") {
		t.Errorf("it ends with %v:\n%s", err, said)
	}
}

func (p *releasePage) locked(t *testing.T) {
	const secret = "the-secret-of-the-storefront"
	h, run := p.released(t, func(h *house) { h.env["NEXUSGATE_EVIDENCE_TOKENS"] = "storefront=" + secret })
	h.bring(run.Token(audience, nil), unitForm(testReport(3, 0)))
	h.eventually("the Increment is done", func() bool { return h.standing().Head.Outcome == gate.Done })
	h.rest()
	folder := checkout(t)
	env := map[string]string{"NEXUSGATE_URL": h.server.Root(), "NEXUSGATE_TOKEN": secret}
	if said, err := shell(t, folder, p.run(t, "lock", ""), env); err != nil {
		t.Fatalf("it ends with %v:\n%s", err, said)
	}
	if lock := h.file(filepath.Join(folder, "storefront.lock")); !strings.Contains(lock, "component cart-api github:acme/cart-api "+h.cart.Head("main")) {
		t.Errorf("it locks %s", lock)
	}
	if said, err := shell(t, folder, p.run(t, "verify-lock", ""), env); err != nil || !strings.Contains(said, "is done.") {
		t.Errorf("it ends with %v:\n%s", err, said)
	}
	w := readWorkflow(t, p.run(t, "github-deployment-repository", h.server.Root()))
	given := maps.Clone(w.Jobs["deploy"].Env)
	given["NEXUSGATE_TOKEN"] = filled(t, given["NEXUSGATE_TOKEN"], map[string]string{"secrets.NEXUSGATE_TOKEN": secret})
	if said := steps(t, folder, w.Jobs["deploy"].Steps, given); !strings.Contains(said, "is done.") || !strings.Contains(said, "deployed: storefront.lock") {
		t.Errorf("it says %s", said)
	}
}

// quoted is what a row of the page's table of what shuts the door quotes.
var quoted = regexp.MustCompile("(?m)^\\|.*\\| `([^`|]+)` \\|$")

// TestWhatThePageQuotesOfTheDoorIsHeldByATest looks for the very words among what tests ask of the door.
func TestWhatThePageQuotesOfTheDoorIsHeldByATest(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "docs", "releases.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(text), "## What shuts it\n")
	table, _, _ = strings.Cut(table, "\n## ")
	var held strings.Builder
	for _, of := range []string{"service_*_test.go", filepath.Join(root, "gate", "*_test.go")} {
		files, err := filepath.Glob(of)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range files {
			source, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			held.Write(source)
		}
	}
	rows := quoted.FindAllStringSubmatch(table, -1)
	if all := strings.Count(table, "\n|") - 2; len(rows) != all {
		t.Errorf("%d of %d rows quote what is said", len(rows), all)
	}
	for _, row := range rows {
		if words := strings.ReplaceAll(row[1], "storefront", "shop"); !strings.Contains(held.String(), words) {
			t.Errorf("no test holds that %q is said", row[1])
		}
	}
}
