package webhook

import (
	"strings"

	"github.com/nexusgate/nexusgate/gate"
)

type gitlabDeploymentBody struct {
	gitlabNaming
	Status      string `json:"status"`
	Environment string `json:"environment"`
	ID          int64  `json:"deployment_id"`
	Job         int64  `json:"deployable_id"` // null where the API made it, and nothing waits then
	ShortSHA    string `json:"short_sha"`
	CommitURL   string `json:"commit_url"`
	Changed     moment `json:"status_changed_at"`
}

// gitlabDeployment reads that a deployment is blocked: it waits for approvals, or for somebody to start it. Which of
// the two only the API tells.
// https://docs.gitlab.com/user/project/integrations/webhook_events/#deployment-events
func gitlabDeployment(d gate.Delivery) ([]gate.Event, error) {
	b, err := body[gitlabDeploymentBody](d)
	if err != nil {
		return nil, err
	}
	repo, err := b.spokenOf()
	if err != nil || b.Status != "blocked" || b.Job <= 0 || b.Environment == "" {
		return nil, err
	}
	if err := identified("deployment", b.ID); err != nil {
		return nil, err
	}
	sha := b.commit()
	if sha == "" {
		return nil, nil // the hook of its pipeline tells the same of the job, with all of the commit
	}
	return []gate.Event{gate.DeploymentAsked{
		Repo: repo, Commit: sha, Environment: label(b.Environment), Deployment: b.ID, Job: b.Job, At: b.Changed.Time,
	}}, nil
}

// commit is all of the commit's id, with which its page ends; "" where that is not one that the short id begins.
func (b gitlabDeploymentBody) commit() string {
	last := b.CommitURL[strings.LastIndexByte(b.CommitURL, '/')+1:]
	sha, err := someCommit(last)
	short, err2 := someCommit(b.ShortSHA)
	if err != nil || err2 != nil || len(sha) < 40 || !strings.HasPrefix(sha, short) {
		return ""
	}
	return sha
}

// gitlabEnvironment is what a job deploys to.
type gitlabEnvironment struct {
	Name   string `json:"name"`
	Action string `json:"action"` // "start", where it deploys
}

// deployedTo is the environment where the job deploys to one; "" where it stops it, or only looks at it.
func (e gitlabEnvironment) deployedTo() string {
	if e.Action != "start" && e.Action != "" {
		return ""
	}
	return label(e.Name)
}

// asks says that a job that waits by hand may be a deployment that waits for approvals. Only the latest GitLabs have
// a hook for those, and the job is told of by all.
func (b gitlabBuild) asks(repo gate.Repo, sha string, pipeline int64) []gate.Event {
	to := b.Environment.deployedTo()
	if b.Status != "manual" || b.posted() || to == "" || b.ID <= 0 {
		return nil
	}
	return []gate.Event{gate.DeploymentAsked{
		Repo: repo, Commit: sha, Environment: to, Job: b.ID, Run: pipeline, At: b.observed(),
	}}
}
