package forge

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/xanzy/go-gitlab"

	"github.com/nexusgate/nexusgate/gate"
)

// touching lists the commits of a path.
// https://docs.gitlab.com/api/commits/#list-repository-commits
func (p *project) touching(ctx context.Context, commit, path string) ([]string, error) {
	listed, _, err := p.Commits.ListCommits(p.id, &gitlab.ListCommitsOptions{
		RefName: &commit, Path: &path, ListOptions: gitlab.ListOptions{Page: 1, PerPage: landingCommits},
	}, during(ctx, "read_landing"))
	var commits []string
	for _, c := range listed {
		commits = append(commits, c.ID)
	}
	return commits, err
}

func (p *project) within(ctx context.Context, commit, of string) (yes, sure bool, err error) {
	parted, _, err := p.Repositories.MergeBase(p.id, &gitlab.MergeBaseOptions{Ref: &[]string{commit, of}}, during(ctx, "read_landing_order"))
	switch {
	case err != nil && p.absent(ctx, err):
		return false, false, nil
	case err != nil:
		return false, false, err
	}
	return parted.ID == commit, true, nil
}

// bringing lists the merge requests of a commit: one of theirs, or what they were merged or squashed as.
// https://docs.gitlab.com/api/commits/#list-merge-requests-associated-with-a-commit
func (p *project) bringing(ctx context.Context, commit string) ([]gate.LandedChange, error) {
	merges, _, err := p.Commits.ListMergeRequestsByCommit(p.id, commit, during(ctx, "read_landing_changes"))
	var changes []gate.LandedChange
	for _, m := range merges {
		if m.State != "merged" || m.MergedAt == nil || m.Author == nil || int64(m.ProjectID) != p.repo.ID {
			continue
		}
		changes = append(changes, gate.LandedChange{
			Number: m.IID, Title: line(m.Title), Author: line(m.Author.Username), URL: page(m.WebURL), Head: m.SHA, Base: m.TargetBranch,
			Landed: cmp.Or(m.MergeCommitSHA, m.SquashCommitSHA, m.SHA), MergedAt: second(*m.MergedAt),
		})
	}
	return changes, err
}

// approvals are those of a merge request as it stands. approved_at is told since GitLab 18.4.
// https://docs.gitlab.com/api/merge_request_approvals/
type approvals struct {
	ApprovedBy []struct {
		User struct {
			Username string `json:"username"`
		} `json:"user"`
		ApprovedAt time.Time `json:"approved_at"`
	} `json:"approved_by"`
}

// reviews reads who approves a merge request. GitLab does not tell the head that an approval was given
// for, as its hooks do. It is that of the version that was the newest then; where GitLab does not tell
// when, the approval counts only if there never was another head.
func (p *project) reviews(ctx context.Context, c gate.LandedChange, most int) ([]gate.LandedReview, error) {
	var got approvals
	request, err := p.NewRequest(http.MethodGet, fmt.Sprintf("projects/%s/merge_requests/%d/approvals", gitlab.PathEscape(p.id), c.Number),
		nil, []gitlab.RequestOptionFunc{during(ctx, "read_landing_reviews")})
	if err != nil {
		return nil, err
	}
	if _, err = p.Do(request, &got); err != nil || len(got.ApprovedBy) == 0 {
		return nil, err
	}
	if len(got.ApprovedBy) > most {
		return nil, errManyReviews
	}
	versions, answer, err := p.MergeRequests.GetMergeRequestDiffVersions(p.id, c.Number,
		&gitlab.GetMergeRequestDiffVersionsOptions{Page: 1, PerPage: pageSize}, during(ctx, "read_landing_versions"))
	if err != nil {
		return nil, err
	}
	var said []gate.LandedReview
	for _, a := range got.ApprovedBy {
		at := cmp.Or(a.ApprovedAt, c.MergedAt)
		head := headAt(versions, a.ApprovedAt)
		if a.ApprovedAt.IsZero() && answer.NextPage == 0 {
			head = onlyHead(versions)
		}
		if name := line(a.User.Username); name != "" && head != "" {
			said = append(said, gate.LandedReview{Reviewer: name, State: gate.Approved, Commit: head, At: second(at)})
		}
	}
	return said, nil
}

// headAt is the head of the newest version at a time, "" where none is told.
func headAt(versions []*gitlab.MergeRequestDiffVersion, at time.Time) (head string) {
	var newest time.Time
	for _, v := range versions {
		if v.CreatedAt != nil && !v.CreatedAt.After(at) && !v.CreatedAt.Before(newest) {
			head, newest = v.HeadCommitSHA, *v.CreatedAt
		}
	}
	return head
}

// onlyHead is the head of all versions, "" where they have several.
func onlyHead(versions []*gitlab.MergeRequestDiffVersion) (head string) {
	for i, v := range versions {
		if i > 0 && v.HeadCommitSHA != head {
			return ""
		}
		head = v.HeadCommitSHA
	}
	return head
}
