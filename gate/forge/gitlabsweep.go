package forge

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/xanzy/go-gitlab"

	"github.com/nexusgate/nexusgate/gate"
)

// Sweep looks through a project for what no webhook told. Where GitLab wants to be left alone in the
// middle of it, or refuses, what was found until then comes with the error.
func (g *GitLab) Sweep(ctx context.Context, of SweepOf) (Swept, error) {
	p, err := g.project(of.Repo)
	if err != nil {
		return newLook(of, "", g.cache, nil).end(err)
	}
	l := &labSweep{
		look: newLook(of, "token", g.cache, p.asker(g.config.Now)), p: p,
		told: map[int64]bool{}, seen: map[string]bool{},
	}
	return l.end(l.run(ctx))
}

// path is an address below the project's.
func (p *project) path(rest string, parts ...any) string {
	return "projects/" + gitlab.PathEscape(p.id) + "/" + fmt.Sprintf(rest, parts...)
}

// asker sends requests with the token. GitLab counts a 304 as any other request, and sends less.
func (p *project) asker(now func() time.Time) asker {
	return func(ctx context.Context, operation, path string, query url.Values, tag string) (answer, error) {
		request, err := p.NewRequest(http.MethodGet, path, nil, []gitlab.RequestOptionFunc{during(ctx, operation)})
		if err != nil {
			return answer{}, err
		}
		request.URL.RawQuery = query.Encode()
		if tag != "" {
			request.Header.Set("If-None-Match", tag)
		}
		var body bytes.Buffer
		got, err := p.Do(request, &body)
		if got == nil {
			return answer{}, err
		}
		said := answer{body: body.Bytes(), tag: got.Header.Get("ETag"), at: dateOf(got.Response, now()), low: lowGrant(got.Response, now())}
		said.more = got.NextPage != 0 || nextLink(got.NextLink) != ""
		said.same = got.StatusCode == http.StatusNotModified
		return said, err
	}
}

// labSweep is a sweep of a project on GitLab.
type labSweep struct {
	*look
	p       *project
	project labProject
	told    map[int64]bool  // pipelines that are told
	seen    map[string]bool // commits whose evidence is found
}

// labProject is a project as webhooks tell it.
type labProject struct {
	ID      int64  `json:"id"`
	Name    string `json:"name"`
	WebURL  string `json:"web_url"`
	Path    string `json:"path_with_namespace"`
	Default string `json:"default_branch"`
	Seen    string `json:"visibility,omitempty"`       // as the API tells it
	Level   int    `json:"visibility_level,omitempty"` // as webhooks do
}

// visibilities are those of a project, as webhooks tell them.
var visibilities = map[string]int{"private": 0, "internal": 10, "public": 20}

func (l *labSweep) run(ctx context.Context) error {
	if err := l.itself(ctx); err != nil {
		return err
	}
	for _, branch := range l.of.Branches {
		if err := l.branch(ctx, branch); err != nil {
			return err
		}
	}
	if err := l.deployments(ctx); err != nil {
		return err
	}
	if err := l.awaited(ctx); err != nil {
		return err
	}
	if err := l.items(ctx); err != nil || len(l.of.Branches) == 0 {
		return err // of what lands nowhere nothing else is of interest
	}
	if err := l.releases(ctx); err != nil {
		return err
	}
	open, err := l.changes(ctx)
	if err == nil {
		err = l.landed(ctx, open)
	}
	if err != nil {
		return err
	}
	numbers := make([]int, 0, len(open))
	for number := range open {
		numbers = append(numbers, number)
	}
	return l.inTurn(numbers, func(number int) error { return l.change(ctx, open[number]) })
}

func (l *labSweep) tell(event string, body map[string]any) error {
	body["project"] = l.project
	return l.find(gate.FromGitLab, event, body)
}

// itself reads the project: it may bear another name by now.
func (l *labSweep) itself(ctx context.Context) error {
	got, err := l.read(ctx, "read_project", strings.TrimSuffix(l.p.path(""), "/"), nil, &l.project)
	if err != nil {
		return err
	}
	l.project.Level = visibilities[l.project.Seen]
	was := l.p.repo
	l.p.repo.ID, l.p.repo.Name = l.project.ID, l.project.Path
	l.p.id, l.swept.Repo = strconv.FormatInt(l.project.ID, 10), l.p.repo
	if was.Name == "" || was.Name == l.project.Path {
		return nil
	}
	return l.find(gate.FromGitLab, "System Hook", map[string]any{
		"event_name": "project_rename", "project_id": l.project.ID, "path_with_namespace": l.project.Path,
		"old_path_with_namespace": was.Name, "updated_at": got.at.UTC().Format(time.RFC3339),
	})
}

// branch reads the head of an integration branch and the evidence of it. Pushes of many branches at once
// tell nothing.
func (l *labSweep) branch(ctx context.Context, b Branch) error {
	var branch struct {
		Commit struct {
			ID string `json:"id"`
		} `json:"commit"`
	}
	got, err := l.read(ctx, "read_head", l.p.path("repository/branches/%s", gitlab.PathEscape(b.Name)), nil, &branch)
	gone := missing(err) // the project itself was read
	if err != nil && !gone {
		return err
	}
	l.swept.Heads = append(l.swept.Heads, gate.HeadRead{
		Repo: l.p.repo, Branch: b.Name, Commit: branch.Commit.ID, Absent: gone, At: got.at, Covers: b.Covers,
	})
	if gone {
		return nil
	}
	return l.evidence(ctx, branch.Commit.ID, nil)
}

// evidence tells the pipelines of a commit, and of a merge request besides those that were made for it.
func (l *labSweep) evidence(ctx context.Context, commit string, of *labMerge) error {
	if checkCommit(commit) != nil {
		return nil // a merge request of a branch that is gone has no head
	}
	pipelines, err := l.pipelinesOf(ctx, commit, of)
	if err != nil {
		return err
	}
	external, err := l.statuses(ctx, commit, pipelines)
	if err != nil {
		return err
	}
	for _, p := range pipelines {
		if err := l.pipeline(ctx, p, external, 0); err != nil {
			return err
		}
	}
	l.seen[commit] = true
	return nil
}
