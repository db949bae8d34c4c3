package gate_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
)

func TestWhatATokenProvesTakesThePlaceOfWhatWasSaid(t *testing.T) {
	said := gate.Evidence{
		Kind: "junit", Name: "unit", Producer: gate.Producer{App: "somebody", Workflow: "release.yml"}, Trigger: "merge_group", Trust: definition.Token,
		Run: gate.Run{ID: 99, Attempt: 99, Job: 99, Created: morning}, Status: gate.Completed, Facts: gate.Facts{"tests": 1},
	}
	for _, c := range []struct {
		job      gate.Job
		producer gate.Producer
		run      gate.Run
		holder   string
	}{
		{jobOfGitHub(), gate.Producer{App: gate.GitHubActions, Workflow: ".github/workflows/ci.yml@refs/heads/main"}, gate.Run{ID: 31, Attempt: 2}, "run/31"},
		{jobOfGitLab(), gate.Producer{App: gate.GitLabCI, Workflow: ".gitlab-ci.yml@refs/heads/main"}, gate.Run{ID: 574, Attempt: 1, Job: 302}, "pipeline/574"},
	} {
		got := c.job.Brings(said)
		if got.Producer != c.producer || got.Run != c.run || got.Trigger != "push" || got.Trust != definition.OIDC {
			t.Errorf("%s: it brings %+v", c.job.Forge, got)
		}
		if got.Kind != said.Kind || got.Name != said.Name || got.Status != said.Status {
			t.Errorf("%s: it changed what was said: %+v", c.job.Forge, got)
		}
		if c.job.Holder() != c.holder {
			t.Errorf("it is held by %s, want %s", c.job.Holder(), c.holder)
		}
	}
}

func TestAWorkflowOfAnotherRepositoryBearsItsName(t *testing.T) {
	for said, want := range map[string]string{
		"acme/cart-api/.github/workflows/ci.yml@refs/heads/main":     ".github/workflows/ci.yml@refs/heads/main",
		"Acme/Cart-API/.github/workflows/ci.yml@refs/heads/main":     ".github/workflows/ci.yml@refs/heads/main",
		"acme/shared/.github/workflows/ci.yml@refs/tags/v1":          "acme/shared/.github/workflows/ci.yml@refs/tags/v1",
		"acme/.github/.github/workflows/ci.yml@refs/heads/main":      "acme/.github/.github/workflows/ci.yml@refs/heads/main",
		"acme/cart-api/.github/workflows/ci.yml@refs/heads/a@refs/b": ".github/workflows/ci.yml@refs/heads/a@refs/b",
		"acme/cart-api-x/.github/workflows/ci.yml@refs/heads/main":   "acme/cart-api-x/.github/workflows/ci.yml@refs/heads/main",
		"acme/cart-api/elsewhere/ci.yml@refs/heads/main":             "acme/cart-api/elsewhere/ci.yml@refs/heads/main",
		"":                                 "",
		"/.github/workflows/ci.yml@refs/x": "/.github/workflows/ci.yml@refs/x",
	} {
		j := jobOfGitHub(func(j *gate.Job) { j.Workflow = said })
		if got := j.Brings(gate.Evidence{}).Producer.Workflow; got != want {
			t.Errorf("%s is the workflow %s, want %s", said, got, want)
		}
	}
	for said, want := range map[string]string{
		"gitlab.example.com/group/sub/web//ci/main.yml@refs/heads/x//y": "ci/main.yml@refs/heads/x//y", "": "",
	} {
		j := jobOfGitLab(func(j *gate.Job) { j.Workflow = said })
		if got := j.Brings(gate.Evidence{}).Producer.Workflow; got != want {
			t.Errorf("%s is the workflow %s, want %s", said, got, want)
		}
	}
}

// countsFrom says whether tests pass that are asked for from a workflow.
func countsFrom(t *testing.T, pattern string, evidence ...gate.Evidence) bool {
	t.Helper()
	rule := fmt.Sprintf(`done: tests: {why: "Tests pass", on: "commit", evidence: "junit", name: "unit", from: workflow: %q, must: failed: 0}`, pattern)
	return judged(t, rule, "", morning, evidence...).Outcome == gate.Done
}

func TestAWorkflowIsMatchedByItsFileAndWhereAskedByItsRef(t *testing.T) {
	const own, shared = ".github/workflows/ci.yml", "acme/shared/.github/workflows/ci.yml"
	for _, c := range []struct {
		pattern, workflow string
		want              bool
	}{
		{"ci.yml", own, true},
		{"ci.yml", own + "@refs/heads/main", true},
		{"ci.yml", own + "@refs/pull/3/merge", true},
		{"ci.yml", shared + "@refs/heads/main", false},
		{"c?.yml", shared + "@refs/heads/main", false},
		{"ci.yml", ".github/workflows/ci.yml@x.yml@refs/heads/main", false},
		{"ci.yml", ".gitlab-ci.yml@refs/heads/main", false},
		{".gitlab-ci.yml", ".gitlab-ci.yml@refs/heads/main", true},
		{"ci.yml@refs/heads/main", own + "@refs/heads/main", true},
		{"ci.yml@refs/heads/main", own + "@refs/heads/main2", false},
		{"ci.yml@refs/heads/main", own + "@refs/heads/x@refs/heads/main", false},
		{"ci.yml@refs/heads/main", own, false},
		{"ci.yml@refs/heads/release-*", own + "@refs/heads/release-1", true},
		{"ci.yml@refs/heads/*", own + "@refs/heads/a/b", false},
		{own, own + "@refs/heads/main", true},
		{own, shared + "@refs/heads/main", false},
		{shared, shared + "@refs/tags/v1", true},
		{shared + "@refs/tags/v*", shared + "@refs/tags/v1", true},
		{shared + "@refs/tags/v*", shared + "@refs/heads/v1", false},
		{shared + "@" + tested, shared + "@" + tested, true},
		{shared + "@" + tested, shared + "@refs/heads/" + tested, false},
		{"deploy@prod.yml", ".github/workflows/deploy@prod.yml", true},
	} {
		e := junit(0)
		e.Producer, e.Trust = gate.Producer{App: gate.GitHubActions, Workflow: c.workflow}, definition.OIDC
		if got := countsFrom(t, c.pattern, e); got != c.want {
			t.Errorf("from the workflow %s, evidence of %s counts: %v, want %v", c.pattern, c.workflow, got, c.want)
		}
	}
}

func TestARunOfOneWorkflowFollowsOnAnotherWhicheverBranchTheyWerePushedTo(t *testing.T) {
	first := jobOfGitHub(func(j *gate.Job) { j.Run, j.Workflow = 31, "acme/cart-api/.github/workflows/ci.yml@refs/heads/guest" }).Brings(junit(3))
	second := jobOfGitHub(func(j *gate.Job) { j.Run = 32 }).Brings(junit(0))
	for range 2 {
		if !countsFrom(t, "ci.yml", first, second) {
			t.Error("the later run's tests pass, and it is not done")
		}
		first, second = second, first
	}
	first.Facts, second.Facts = second.Facts, first.Facts
	if countsFrom(t, "ci.yml", first, second) {
		t.Error("the later run's tests fail, and it is done")
	}
}

func junit(failed int) gate.Evidence {
	return gate.Evidence{Object: "file/1", Kind: "junit", Name: "unit", Status: gate.Completed, Observed: morning, Facts: gate.Facts{"tests": 9, "failed": failed}}
}

func TestATokenIsNamedByItsIssuerAndItsID(t *testing.T) {
	names := map[string]bool{}
	for _, j := range []gate.Job{{Issuer: "a", Token: "b"}, {Issuer: "a", Token: "c"}, {Issuer: "ab"}, {Token: "ab"}, {Issuer: "a", Token: "b", Expires: time.Unix(9, 0)}} {
		name := j.TokenID()
		if len(name) != 64 {
			t.Errorf("the name of a token is %q", name)
		}
		names[name] = true
	}
	if len(names) != 4 {
		t.Errorf("four tokens have %d names", len(names))
	}
}
