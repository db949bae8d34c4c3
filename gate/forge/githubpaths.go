package forge

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/go-github/v60/github"

	"github.com/nexusgate/nexusgate/gate"
)

// Where GitHub cuts lists of files, without saying so:
// https://docs.github.com/en/rest/commits/commits#compare-two-commits
// https://docs.github.com/en/rest/pulls/pulls#list-pull-requests-files
const (
	compareBound = 300
	changeBound  = 3_000
	pageSize     = 100
)

// paths reads what differs between two commits. GitHub compares from the merge base (three dots),
// and what is wanted is what differs between the two trees. On one line of history these are the
// same; where the line forked or runs backwards, the comparisons both ways together hold every path
// that differs, and perhaps some that both sides changed alike. Commits without a common history
// cannot be compared: then every path counts as touched.
func (s *seat) paths(ctx context.Context, w gate.Want) (gate.Event, error) {
	if err := errors.Join(checkCommit(w.Base), checkCommit(w.Commit)); err != nil {
		return nil, err
	}
	read := gate.PathsRead{Repo: s.repo, Base: w.Base, Head: w.Commit, Complete: true}
	touched := paths{}
	straight, err := s.compare(ctx, w.Base, w.Commit, touched, &read.Complete)
	if err == nil && !straight {
		_, err = s.compare(ctx, w.Commit, w.Base, touched, &read.Complete)
	}
	switch {
	case err != nil && s.absent(ctx, err):
		read.Complete = false
	case err != nil:
		return nil, err
	default:
		read.Paths = touched.sorted()
	}
	return read, nil
}

// compare adds the paths from one commit to another, and says whether the first lies on the way to
// the second. The list of files comes whole with the first page, however few commits are on it.
func (s *seat) compare(ctx context.Context, base, head string, touched paths, complete *bool) (bool, error) {
	got, _, err := s.client.Repositories.CompareCommits(
		named(ctx, "read_paths"), s.owner, s.name, base, head, &github.ListOptions{Page: 1, PerPage: 1})
	if err != nil {
		return false, err
	}
	touched.add(got.Files)
	if len(got.Files) >= compareBound {
		*complete = false
	}
	return got.GetStatus() == "ahead" || got.GetStatus() == "identical", nil
}

// change reads the files of a pull request. They are those of its head, so the head is read before
// and after: the list must not be a mixture, nor be kept for another head.
func (s *seat) change(ctx context.Context, w gate.Want) (gate.Event, error) {
	if err := checkCommit(w.Commit); err != nil {
		return nil, err
	}
	if _, err := s.headed(ctx, w); err != nil {
		return nil, err
	}
	touched := paths{}
	listed, err := s.files(ctx, w.Number, touched)
	if err != nil {
		return nil, err
	}
	pull, err := s.headed(ctx, w)
	if err != nil {
		return nil, err
	}
	return gate.ChangeRead{
		Repo: s.repo, Number: w.Number, Head: w.Commit, Paths: touched.sorted(),
		Complete: listed < changeBound && listed == pull.GetChangedFiles(),
	}, nil
}

// headed reads a pull request, and refuses one with another head than the wanted.
func (s *seat) headed(ctx context.Context, w gate.Want) (*github.PullRequest, error) {
	pull, _, err := s.client.PullRequests.Get(named(ctx, "read_change"), s.owner, s.name, w.Number)
	if err != nil {
		return nil, err
	}
	if head := pull.GetHead().GetSHA(); head != w.Commit {
		return nil, fmt.Errorf("the head of %s#%d is %s, not %s", s.repo.Name, w.Number, head, w.Commit)
	}
	return pull, nil
}

func (s *seat) files(ctx context.Context, number int, touched paths) (listed int, err error) {
	options := &github.ListOptions{Page: 1, PerPage: pageSize}
	for options.Page > 0 && options.Page <= changeBound/pageSize {
		files, answer, err := s.client.PullRequests.ListFiles(
			named(ctx, "read_change_files"), s.owner, s.name, number, options)
		if err != nil {
			return 0, err
		}
		touched.add(files)
		listed += len(files)
		options.Page = answer.NextPage
	}
	return listed, nil
}
