package webhook

import "github.com/nexusgate/nexusgate/gate"

type gitlabJobBody struct {
	gitlabNaming
	ID           int64  `json:"build_id"`
	Name         string `json:"build_name"`
	Stage        string `json:"build_stage"`
	Status       string `json:"build_status"`
	AllowFailure bool   `json:"build_allow_failure"`
	Created      moment `json:"build_created_at"`
	Started      moment `json:"build_started_at"`
	Finished     moment `json:"build_finished_at"`
	PipelineID   int64  `json:"pipeline_id"`
	SHA          string `json:"sha"`

	User        gitlabUser        `json:"user"`
	Environment gitlabEnvironment `json:"environment"`
}

// gitlabJob reads one job. It says of the job what the next Pipeline Hook will say as well, sooner.
func gitlabJob(d gate.Delivery) ([]gate.Event, error) {
	b, err := body[gitlabJobBody](d)
	if err != nil {
		return nil, err
	}
	repo, err := b.spokenOf()
	if err != nil {
		return nil, err
	}
	if err := identified("job in a pipeline", min(b.ID, b.PipelineID)); err != nil {
		return nil, err
	}
	sha, err := someCommit(b.SHA)
	job := b.build()
	if err != nil || job.ours() {
		return nil, err
	}
	return append([]gate.Event{gate.Reported{
		Repo: repo, Commit: sha, Evidence: evidenced(d, job.evidence(b.PipelineID, b.page())),
	}}, job.asks(repo, sha, b.PipelineID)...), nil
}

// build is the job as its pipeline would list it.
func (b gitlabJobBody) build() gitlabBuild {
	return gitlabBuild{
		ID: b.ID, Name: b.Name, Stage: b.Stage, Status: b.Status, AllowFailure: b.AllowFailure,
		Created: b.Created, Started: b.Started, Finished: b.Finished, User: b.User, Environment: b.Environment,
	}
}
