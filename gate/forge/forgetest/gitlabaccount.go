package forgetest

import (
	"net/http"
	"strconv"
)

// botID and botName are the account that the access token belongs to.
const (
	botID   = 900
	botName = "group_1_bot"
)

// TokenSettings are what somebody gives an access token.
type TokenSettings struct {
	Scopes  []string // none: api
	Expires string   // a day, "2027-01-31"; "" never
}

// SetToken changes what the access token may.
func (g *GitLab) SetToken(to TokenSettings) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.tokenIs = to
}

// ProjectSettings are what the maintainers of a project set.
type ProjectSettings struct {
	Must, Skipped, Merged, Train bool // pipelines must succeed, skipped ones do, merged results, merge trains
	Topics                       []string
	Open                         bool // nothing protects its branches
}

// Set changes the settings of the project.
func (p *Project) Set(to ProjectSettings) {
	p.lab.mu.Lock()
	defer p.lab.mu.Unlock()
	p.settings = to
}

// byToken serves only requests with the token.
func (g *GitLab) byToken(act func(*call) reply) func(*call) reply {
	return func(c *call) reply {
		if c.Header.Get("PRIVATE-TOKEN") != g.token {
			return refuse(http.StatusUnauthorized, "401 Unauthorized")
		}
		return act(c)
	}
}

func (g *GitLab) readAccount(*call) reply {
	return reply{status: http.StatusOK, body: object{"id": botID, "username": botName, "name": "nexusgate", "bot": true, "state": "active"}}
}

func (g *GitLab) readVersion(*call) reply {
	return reply{status: http.StatusOK, body: object{"version": g.version, "revision": "0000000", "enterprise": true}}
}

func (g *GitLab) readToken(*call) reply {
	scopes := g.tokenIs.Scopes
	if len(scopes) == 0 {
		scopes = []string{"api"}
	}
	return reply{status: http.StatusOK, body: object{
		"id": 42, "name": "nexusgate", "revoked": false, "active": true, "scopes": scopes, "user_id": botID, "expires_at": orNull(g.tokenIs.Expires),
	}}
}

func (g *GitLab) role() int {
	if g.guest {
		return 30
	}
	return 40
}

func (g *GitLab) readMember(_ *Project, c *call) reply {
	if c.PathValue("user") != strconv.Itoa(botID) {
		return projectNotFound("Member")
	}
	return reply{status: http.StatusOK, body: object{"id": botID, "username": botName, "state": "active", "access_level": g.role()}}
}

// listProjects lists those of which the token's owner has at least the role that is asked for.
func (g *GitLab) listProjects(c *call) reply {
	least, _ := strconv.Atoi(c.URL.Query().Get("min_access_level")) // none: 0
	all := []object{}
	for _, p := range g.projects {
		if !p.hidden && g.role() >= least {
			all = append(all, p.whole())
		}
	}
	return listed(c, all)
}
