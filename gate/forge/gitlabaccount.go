package forge

import (
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

// Account is whom a token of GitLab's belongs to, and what it may.
type Account struct {
	ID      int64
	Name    string // its login
	Version string // of the GitLab, "19.1.2"; "" where it does not tell
	Token   TokenSeen
	Ahead   time.Duration // how far GitLab's clock is ahead of ours; to a second
}

// TokenSeen is the token as GitLab tells it.
type TokenSeen struct {
	Told    bool // GitLab tells of it: it does not of every kind
	Scopes  []string
	Expires time.Time // zero: never
}

// Account reads whom the token belongs to. That it can be read shows that the token is good.
// https://docs.gitlab.com/api/personal_access_tokens/#self-inform
func (g *GitLab) Account(ctx context.Context) (a Account, err error) {
	var user struct {
		ID   int64  `json:"id"`
		Name string `json:"username"`
	}
	at, err := g.fetch(ctx, "read_account", "user", nil, &user)
	if err != nil {
		return a, fmt.Errorf("reading whom the token for GitLab belongs to: %w", err)
	}
	a.ID, a.Name, a.Ahead = user.ID, line(user.Name), ahead(at, g.config.Now())
	var about struct {
		Version string `json:"version"`
	}
	if _, err := g.fetch(ctx, "read_version", "metadata", nil, &about); err == nil {
		a.Version = line(about.Version)
	}
	var token struct {
		Scopes  []string `json:"scopes"`
		Expires string   `json:"expires_at"`
	}
	_, err = g.fetch(ctx, "read_token", "personal_access_tokens/self", nil, &token)
	if err == nil {
		a.Token = TokenSeen{Told: true, Scopes: token.Scopes}
		a.Token.Expires, _ = time.Parse(time.DateOnly, token.Expires) // none where it never does
	}
	return a, nil
}

// fetch asks for one object and reads it into our own words. It gives the time by GitLab's clock.
func (g *GitLab) fetch(ctx context.Context, operation, path string, query url.Values, into any) (at time.Time, err error) {
	request, err := g.client.NewRequest(http.MethodGet, path, nil, []gitlab.RequestOptionFunc{during(ctx, operation)})
	if err != nil {
		return at, err
	}
	request.URL.RawQuery = query.Encode()
	got, err := g.client.Do(request, into)
	if err != nil {
		return at, err
	}
	return dateOf(got.Response, g.config.Now()), nil
}

// The roles of a project that matter here.
// https://docs.gitlab.com/api/members/#roles
const (
	Developer  = 30
	Maintainer = 40
)

// ProjectSeen is a project with what it asks for before a change may land.
type ProjectSeen struct {
	Seen
	Page    string
	Role    int  // of the token's owner there: [Developer], [Maintainer]; 0 where GitLab does not tell
	Must    bool // pipelines must succeed
	Skipped bool // skipped ones count as success
	Merged  bool // pipelines run on the merged result
	Train   bool // changes land through a merge train
	Is      bool // it can be seen at all
}

// Project reads a project, and the role of the token's owner in it. One that cannot be seen is no error.
func (g *GitLab) Project(ctx context.Context, repo gate.Repo, owner int64) (ProjectSeen, error) {
	p, err := g.project(repo)
	if err != nil {
		return ProjectSeen{}, err
	}
	var seen labSeen
	_, err = g.fetch(ctx, "read_project", strings.TrimSuffix(p.path(""), "/"), nil, &seen)
	if missing(err) {
		return ProjectSeen{}, nil
	}
	if err != nil {
		return ProjectSeen{}, fmt.Errorf("reading the project %s: %w", repo, err)
	}
	said := ProjectSeen{
		Seen: seen.seen(), Page: bare(seen.Page), Is: true,
		Must: seen.Must, Skipped: seen.Skipped, Merged: seen.Merged, Train: seen.Train,
	}
	var member struct {
		Role int `json:"access_level"`
	}
	if _, err := g.fetch(ctx, "read_member", p.path("members/all/%d", owner), nil, &member); err == nil {
		said.Role = member.Role
	}
	return said, nil
}

// BranchSeen is a branch with who may push to it.
type BranchSeen struct {
	Is        bool
	Protected bool
	Open      bool // whoever is a Developer may push to it
}

// Branch reads a branch of a project. One that is not there is no error.
// https://docs.gitlab.com/api/branches/#get-single-repository-branch
func (g *GitLab) Branch(ctx context.Context, repo gate.Repo, branch string) (BranchSeen, error) {
	p, err := g.project(repo)
	if err != nil {
		return BranchSeen{}, err
	}
	var seen struct {
		Protected bool `json:"protected"`
		Open      bool `json:"developers_can_push"`
	}
	_, err = g.fetch(ctx, "read_branch", p.path("repository/branches/%s", gitlab.PathEscape(branch)), nil, &seen)
	if missing(err) {
		return BranchSeen{}, nil
	}
	if err != nil {
		return BranchSeen{}, fmt.Errorf("reading the branch %s of %s: %w", branch, repo, err)
	}
	return BranchSeen{Is: true, Protected: seen.Protected, Open: seen.Open || !seen.Protected}, nil
}

// labSeen is a project as GitLab tells it; go-gitlab lacks merge trains.
type labSeen struct {
	ID       int64    `json:"id"`
	Path     string   `json:"path_with_namespace"`
	Page     string   `json:"web_url"`
	Branch   string   `json:"default_branch"`
	Topics   []string `json:"topics"`
	Archived bool     `json:"archived"`
	Must     bool     `json:"only_allow_merge_if_pipeline_succeeds"`
	Skipped  bool     `json:"allow_merge_on_skipped_pipeline"`
	Merged   bool     `json:"merge_pipelines_enabled"`
	Train    bool     `json:"merge_trains_enabled"`
}

func (l labSeen) seen() Seen {
	return Seen{
		Repo:   gate.Repo{Forge: gate.GitLab, ID: l.ID, Name: l.Path},
		Branch: line(l.Branch), Topics: l.Topics, Archived: l.Archived,
	}
}

// Projects are those that the token's owner maintains: at most so many. It says whether these are all.
// https://docs.gitlab.com/api/projects/#list-all-projects
func (g *GitLab) Projects(ctx context.Context, most int) (all []Seen, whole bool, err error) {
	for page := 1; ; page++ {
		var seen []labSeen
		query := url.Values{
			"membership": {"true"}, "min_access_level": {strconv.Itoa(Maintainer)}, "archived": {"false"}, "order_by": {"id"}, "sort": {"asc"},
			"per_page": {strconv.Itoa(pageSize)}, "page": {strconv.Itoa(page)},
		}
		if _, err := g.fetch(ctx, "list_projects", "projects", query, &seen); err != nil {
			return nil, false, fmt.Errorf("listing the projects that the token's owner maintains: %w", err)
		}
		for _, p := range seen {
			all = append(all, p.seen())
		}
		switch {
		case len(all) >= most:
			return all[:most], false, nil
		case len(seen) < pageSize:
			return all, true, nil
		}
	}
}

// Pipelines says whether a project has ever had any of GitLab CI.
func (g *GitLab) Pipelines(ctx context.Context, repo gate.Repo) (bool, error) {
	p, err := g.project(repo)
	if err != nil {
		return false, err
	}
	var seen []struct{}
	if _, err := g.fetch(ctx, "list_pipelines", p.path("pipelines"), url.Values{"per_page": {"1"}}, &seen); err != nil {
		return false, fmt.Errorf("reading the pipelines of %s: %w", repo, err)
	}
	return len(seen) > 0, nil
}
