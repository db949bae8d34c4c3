package forge

import (
	"context"

	"github.com/google/go-github/v60/github"

	"github.com/nexusgate/nexusgate/gate"
)

// touching lists the commits of a path. GitHub follows Git's own simplification of history: of a merge
// that took a file as one side had it, that side is told.
// https://docs.github.com/en/rest/commits/commits#list-commits
func (s *seat) touching(ctx context.Context, commit, path string) ([]string, error) {
	listed, _, err := s.client.Repositories.ListCommits(named(ctx, "read_landing"), s.owner, s.name, &github.CommitsListOptions{
		SHA: commit, Path: path, ListOptions: github.ListOptions{Page: 1, PerPage: landingCommits},
	})
	var commits []string
	for _, c := range listed {
		commits = append(commits, c.GetSHA())
	}
	return commits, err
}

func (s *seat) within(ctx context.Context, commit, of string) (yes, sure bool, err error) {
	got, _, err := s.client.Repositories.CompareCommits(
		named(ctx, "read_landing_order"), s.owner, s.name, commit, of, &github.ListOptions{Page: 1, PerPage: 1})
	switch {
	case err != nil && s.absent(ctx, err):
		return false, false, nil
	case err != nil:
		return false, false, err
	}
	return got.GetStatus() == "ahead" || got.GetStatus() == "identical", true, nil
}

// bringing lists the pull requests of a commit: those that brought it to the default branch, or, of one
// that is not there, also others, open ones among them.
// https://docs.github.com/en/rest/commits/commits#list-pull-requests-associated-with-a-commit
func (s *seat) bringing(ctx context.Context, commit string) ([]gate.LandedChange, error) {
	pulls, _, err := s.client.PullRequests.ListPullRequestsWithCommit(
		named(ctx, "read_landing_changes"), s.owner, s.name, commit, &github.ListOptions{Page: 1, PerPage: pageSize})
	var changes []gate.LandedChange
	for _, pull := range pulls {
		if pull.MergedAt == nil {
			continue // its merge_commit_sha is a trial of GitHub's own
		}
		changes = append(changes, gate.LandedChange{
			Number: pull.GetNumber(), Title: line(pull.GetTitle()), Author: line(pull.GetUser().GetLogin()), URL: page(pull.GetHTMLURL()),
			Head: pull.GetHead().GetSHA(), Base: pull.GetBase().GetRef(), Landed: pull.GetMergeCommitSHA(), MergedAt: second(pull.GetMergedAt().Time),
		})
	}
	return changes, err
}

// reviews lists the reviews of a pull request. A dismissed one bears the time of its submission, and takes
// back what its delivery said then.
// https://docs.github.com/en/rest/pulls/reviews#list-reviews-for-a-pull-request
func (s *seat) reviews(ctx context.Context, c gate.LandedChange, most int) ([]gate.LandedReview, error) {
	var said []gate.LandedReview
	read, options := 0, &github.ListOptions{Page: 1, PerPage: pageSize}
	for options.Page > 0 {
		listed, answer, err := s.client.PullRequests.ListReviews(
			named(ctx, "read_landing_reviews"), s.owner, s.name, c.Number, options)
		if err != nil {
			return nil, err
		}
		if read += len(listed); read > most {
			return nil, errManyReviews
		}
		for _, r := range listed {
			said = append(said, reviewed(r)...)
		}
		options.Page = answer.NextPage
	}
	return said, nil
}

// reviewed is a review in our words. A comment says neither yes nor no, and an approval of a commit that
// GitHub has no more is of no head that landed.
func reviewed(r *github.PullRequestReview) []gate.LandedReview {
	states := map[string]gate.ReviewState{
		"APPROVED": gate.Approved, "CHANGES_REQUESTED": gate.ChangesRequested, "DISMISSED": gate.Withdrawn,
	}
	said := gate.LandedReview{
		Reviewer: line(r.GetUser().GetLogin()), State: states[r.GetState()], Commit: r.GetCommitID(), At: second(r.GetSubmittedAt().Time),
	}
	if said.Reviewer == "" || said.State == "" || said.State == gate.Approved && said.Commit == "" {
		return nil
	}
	return []gate.LandedReview{said}
}
