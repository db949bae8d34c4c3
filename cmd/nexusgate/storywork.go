package main

import (
	"context"
	"fmt"
	"slices"

	"github.com/nexusgate/nexusgate/gate/forge/forgetest"
)

// The jobs of every pipeline. Two of them may fail and leave it green, as a job that a team has only
// begun with does.
var (
	hubJobs = []string{"test", "scan", "contract"}
	labJobs = []forgetest.Job{{Name: "test"}, {Name: "scan", AllowFailure: true}, {Name: "contract", AllowFailure: true}}
)

// run is a whole run of a repository's workflow. What fails are its tests.
func (t *story) run(repo *forgetest.Repo, trigger, commit, conclusion string) {
	run := repo.Run(forgetest.Workflow{Name: "ci", Path: ".github/workflows/ci.yml", Trigger: trigger, Jobs: hubJobs}, commit)
	run.Start()
	run.FinishJob("scan", "success")
	run.FinishJob("contract", "success")
	run.Finish(conclusion)
}

// pipeline is a whole pipeline on what a project has integrated.
func (t *story) pipeline(project *forgetest.Project) {
	t.finish(project, project.Pipeline("main", project.Head("main"), labJobs...))
}

// finish ends a pipeline green. The mobile team has a hole that others must mend; search and web do not
// keep their contract yet.
func (t *story) finish(project *forgetest.Project, p *forgetest.Pipeline) {
	switch {
	case project == t.mobile && !t.mended:
		p.FinishJob("scan", "failed")
	case slices.Contains([]*forgetest.Project{t.search, t.web}, project):
		p.FinishJob("contract", "failed")
	}
	p.Finish("success")
}

// mendedAfter is how many rounds the mobile team needs its exception for.
const mendedAfter = 4

// goOn keeps the teams at work once the story is told: now and then one lands a change. It is slow
// enough for what a forge allows in an hour.
func (t *story) goOn(ctx context.Context) error {
	t.say("The teams go on. The page is live; Ctrl-C ends the demo.")
	repos := []*forgetest.Repo{t.catalog, t.cart, t.payment, t.checkout}
	for round := 1; ; round++ {
		pause(ctx, t.pace*80)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		t.more(ctx, repos[round%len(repos)], round)
		if round == mendedAfter {
			t.say("The mobile team takes the mended crash reporter: nothing is under its exception any more.")
			t.mended = true
			t.mobile.Commit("main", "The crash reporter without the hole", map[string]string{"package.json": "{}"})
			t.pipeline(t.mobile)
		}
	}
}

// more is a change like any other.
func (t *story) more(ctx context.Context, repo *forgetest.Repo, round int) {
	files := map[string]string{"work.go": fmt.Sprintf("package main // round %d", round)}
	change := t.propose(repo, fmt.Sprintf("work-%d", round), fmt.Sprintf("More work, round %d", round), "noor", files)
	pause(ctx, t.pace*5)
	t.run(repo, "push", change.Merge("squash"), "success")
}

// propose is a change that is green, and that two others have read.
func (t *story) propose(repo *forgetest.Repo, branch, title, author string, files map[string]string) *forgetest.Change {
	repo.Commit(branch, title, files)
	change := repo.OpenChange(branch, "main", title, author)
	t.run(repo, "pull_request", change.Head(), "success")
	change.Review("li", "approved")
	change.Review("kim", "approved")
	return change
}

// land is such a change that lands at once.
func (t *story) land(repo *forgetest.Repo, branch, title, author string, files map[string]string) (landed string) {
	landed = t.propose(repo, branch, title, author, files).Merge("squash")
	t.run(repo, "push", landed, "success")
	return landed
}
