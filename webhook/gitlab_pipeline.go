package webhook

import (
	"strconv"
	"strings"
	"time"

	"github.com/nexusgate/nexusgate/gate"
)

// unnamed is the name of a pipeline that has none: only `workflow: name:` gives one.
const unnamed = "ci"

// maxJobs bounds the jobs taken from one pipeline.
const maxJobs = 10_000

type gitlabPipelineBody struct {
	gitlabNaming
	MergeRequest struct {
		IID             int    `json:"iid"`
		TargetBranch    string `json:"target_branch"`
		TargetProjectID int64  `json:"target_project_id"`
	} `json:"merge_request"`
	SourcePipeline struct {
		PipelineID int64 `json:"pipeline_id"`
	} `json:"source_pipeline"`
	Builds []gitlabBuild `json:"builds"`

	pipeline gitlabRun
}

type gitlabRun struct {
	ID       int64  `json:"id"`
	Name     string `json:"name"`
	Ref      string `json:"ref"`
	SHA      string `json:"sha"`
	Source   string `json:"source"`
	Status   string `json:"status"`
	Created  moment `json:"created_at"`
	Finished moment `json:"finished_at"`
	URL      string `json:"url"`
}

// gitlabPipeline reads a pipeline and all of its latest jobs.
//
// The pipeline's own status decides nothing: our commit statuses are jobs of the very pipeline that
// they judge, so it would wait for itself. It bears no conclusion, and the jobs bear theirs.
func gitlabPipeline(d gate.Delivery) ([]gate.Event, error) {
	b, err := body[gitlabPipelineBody](d)
	if err != nil {
		return nil, err
	}
	if b.pipeline, err = attributes[gitlabRun](b.gitlabNaming); err != nil {
		return nil, err
	}
	repo, err := b.spokenOf()
	if err != nil {
		return nil, err
	}
	if err := identified("pipeline", b.pipeline.ID); err != nil {
		return nil, err
	}
	sha, err := someCommit(b.pipeline.SHA)
	b.Builds = foreign(b.Builds)
	if err != nil || b.onlyOurs() {
		return nil, err
	}
	return append(b.car(repo, sha), b.reported(d, gate.Reported{Repo: repo, Commit: sha})...), nil
}

// onlyOurs says that GitLab made the pipeline to hang our statuses on, there being no other.
func (b gitlabPipelineBody) onlyOurs() bool {
	return b.pipeline.Source == "external" && len(b.Builds) == 0
}

// reported is the pipeline and each of its jobs, on the commit of at.
func (b gitlabPipelineBody) reported(d gate.Delivery, at gate.Reported) []gate.Event {
	at.Evidence = evidenced(d, b.evidence(at.Repo.ID))
	events := []gate.Event{at}
	for _, build := range b.Builds[:min(len(b.Builds), maxJobs)] {
		at.Evidence = evidenced(d, build.evidence(b.pipeline.ID, b.page()))
		events = append(append(events, at), build.asks(at.Repo, at.Commit, b.pipeline.ID)...)
	}
	return events
}

func (b gitlabPipelineBody) evidence(project int64) gate.Evidence {
	p := b.pipeline
	e := gate.Evidence{
		Object: object("pipeline", p.ID), Kind: "pipeline", Name: label(first(p.Name, unnamed)),
		Producer: gate.Producer{App: gate.GitLabCI}, Trigger: label(p.Source),
		Run: gate.Run{Created: p.Created.Time, ID: p.ID, Attempt: 1}, Started: b.started(),
		Status: gitlabStatusOf(p.Status), Observed: b.observed(),
		URL: link(first(p.URL, b.page()+"/-/pipelines/"+strconv.FormatInt(p.ID, 10))),
		// A child bears the same commit as its parent, and may be green where the parent is not.
		Parent: object("pipeline", b.SourcePipeline.PipelineID), Listed: len(b.Builds) <= maxJobs,
	}
	// A fork's pipeline runs in the fork, and its merge request has a number in the other project.
	if target := b.MergeRequest.TargetProjectID; target == 0 || target == project {
		e.Change = b.MergeRequest.IID
	}
	return e
}

// started is when the latest of its jobs did: a retry starts a job in a pipeline that had ended.
func (b gitlabPipelineBody) started() time.Time {
	started := b.pipeline.Created
	for _, build := range b.Builds {
		started.Time = latest(started, build.Started)
	}
	return started.Time
}

// observed is the last time that the body tells of jobs that are not ours; it has none for itself. The
// pipeline's own end moves with each status that we post to it, and what we say is no news to us.
func (b gitlabPipelineBody) observed() time.Time {
	if len(b.Builds) == 0 {
		return latest(b.pipeline.Created, b.pipeline.Finished)
	}
	last := b.pipeline.Created
	for _, build := range b.Builds {
		last.Time = latest(last, moment{build.observed()})
	}
	return last.Time
}

// car is the merge train's car that the pipeline was made for, or nothing. Its commit is a
// merge with all the cars before it.
func (b gitlabPipelineBody) car(repo gate.Repo, sha string) []gate.Event {
	if !strings.HasPrefix(b.pipeline.Ref, "refs/merge-requests/") || !strings.HasSuffix(b.pipeline.Ref, "/train") {
		return nil
	}
	return []gate.Event{gate.GroupSeen{
		Repo: repo, Head: sha, Base: text(b.MergeRequest.TargetBranch, maxRef), Ref: text(b.pipeline.Ref, maxRef),
		Pipeline: b.pipeline.ID, At: b.pipeline.Created.Time,
	}}
}
