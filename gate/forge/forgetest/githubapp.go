package forgetest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Grant is what the App asks for, or what an account has agreed to.
type Grant struct {
	Permissions map[string]string // "checks": "write"
	Events      []string
}

// usual is the grant of the App unless something else is said.
func usual() Grant {
	return Grant{
		Permissions: map[string]string{
			"metadata": "read", "contents": "read", "pull_requests": "read", "checks": "write", "statuses": "read",
			"actions": "write", "merge_queues": "read", "issues": "read", "deployments": "write",
		},
		Events: []string{
			"check_run", "check_suite", "delete", "deployment_protection_rule", "issue_comment", "merge_group",
			"pull_request", "pull_request_review", "push", "repository", "status", "workflow_job", "workflow_run",
		},
	}
}

// AppSettings are what the App's owner sets on its page.
type AppSettings struct {
	Owner string // "" is GitHub's own
	Grant Grant
	Agree bool // those who have installed it agree to what it asks for now
}

// Set changes the App as its owner does. Those who have installed it are asked whether they agree.
func (g *GitHub) Set(to AppSettings) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.owner, g.asks = to.Owner, to.Grant
	if to.Agree {
		g.agreed = to.Grant
	}
}

// Suspend has an account suspend the App, or take it up again. No webhook comes of it.
func (g *GitHub) Suspend(owner string, is bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.suspended[owner] = is
}

// readApp tells of the App itself, and the events that it is subscribed to.
func (g *GitHub) readApp(*call, claims) reply {
	app := g.app(ourApp)
	app["events"], app["permissions"] = g.asks.Events, g.asks.Permissions
	if g.owner != "" {
		app["owner"] = g.user(g.owner)
	}
	return reply{status: http.StatusOK, body: app}
}

func (g *GitHub) listInstallations(c *call, _ claims) reply {
	all := []object{}
	for _, owner := range slices.Sorted(maps.Keys(g.installations)) {
		o := g.agreedTo(owner)
		account := o["account"].(object) // a user and an enterprise at once, in GitHub's description of this list
		account["name"], account["slug"], account["created_at"], account["updated_at"] = owner, owner, "2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z"
		all = append(all, o)
	}
	shown, next := page(c, all)
	return reply{status: http.StatusOK, body: shown, header: next}
}

// listRepositories lists what an installation's token can see.
func (g *GitHub) listRepositories(c *call) reply {
	_, token, _ := strings.Cut(c.Header.Get("Authorization"), " ")
	installation, known := g.tokens[token]
	if !known {
		return refuse(http.StatusUnauthorized, "Bad credentials")
	}
	all := []object{}
	for _, name := range slices.Sorted(maps.Keys(g.repos)) {
		if r := g.repos[name]; !r.hidden && g.installations[r.owner()] == installation {
			all = append(all, r.object(false))
		}
	}
	shown, next := page(c, all)
	return reply{status: http.StatusOK, header: next, body: object{
		"total_count": len(all), "repository_selection": "all", "repositories": shown,
	}}
}

// Unregister takes the App away, with all its installations, as if nobody had registered it yet.
func (g *GitHub) Unregister() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.unregistered = true
	clear(g.installations)
	clear(g.tokens)
}

// conversion is an App that was registered by a manifest, and waits for who registered it.
type conversion struct {
	manifest manifest
	until    time.Time
	owner    string
}

// manifest is what GitHub reads of one.
// https://docs.github.com/en/apps/sharing-github-apps/registering-a-github-app-from-a-manifest
type manifest struct {
	Name string `json:"name"`
	URL  string `json:"url"`
	Hook struct {
		URL    string `json:"url"`
		Active *bool  `json:"active"`
	} `json:"hook_attributes"`
	Redirect    string            `json:"redirect_url"`
	Public      bool              `json:"public"`
	Permissions map[string]string `json:"default_permissions"`
	Events      []string          `json:"default_events"`
}

// needs are the permissions without which GitHub refuses to subscribe an App to an event.
var needs = map[string]string{
	"push": "contents", "delete": "contents", "create": "contents", "release": "contents", "repository": "metadata", "pull_request": "pull_requests",
	"pull_request_review": "pull_requests", "merge_group": "merge_queues", "check_run": "checks", "check_suite": "checks", "status": "statuses",
	"workflow_run": "actions", "workflow_job": "actions", "deployment_protection_rule": "deployments", "deployment_status": "deployments",
	"deployment": "deployments", "issues": "issues", "issue_comment": "issues", "sub_issues": "issues", "issue_dependencies": "issues", "milestone": "issues", "label": "issues",
}

// fault is what is wrong with a manifest, "" for nothing.
func (m manifest) fault() string {
	switch {
	case m.Name == "" || len(m.Name) > 34:
		return "Name must be 1 to 34 characters"
	case !address(m.URL) || !address(m.Hook.URL) || !address(m.Redirect):
		return "url, hook_attributes.url and redirect_url must be addresses"
	}
	for _, event := range m.Events {
		if needs[event] == "" || m.Permissions[needs[event]] == "" {
			return "Default events unsupported: " + event
		}
	}
	for name, access := range m.Permissions {
		if access != "read" && access != "write" {
			return "Default permission records resource is not included in the list: " + name
		}
	}
	return ""
}

func address(raw string) bool {
	at, err := url.Parse(raw)
	return err == nil && at.Host != "" && (at.Scheme == "https" || at.Scheme == "http")
}

// registerApp is the page on which somebody registers an App by a manifest, who at once says yes to it.
func (g *GitHub) registerApp(c *call) reply {
	form, err := url.ParseQuery(string(c.body))
	var m manifest
	if err == nil {
		err = json.Unmarshal([]byte(form.Get("manifest")), &m)
	}
	if err != nil {
		return reply{status: http.StatusUnprocessableEntity, body: text("The manifest cannot be read: " + err.Error())}
	}
	if fault := m.fault(); fault != "" {
		return reply{status: http.StatusUnprocessableEntity, body: text(fault)}
	}
	code := fmt.Sprintf("%s%012x", g.prefix, g.next())
	g.conversions[code] = conversion{m, g.now().Add(time.Hour), cmp.Or(c.PathValue("org"), "ana")}
	back, _ := url.Parse(m.Redirect) // is an address
	query := back.Query()
	query.Set("code", code)
	if state := c.URL.Query().Get("state"); state != "" {
		query.Set("state", state)
	}
	back.RawQuery = query.Encode()
	return reply{status: http.StatusFound, header: map[string]string{"Location": back.String()}, body: text("")}
}

// convert gives an App to whoever brings the code of its manifest: once, and within the hour.
func (g *GitHub) convert(c *call) reply {
	code := c.PathValue("code")
	found, ok := g.conversions[code]
	delete(g.conversions, code)
	if !ok || !g.now().Before(found.until) {
		return refuse(http.StatusNotFound, "Not Found")
	}
	m := found.manifest
	g.unregistered, g.owner = false, found.owner
	g.asks = Grant{Permissions: m.Permissions, Events: m.Events}
	g.agreed = g.asks
	secret := fmt.Sprintf("%s%032x", g.prefix, g.next())
	g.point(m.Hook.URL, secret)
	app := g.app(ourApp)
	app["events"], app["permissions"], app["name"], app["owner"] = m.Events, m.Permissions, m.Name, g.user(found.owner)
	app["client_id"], app["client_secret"] = "Iv1."+g.prefix, g.prefix+"-client-secret"
	app["webhook_secret"], app["pem"] = secret, string(g.PrivateKey())
	return reply{status: http.StatusCreated, body: app}
}
