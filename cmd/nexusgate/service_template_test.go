package main_test

import (
	"bytes"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/forge/forgetest"
)

// template is what the tests read of templates/wait.yml: what it says of its inputs, and its job.
type template struct {
	inputs map[string]string
	given  map[string]bool // has a default
	text   string          // of the job, with its inputs to be filled in
}

func readTemplate(t *testing.T) template {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "templates", "wait.yml"))
	if err != nil {
		t.Fatal(err)
	}
	header, job, two := strings.Cut(string(text), "\n---\n")
	var file struct {
		Spec struct {
			Inputs map[string]struct {
				Description string
				Default     *string
			}
		}
	}
	if err := yaml.Unmarshal([]byte(header), &file); err != nil || !two {
		t.Fatalf("the header of the template: %v", err)
	}
	all := template{inputs: map[string]string{}, given: map[string]bool{}, text: job}
	for name, input := range file.Spec.Inputs {
		if input.Description == "" || !strings.Contains(job, "$[[ inputs."+name+" ]]") {
			t.Errorf("the input %s is not described, or not used", name)
		}
		if all.inputs[name] = ""; input.Default != nil {
			all.inputs[name], all.given[name] = *input.Default, true
		}
	}
	return all
}

// run fills the inputs in as GitLab does, and runs the job's script with bash.
func (c template) run(t *testing.T, given map[string]string, token string) (said string, err error) {
	t.Helper()
	inputs := maps.Clone(c.inputs)
	maps.Copy(inputs, given)
	text := c.text
	for _, name := range slices.Sorted(maps.Keys(inputs)) {
		quoted := strings.ReplaceAll(inputs[name], "\n", `\n`)
		text = strings.ReplaceAll(text, "$[[ inputs."+name+" ]]", quoted)
	}
	var jobs map[string]struct {
		Tokens    map[string]struct{ Aud string } `yaml:"id_tokens"`
		Variables map[string]string
		Script    []string
	}
	if err := yaml.Unmarshal([]byte(text), &jobs); err != nil {
		t.Fatal(err)
	}
	job, is := jobs[inputs["job"]]
	if !is || len(job.Script) != 1 || job.Tokens["NEXUSGATE_ID_TOKEN"].Aud != inputs["url"] || strings.Contains(text, "$[[") {
		t.Fatalf("the job is %+v", jobs)
	}
	step := exec.CommandContext(t.Context(), "bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", job.Script[0])
	step.Dir, step.Env = t.TempDir(), append(os.Environ(), "NEXUSGATE_ID_TOKEN="+token)
	for name, value := range job.Variables {
		step.Env = append(step.Env, name+"="+value)
	}
	var out bytes.Buffer
	step.Stdout, step.Stderr = &out, &out
	err = step.Run()
	return out.String(), err
}

func TestTheComponentOfGitLabLetsAReleaseOut(t *testing.T) {
	t.Parallel()
	h := open(t, labShop)
	build(h.cart, "push", h.cart.Head("main"), "success")
	build(h.pay, "push", h.pay.Head("main"), "success")
	commit := h.web.Head("main")
	run := h.web.Pipeline("main", commit, forgetest.Job{Name: "unit"})
	run.Finish("success")
	h.rest()
	binary, err := exec.LookPath("nexusgate")
	if err != nil {
		t.Fatal(err)
	}
	c := readTemplate(t)
	try := func(inputs map[string]string) (string, error) {
		given := map[string]string{"url": h.server.Root(), "binary": binary, "limit": "1s"}
		maps.Copy(given, inputs)
		return c.run(t, given, run.Token("unit", audience, nil))
	}
	if said, err := try(nil); err == nil || !strings.Contains(said, "and may not go out; wait longer with --limit") {
		t.Errorf("before its tests the job ends with %v:\n%s", err, said)
	}
	h.bring(run.Token("unit", audience, nil), unitForm(testReport(3, 0)))
	h.componentStands("web", commit, "unit", gate.Met)
	for what, inputs := range map[string]map[string]string{
		"its commit":    {"limit": "1m", "environment": "production"},
		"by components": {"components": "web=" + commit + "\ncart-api=" + h.cart.Head("main"), "nexus": "shop", "job": "door"},
	} {
		if said, err := try(inputs); err != nil || !strings.Contains(said, "is done.") {
			t.Errorf("%s: the job ends with %v:\n%s", what, err, said)
		}
	}
	for name := range c.inputs {
		if !c.given[name] && name != "url" {
			t.Errorf("the input %s has to be given", name)
		}
	}
}
