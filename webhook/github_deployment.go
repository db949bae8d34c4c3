package webhook

import (
	"errors"
	"net/url"
	"strconv"
	"strings"

	"github.com/nexusgate/nexusgate/gate"
)

type githubDeploymentBody struct {
	githubEnvelope
	Environment string `json:"environment"`
	Callback    string `json:"deployment_callback_url"`
	Deployment  struct {
		ID      int64  `json:"id"`
		SHA     string `json:"sha"`
		Created moment `json:"created_at"`
	} `json:"deployment"`
}

// githubDeployment reads that a job waits for our word before it deploys. GitHub tells it once.
// https://docs.github.com/en/webhooks/webhook-events-and-payloads#deployment_protection_rule
func githubDeployment(d gate.Delivery) ([]gate.Event, error) {
	b, err := body[githubDeploymentBody](d)
	if err != nil || b.Action != "requested" {
		return nil, err
	}
	r, err := b.reported("deployment", b.Deployment.ID, b.Deployment.SHA)
	if err != nil {
		return nil, err
	}
	run, err := runOf(b.Callback)
	if err != nil {
		return nil, err
	}
	return []gate.Event{gate.DeploymentAsked{
		Repo: r.Repo, Commit: r.Commit, Environment: label(b.Environment), Deployment: b.Deployment.ID,
		Run: run, Callback: b.Callback, At: b.Deployment.Created.Time,
	}}, nil
}

// runOf is the run that an answer is for: …/repos/OWNER/REPO/actions/runs/RUN/deployment_protection_rule. Nothing else
// of the address is used but its host, which has to be the forge's own.
func runOf(callback string) (int64, error) {
	at, err := url.Parse(callback)
	if err != nil || len(callback) > maxURL {
		return 0, errors.New("the address that the answer goes to is none")
	}
	steps := strings.Split(strings.TrimSuffix(at.Path, "/"), "/")
	if n := len(steps); n > 4 && steps[n-1] == "deployment_protection_rule" && steps[n-3] == "runs" {
		if run, err := strconv.ParseInt(steps[n-2], 10, 64); err == nil && run > 0 {
			return run, nil
		}
	}
	return 0, errors.New("the address that the answer goes to names no run")
}
