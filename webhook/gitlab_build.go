package webhook

import (
	"slices"
	"strconv"
	"time"

	"github.com/nexusgate/nexusgate/gate"
)

// gitlabBuild is a job as a pipeline lists it.
type gitlabBuild struct {
	ID           int64  `json:"id"`
	Name         string `json:"name"`
	Stage        string `json:"stage"`
	Status       string `json:"status"`
	AllowFailure bool   `json:"allow_failure"`
	Created      moment `json:"created_at"`
	Started      moment `json:"started_at"`
	Finished     moment `json:"finished_at"`

	User        gitlabUser        `json:"user"`
	Environment gitlabEnvironment `json:"environment"`
}

// foreign are the jobs without our own, which are what our commit statuses become.
func foreign(builds []gitlabBuild) []gitlabBuild {
	return slices.DeleteFunc(builds, func(b gitlabBuild) bool { return b.ours() })
}

func (b gitlabBuild) ours() bool {
	return b.posted() && gate.Ours(b.Name)
}

// posted says whether it is no job but a commit status that somebody posted: GitLab lists those in a stage
// of their own.
func (b gitlabBuild) posted() bool { return b.Stage == "external" }

// evidence is the job within its pipeline. A retry is another job with a greater id in the same
// pipeline. What a Job Hook does not tell (the trigger, the pipeline's creation) is left out here too:
// one job must be one piece of evidence, whichever hook brought it last.
func (b gitlabBuild) evidence(pipeline int64, page string) gate.Evidence {
	status := gitlabStatusOf(b.Status)
	e := gate.Evidence{
		Object: object("job", b.ID), Kind: "job", Name: label(b.Name), Producer: gate.Producer{App: gate.GitLabCI},
		Run:     gate.Run{ID: pipeline, Attempt: 1, Job: b.ID},
		Started: b.Started.Time, Status: status, Observed: b.observed(),
		Facts: concluded(status, gitlabConclusion(b.Status)), URL: link(page + "/-/jobs/" + strconv.FormatInt(b.ID, 10)),
		Holder: object("pipeline", pipeline), AllowFailure: b.AllowFailure, Deploys: b.Environment.deployedTo(),
	}
	if b.posted() { // by anybody who may, under any name: a job's as well
		e.Object, e.Kind, e.Producer = object("status", b.ID), "status", gate.Producer{App: label(b.User.Username)}
		e.Deploys = ""
	}
	return e
}

func (b gitlabBuild) observed() time.Time { return latest(b.Created, b.Started, b.Finished) }

// gitlabStatusOf is how far a job or a pipeline of GitLab's has come. A manual job waits for a person
// and for nobody else: it has completed, and what it wants is an action. A word that is not known
// counts as not begun.
func gitlabStatusOf(word string) gate.Status {
	switch word {
	case "success", "failed", "canceled", "skipped", "manual":
		return gate.Completed
	case "running", "canceling":
		return gate.Running
	default: // created, pending, preparing, scheduled, waiting_for_resource, waiting_for_callback
		return gate.Queued
	}
}

// gitlabConclusion is GitLab's word for how a job ended in GitHub's words.
func gitlabConclusion(word string) string {
	switch word {
	case "failed":
		return "failure"
	case "canceled":
		return "cancelled"
	case "manual":
		return "action_required"
	default: // success, skipped
		return word
	}
}
