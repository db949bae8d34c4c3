package main_test

import (
	"maps"
	"strings"
	"testing"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/forge/forgetest"
)

// labJob is a job of the page's pipelines, with no other words than these.
type labJob struct {
	Stage, Image, Environment string
	Needs                     []string
	Tokens                    map[string]struct{ Aud string } `yaml:"id_tokens"`
	Variables                 map[string]string
	Before                    []string `yaml:"before_script"`
	Script                    []string
	After                     []string `yaml:"after_script"`
}

// scripts runs what the job does, as GitLab does: the last of it also where the rest failed.
func (j labJob) scripts(t *testing.T, folder string, env map[string]string) (said string) {
	t.Helper()
	given := maps.Clone(env)
	maps.Copy(given, j.Variables)
	var lines []string
	for _, line := range append(append([]string{}, j.Before...), j.Script...) {
		if !installs(line) {
			lines = append(lines, line)
		}
	}
	for _, script := range [][]string{lines, j.After} {
		text, err := shell(t, folder, strings.Join(script, "\n"), given)
		if said += text; err != nil {
			t.Fatalf("%q ends with %v:\n%s", script, err, text)
		}
	}
	return said
}

// gitLab runs the page's pipeline: its jobs stand in the one pipeline that the definition asks about.
func (p *releasePage) gitLab(t *testing.T) {
	h := p.furnish(t)
	h.start()
	h.rest()
	for _, repo := range []*forgetest.Repo{h.cart, h.pay} {
		run := repo.Run(ci("push"), repo.Head("main"))
		run.Start()
		run.Finish("success")
		h.bring(run.Token(audience, nil), unitForm(testReport(3, 0)))
	}
	var file struct {
		Include []struct {
			Component string
			Inputs    map[string]string
		}
		Stages       []string
		Unit, Deploy labJob
	}
	strictly(t, p.run(t, "gitlab-ci", h.server.Root()), &file)
	c := readTemplate(t)
	given := map[string]string{"binary": p.binary, "limit": "0s"}
	maps.Copy(given, file.Include[0].Inputs)
	for name := range given {
		if _, known := c.inputs[name]; !known {
			t.Errorf("the component has no input %s", name)
		}
	}
	if !strings.HasPrefix(file.Include[0].Component, "$CI_SERVER_FQDN/") || !strings.Contains(file.Include[0].Component, "/wait@") || file.Deploy.Needs[0] != c.inputs["job"] {
		t.Errorf("it includes %s, and what deploys needs %s", file.Include[0].Component, file.Deploy.Needs)
	}
	run := h.web.Pipeline("main", h.web.Head("main"), forgetest.Job{Name: "unit", Stage: file.Unit.Stage},
		forgetest.Job{Name: c.inputs["job"], Stage: "deploy"}, forgetest.Job{Name: "deploy", Stage: file.Deploy.Stage, Environment: file.Deploy.Environment})
	run.StartJob("unit")
	env := map[string]string{"NEXUSGATE_ID_TOKEN": run.Token("unit", audience, nil)}
	if file.Unit.Tokens["NEXUSGATE_ID_TOKEN"].Aud != h.server.Root() {
		t.Errorf("its token is for %+v", file.Unit.Tokens)
	}
	folder := checkout(t)
	if said, err := c.run(t, given, run.Token(c.inputs["job"], audience, nil)); err == nil || !strings.Contains(said, "may not go out") {
		t.Errorf("before its tests the job ends with %v:\n%s", err, said)
	}
	if said := file.Unit.scripts(t, folder, env); !strings.Contains(said, "counts for the commit "+h.web.Head("main")) {
		t.Errorf("it says %s", said)
	}
	run.FinishJob("unit", "success")
	run.StartJob(c.inputs["job"])
	given["limit"] = "1m"
	if said, err := c.run(t, given, run.Token(c.inputs["job"], audience, nil)); err != nil || !strings.Contains(said, "is done.") {
		t.Errorf("the job ends with %v:\n%s", err, said)
	}
	if said := file.Deploy.scripts(t, folder, nil); !strings.Contains(said, "deployed:") {
		t.Errorf("it says %s", said)
	}
}

// approval has GitLab itself hold the page's job back.
func (p *releasePage) approval(t *testing.T) {
	h := p.furnish(t)
	var file struct{ Deploy labJob }
	strictly(t, p.run(t, "gitlab-approval", ""), &file)
	h.web.Protect(file.Deploy.Environment, 1, true)
	h.start()
	h.rest()
	for _, repo := range []*forgetest.Repo{h.cart, h.pay} {
		run := repo.Run(ci("push"), repo.Head("main"))
		run.Start()
		run.Finish("success")
		h.bring(run.Token(audience, nil), unitForm(testReport(3, 0)))
	}
	run := h.web.Pipeline("main", h.web.Head("main"), forgetest.Job{Name: "unit"}, forgetest.Job{Name: "deploy", Environment: file.Deploy.Environment})
	run.FinishJob("unit", "success")
	h.rest()
	h.eventually("the deployment is known to wait", func() bool { return len(h.server.Deploying("storefront")) == 1 })
	h.bring(run.Token("unit", audience, nil), unitForm(testReport(3, 0)))
	h.componentStands("web", h.web.Head("main"), "unit", gate.Met)
	h.eventually("the deployment is approved", func() bool {
		state, comments := h.web.Deployments()[0].State()
		return state == "created" && strings.Contains(strings.Join(comments, "\n"), "is done.")
	})
	if said := file.Deploy.scripts(t, checkout(t), nil); !strings.Contains(said, "deployed:") {
		t.Errorf("it says %s", said)
	}
}
