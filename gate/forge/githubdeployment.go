package forge

import (
	"context"
	"fmt"
	"net/http"
	"net/url"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/report"
)

// deploymentComment is how long a comment on a deployment may be. GitHub says characters; bytes are never more.
const deploymentComment = 1024

type deploymentBody struct {
	Environment string `json:"environment_name"`
	State       string `json:"state,omitempty"` // without one it goes on waiting
	Comment     string `json:"comment"`
}

// answerDeployment lets a deployment go on that waits for our word, or not. One that waits no more is not asked for again: it
// was cancelled, answered by an earlier attempt of ours, or let through by somebody who may.
// https://docs.github.com/en/rest/actions/workflow-runs#review-custom-deployment-protection-rules-for-a-workflow-run
func (g *GitHub) answerDeployment(ctx context.Context, s *seat, e Errand) (done gate.ErrandDone, err error) {
	a, err := bodyOf[gate.DeploymentAnswer](e)
	if err != nil {
		return done, err
	}
	if e.Tried && a.Outcome == gate.Awaiting {
		return done, nil // it may have been told that it waits, and GitHub takes ten such reports
	}
	path := fmt.Sprintf("repos/%s/%s/actions/runs/%d/deployment_protection_rule", s.owner, s.name, a.Run)
	request, err := s.client.NewRequest(http.MethodPost, path, deploymentSays(a))
	if err != nil {
		return done, err
	}
	if callback, err := url.Parse(a.Callback); err != nil || callback.Host != request.URL.Host || callback.Scheme != request.URL.Scheme {
		done.Refused = fmt.Sprintf("the deployment wants its answer at %q, which is not this GitHub", report.Cut(report.Plain(a.Callback), 200))
		return done, nil
	}
	if err := s.budget.take(g.config.Now(), e.post()); err != nil {
		return done, err
	}
	_, err = s.client.Do(named(ctx, "answer_deployment"), request, nil)
	switch statusOf(err) {
	case http.StatusNotFound, http.StatusUnprocessableEntity:
		done.Refused, err = "GitHub takes no answer: "+report.Cut(report.Plain(err.Error()), 500), nil
	}
	done.Run = a.Run
	return done, err
}

func deploymentSays(a gate.DeploymentAnswer) deploymentBody {
	b := deploymentBody{Environment: a.Environment}
	switch a.Outcome {
	case gate.Done:
		b.State = "approved"
	case gate.NotDone:
		b.State = "rejected"
	case gate.Awaiting:
	}
	link := ""
	if at := report.WebAddress(a.Page); at != "" {
		link = " [What is known of it](" + at + ")"
	}
	b.Comment = report.Cut(report.Prose(report.Plain(a.Why)), max(0, deploymentComment-len(link))/4) + link
	return b
}
