package webhook

import (
	"strconv"
	"strings"

	"github.com/nexusgate/nexusgate/gate"
)

type githubWorkflowJobBody struct {
	githubEnvelope
	WorkflowJob struct {
		ID          int64  `json:"id"`
		RunID       int64  `json:"run_id"`
		Attempt     int    `json:"run_attempt"`
		Name        string `json:"name"`
		HeadSHA     string `json:"head_sha"`
		Status      string `json:"status"`
		Conclusion  string `json:"conclusion"`
		Created     moment `json:"created_at"`
		Started     moment `json:"started_at"`
		Completed   moment `json:"completed_at"`
		CheckRunURL string `json:"check_run_url"`
		HTMLURL     string `json:"html_url"`
	} `json:"workflow_job"`
}

// githubWorkflowJob reads a job of a run. Only GitHub Actions sends it, so the check run that it
// points to is theirs, and not of a workflow that bears their name.
func githubWorkflowJob(d gate.Delivery) ([]gate.Event, error) {
	b, err := body[githubWorkflowJobBody](d)
	if err != nil {
		return nil, err
	}
	r, err := b.reported("workflow job", min(b.WorkflowJob.ID, b.WorkflowJob.RunID), b.WorkflowJob.HeadSHA)
	r.Evidence = evidenced(d, b.evidence())
	return []gate.Event{r}, err
}

func (b githubWorkflowJobBody) evidence() gate.Evidence {
	j := b.WorkflowJob
	status := githubStatusOf(j.Status)
	observed := endOr(status, j.Started, j.Completed)
	if observed.IsZero() {
		observed = j.Created.Time
	}
	return gate.Evidence{
		Object: object("job", j.ID), Kind: "job", Name: label(j.Name), Producer: gate.Producer{App: gate.GitHubActions},
		Run:     gate.Run{ID: j.RunID, Attempt: max(j.Attempt, 1), Job: j.ID},
		Started: j.Started.Time, Status: status, Observed: observed, Facts: concluded(status, j.Conclusion),
		URL: link(j.HTMLURL), Holder: object("run", j.RunID), Confirms: object("check", lastID(j.CheckRunURL)),
	}
}

// lastID is the number at the end of a URL's path, or 0.
func lastID(url string) int64 {
	id, err := strconv.ParseInt(url[strings.LastIndexByte(url, '/')+1:], 10, 64)
	if err != nil {
		return 0
	}
	return id
}
