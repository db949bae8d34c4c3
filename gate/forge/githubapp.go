package forge

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/google/go-github/v60/github"

	"github.com/nexusgate/nexusgate/gate"
)

// App is the GitHub App as GitHub tells it.
type App struct {
	Slug, Name, Owner string
	Page              string        // its public page, "https://github.com/apps/nexusgate"
	Org               bool          // its owner is an organization
	Rights            Rights        // what it asks of those who install it
	Ahead             time.Duration // how far GitHub's clock is ahead of ours; to a second
}

// hubRights is what GitHub tells of permissions and events. go-github does not know all permissions.
type hubRights struct {
	Permissions map[string]Access `json:"permissions"`
	Events      []string          `json:"events"`
}

func (h hubRights) rights() Rights {
	slices.Sort(h.Events)
	return Rights(h)
}

// App reads the App itself. That it can be read shows that the private key is the App's.
// https://docs.github.com/en/rest/apps/apps#get-the-authenticated-app
func (g *GitHub) App(ctx context.Context) (App, error) {
	var seen struct {
		hubRights
		Slug  string `json:"slug"`
		Name  string `json:"name"`
		Page  string `json:"html_url"`
		Owner struct {
			Login string `json:"login"`
			Type  string `json:"type"`
		} `json:"owner"`
	}
	at, err := g.fetch(ctx, g.asApp(), "read_app", "app", &seen)
	if err != nil {
		return App{}, fmt.Errorf("reading the App: %w", asLater(err, g.config.Now()))
	}
	return App{
		Slug: line(seen.Slug), Name: line(seen.Name), Owner: line(seen.Owner.Login), Page: bare(seen.Page),
		Org: seen.Owner.Type == "Organization", Rights: seen.rights(), Ahead: ahead(at, g.config.Now()),
	}, nil
}

// ahead is how far the clock of who answered at that time is ahead of ours.
func ahead(at, now time.Time) time.Duration { return at.Sub(now).Round(time.Second) }

// fetch asks for one object and reads it into our own words. It gives the time by GitHub's clock.
func (g *GitHub) fetch(ctx context.Context, c *github.Client, operation, path string, into any) (at time.Time, err error) {
	request, err := c.NewRequest(http.MethodGet, path, nil)
	if err != nil {
		return at, err
	}
	got, err := c.Do(named(ctx, operation), request, into)
	if err != nil {
		return at, err
	}
	return dateOf(got.Response, g.config.Now()), nil
}

// Installed is the App on the account that a repository belongs to.
type Installed struct {
	ID        int64
	Is        bool   // the repository can be seen at all
	Page      string // where its owner changes it
	Rights    Rights // what the owner has agreed to, which may be less than the App asks for
	Suspended bool
}

// Installed reads the App's installation for a repository. One that is not there is no error.
// https://docs.github.com/en/rest/apps/apps#get-a-repository-installation-for-the-authenticated-app
func (g *GitHub) Installed(ctx context.Context, repo gate.Repo) (Installed, error) {
	owner, name, err := ownerAndName(repo)
	if err != nil {
		return Installed{}, err
	}
	var seen struct {
		hubRights
		ID        int64      `json:"id"`
		Page      string     `json:"html_url"`
		Suspended *time.Time `json:"suspended_at"`
	}
	_, err = g.fetch(ctx, g.asApp(), "find_installation", fmt.Sprintf("repos/%s/%s/installation", owner, name), &seen)
	if missing(err) {
		return Installed{}, nil
	}
	if err != nil {
		return Installed{}, fmt.Errorf("finding the App's installation for %s: %w", repo, asLater(err, g.config.Now()))
	}
	return Installed{ID: seen.ID, Is: true, Page: bare(seen.Page), Rights: seen.rights(), Suspended: seen.Suspended != nil}, nil
}

// Attempt is one try of a forge's to deliver a webhook.
type Attempt struct {
	At     time.Time // zero where it is not told
	Event  string
	Status int    // that was answered; where there was no answer GitHub's own, and 0 on GitLab
	Reason string // as the forge tells it
	Came   bool
}

// Attempts are the latest, at most a hundred, the newest first.
func (g *GitHub) Attempts(ctx context.Context) ([]Attempt, error) {
	page, _, err := g.attempts(ctx, "")
	if err != nil {
		return nil, fmt.Errorf("reading the log of the App's webhook: %w", asLater(err, g.config.Now()))
	}
	var all []Attempt
	for _, a := range page {
		all = append(all, Attempt{At: a.Delivered, Event: line(a.Event), Status: a.StatusCode, Reason: line(a.Status), Came: a.came()})
	}
	return all, nil
}

// Registered is an App that was just made from a manifest, with all its secrets.
type Registered struct {
	ID         int64
	Slug, Page string
	Key        []byte // PEM
	Secret     string // of its webhook
}

// Register exchanges the code that GitHub gives whoever registers an App by a manifest for the App. A code is
// good once, and within the hour. It needs no credentials.
// https://docs.github.com/en/apps/sharing-github-apps/registering-a-github-app-from-a-manifest
func Register(ctx context.Context, root, code string, now func() time.Time) (Registered, error) {
	api, err := rootOf(root)
	if err != nil {
		return Registered{}, fmt.Errorf("reading the address of GitHub: %w", err)
	}
	if !word(code) {
		return Registered{}, &refusal{http.StatusNotFound, "the code is not one of GitHub's"}
	}
	over := &transport{root: api, throttle: &throttle{now: now}, observe: func(string, string) {}, granted: func(Grant) {}, next: http.DefaultTransport.(*http.Transport).Clone()}
	c := github.NewClient(client(over, defaultTimeout))
	c.BaseURL = api
	made, _, err := c.Apps.CompleteAppManifest(named(ctx, "convert_manifest"), code)
	if err != nil {
		return Registered{}, fmt.Errorf("having the App from GitHub: %w", asLater(err, now()))
	}
	r := Registered{ID: made.GetID(), Slug: line(made.GetSlug()), Page: bare(made.GetHTMLURL()), Key: []byte(made.GetPEM()), Secret: made.GetWebhookSecret()}
	if r.ID <= 0 || len(r.Key) == 0 || r.Secret == "" {
		return Registered{}, errors.New("GitHub's answer has no App with a key and a webhook secret")
	}
	return r, nil
}

// Wish is the App that a manifest asks for.
type Wish struct {
	Name     string
	Page     string // where people read what it is
	Hook     string // where its webhooks go
	Redirect string // where GitHub sends whoever has registered it
	Rights   Rights
}

// Manifest is the wish as GitHub reads it: JSON.
func (w Wish) Manifest() string {
	text, err := json.Marshal(map[string]any{
		"name": w.Name, "url": w.Page, "hook_attributes": map[string]any{"url": w.Hook, "active": true},
		"redirect_url": w.Redirect, "public": false, "description": "Says whether the sum of the work that a Nexus's teams integrate is done.",
		"default_permissions": w.Rights.Permissions, "default_events": w.Rights.Events,
	})
	if err != nil {
		return "" // texts and lists of texts always encode
	}
	return string(text)
}

// Seen is a repository or a project as it is found when a Nexus is set up.
type Seen struct {
	Repo     gate.Repo
	Branch   string // the default one
	Topics   []string
	Archived bool
}

// Repositories are those that the App can see, in all its installations: at most so many. It says whether
// these are all.
// https://docs.github.com/en/rest/apps/installations#list-repositories-accessible-to-the-app-installation
func (g *GitHub) Repositories(ctx context.Context, most int) (all []Seen, whole bool, err error) {
	installations, whole, err := g.installationIDs(ctx)
	if err != nil {
		return nil, false, err
	}
	for _, id := range installations {
		in, err := g.installed(ctx, gate.Repo{Forge: gate.GitHub, Installation: id})
		if err != nil {
			return nil, false, err
		}
		for page := 1; page > 0; {
			var seen hubRepositories
			page, err = g.fetchPage(ctx, in.client, "list_repositories", fmt.Sprintf("installation/repositories?per_page=%d&page=%d", pageSize, page), &seen)
			if err != nil {
				return nil, false, fmt.Errorf("listing the repositories of the installation %d: %w", id, asLater(err, g.config.Now()))
			}
			all = append(all, seen.of(id)...)
			if len(all) >= most {
				return all[:most], false, nil
			}
		}
	}
	return all, whole, nil
}

type hubRepositories struct {
	Repositories []struct {
		ID       int64    `json:"id"`
		Name     string   `json:"full_name"`
		Branch   string   `json:"default_branch"`
		Topics   []string `json:"topics"`
		Archived bool     `json:"archived"`
	} `json:"repositories"`
}

func (h hubRepositories) of(installation int64) (all []Seen) {
	for _, r := range h.Repositories {
		repo := gate.Repo{Forge: gate.GitHub, ID: r.ID, Name: r.Name, Installation: installation}
		if _, _, err := ownerAndName(repo); err == nil {
			all = append(all, Seen{Repo: repo, Branch: line(r.Branch), Topics: r.Topics, Archived: r.Archived})
		}
	}
	return all
}

// installationIDs are those that are not suspended, and whether they are all.
func (g *GitHub) installationIDs(ctx context.Context) (ids []int64, whole bool, err error) {
	for page, pages := 1, 0; page > 0; pages++ {
		if pages == installationBound/pageSize {
			return ids, false, nil
		}
		var seen []struct {
			ID        int64      `json:"id"`
			Suspended *time.Time `json:"suspended_at"`
		}
		page, err = g.fetchPage(ctx, g.asApp(), "list_installations", fmt.Sprintf("app/installations?per_page=%d&page=%d", pageSize, page), &seen)
		if err != nil {
			return nil, false, fmt.Errorf("listing the App's installations: %w", asLater(err, g.config.Now()))
		}
		for _, in := range seen {
			if in.Suspended == nil {
				ids = append(ids, in.ID)
			}
		}
	}
	return ids, true, nil
}

// fetchPage asks for a page of a list, and gives the number of the next one, 0 after the last.
func (g *GitHub) fetchPage(ctx context.Context, c *github.Client, operation, path string, into any) (next int, err error) {
	request, err := c.NewRequest(http.MethodGet, path, nil)
	if err != nil {
		return 0, err
	}
	got, err := c.Do(named(ctx, operation), request, into)
	if err != nil {
		return 0, err
	}
	return got.NextPage, nil
}

// Workflows says whether a repository has any of GitHub Actions.
func (g *GitHub) Workflows(ctx context.Context, repo gate.Repo) (bool, error) {
	s, err := g.seat(ctx, repo)
	if err != nil {
		return false, err
	}
	var seen struct {
		Count int `json:"total_count"`
	}
	if _, err := g.fetch(ctx, s.client, "list_workflows", fmt.Sprintf("repos/%s/%s/actions/workflows?per_page=1", s.owner, s.name), &seen); err != nil {
		return false, fmt.Errorf("reading the workflows of %s: %w", repo, asLater(err, g.config.Now()))
	}
	return seen.Count > 0, nil
}
