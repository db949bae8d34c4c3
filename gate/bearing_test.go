package gate_test

import (
	"strings"
	"testing"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
)

const tested = "9c1f0a5c2e1d4b3a8f7e6d5c4b3a29180716f5e4"

// jobOfGitHub is a job of GitHub Actions on the integration branch, jobOfGitLab one of GitLab.
func jobOfGitHub(change ...func(*gate.Job)) gate.Job {
	return changed(gate.Job{
		Forge: gate.GitHub, Repo: gate.Repo{Forge: gate.GitHub, ID: 1, Name: "acme/cart-api"}, Commit: tested, Ref: "refs/heads/main", RefType: "branch",
		Event: "push", Workflow: "acme/cart-api/.github/workflows/ci.yml@refs/heads/main", Run: 31, Attempt: 2,
	}, change)
}

func jobOfGitLab(change ...func(*gate.Job)) gate.Job {
	return changed(gate.Job{
		Forge: gate.GitLab, Repo: gate.Repo{Forge: gate.GitLab, ID: 3, Name: "acme/web"}, Commit: tested, Ref: "refs/heads/main", RefType: "branch",
		RefProtected: true, Event: "push", Workflow: "gitlab.com/acme/web//.gitlab-ci.yml@refs/heads/main", Run: 574, Job: 302,
	}, change)
}

func changed(j gate.Job, change []func(*gate.Job)) gate.Job {
	for _, c := range change {
		c(&j)
	}
	return j
}

func on(event, ref string) func(*gate.Job) {
	return func(j *gate.Job) { j.Event, j.Ref = event, ref }
}

func TestTheEventOfARunSaysWhatItsEvidenceCountsFor(t *testing.T) {
	commit := gate.Bearing{On: definition.OnCommit, Commit: tested, Landed: true}
	unlanded := gate.Bearing{On: definition.OnCommit, Commit: tested}
	change := func(n int) gate.Bearing { return gate.Bearing{On: definition.OnChange, Change: n} }
	nothing := gate.Bearing{}
	open := func(j *gate.Job) { j.RefProtected = false }
	for name, c := range map[string]struct {
		job  gate.Job
		want gate.Bearing
	}{
		"a push to the integration branch":                    {jobOfGitHub(), commit},
		"a push to any other branch":                          {jobOfGitHub(on("push", "refs/heads/guest")), commit},
		"a push of a tag":                                     {jobOfGitHub(on("push", "refs/tags/v1")), commit},
		"a merge group":                                       {jobOfGitHub(on("merge_group", "refs/heads/gh-readonly-queue/main/pr-7-9c1f")), commit},
		"a schedule":                                          {jobOfGitHub(on("schedule", "refs/heads/main")), commit},
		"a schedule of another branch":                        {jobOfGitHub(on("schedule", "refs/heads/old")), nothing},
		"started by hand on the integration branch":           {jobOfGitHub(on("workflow_dispatch", "refs/heads/main")), commit},
		"started by hand on another branch":                   {jobOfGitHub(on("workflow_dispatch", "refs/heads/guest")), nothing},
		"started by hand on a tag of the branch's name":       {jobOfGitHub(on("workflow_dispatch", "refs/tags/main")), nothing},
		"a pull request":                                      {jobOfGitHub(on("pull_request", "refs/pull/17/merge")), change(17)},
		"a pull request that was closed":                      {jobOfGitHub(on("pull_request", "refs/heads/main")), nothing},
		"a pull request of no number":                         {jobOfGitHub(on("pull_request", "refs/pull/017/merge")), nothing},
		"a pull request's target":                             {jobOfGitHub(on("pull_request_target", "refs/heads/main")), nothing},
		"a workflow that follows on another":                  {jobOfGitHub(on("workflow_run", "refs/heads/main")), nothing},
		"a comment":                                           {jobOfGitHub(on("issue_comment", "refs/heads/main")), nothing},
		"an event that is yet to be invented":                 {jobOfGitHub(on("moonrise", "refs/heads/main")), nothing},
		"a GitLab word on GitHub":                             {jobOfGitHub(on("merge_request_event", "refs/merge-requests/3/head")), nothing},
		"no event":                                            {jobOfGitHub(on("", "refs/heads/main")), nothing},
		"no commit":                                           {jobOfGitHub(func(j *gate.Job) { j.Commit = "" }), nothing},
		"of a repository of another id":                       {jobOfGitHub(func(j *gate.Job) { j.Repo.ID = 2 }), nothing},
		"of a repository that was renamed":                    {jobOfGitHub(func(j *gate.Job) { j.Repo.Name = "acme/carts" }), commit},
		"of another forge's repository of the same id":        {jobOfGitLab(func(j *gate.Job) { j.Repo.ID = 1 }), nothing},
		"a push on GitLab":                                    {jobOfGitLab(), commit},
		"a push to a branch that anybody may push to":         {jobOfGitLab(open, on("push", "refs/heads/guest")), unlanded},
		"a schedule on GitLab":                                {jobOfGitLab(on("schedule", "refs/heads/main")), commit},
		"started on the page":                                 {jobOfGitLab(on("web", "refs/heads/main")), commit},
		"started by the API":                                  {jobOfGitLab(on("api", "refs/heads/main")), commit},
		"started by a trigger":                                {jobOfGitLab(on("trigger", "refs/heads/main")), commit},
		"started by another project's pipeline":               {jobOfGitLab(on("pipeline", "refs/heads/main")), commit},
		"started by a trigger where anybody may push":         {jobOfGitLab(open, on("trigger", "refs/heads/guest")), unlanded},
		"a tag on GitLab":                                     {jobOfGitLab(func(j *gate.Job) { j.Ref, j.RefType = "refs/tags/v1", "tag" }), nothing},
		"a merge request":                                     {jobOfGitLab(open, on("merge_request_event", "refs/merge-requests/3/head")), change(3)},
		"what a merge request would become":                   {jobOfGitLab(open, on("merge_request_event", "refs/merge-requests/3/merge")), change(3)},
		"a merge train's car":                                 {jobOfGitLab(open, on("merge_request_event", "refs/merge-requests/3/train")), change(3)},
		"a merge request by its source branch, as GitLab has": {jobOfGitLab(open, on("merge_request_event", "refs/heads/guest")), change(0)},
		"a merge request from a protected branch":             {jobOfGitLab(on("merge_request_event", "refs/heads/main")), change(0)},
		"a fork's merge request in the project":               {jobOfGitLab(func(j *gate.Job) { j.Fork, j.Event = true, "merge_request_event" }), nothing},
		"a fork's own pipeline":                               {jobOfGitLab(func(j *gate.Job) { j.Repo = gate.Repo{Forge: gate.GitLab, ID: 4, Name: "eve/web"} }), nothing},
		"an external pull request":                            {jobOfGitLab(on("external_pull_request_event", "refs/heads/main")), nothing},
		"a chat":                                              {jobOfGitLab(on("chat", "refs/heads/main")), nothing},
		"a child pipeline":                                    {jobOfGitLab(on("parent_pipeline", "refs/heads/main")), nothing},
		"a GitHub word on GitLab":                             {jobOfGitLab(on("workflow_dispatch", "refs/heads/main")), nothing},
	} {
		repo := gate.Repo{Forge: c.job.Forge, ID: map[gate.Forge]int64{gate.GitHub: 1, gate.GitLab: 3}[c.job.Forge], Name: "acme/ours"}
		got := c.job.Bears(repo, "main")
		if got.Why == "" && got != commit {
			t.Errorf("%s: it counts for less than everything, and does not say why", name)
		}
		if got.Why = ""; got != c.want {
			t.Errorf("%s counts for %+v, want %+v", name, got, c.want)
		}
	}
}

func TestNothingCountsInARepositoryThatIsNotKnown(t *testing.T) {
	j := jobOfGitHub(func(j *gate.Job) { j.Repo.ID = 0 })
	if b := j.Bears(gate.Repo{Forge: gate.GitHub, Name: "acme/cart-api"}, "main"); b.On != "" || !strings.Contains(b.Why, "not known yet") {
		t.Errorf("it counts for %+v", b)
	}
}

func TestWhatAForkProposesCountsForNothing(t *testing.T) {
	change := jobOfGitHub(on("pull_request", "refs/pull/17/merge")).Bears(cartRepo, "main")
	ours := gate.ChangeSeen{Repo: cartRepo, Number: 17, HeadRepo: cartRepo.ID}
	if got := change.Of(ours); got != change {
		t.Errorf("of a branch of ours: it counts for %+v, want %+v", got, change)
	}
	for what, repo := range map[string]int64{"of a fork": 99, "of a fork that was deleted": 0} {
		forks := ours
		forks.HeadRepo = repo
		if got := change.Of(forks); got.On != "" || !strings.Contains(got.Why, "fork") {
			t.Errorf("%s: it counts for %+v", what, got)
		}
	}
	if commit := jobOfGitHub().Bears(cartRepo, "main"); commit.Of(gate.ChangeSeen{Repo: cartRepo, HeadRepo: 99}) != commit {
		t.Error("a commit that was pushed to ours counts for less because a fork proposes it too")
	}
}
