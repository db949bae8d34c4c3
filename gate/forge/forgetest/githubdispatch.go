package forgetest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// Dispatchable is a workflow that can be started by hand or by the API.
type Dispatchable struct {
	Workflow
	RunName string   // "Integration ${{ inputs.nexusgate }}"; "": the workflow's name
	Inputs  []string // that it declares
	// Silent is a server that does not say which run came of a dispatch.
	Silent bool
	// Unlisted is how many times the next run is left out where runs are listed.
	Unlisted int
}

// Offer has the repository hold a workflow that can be dispatched, in place of one of the same path.
func (r *Repo) Offer(flow Dispatchable) {
	r.hub.mu.Lock()
	defer r.hub.mu.Unlock()
	flow.Trigger = "workflow_dispatch"
	if len(flow.Jobs) == 0 {
		flow.Jobs = []string{flow.Name}
	}
	r.offers[flow.Path] = &flow
	if r.workflow[flow.Path] == 0 {
		r.workflow[flow.Path] = r.hub.next()
	}
}

// Dispatched are the runs that were started by dispatches, the oldest first.
func (r *Repo) Dispatched() []*Run {
	r.hub.mu.Lock()
	defer r.hub.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(r.runs), func(n *Run) bool { return n.inputs == nil })
}

// Inputs are what the run was dispatched with.
func (n *Run) Inputs() map[string]string { return n.inputs }

// ID is the run's id.
func (n *Run) ID() int64 { return n.id }

// offered is the workflow that a request names by its file.
func (r *Repo) offered(c *call) *Dispatchable {
	for path, flow := range r.offers {
		if strings.HasSuffix(path, "/"+c.PathValue("workflow")) {
			return flow
		}
	}
	return nil
}

func (g *GitHub) dispatchWorkflow(r *Repo, c *call) reply {
	flow := r.offered(c)
	if flow == nil {
		return refuse(http.StatusNotFound, "Not Found")
	}
	var body struct {
		Ref     string            `json:"ref"`
		Inputs  map[string]string `json:"inputs"`
		Details bool              `json:"return_run_details"`
	}
	if err := json.Unmarshal(c.body, &body); err != nil {
		return refuse(http.StatusBadRequest, "Problems parsing JSON")
	}
	if r.git.branches[body.Ref] == "" {
		return refuse(http.StatusUnprocessableEntity, "No ref found for: "+body.Ref)
	}
	for name := range body.Inputs {
		if !slices.Contains(flow.Inputs, name) {
			return refuse(http.StatusUnprocessableEntity, fmt.Sprintf("Unexpected inputs provided: [%q]", name))
		}
	}
	run := r.dispatched(c.out, flow, body.Ref, body.Inputs)
	if body.Details && !flow.Silent {
		o := run.object()
		return reply{status: http.StatusOK, body: object{"workflow_run_id": run.id, "run_url": o["url"], "html_url": o["html_url"]}}
	}
	return reply{status: http.StatusNoContent}
}

func (r *Repo) dispatched(out *outbox, flow *Dispatchable, branch string, inputs map[string]string) *Run {
	run := &Run{repo: r, flow: flow.Workflow, commit: r.git.branches[branch], branch: branch, inputs: map[string]string{}, title: flow.RunName, unlisted: flow.Unlisted}
	flow.Unlisted = 0
	for name, value := range inputs {
		run.inputs[name] = value
		run.title = strings.ReplaceAll(run.title, "${{ inputs."+name+" }}", value)
	}
	run.enter(out)
	return run
}

// Dispatch has somebody start an offered workflow by hand on a branch.
func (r *Repo) Dispatch(path, branch string, inputs map[string]string) (run *Run) {
	r.hub.move(func(out *outbox) { run = r.dispatched(out, r.offers[path], branch, inputs) })
	return run
}

// listWorkflowRuns lists the runs of one workflow, the newest first.
func (g *GitHub) listWorkflowRuns(r *Repo, c *call) reply {
	flow := r.offered(c)
	if flow == nil {
		return refuse(http.StatusNotFound, "Not Found")
	}
	all, query := []object{}, c.URL.Query()
	for _, run := range slices.Backward(r.runs) {
		switch {
		case run.flow.Path != flow.Path, query.Get("event") != "" && query.Get("event") != run.flow.Trigger,
			query.Get("branch") != "" && query.Get("branch") != cmp.Or(run.branch, r.branchAt(run.commit)):
		case run.unlisted > 0:
			run.unlisted--
		default:
			all = append(all, run.object())
		}
	}
	return listing(c, "workflow_runs", all)
}
