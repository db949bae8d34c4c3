package forgetest

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// claims are what an App says of itself in its token.
type claims struct {
	IssuedAt  int64 `json:"iat"`
	ExpiresAt int64 `json:"exp"`
	Issuer    any   `json:"iss"`
}

// asApp serves only requests that the App has signed with its key.
func (g *GitHub) asApp(act func(*call, claims) reply) func(*call) reply {
	return func(c *call) reply {
		said, ok := g.verify(strings.TrimPrefix(c.Header.Get("Authorization"), "Bearer "))
		if !ok {
			return refuse(http.StatusUnauthorized, "A JSON web token could not be decoded")
		}
		return act(c, said)
	}
}

// verify checks an App's token: RS256 with the App's key, for this App, for ten minutes at most. It
// is not held against the stand-in's clock, which in a test may stand in another year than the
// clock that signs.
func (g *GitHub) verify(token string) (claims, bool) {
	var said claims
	var header struct {
		Algorithm string `json:"alg"`
	}
	parts := strings.Split(token, ".")
	if len(parts) != 3 || !decode(parts[0], &header) || !decode(parts[1], &said) || header.Algorithm != "RS256" {
		return said, false
	}
	signature, err := base64.RawURLEncoding.DecodeString(parts[2])
	sum := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	if err != nil || rsa.VerifyPKCS1v15(&g.key.PublicKey, crypto.SHA256, sum[:], signature) != nil {
		return said, false
	}
	lifetime := said.ExpiresAt - said.IssuedAt
	return said, !g.unregistered && fmt.Sprint(said.Issuer) == strconv.FormatInt(g.AppID, 10) && lifetime > 0 && lifetime <= 600
}

func decode(part string, into any) bool {
	raw, err := base64.RawURLEncoding.DecodeString(part)
	return err == nil && json.Unmarshal(raw, into) == nil
}

// createToken issues a token of an installation for an hour of the clock that signed the request.
func (g *GitHub) createToken(c *call, said claims) reply {
	id := c.number("id")
	for _, installed := range g.installations {
		if installed == id {
			token := fmt.Sprintf("ghs_%s%012x", g.prefix, g.next())
			g.tokens[token] = id
			return reply{status: http.StatusCreated, body: object{
				"token":       token,
				"expires_at":  instant(time.Unix(said.IssuedAt, 0).Add(time.Hour)),
				"permissions": object{"checks": "write", "contents": "read", "metadata": "read", "pull_requests": "read"},
			}}
		}
	}
	return refuse(http.StatusNotFound, "Not Found")
}

func (g *GitHub) findInstallation(c *call, _ claims) reply {
	repo := g.repos[strings.ToLower(c.PathValue("owner")+"/"+c.PathValue("repo"))]
	if repo == nil || g.installations[repo.owner()] == 0 {
		return refuse(http.StatusNotFound, "Not Found")
	}
	return reply{status: http.StatusOK, body: g.agreedTo(repo.owner())}
}

// installation is the App on an account.
func (g *GitHub) installation(owner string) object {
	id := g.installations[owner]
	at := fmt.Sprintf("%s/app/installations/%d", g.root, id)
	return object{
		"id": id, "app_id": g.AppID, "app_slug": ourApp, "target_type": "Organization",
		"target_id": g.user(owner)["id"], "account": g.user(owner), "repository_selection": "all",
		"permissions": object{"checks": "write", "contents": "read", "metadata": "read", "pull_requests": "read"},
		"events":      []string{"push", "pull_request"}, "single_file_name": nil, "suspended_at": nil, "suspended_by": nil,
		"access_tokens_url": at + "/access_tokens", "repositories_url": g.root + "/installation/repositories",
		"html_url":   fmt.Sprintf("%s/organizations/%s/settings/installations/%d", g.root, owner, id),
		"created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z",
	}
}

// agreedTo is the App on an account as the API tells it. The schemas of webhooks are older, and do not know all
// of its events.
func (g *GitHub) agreedTo(owner string) object {
	o := g.installation(owner)
	o["permissions"], o["events"] = g.agreed.Permissions, g.agreed.Events
	if g.suspended[owner] {
		o["suspended_at"] = "2026-01-02T00:00:00Z"
	}
	return o
}

// asInstallation serves only requests with a token of the installation that holds the repository.
// A repository that the token cannot see is not found; one that was renamed is elsewhere.
func (g *GitHub) asInstallation(act func(*Repo, *call) reply) func(*call) reply {
	return func(c *call) reply {
		_, token, _ := strings.Cut(c.Header.Get("Authorization"), " ")
		installation, known := g.tokens[token]
		if !known {
			return refuse(http.StatusUnauthorized, "Bad credentials")
		}
		full := c.PathValue("owner") + "/" + c.PathValue("repo")
		if moved := g.renamed[strings.ToLower(full)]; moved != nil {
			return g.redirect(c, full, moved)
		}
		repo := g.repos[strings.ToLower(full)]
		if repo == nil || repo.hidden || g.installations[repo.owner()] != installation {
			return refuse(http.StatusNotFound, "Not Found")
		}
		if limit, over := g.overBudget(c.Method, installation); over {
			return limit
		}
		return act(repo, c)
	}
}

// redirect answers as GitHub does for the old name of a repository.
func (g *GitHub) redirect(c *call, full string, to *Repo) reply {
	status := http.StatusTemporaryRedirect
	if c.Method == http.MethodGet {
		status = http.StatusMovedPermanently
	}
	rest := strings.TrimPrefix(c.URL.EscapedPath(), "/repos/"+full)
	location := fmt.Sprintf("%s/repositories/%d%s", g.root, to.ID, rest)
	if c.URL.RawQuery != "" {
		location += "?" + c.URL.RawQuery
	}
	return reply{status: status, header: map[string]string{"Location": location}, body: object{"message": "Moved Permanently", "url": location}}
}

// GitHub's limit for requests that create content.
const (
	postsPerMinute = 80
	postsPerHour   = 500
)

// overBudget counts what an installation posts, and refuses what is too much as GitHub does.
func (g *GitHub) overBudget(method string, installation int64) (reply, bool) {
	if method == http.MethodGet {
		return reply{}, false
	}
	now, minute := g.now(), 0
	var kept []time.Time
	for _, at := range g.posts[installation] {
		if now.Sub(at) < time.Hour {
			kept = append(kept, at)
		}
		if now.Sub(at) < time.Minute {
			minute++
		}
	}
	g.posts[installation] = append(kept, now)
	if minute < postsPerMinute && len(kept) < postsPerHour {
		return reply{}, false
	}
	g.counts["over_budget"]++
	limit := refuse(http.StatusForbidden, "You have exceeded a secondary rate limit and have been temporarily blocked from content creation. Please retry your request again later.")
	limit.header = map[string]string{"Retry-After": "60"}
	return limit, true
}

// RevokeTokens takes all installation tokens back; who uses one is answered 401.
func (g *GitHub) RevokeTokens() {
	g.mu.Lock()
	defer g.mu.Unlock()
	clear(g.tokens)
}

// Rotate gives the App another key. The old one, and all that was had with it, is refused from now on.
func (g *GitHub) Rotate(key *rsa.PrivateKey) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.key = key
	clear(g.tokens)
}

// Install puts the App on an account, again where it was taken off: under a new id.
func (g *GitHub) Install(owner string) {
	g.move(func(out *outbox) {
		g.installations[owner] = g.next()
		repositories := []object{}
		for _, r := range g.repos {
			if r.owner() == owner {
				repositories = append(repositories, object{
					"id": r.ID, "node_id": nodeID("R", r.ID), "name": r.name(), "full_name": r.full, "private": false,
				})
			}
		}
		slices.SortFunc(repositories, func(a, b object) int { return strings.Compare(a["full_name"].(string), b["full_name"].(string)) })
		out.add("installation", object{
			"action": "created", "sender": g.user(owner), "repositories": repositories,
			"installation": g.installation(owner),
		})
	})
}

// Uninstall takes the App off an account: its repositories are no longer found.
func (g *GitHub) Uninstall(owner string) {
	g.move(func(out *outbox) {
		out.add("installation", object{
			"action": "deleted", "sender": g.user(owner), "repositories": []object{},
			"installation": g.installation(owner),
		})
		delete(g.installations, owner)
		clear(g.tokens)
	})
}
