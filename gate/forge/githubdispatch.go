package forge

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/google/go-github/v60/github"

	"github.com/nexusgate/nexusgate/gate"
)

// GitHub says which run came of a dispatch where it is asked to, and an older Enterprise Server does not. Its run,
// and that of an attempt whose answer was lost, is found by the errand's mark, which the workflow puts into its
// run-name. A run is listed a moment later.
// https://docs.github.com/en/rest/actions/workflows#create-a-workflow-dispatch-event
const (
	listedAfter = 2 * time.Second // a run is looked for again
	// unlistedFor is how many attempts a run that may have been asked for is only looked for, before it is asked
	// for once more: by then, after a doubling wait from a second on, more than two minutes have passed.
	unlistedFor = 8
	// namelessAfter is after how many attempts the runs without a mark say that the workflow shows none.
	namelessAfter = 3
	dispatchSkew  = time.Minute // that GitHub's clock may be behind
)

var errUnlisted = errors.New("GitHub does not list the run that it was asked for yet")

// dispatch starts a workflow, unless an earlier attempt did.
func (g *GitHub) dispatch(ctx context.Context, s *seat, e Errand) (gate.ErrandDone, error) {
	d, err := bodyOf[gate.Dispatch](e)
	if err != nil {
		return gate.ErrandDone{}, err
	}
	if !word(d.Workflow) {
		return gate.ErrandDone{}, &refusal{404, fmt.Sprintf("%q is not the file of a workflow", d.Workflow)}
	}
	if e.Tried {
		done, err := s.dispatched(ctx, e, d)
		if err != nil || done.Run != 0 || done.Refused != "" {
			return done, err
		}
		if e.Attempts%unlistedFor != 0 {
			return done, &Begun{errUnlisted}
		}
	}
	if err := s.budget.take(g.config.Now(), e.post()); err != nil {
		return gate.ErrandDone{}, err
	}
	done, err := s.startWorkflow(ctx, d)
	if err != nil || done.Run != 0 {
		return done, err
	}
	if done, err = s.dispatched(ctx, e, d); err != nil {
		return done, &Begun{asLater(err, g.config.Now())}
	}
	if done.Run == 0 {
		return gate.ErrandDone{}, &Begun{&Later{Until: g.config.Now().Add(listedAfter), Reason: errUnlisted.Error()}}
	}
	return done, nil
}

type dispatchBody struct {
	Ref     string            `json:"ref"`
	Inputs  map[string]string `json:"inputs"`
	Details bool              `json:"return_run_details,omitempty"`
}

// startWorkflow says which run came of it, where GitHub does.
func (s *seat) startWorkflow(ctx context.Context, d gate.Dispatch) (gate.ErrandDone, error) {
	body := dispatchBody{Ref: d.Ref, Inputs: d.Inputs, Details: true}
	done, err := s.postDispatch(ctx, d.Workflow, body)
	if statusOf(err) == http.StatusUnprocessableEntity && strings.Contains(err.Error(), "return_run_details") {
		body.Details = false // an older server knows no such thing
		return s.postDispatch(ctx, d.Workflow, body)
	}
	return done, err
}

func (s *seat) postDispatch(ctx context.Context, workflow string, body dispatchBody) (done gate.ErrandDone, err error) {
	path := fmt.Sprintf("repos/%s/%s/actions/workflows/%s/dispatches", s.owner, s.name, workflow)
	request, err := s.client.NewRequest(http.MethodPost, path, body)
	if err != nil {
		return done, err
	}
	var said struct {
		Run int64  `json:"workflow_run_id"`
		URL string `json:"html_url"`
	}
	_, err = s.client.Do(named(ctx, "dispatch_workflow"), request, &said)
	return gate.ErrandDone{Run: said.Run, URL: said.URL}, err
}

// dispatched finds the run that came of a dispatch, by its mark, among the latest. Whoever may write to the repository
// can start another one under a mark that they have seen, or on a branch of their own: the first one on ours is it.
func (s *seat) dispatched(ctx context.Context, e Errand, d gate.Dispatch) (done gate.ErrandDone, err error) {
	page, _, err := s.client.Actions.ListWorkflowRunsByFileName(named(ctx, "list_workflow_runs"), s.owner, s.name, d.Workflow,
		&github.ListWorkflowRunsOptions{Event: "workflow_dispatch", Branch: d.Ref, ListOptions: github.ListOptions{PerPage: pageSize}})
	if err != nil {
		return done, err
	}
	since := slices.DeleteFunc(page.WorkflowRuns, func(run *github.WorkflowRun) bool {
		return run.GetCreatedAt().Before(e.Made.Add(-dispatchSkew)) || run.GetHeadBranch() != d.Ref
	})
	mark := d.Inputs[d.Mark]
	ours := slices.DeleteFunc(slices.Clone(since), func(run *github.WorkflowRun) bool {
		return mark == "" || !strings.Contains(run.GetDisplayTitle(), mark) && !strings.Contains(run.GetName(), mark)
	})
	if len(ours) > 0 {
		run := slices.MinFunc(ours, func(a, b *github.WorkflowRun) int { return cmp.Compare(a.GetID(), b.GetID()) })
		return gate.ErrandDone{Run: run.GetID(), URL: run.GetHTMLURL()}, nil
	}
	if len(since) > 0 && e.Attempts >= namelessAfter {
		done.Refused = fmt.Sprintf("no run of %s shows by its name which dispatch it came of; write in the workflow  run-name: \"${{ inputs.%s }}\"", d.Workflow, d.Mark)
	}
	return done, nil
}
