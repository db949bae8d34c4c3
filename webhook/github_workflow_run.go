package webhook

import (
	"strings"

	"github.com/nexusgate/nexusgate/gate"
)

type githubWorkflowRunBody struct {
	githubEnvelope
	Workflow struct {
		Name string `json:"name"`
		Path string `json:"path"`
	} `json:"workflow"`
	WorkflowRun struct {
		ID         int64        `json:"id"`
		Name       string       `json:"name"`
		Path       string       `json:"path"`
		Event      string       `json:"event"`
		HeadSHA    string       `json:"head_sha"`
		HeadCommit githubCommit `json:"head_commit"`
		Status     string       `json:"status"`
		Conclusion string       `json:"conclusion"`
		Attempt    int          `json:"run_attempt"`
		Created    moment       `json:"created_at"`
		Started    moment       `json:"run_started_at"`
		Updated    moment       `json:"updated_at"`
		HTMLURL    string       `json:"html_url"`
	} `json:"workflow_run"`
}

// githubWorkflowRun reads a run of a workflow: a pipeline. Which pull requests it belongs to is not
// taken from it: the list is empty for a fork, and names all that share the head.
func githubWorkflowRun(d gate.Delivery) ([]gate.Event, error) {
	b, err := body[githubWorkflowRunBody](d)
	if err != nil {
		return nil, err
	}
	r, err := b.reported("workflow run", b.WorkflowRun.ID, b.WorkflowRun.HeadSHA)
	r.Tree, r.Evidence = b.WorkflowRun.HeadCommit.tree(r.Commit), evidenced(d, b.evidence())
	return []gate.Event{r}, err
}

func (b githubWorkflowRunBody) evidence() gate.Evidence {
	r := b.WorkflowRun
	status := githubStatusOf(r.Status)
	return gate.Evidence{
		Object: object("run", r.ID), Kind: "pipeline", Name: label(first(b.Workflow.Name, r.Name)),
		Producer: gate.Producer{App: gate.GitHubActions, Workflow: b.path()}, Trigger: label(r.Event),
		Run:     gate.Run{Created: r.Created.Time, ID: r.ID, Attempt: max(r.Attempt, 1)},
		Started: r.Started.Time, Status: status, Observed: r.Updated.Time,
		Facts: concluded(status, r.Conclusion), URL: link(r.HTMLURL),
	}
}

// path is the workflow's file. A run names the ref as well: ".github/workflows/ci.yml@refs/heads/main".
func (b githubWorkflowRunBody) path() string {
	path, _, _ := strings.Cut(first(b.Workflow.Path, b.WorkflowRun.Path), "@")
	return label(path)
}
