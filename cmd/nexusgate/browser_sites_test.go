//go:build browser

package main_test

import (
	"encoding/json"
	"html"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"sync/atomic"
	"testing"
	"time"

	nexusgate "github.com/nexusgate/nexusgate/cmd/nexusgate"
)

// site is a service as a browser is told of it.
type site struct {
	Root   string        `json:"root"`
	Issuer string        `json:"issuer,omitempty"` // where people log in
	Pages  []browsedPage `json:"pages"`
}

type browsedPage struct {
	Name string `json:"name"`
	Path string `json:"path"`

	Filtered bool `json:"filtered,omitempty"`
}

// newSite finds the pages of a service, as a client sees them.
func newSite(t *testing.T, root string, client *http.Client, all []browsed) site {
	t.Helper()
	s := site{Root: root}
	for _, b := range all {
		path := b.path
		if path == "" {
			path = linkOn(t, client, root+b.on, b.link)
		}
		s.Pages = append(s.Pages, browsedPage{b.name, path, b.filtered})
	}
	return s
}

// linkOn is the first address on a page that matches.
func linkOn(t *testing.T, client *http.Client, page, pattern string) string {
	t.Helper()
	status, text := read(t, client, page)
	found := regexp.MustCompile(`(?:href|data-explain)="(` + pattern + `)"`).FindStringSubmatch(text)
	if found == nil {
		t.Fatalf("%s answers %d, with no link like %s:\n%s", page, status, pattern, text)
	}
	return html.UnescapeString(found[1])
}

// hall is a Nexus of which nothing is known yet.
const hall = `
name: "hall"
teams: door: components: foyer: repo: "github:acme/foyer"
done: ci: {why: "The pipeline is green", on: "commit", evidence: "pipeline", name: "ci", from: app: "github-actions", must: conclusion: "success"}
`

// newPrivateSite is a service of two Nexuses whose people log in. Somebody may sign, and a delivery was set aside.
func newPrivateSite(t *testing.T) site {
	t.Helper()
	h := furnish(t, signedShop)
	second := filepath.Join(t.TempDir(), "hall.cue")
	if err := os.WriteFile(second, []byte(hall), 0o600); err != nil {
		t.Fatal(err)
	}
	h.hub.AddRepo("acme/foyer")
	h.settings.Configs = append(h.settings.Configs, second)
	h.settings.Listen = freeAddress(t)
	h.settings.URL = "http://" + h.settings.Listen
	issuer := letsIn(t, h)
	h.env["NEXUSGATE_LOGIN_CLIENT_SECRET"] = "a-secret-of-the-client"
	h.settings.Look = []string{"--login-issuer", h.lab.Issuer().URL(), "--login-client-id", "nexusgate", "--login-allow", "*"}
	h.start()
	change := propose(h.cart, "guest")
	approve(h.cart, change)
	h.rest()
	h.postHub("broken", "push", []byte(`{"ref": 1}`), hubSecret)
	h.eventually("it is set aside", func() bool { return h.counts().Aside > 0 })
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	ana := &http.Client{Jar: jar}
	read(t, ana, h.server.Root()+"/login?to=%2F")
	s := newSite(t, h.server.Root(), ana, behindALogin)
	s.Issuer = issuer
	return s
}

// freeAddress is one that nobody listens at.
func freeAddress(t *testing.T) string {
	t.Helper()
	at, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer at.Close()
	return at.Addr().String()
}

// letsIn is an issuer at which whoever comes is Ana. The code that it gives is the nonce that it was asked with.
func letsIn(t *testing.T, h *house) string {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("/authorize", func(w http.ResponseWriter, r *http.Request) {
		asked := r.URL.Query()
		back := url.Values{"code": {asked.Get("nonce")}, "state": {asked.Get("state")}}
		http.Redirect(w, r, asked.Get("redirect_uri")+"?"+back.Encode(), http.StatusFound)
	})
	mux.HandleFunc("/token", func(w http.ResponseWriter, r *http.Request) {
		now := time.Now().Unix()
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(map[string]any{"access_token": "x", "token_type": "Bearer", "id_token": h.lab.Issuer().Sign(map[string]any{
			"iss": h.lab.Issuer().URL(), "aud": "nexusgate", "sub": "ana", "email": "ana@example.test", "email_verified": true,
			"nonce": r.FormValue("code"), "iat": now, "exp": now + 60,
		})})
	})
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	h.lab.Issuer().Tell(map[string]any{"authorization_endpoint": s.URL + "/authorize", "token_endpoint": s.URL + "/token"})
	return s.URL
}

// toSetUp is a service that nothing is configured for.
type toSetUp struct {
	Root  string `json:"root"`
	Link  string `json:"link"`
	Hub   string `json:"hub"`
	Lab   string `json:"lab"`
	Token string `json:"token"`
	forge *clicker
}

func newSetUp(t *testing.T) toSetUp {
	t.Helper()
	c := begin(t)
	cart := c.hub.AddRepo("acme/cart-api")
	cart.Commit("main", "Owners", map[string]string{".github/CODEOWNERS": "* @acme/cart\n"})
	c.hub.AddRepo("acme/pay").Topic("team-payment")
	c.lab.AddProject("acme/web/shop")
	c.hub.Unregister()
	return toSetUp{Root: c.root, Link: "/setup/enter?token=" + c.token, Hub: c.hubAt, Lab: c.labAt, Token: c.lab.Token(), forge: c}
}

// newControl does for the tests what people do on the forges meanwhile, and gives its address.
func newControl(t *testing.T, demo *nexusgate.Demo, s toSetUp) string {
	t.Helper()
	var round atomic.Int64
	mux := http.NewServeMux()
	mux.HandleFunc("POST /land", func(_ http.ResponseWriter, r *http.Request) { demo.Land(r.Context(), int(round.Add(1))) })
	mux.HandleFunc("POST /install", func(http.ResponseWriter, *http.Request) { s.forge.hub.Install("acme") })
	c := httptest.NewServer(mux)
	t.Cleanup(c.Close)
	return c.URL
}
