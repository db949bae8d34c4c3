package forge

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/xanzy/go-gitlab"

	"github.com/nexusgate/nexusgate/gate/report"
)

// GitLab cuts or refuses longer ones. https://docs.gitlab.com/ee/api/commits.html
const (
	linkBound = 255
	wordBound = 255
)

// Post makes or updates the commit status of a report and returns its id. There is nothing to look
// for first: GitLab keeps statuses by name, commit and pipeline, and a newer one replaces the older.
func (g *GitLab) Post(ctx context.Context, p Post) (int64, error) {
	remote, err := g.post(ctx, p)
	if err != nil {
		err = fmt.Errorf("posting %s on %s@%s: %w", p.Check, p.Repo, p.Commit, err)
	}
	return remote, err
}

func (g *GitLab) post(ctx context.Context, p Post) (int64, error) {
	if err := checkCommit(p.Commit); err != nil {
		return p.Remote, err
	}
	to, err := g.project(p.Repo)
	if err != nil {
		return p.Remote, err
	}
	o := status(p)
	made, _, err := to.Commits.SetCommitStatus(to.id, p.Commit, o, during(ctx, "create_status"))
	if standsAlready(err, o.State) {
		return p.Remote, nil
	}
	if err != nil {
		return p.Remote, err
	}
	return int64(made.ID), nil
}

// status is a report as a commit status. With the pipeline's number it joins that pipeline: two
// pipelines can run on one commit, and without it the status would join either.
func status(p Post) *gitlab.SetCommitStatusOptions {
	o := &gitlab.SetCommitStatusOptions{
		State: gitlab.BuildStateValue(show(p).state), Name: &p.Check,
		Description: gitlab.Ptr(description(p)),
	}
	if p.Branch != "" {
		o.Ref = &p.Branch
	}
	if link := address(p.Links.Verdict); link != "" && len(link) <= linkBound {
		o.TargetURL = &link
	}
	if p.Pipeline > 0 {
		o.PipelineID = gitlab.Ptr(int(p.Pipeline))
	}
	return o
}

func description(p Post) string {
	line := report.Description(p.Says)
	if p.Superseded != "" || p.title != "" {
		line, _ = text(p)
	}
	return strings.ToValidUTF8(line[:min(len(line), wordBound)], "")
}

// standsAlready says whether GitLab refused a status because the one in force says the same: it
// knows no way from pending to pending.
func standsAlready(err error, wanted gitlab.BuildStateValue) bool {
	var refused *gitlab.ErrorResponse
	if !errors.As(err, &refused) || refused.Response == nil || refused.Response.StatusCode != http.StatusBadRequest {
		return false
	}
	message := refused.Message
	return strings.Contains(message, "Cannot transition status") && strings.Contains(message, "from :"+string(wanted))
}
