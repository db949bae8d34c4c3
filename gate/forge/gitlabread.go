package forge

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"github.com/xanzy/go-gitlab"

	"github.com/nexusgate/nexusgate/gate"
)

// project is a GitLab project that is read or posted to.
type project struct {
	*gitlab.Client
	repo gate.Repo
	id   string // as addresses want it: the number, or the escaped name
}

// project names a project by its number where that is known: it outlives renames.
func (g *GitLab) project(repo gate.Repo) (*project, error) {
	p := &project{Client: g.client, repo: repo, id: strconv.FormatInt(repo.ID, 10)}
	if repo.ID == 0 {
		p.id = repo.Name
	}
	if repo.ID < 0 || p.id == "" {
		return nil, &refusal{http.StatusNotFound, "the project has neither a number nor a name"}
	}
	return p, nil
}

// readable reads the project itself: the proof that "not found" is said of something in it.
func (p *project) readable(ctx context.Context) (*gitlab.Project, error) {
	seen, _, err := p.Projects.GetProject(p.id, nil, during(ctx, "read_project"))
	return seen, err
}

// absent says whether an error means that there is no such thing in a project that can be read.
func (p *project) absent(ctx context.Context, err error) bool {
	if !missing(err) {
		return false
	}
	_, unreadable := p.readable(ctx)
	return unreadable == nil
}

// Read reads what is wanted from GitLab. The event carries the project's id, also where the want
// did not know it. Its errors are a [Later] or, for [Permanent] to judge, GitLab's refusal.
func (g *GitLab) Read(ctx context.Context, w gate.Want) (gate.Event, error) {
	event, err := g.read(ctx, w)
	if err != nil {
		return nil, fmt.Errorf("reading the %s of %s: %w", w.Kind, w.Repo, err)
	}
	return event, nil
}

func (g *GitLab) read(ctx context.Context, w gate.Want) (gate.Event, error) {
	p, err := g.project(w.Repo)
	if err != nil {
		return nil, err
	}
	if w.Kind == gate.WantThing {
		return g.thing(ctx, p, w)
	}
	if w.Repo.ID == 0 {
		seen, err := p.readable(ctx)
		if err != nil {
			return nil, err
		}
		p.repo.ID, p.repo.Name = int64(seen.ID), seen.PathWithNamespace
	}
	switch w.Kind {
	case gate.WantHead:
		return g.head(ctx, p, w)
	case gate.WantFile, gate.WantNexus: // of a definition, its source: what it computes to is not a forge's to say
		return p.file(ctx, w)
	case gate.WantCommit:
		return p.commit(ctx, w)
	case gate.WantPaths:
		return p.paths(ctx, w)
	case gate.WantChange:
		return p.change(ctx, w)
	case gate.WantLanding:
		return landing(ctx, p, p.repo, w)
	case gate.WantTag:
		return g.tag(ctx, p, w)
	case gate.WantThing: // it was read before: that it cannot be seen is an answer
	}
	return nil, fmt.Errorf("nothing is known of the want %q", w.Kind)
}

func (g *GitLab) head(ctx context.Context, p *project, w gate.Want) (gate.Event, error) {
	read := gate.HeadRead{Repo: p.repo, Branch: w.Branch, Covers: w.Covers}
	branch, answer, err := p.Branches.GetBranch(p.id, w.Branch, during(ctx, "read_head"))
	if err != nil && !p.absent(ctx, err) {
		return nil, err
	}
	if answer != nil {
		read.At = dateOf(answer.Response, g.config.Now())
	}
	if read.Absent = err != nil; !read.Absent && branch.Commit != nil {
		read.Commit = branch.Commit.ID
	}
	return read, nil
}

// file reads a file raw, so that no more of it is kept than is wanted.
func (p *project) file(ctx context.Context, w gate.Want) (gate.Event, error) {
	if err := errors.Join(checkCommit(w.Commit), checkPath(w.Path)); err != nil {
		return nil, err
	}
	read := gate.FileRead{Repo: p.repo, Commit: w.Commit, Path: w.Path}
	request, err := p.NewRequest(http.MethodGet,
		fmt.Sprintf("projects/%s/repository/files/%s/raw", gitlab.PathEscape(p.id), gitlab.PathEscape(w.Path)),
		&gitlab.GetRawFileOptions{Ref: &w.Commit}, []gitlab.RequestOptionFunc{during(ctx, "read_file")})
	if err != nil {
		return nil, err
	}
	got := room(w)
	_, err = p.Do(request, got)
	switch {
	case err == nil, errors.Is(err, errCut):
		read.Source, read.Cut = string(got.kept), got.cut
	case missing(err) && p.holds(ctx, w.Commit) == nil:
		read.Absent = true
	default:
		return nil, err
	}
	return read, nil
}

// holds is nil when the project can be read and has the commit.
func (p *project) holds(ctx context.Context, commit string) error {
	_, _, err := p.Commits.GetCommit(p.id, commit, nil, during(ctx, "read_commit"))
	return err
}

func (p *project) commit(ctx context.Context, w gate.Want) (gate.Event, error) {
	if err := checkCommit(w.Commit); err != nil {
		return nil, err
	}
	read := gate.CommitRead{Repo: p.repo, Commit: w.Commit}
	got, _, err := p.Commits.GetCommit(p.id, w.Commit, nil, during(ctx, "read_commit"))
	if err != nil {
		read.Absent = p.absent(ctx, err)
		if !read.Absent {
			return nil, err
		}
		return read, nil
	}
	read.Parents = got.ParentIDs
	read.Tree, err = p.tree(ctx, w.Commit)
	return read, err
}

// treeBound is how many pages of a root tree are read. A larger root has no id we can tell, and
// carries no evidence.
const treeBound = 50

// tree is the id of a commit's root tree. GitLab's API does not tell it, and it lists what the tree
// is made of, so Git's own id of it can be computed.
func (p *project) tree(ctx context.Context, commit string) (string, error) {
	o := &gitlab.ListTreeOptions{Ref: &commit, ListOptions: gitlab.ListOptions{Page: 1, PerPage: pageSize}}
	var nodes []*gitlab.TreeNode
	for range treeBound {
		page, answer, err := p.Repositories.ListTree(p.id, o, during(ctx, "read_tree"))
		if err != nil {
			return "", err
		}
		nodes = append(nodes, page...)
		if answer.NextPage == 0 && nextLink(answer.NextLink) == "" {
			return treeID(nodes)
		}
		o.Page = answer.NextPage
		if o.Page == 0 {
			return "", fmt.Errorf("GitLab pages the tree of %s in a way we do not follow", commit)
		}
	}
	return "", nil
}

func nextLink(raw string) string {
	link, err := url.Parse(raw)
	if err != nil {
		return ""
	}
	return link.Path
}
