package forge

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/xanzy/go-gitlab"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/report"
)

// approvalComment is how long a comment on an approval may be, in characters.
const approvalComment = 255

// labDeployment is a deployment as the API tells it alone; go-gitlab lacks what it says of approvals.
// https://docs.gitlab.com/api/deployments/
type labDeployment struct {
	ID          int64  `json:"id"`
	SHA         string `json:"sha"`
	Status      string `json:"status"`
	CreatedAt   string `json:"created_at"`
	Environment struct {
		Name string `json:"name"`
	} `json:"environment"`
	Deployable struct {
		ID       int64 `json:"id"`
		Pipeline struct {
			ID int64 `json:"id"`
		} `json:"pipeline"`
	} `json:"deployable"`
	Pending   int `json:"pending_approval_count"` // absent from a GitLab without approvals, and from a list
	Approvals []struct {
		Status  string `json:"status"`
		Comment string `json:"comment"`
	} `json:"approvals"`
}

// waits says whether it waits for approvals. A job that is started by hand is blocked as well.
func (d *labDeployment) waits() bool { return d.Status == "blocked" && d.Pending > 0 }

// told says whether it was answered so already, by an earlier attempt: GitLab tells no other marks than the comment.
func (d *labDeployment) told(status, comment string) bool {
	for _, a := range d.Approvals {
		if a.Status == status && a.Comment == comment {
			return true
		}
	}
	return false
}

// approveDeployment approves a deployment that waits, or rejects it. It is read first: a webhook's word is not enough
// for what it is of, and one that waits no more was cancelled, or answered by an earlier attempt or by people.
func (p *project) approveDeployment(ctx context.Context, e Errand) (done gate.ErrandDone, err error) {
	a, err := bodyOf[gate.DeploymentAnswer](e)
	if err != nil || !a.Outcome.Decided() {
		return done, err
	}
	if done.Run, err = p.deploymentOf(ctx, a); err == nil && done.Run == 0 {
		return done, nil
	}
	var d labDeployment
	if err == nil {
		d, err = p.deployment(ctx, done.Run)
	}
	status, comment := approval(a)
	switch {
	case missing(err), statusOf(err) == http.StatusForbidden:
		done.Refused = "GitLab shows no such deployment to the token's user; give it at least the role Developer in the project"
		return done, nil
	case err != nil || !d.waits() || d.told(status, comment):
		return done, err
	case d.SHA != a.Commit || !strings.EqualFold(d.Environment.Name, a.Environment):
		done.Refused = fmt.Sprintf("the deployment %d is of %.12s to %s, and %.12s to %s was told of", done.Run, d.SHA, report.Plain(d.Environment.Name), a.Commit, a.Environment)
		return done, nil
	}
	o := &gitlab.ApproveOrRejectProjectDeploymentOptions{Status: gitlab.Ptr(gitlab.DeploymentApprovalStatus(status)), Comment: &comment}
	_, err = p.Deployments.ApproveOrRejectProjectDeployment(p.id, int(done.Run), o, during(ctx, "approve_deployment"))
	return p.approved(ctx, done, err)
}

// approved is what came of an answer. Where GitLab refused it while the deployment waits on, it says what to grant.
func (p *project) approved(ctx context.Context, done gate.ErrandDone, refused error) (gate.ErrandDone, error) {
	if code := statusOf(refused); code != http.StatusBadRequest && code != http.StatusForbidden && code != http.StatusNotFound {
		return done, refused
	}
	if d, err := p.deployment(ctx, done.Run); err != nil || !d.waits() {
		return done, err
	}
	done.Refused = "GitLab takes no approval from the token's user (" + wordOf(refused) + "); in the project's settings, under " +
		"CI/CD → Protected environments, let it approve deployments to this environment"
	return done, nil
}

// wordOf is what GitLab gave as its reason.
func wordOf(err error) string {
	var refused *gitlab.ErrorResponse
	if errors.As(err, &refused) && refused.Message != "" {
		word := strings.TrimSuffix(strings.TrimPrefix(refused.Message, "{message: "), "}") // as go-gitlab writes it
		return report.Cut(report.Plain(word), 300)
	}
	return strconv.Itoa(statusOf(err))
}

// approval is an answer in GitLab's words.
func approval(a gate.DeploymentAnswer) (status, comment string) {
	status = "rejected"
	if a.Outcome == gate.Done {
		status = "approved"
	}
	link := ""
	if at := report.WebAddress(a.Page); at != "" && len(at) < approvalComment/2 {
		link = " " + at
	}
	return status, report.Cut(report.Plain(a.Why), approvalComment-len(link)) + link
}

// deploymentOf finds the deployment that an answer is for; 0 where the job that waits is none that is blocked.
func (p *project) deploymentOf(ctx context.Context, a gate.DeploymentAnswer) (id int64, err error) {
	if a.Deployment != 0 {
		return a.Deployment, nil
	}
	o := &gitlab.ListProjectDeploymentsOptions{
		Status: gitlab.Ptr("blocked"), Environment: &a.Environment, OrderBy: gitlab.Ptr("id"), Sort: gitlab.Ptr("desc"),
		ListOptions: gitlab.ListOptions{PerPage: pageSize},
	}
	blocked, _, err := p.Deployments.ListProjectDeployments(p.id, o, during(ctx, "list_deployments"))
	if err != nil {
		return 0, err
	}
	i := slices.IndexFunc(blocked, func(d *gitlab.Deployment) bool { return int64(d.Deployable.ID) == a.Job })
	if i < 0 {
		return 0, nil
	}
	return int64(blocked[i].ID), nil
}

func (p *project) deployment(ctx context.Context, id int64) (d labDeployment, err error) {
	request, err := p.NewRequest(http.MethodGet, p.path("deployments/%d", id), nil, []gitlab.RequestOptionFunc{during(ctx, "read_deployment")})
	if err == nil {
		_, err = p.Do(request, &d)
	}
	return d, err
}

// deployments tells those that are blocked, the latest as far as one page tells, as their webhook does: a GitLab may
// have none.
func (l *labSweep) deployments(ctx context.Context) error {
	if !l.of.Deploys {
		return nil
	}
	var blocked []labDeployment
	_, err := l.read(ctx, "list_deployments", l.p.path("deployments"), map[string][]string{
		"status": {"blocked"}, "order_by": {"id"}, "sort": {"desc"}, "per_page": {strconv.Itoa(pageSize)},
	}, &blocked)
	if err != nil {
		if l.unseen("list_deployments", err) {
			return nil
		}
		return err
	}
	for _, d := range blocked {
		if checkCommit(d.SHA) != nil || d.Deployable.ID == 0 {
			continue
		}
		if err := l.tell("Deployment Hook", map[string]any{
			"object_kind": "deployment", "status": d.Status, "status_changed_at": d.CreatedAt,
			"deployment_id": d.ID, "deployable_id": d.Deployable.ID, "environment": d.Environment.Name,
			"short_sha": d.SHA[:min(len(d.SHA), 8)], "commit_url": l.project.WebURL + "/-/commit/" + d.SHA,
		}); err != nil {
			return err
		}
	}
	return nil
}
