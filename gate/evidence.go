package gate

import (
	"time"

	"github.com/nexusgate/nexusgate/definition"
)

// Status is how far a producer has come.
type Status string

// The statuses, in the order of their ranks.
const (
	Queued    Status = "queued"
	Running   Status = "running"
	Completed Status = "completed"
)

// Facts are what evidence says: maps, lists, strings, booleans and numbers as a JSON decoder
// yields them. The conclusion of a run is the fact "conclusion", in GitHub's words on both forges:
// success, failure, cancelled, skipped, neutral, timed_out, action_required, stale, startup_failure.
type Facts map[string]any

// Producer is who made a piece of evidence.
type Producer struct {
	App      string `json:"app,omitempty"`      // an App's slug, the creator of a status, "gitlab-ci"
	Workflow string `json:"workflow,omitempty"` // its file: ".github/workflows/ci.yml", with its ref where a job's token tells it
}

// Run places evidence among the runs of one identity: a later run replaces an earlier one,
// in whatever order their deliveries arrive.
type Run struct {
	Created time.Time `json:"created,omitzero"`
	ID      int64     `json:"id,omitempty"`
	Attempt int       `json:"attempt,omitempty"`
	Job     int64     `json:"job,omitempty"` // the job's id, where a retry makes a new one
}

// Evidence is what one of a forge's objects (a run, a job, a check run, a status, a pipeline, a
// suite) last said of a commit.
type Evidence struct {
	Object   string           `json:"object"` // that object: "run/30433642", "check/128620228"
	Kind     string           `json:"kind"`   // "pipeline", "job", "check", "status", "suite", "junit", …
	Name     string           `json:"name,omitempty"`
	Producer Producer         `json:"producer,omitzero"`
	Trigger  string           `json:"trigger,omitempty"` // "push", "pull_request", "merge_request_event"
	Trust    definition.Trust `json:"trust"`
	Run      Run              `json:"run,omitzero"`
	Started  time.Time        `json:"started,omitzero"`
	Status   Status           `json:"status"`
	Observed time.Time        `json:"observed,omitzero"` // the forge's own time of this state
	Facts    Facts            `json:"facts,omitempty"`
	URL      string           `json:"url,omitempty"`

	// Since are facts that grow: of each, the moment that its hours are counted from.
	Since map[string]time.Time `json:"since,omitempty"`
	// Holder is the object that holds this one and knows when all of its kind have come:
	// "run/30433642" of a job, "suite/118578147" of a check, "pipeline/31" of a GitLab job.
	Holder string `json:"holder,omitempty"`
	// Confirms is the check run that a workflow job points to. A check run that says it is of
	// GitHub Actions is believed only when a job confirms it: any workflow may create one.
	Confirms string `json:"confirms,omitempty"`
	// Parent is the pipeline that started this one: a child answers for its parent, never for itself.
	Parent string `json:"parent,omitempty"`
	// AllowFailure marks a GitLab job whose failure does not fail its pipeline.
	AllowFailure bool `json:"allowFailure,omitempty"`
	// Deploys is the environment that a GitLab job deploys to, where the door in front of it is ours: the job goes
	// out through that door, and does not decide whether it opens.
	Deploys string `json:"deploys,omitempty"`
	// Change is the number of the merge request that a GitLab pipeline was made for; its commit
	// may be an internal merge that no branch holds.
	Change int `json:"change,omitempty"`
	// Listed marks a GitLab pipeline of which the whole list of jobs has been seen.
	Listed bool `json:"listed,omitempty"`

	// Open marks evidence that more may join, as approvals do: what it does not meet yet is waited for.
	Open bool `json:"open,omitempty"`

	// Proposed marks evidence that counts for a proposal alone, and not for what has landed.
	Proposed bool `json:"proposed,omitempty"`
	// Why it counts for nothing, or not for all that bears its commit.
	Why string `json:"why,omitempty"`
	// Digest names the files that it was read from; "" of what a forge itself told.
	Digest string `json:"digest,omitempty"`
	// Of is the job that brought it, by its name, where a retry is another job.
	Of string `json:"of,omitempty"`
	// Earlier is the head of a change that a sign-off was given for, where it is not the commit judged.
	Earlier string `json:"earlier,omitempty"`
	// Remark is what a finding says of it besides: which attempt it is, and since which landing it fails.
	Remark string `json:"remark,omitempty"`

	Delivery string `json:"delivery,omitempty"` // the delivery that brought it
	Carried  string `json:"carried,omitempty"`  // the commit it is carried from, "" if it is the commit's own
}
