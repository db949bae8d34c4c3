package forge

import (
	"context"
	"strings"

	"github.com/google/go-github/v60/github"
)

// standing is a check run of ours as GitHub has it; the zero one is none.
type standing struct {
	id       int64
	external string
	notes    int  // annotations that it has
	open     bool // not completed
}

func standingOf(run *github.CheckRun) standing {
	return standing{
		id: run.GetID(), external: run.GetExternalID(),
		notes: run.GetOutput().GetAnnotationsCount(), open: run.GetStatus() != "completed",
	}
}

// standing is the check run that a report goes to, the zero one where it is to be made. GitHub is
// asked only where an answer may be lost, or where it matters what the check run says already.
func (s *seat) standing(ctx context.Context, p Post) (standing, error) {
	switch {
	case p.Tried && (p.Remote == 0 || annotated(p)):
		return s.newest(ctx, p, 0)
	case p.Remote != 0 && annotated(p):
		run, _, err := s.client.Checks.GetCheckRun(named(ctx, "read_check_run"), s.owner, s.name, p.Remote)
		if missing(err) {
			return s.newest(ctx, p, p.Remote)
		}
		return standingOf(run), err
	}
	return standing{id: p.Remote, external: externalID(p)}, nil
}

// findBound is how many pages of check runs are looked through: GitHub keeps no more of a name.
const findBound = 10

// newest is our newest check run for the subject at the commit other than the one that is gone. It
// asks for all, not for the latest of the name: two subjects can share a commit.
func (s *seat) newest(ctx context.Context, p Post, gone int64) (standing, error) {
	var newest standing
	o := &github.ListCheckRunsOptions{
		CheckName: &p.Check, AppID: &s.app, Filter: github.String("all"),
		ListOptions: github.ListOptions{Page: 1, PerPage: pageSize},
	}
	for o.Page > 0 && o.Page <= findBound {
		page, answer, err := s.client.Checks.ListCheckRunsForRef(named(ctx, "list_check_runs"), s.owner, s.name, p.Commit, o)
		if err != nil {
			return standing{}, err
		}
		for _, run := range page.CheckRuns {
			if at := standingOf(run); at.id > newest.id && at.id != gone && reports(at.external, p) {
				newest = at
			}
		}
		o.Page = answer.NextPage
	}
	return newest, nil
}

// reports says whether an external id is that of a report on the subject, with whatever annotations.
func reports(external string, p Post) bool {
	id, _, _ := strings.Cut(external, noteMark)
	return id == reportID(p)
}
