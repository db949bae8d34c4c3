package main_test

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/nexusgate/nexusgate/gate/forge/forgetest"
)

var yamlBlock = regexp.MustCompile("(?ms)^```yaml\n(.*?)^```$")

// yamls are the blocks of YAML of a page, for a service at an address.
func (w *tour) yamls(want int) (all []string) {
	w.t.Helper()
	text, err := os.ReadFile(filepath.Join(root, w.page))
	if err != nil {
		w.t.Fatal(err)
	}
	for _, found := range yamlBlock.FindAllStringSubmatch(string(text), -1) {
		all = append(all, strings.ReplaceAll(found[1], "https://done.example.com", w.address))
	}
	if len(all) != want {
		w.t.Fatalf("%s shows %d blocks of YAML, want %d", w.page, len(all), want)
	}
	return all
}

// throughReleases leaves what stands in blocks to TestEachSnippetOnReleasesDoesWhatItsPageSays, which runs each: there is
// none without a name there.
func throughReleases(t *testing.T, w *tour) {
	readPage(t, "releases.md")
	w.left = slices.DeleteFunc(w.left, func(s shown) bool { return !s.inline })
}

func throughEvidence(t *testing.T, w *tour) {
	h := furnish(t, strings.Replace(unitShop, `"shop"`, `"storefront"`, 1))
	h.nexus = "storefront"
	h.start()
	h.rest()
	commit, run := h.landedCart()
	w.at(h).set(h.runner(run).env)
	w.file("build/test-results/unit/TEST-1.xml", string(testReport(3, 0)))
	w.file("coverage.out", "mode: set\nexample.com/cart/cart.go:1.1,2.2 1 1\n")
	w.file("grype.json", `{"matches": [], "descriptor": {"name": "grype", "version": "0.104.0"}, "source": {"type": "directory", "target": "."}}`)
	w.file("mutation.json", `{"score": 71}`)
	for range 4 {
		w.runs("nexusgate submit", "counts for the commit "+commit)
	}
	blocks := w.yamls(2)
	hub := readWorkflow(t, blocks[0])
	env := h.runner(h.rerun(run)).env
	maps.Copy(env, hub.Jobs["test"].Env)
	if said := steps(t, checkout(t), hub.Jobs["test"].Steps, env); hub.Permissions["id-token"] != "write" || !strings.Contains(said, "counts for the commit "+commit) {
		t.Errorf("the job on GitHub says %s", said)
	}
	var lab struct{ Test labJob }
	strictly(t, blocks[1], &lab)
	pipeline := h.web.Pipeline("main", h.web.Head("main"), forgetest.Job{Name: "test"})
	pipeline.StartJob("test")
	token := pipeline.Token("test", audience, nil)
	if lab.Test.Tokens["NEXUSGATE_ID_TOKEN"].Aud != w.address {
		t.Errorf("the job's token is for %+v", lab.Test.Tokens)
	}
	if said := lab.Test.scripts(t, checkout(t), map[string]string{"NEXUSGATE_ID_TOKEN": token}); !strings.Contains(said, "counts for the commit "+h.web.Head("main")) {
		t.Errorf("the job on GitLab says %s", said)
	}
}

// rerun is the next attempt of a run, at work.
func (h *house) rerun(run *forgetest.Run) *forgetest.Run {
	h.later()
	run.Rerun()
	run.Start()
	h.rest()
	return run
}

// offered is the workflow of a page, as GitHub takes it.
func (w *tour) offered() forgetest.Dispatchable {
	w.t.Helper()
	var file struct {
		Name    string
		RunName string `yaml:"run-name"`
		On      struct {
			Dispatch struct{ Inputs map[string]any } `yaml:"workflow_dispatch"`
		}
	}
	if err := yaml.Unmarshal([]byte(w.yamls(1)[0]), &file); err != nil {
		w.t.Fatal(err)
	}
	return forgetest.Dispatchable{
		Workflow: forgetest.Workflow{Name: file.Name, Path: ".github/workflows/e2e.yml"},
		RunName:  file.RunName, Inputs: slices.Sorted(maps.Keys(file.On.Dispatch.Inputs)),
	}
}

func throughIntegration(t *testing.T, w *tour) {
	h := furnish(t, strings.NewReplacer("RUN", onGitHub, `"shop"`, `"storefront"`).Replace(together))
	h.nexus = "storefront"
	repo := h.hub.AddRepo("acme/integration")
	repo.Offer(w.offered())
	h.start()
	h.built()
	run := h.dispatched(repo, 1)
	run.Start()
	h.rest()
	w.at(h).set(h.runner(run).env)
	w.repositories(h)
	w.file("report/unit.xml", string(testReport(3, 0)))
	w.runs("nexusgate increment checkout --nexus storefront > composition.json")
	w.runs("nexusgate increment checkout --nexus storefront --increment")
	for _, name := range []string{"cart-api", "payment", "web"} {
		if _, err := os.Stat(filepath.Join(w.folder, name, name+".go")); err != nil {
			t.Errorf("%s was not fetched: %v", name, err)
		}
	}
	w.runs("nexusgate submit", "counts for")
}

// repositories has git fetch the components of a house from this machine. The stand-ins have commits and no objects, so
// that git is told of others in their place.
func (w *tour) repositories(h *house) {
	w.t.Helper()
	real, err := exec.LookPath("git")
	if err != nil {
		w.t.Fatal(err)
	}
	site, known := w.t.TempDir(), []string{}
	for name, commit := range h.standing().Head.Composition {
		of := map[string]string{"cart-api": "acme/cart-api", "payment": "acme/payment", "web": "acme/web"}[name]
		there := filepath.Join(site, of+".git")
		script := fmt.Sprintf("git init -q '%[1]s' && cd '%[1]s' && echo >%[2]s.go && git add . && git -c user.name=a -c user.email=a@b commit -q -m a && git rev-parse HEAD", there, name)
		out, err := w.prepared(script).CombinedOutput()
		if err != nil {
			w.t.Fatalf("%v: %s", err, out)
		}
		known = append(known, fmt.Sprintf("s/%s/%s/g", commit, strings.TrimSpace(string(out))))
	}
	w.file("git", fmt.Sprintf("#!/bin/bash\nfor word; do words+=(\"$(sed '%s' <<<\"$word\")\"); done\nexec %s \"${words[@]}\"\n", strings.Join(known, ";"), real))
	if err := os.Chmod(filepath.Join(w.folder, "git"), 0o700); err != nil {
		w.t.Fatal(err)
	}
	w.program("git", filepath.Join(w.folder, "git"))
	w.set(map[string]string{"NEXUSGATE_GITHUB_SITE": site, "NEXUSGATE_GITLAB_SITE": site, "GIT_CONFIG_GLOBAL": "/dev/null"})
}

// tried is a definition of which one of two cases fails, as the page shows.
const tried = `name: "storefront"
teams: cart: components: "cart-api": repo: "github:acme/cart-api"
done: {
	ci: {
		why: "Green", on: "commit", evidence: "pipeline", name: "ci"
		must: conclusion: "success"
	}
	tests: {
		why: "Tests pass", on: "commit", evidence: "junit", level: "advisory"
		must: {failed: 0, passed: >0}
	}
}
`

const trials = `_at: {
	now: "2026-01-12T12:00:00Z", composition: "cart-api": "c1"
	#failed: int
	evidence: [
		{component: "cart-api", commit: "c1", kind: "pipeline", name: "ci", trust: "webhook", facts: conclusion: "success"},
		{component: "cart-api", commit: "c1", kind: "junit", trust: "webhook", facts: {tests: 3, passed: 2, failed: #failed}},
	]
}
cases: {
	"green everywhere is done": {evidence: _at & {#failed: 0}, want: outcome: "done"}
	"a red pipeline holds its component back": {evidence: _at & {#failed: 1}, want: outcome: "not-done"}
}
`

func throughTheDefinition(t *testing.T, w *tour) {
	w.file("nexus.cue", tried)
	w.file("nexus_test.cue", trials)
	w.ends("nexusgate test", 1)
	if text, err := os.ReadFile(filepath.Join(w.folder, "results.xml")); err != nil || !strings.Contains(string(text), `failures="1"`) {
		t.Errorf("its report is %v %s", err, text)
	}
	tool, err := cueCommand()
	if err != nil {
		t.Fatal(err)
	}
	w.program("cue", tool)
	w.set(map[string]string{"CUE_CACHE_DIR": t.TempDir()})
	w.held(shown{page: w.page, command: "nexusgate init layer"}, 0)
	w.folder = filepath.Join(w.folder, "layer")
	w.program("cue", tool)
	w.runs("cue vet -c=false")
	w.makes()
}
