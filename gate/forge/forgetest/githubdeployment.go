package forgetest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
)

// Deployment is a job that waits before it deploys, until the App lets it.
type Deployment struct {
	run         *Run
	id          int64
	environment string
	state       string // "waiting", "approved", "rejected"
	comments    []string
	callback    string
}

// mostComments is how many status reports GitHub takes of a deployment.
const mostComments = 10

// Deploy has a job of the run wait before it deploys to an environment.
func (n *Run) Deploy(environment string) *Deployment { return n.DeployCalling(environment, "") }

// DeployCalling does so with an address that the answer is said to go to; "": GitHub's own.
func (n *Run) DeployCalling(environment, callback string) *Deployment {
	d := &Deployment{run: n, environment: environment, state: "waiting"}
	n.repo.hub.move(func(out *outbox) {
		d.id = n.repo.hub.next()
		n.repo.deployments = append(n.repo.deployments, d)
		if callback == "" {
			callback = fmt.Sprintf("%s/actions/runs/%d/deployment_protection_rule", n.repo.api(), n.id)
		}
		d.callback = callback
		out.add("deployment_protection_rule", object{
			"action": "requested", "environment": environment, "event": n.flow.Trigger, "deployment_callback_url": callback,
			"deployment": object{
				"id": d.id, "sha": n.commit, "ref": "main", "task": "deploy", "environment": environment,
				"created_at": instant(n.created), "updated_at": instant(n.created),
			},
			"pull_requests": []object{}, "repository": n.repo.object(false), "installation": n.repo.installation(),
		})
	})
	return d
}

// Callback is where the answer is said to go.
func (d *Deployment) Callback() string { return d.callback }

// State is whether the job waits, or what it was told last, and all comments on it.
func (d *Deployment) State() (state string, comments []string) {
	d.run.repo.hub.mu.Lock()
	defer d.run.repo.hub.mu.Unlock()
	return d.state, append([]string{}, d.comments...)
}

func (g *GitHub) answerDeployment(r *Repo, c *call) reply {
	var body struct {
		Environment string `json:"environment_name"`
		State       string `json:"state"`
		Comment     string `json:"comment"`
	}
	run, err := strconv.ParseInt(c.PathValue("run"), 10, 64)
	if err != nil || json.Unmarshal(c.body, &body) != nil || body.State == "" && body.Comment == "" || len(body.Comment) > 1024 {
		return refuse(http.StatusUnprocessableEntity, "Validation Failed")
	}
	for _, d := range r.deployments {
		if d.run.id != run || d.environment != body.Environment || d.state != "waiting" || len(d.comments) >= mostComments {
			continue
		}
		d.comments = append(d.comments, body.Comment)
		if body.State != "" {
			d.state = body.State
		}
		return reply{status: http.StatusNoContent}
	}
	return refuse(http.StatusUnprocessableEntity, "The deployment protection rule is not waiting for a review")
}
