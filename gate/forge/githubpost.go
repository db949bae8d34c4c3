package forge

import (
	"context"
	"fmt"

	"github.com/google/go-github/v60/github"
)

// Post makes or updates the check run of a report. It returns the check run as far as it is known
// after the attempt, also with an error: 0 says that an earlier one is gone.
//
// Making a check run is not idempotent. So where an earlier attempt may have come through, one with
// our external id is looked for first; and one that GitHub no longer has (it keeps 1,000 of a name
// in a suite) is made again.
func (g *GitHub) Post(ctx context.Context, p Post) (int64, error) {
	remote, err := g.post(ctx, p)
	if err != nil {
		err = fmt.Errorf("posting %s on %s@%s: %w", p.Check, p.Repo, p.Commit, asLater(err, g.config.Now()))
	}
	return remote, err
}

func (g *GitHub) post(ctx context.Context, p Post) (int64, error) {
	if err := checkCommit(p.Commit); err != nil {
		return p.Remote, err
	}
	s, err := g.seat(ctx, p.Repo)
	if err != nil {
		return p.Remote, err
	}
	select {
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
	case <-ctx.Done():
		return p.Remote, ctx.Err()
	}
	remote, err := g.settle(ctx, s, p)
	return remote, g.forget(s.installation, p.Repo, err)
}

// settle updates what is there, or else makes it. The budget comes first: with none left, nothing is
// asked of GitHub.
func (g *GitHub) settle(ctx context.Context, s *seat, p Post) (int64, error) {
	if err := s.budget.take(g.config.Now(), p.Urgent); err != nil {
		return p.Remote, err
	}
	remote := p.Remote
	if remote == 0 && p.Tried {
		var err error
		if remote, err = s.findCheck(ctx, p, 0); err != nil {
			return 0, err
		}
	}
	if remote == 0 {
		return s.create(ctx, p)
	}
	if err := s.update(ctx, p, remote); !missing(err) {
		return remote, err
	}
	return g.replace(ctx, s, p, remote)
}

// replace settles on another check run, since one is gone.
func (g *GitHub) replace(ctx context.Context, s *seat, p Post, gone int64) (int64, error) {
	if err := s.budget.take(g.config.Now(), p.Urgent); err != nil {
		return 0, err
	}
	remote, err := s.findCheck(ctx, p, gone)
	if err != nil {
		return 0, err
	}
	if remote == 0 {
		return s.create(ctx, p)
	}
	return remote, s.update(ctx, p, remote)
}

func (s *seat) create(ctx context.Context, p Post) (int64, error) {
	o := options(p)
	made, _, err := s.client.Checks.CreateCheckRun(named(ctx, "create_check_run"), s.owner, s.name, github.CreateCheckRunOptions{
		Name: o.Name, HeadSHA: p.Commit, DetailsURL: o.DetailsURL, ExternalID: o.ExternalID,
		Status: o.Status, Conclusion: o.Conclusion, Output: o.Output,
	})
	return made.GetID(), err
}

func (s *seat) update(ctx context.Context, p Post, remote int64) error {
	_, _, err := s.client.Checks.UpdateCheckRun(named(ctx, "update_check_run"), s.owner, s.name, remote, options(p))
	return err
}

// options is a report as a check run. One that was completed and is in progress again has no
// conclusion: GitHub takes the old one back.
func options(p Post) github.UpdateCheckRunOptions {
	as := show(p)
	title, summary := text(p)
	o := github.UpdateCheckRunOptions{
		Name: p.Check, ExternalID: github.String(externalID(p)), Status: &as.status,
		Output: &github.CheckRunOutput{Title: &title, Summary: &summary},
	}
	if as.conclusion != "" {
		o.Conclusion = &as.conclusion
	}
	if link := address(p.Links.Verdict); link != "" {
		o.DetailsURL = &link
	}
	return o
}

// findBound is how many pages of check runs are looked through: GitHub keeps no more of a name.
const findBound = 10

// findCheck is our newest check run for the report other than the one that is gone, 0 where there is
// none. It asks for all, not for the latest of the name: two subjects can share a commit.
func (s *seat) findCheck(ctx context.Context, p Post, gone int64) (int64, error) {
	wanted, newest := externalID(p), int64(0)
	o := &github.ListCheckRunsOptions{
		CheckName: &p.Check, AppID: &s.app, Filter: github.String("all"),
		ListOptions: github.ListOptions{Page: 1, PerPage: pageSize},
	}
	for o.Page > 0 && o.Page <= findBound {
		page, answer, err := s.client.Checks.ListCheckRunsForRef(named(ctx, "list_check_runs"), s.owner, s.name, p.Commit, o)
		if err != nil {
			return 0, err
		}
		for _, run := range page.CheckRuns {
			if run.GetExternalID() == wanted && run.GetID() != gone {
				newest = max(newest, run.GetID())
			}
		}
		o.Page = answer.NextPage
	}
	return newest, nil
}
