package forge

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/xanzy/go-gitlab"

	"github.com/nexusgate/nexusgate/gate"
)

// paths reads what differs between two commits. "straight" compares the two trees themselves, which
// is what is wanted. A comparison that GitLab gave up on, or cannot make, is not complete.
func (p *project) paths(ctx context.Context, w gate.Want) (gate.Event, error) {
	if err := errors.Join(checkCommit(w.Base), checkCommit(w.Commit)); err != nil {
		return nil, err
	}
	read := gate.PathsRead{Repo: p.repo, Base: w.Base, Head: w.Commit}
	got, _, err := p.Repositories.Compare(p.id, &gitlab.CompareOptions{
		From: &w.Base, To: &w.Commit, Straight: gitlab.Ptr(true),
	}, during(ctx, "read_paths"))
	switch {
	case err != nil && p.absent(ctx, err):
	case err != nil:
		return nil, err
	default:
		touched := paths{}
		touched.addDiffs(got.Diffs)
		read.Paths, read.Complete = touched.sorted(), !got.CompareTimeout
	}
	return read, nil
}

// change reads the files of a merge request. They are those of its head, so the head is read before
// and after: the list must not be a mixture, nor be kept for another head.
func (p *project) change(ctx context.Context, w gate.Want) (gate.Event, error) {
	if err := checkCommit(w.Commit); err != nil {
		return nil, err
	}
	if _, err := p.headed(ctx, w); err != nil {
		return nil, err
	}
	touched := paths{}
	listed, err := p.diffs(ctx, w.Number, touched)
	if err != nil {
		return nil, err
	}
	merge, err := p.headed(ctx, w)
	if err != nil {
		return nil, err
	}
	// GitLab counts "1000+" where it cuts the list.
	count, uncounted := strconv.Atoi(merge.ChangesCount)
	return gate.ChangeRead{
		Repo: p.repo, Number: w.Number, Head: w.Commit, Paths: touched.sorted(),
		Complete: uncounted == nil && count == listed,
	}, nil
}

// headed reads a merge request, and refuses one with another head than the wanted.
func (p *project) headed(ctx context.Context, w gate.Want) (*gitlab.MergeRequest, error) {
	merge, _, err := p.MergeRequests.GetMergeRequest(p.id, w.Number, nil, during(ctx, "read_change"))
	if err != nil {
		return nil, err
	}
	if merge.SHA != w.Commit {
		return nil, fmt.Errorf("the head of %s!%d is %s, not %s", p.repo.Name, w.Number, merge.SHA, w.Commit)
	}
	return merge, nil
}

func (p *project) diffs(ctx context.Context, number int, touched paths) (listed int, err error) {
	o := &gitlab.ListMergeRequestDiffsOptions{ListOptions: gitlab.ListOptions{Page: 1, PerPage: pageSize}}
	for o.Page > 0 && o.Page <= changeBound/pageSize {
		page, answer, err := p.MergeRequests.ListMergeRequestDiffs(p.id, number, o, during(ctx, "read_change_files"))
		if err != nil {
			return 0, err
		}
		for _, diff := range page {
			touched.touch(diff.OldPath)
			touched.touch(diff.NewPath)
		}
		listed += len(page)
		o.Page = answer.NextPage
	}
	return listed, nil
}
