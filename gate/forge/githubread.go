package forge

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/google/go-github/v60/github"

	"github.com/nexusgate/nexusgate/gate"
)

// seat is a repository with the client that may see it: what every read and post on GitHub needs.
type seat struct {
	*installation
	client      *github.Client
	repo        gate.Repo
	owner, name string
}

// seated finds the installation of a repository.
func (g *GitHub) seated(ctx context.Context, repo gate.Repo) (*seat, error) {
	owner, name, err := ownerAndName(repo)
	if err != nil {
		return nil, err
	}
	in, err := g.installed(ctx, repo)
	if err != nil {
		return nil, err
	}
	g.mu.Lock()
	client := in.client
	g.mu.Unlock()
	repo.Installation = in.id
	return &seat{in, client, repo, owner, name}, nil
}

// seat finds the installation of a repository, and its id where that is not known yet.
func (g *GitHub) seat(ctx context.Context, repo gate.Repo) (*seat, error) {
	s, err := g.seated(ctx, repo)
	if err != nil || repo.ID != 0 {
		return s, err
	}
	seen, err := s.readable(ctx)
	if err != nil {
		return nil, g.forget(s.installation, repo, err)
	}
	s.repo.ID, s.repo.Name = seen.GetID(), seen.GetFullName()
	return s, nil
}

// readable reads the repository itself: the proof that "not found" is said of something in it.
func (s *seat) readable(ctx context.Context) (*github.Repository, error) {
	seen, _, err := s.client.Repositories.Get(named(ctx, "read_repository"), s.owner, s.name)
	return seen, err
}

// absent says whether an error means that there is no such thing in a repository that can be read.
// GitHub answers 404 also for what the App may not see, 409 for an empty repository and 422 for a
// commit it does not know.
func (s *seat) absent(ctx context.Context, err error) bool {
	code := statusOf(err)
	if code != http.StatusNotFound && code != http.StatusConflict && code != http.StatusUnprocessableEntity {
		return false
	}
	_, unreadable := s.readable(ctx)
	return unreadable == nil
}

// Read reads what is wanted from GitHub. The event carries the repository's id and installation,
// also where the want did not know them. Its errors are a [Later] or, for [Permanent] to judge,
// GitHub's refusal.
func (g *GitHub) Read(ctx context.Context, w gate.Want) (gate.Event, error) {
	event, err := g.read(ctx, w)
	if err != nil {
		return nil, fmt.Errorf("reading the %s of %s: %w", w.Kind, w.Repo, asLater(err, g.config.Now()))
	}
	return event, nil
}

func (g *GitHub) read(ctx context.Context, w gate.Want) (gate.Event, error) {
	if w.Kind == gate.WantThing {
		return g.thing(ctx, w)
	}
	s, err := g.seat(ctx, w.Repo)
	if err != nil {
		return nil, err
	}
	event, err := g.answer(ctx, s, w)
	return event, g.forget(s.installation, w.Repo, err)
}

func (g *GitHub) answer(ctx context.Context, s *seat, w gate.Want) (gate.Event, error) {
	switch w.Kind {
	case gate.WantHead:
		return g.head(ctx, s, w)
	case gate.WantFile, gate.WantNexus: // of a definition, its source: what it computes to is not a forge's to say
		return s.file(ctx, w)
	case gate.WantCommit:
		return s.commit(ctx, w)
	case gate.WantPaths:
		return s.paths(ctx, w)
	case gate.WantChange:
		return s.change(ctx, w)
	case gate.WantLanding:
		return landing(ctx, s, s.repo, w)
	case gate.WantTag:
		return g.tag(ctx, s, w)
	case gate.WantThing: // it was read before: that it cannot be seen is an answer
	}
	return nil, fmt.Errorf("nothing is known of the want %q", w.Kind)
}

// head reads a branch by its ref: the branches endpoint would follow a renamed branch, and a
// renamed integration branch is one that is gone.
func (g *GitHub) head(ctx context.Context, s *seat, w gate.Want) (gate.Event, error) {
	read := gate.HeadRead{Repo: s.repo, Branch: w.Branch, Covers: w.Covers}
	ref, answer, err := s.client.Git.GetRef(named(ctx, "read_head"), s.owner, s.name, "heads/"+w.Branch)
	if err != nil && !s.absent(ctx, err) {
		return nil, err
	}
	if answer != nil {
		read.At = dateOf(answer.Response, g.config.Now())
	}
	read.Absent = err != nil
	read.Commit = ref.GetObject().GetSHA()
	return read, nil
}

// file reads a file raw, so that no more of it is fetched than is kept.
func (s *seat) file(ctx context.Context, w gate.Want) (gate.Event, error) {
	if err := errors.Join(checkCommit(w.Commit), checkPath(w.Path)); err != nil {
		return nil, err
	}
	read := gate.FileRead{Repo: s.repo, Commit: w.Commit, Path: w.Path}
	at := (&url.URL{Path: w.Path}).EscapedPath()
	request, err := s.client.NewRequest(http.MethodGet,
		fmt.Sprintf("repos/%s/%s/contents/%s?ref=%s", s.owner, s.name, at, w.Commit), nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Accept", "application/vnd.github.raw+json")
	got := room(w)
	answer, err := s.client.Do(named(ctx, "read_file"), request, got)
	switch {
	case err == nil && listing(answer.Response):
		read.Absent = true
	case err == nil, errors.Is(err, errCut):
		read.Source, read.Cut = string(got.kept), got.cut
	case missing(err) && s.holds(ctx, w.Commit) == nil:
		read.Absent = true
	default:
		return nil, err
	}
	return read, nil
}

// listing tells a folder or a submodule from a file: GitHub answers those in JSON of its own, even
// when asked for raw content.
func listing(answer *http.Response) bool {
	return strings.HasPrefix(answer.Header.Get("Content-Type"), "application/json")
}

// holds is nil when the repository can be read and has the commit.
func (s *seat) holds(ctx context.Context, commit string) error {
	_, _, err := s.client.Git.GetCommit(named(ctx, "read_commit"), s.owner, s.name, commit)
	return err
}

func (s *seat) commit(ctx context.Context, w gate.Want) (gate.Event, error) {
	if err := checkCommit(w.Commit); err != nil {
		return nil, err
	}
	read := gate.CommitRead{Repo: s.repo, Commit: w.Commit}
	got, _, err := s.client.Git.GetCommit(named(ctx, "read_commit"), s.owner, s.name, w.Commit)
	if err != nil {
		read.Absent = s.absent(ctx, err)
		if !read.Absent {
			return nil, err
		}
		return read, nil
	}
	read.Tree = got.GetTree().GetSHA()
	for _, parent := range got.Parents {
		read.Parents = append(read.Parents, parent.GetSHA())
	}
	return read, nil
}
