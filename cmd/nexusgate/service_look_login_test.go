package main_test

import (
	"bytes"
	"net/http"
	"strings"
	"testing"

	"github.com/nexusgate/nexusgate/gate/store"
)

// response is the answer to a request without a session, which goes nowhere by itself.
func response(t *testing.T, method, address string, header map[string]string) (status int, answered http.Header) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range header {
		r.Header.Set(name, value)
	}
	still := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := still.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	return answer.StatusCode, answer.Header
}

func TestBehindALoginOnlyPagesAndTheAPIAre(t *testing.T) {
	t.Parallel()
	h := furnish(t, shop)
	h.env["NEXUSGATE_LOGIN_CLIENT_SECRET"] = "a-secret-of-the-client"
	h.env["NEXUSGATE_API_TOKENS"] = "a-token-for-programs, another-token-for-programs"
	h.settings.Look = []string{"--login-issuer", "https://login.example.test", "--login-client-id", "nexusgate", "--login-allow", "@example.test"}
	h.start() // and the forges deliver, without a login
	h.rest()
	for path, want := range map[string]int{
		"/": 401, "/nexus/shop": 401, "/verdicts/x": 401, "/aside": 401, "/events": 401, "/assets/style.css": 401, "/nowhere": 401, "/deliveries/x": 401,
		"/api/v1/nexus/shop/increments/head": 401, "/api/v1/nexus/shop/log": 401, "/api/nowhere": 401, "/debug/pprof/": 401,
		"/healthz": 200, "/readyz": 200, "/metrics": 200, "/webhook/nowhere": 404, "/logout": 200, "/login/callback": 401,
	} {
		if status, _ := response(t, http.MethodGet, h.server.Root()+path, nil); status != want {
			t.Errorf("%s answers %d, want %d", path, status, want)
		}
	}
	status, answered := response(t, http.MethodGet, h.server.Root()+"/nexus/shop", map[string]string{"Accept": "text/html"})
	if to := answered.Get("Location"); status != http.StatusFound || to != "/login?to=%2Fnexus%2Fshop" {
		t.Errorf("a browser is answered %d, and sent to %q", status, to)
	}
	status, answered = response(t, http.MethodGet, h.server.Root()+"/api/v1/nexus/shop/increments/head", map[string]string{"Authorization": "Bearer another-token-for-programs"})
	if status != http.StatusOK || answered.Get("Cache-Control") != "no-store" {
		t.Errorf("a program with a token is answered %d, to be kept %q", status, answered.Get("Cache-Control"))
	}
}

func TestBehindALoginNobodyElseIsToldWhichRepositoriesThereAre(t *testing.T) {
	t.Parallel()
	h := furnish(t, shop)
	h.env["NEXUSGATE_LOGIN_CLIENT_SECRET"] = "a-secret-of-the-client"
	h.settings.Look = []string{"--login-issuer", "https://login.example.test", "--login-client-id", "nexusgate", "--login-allow", "@example.test"}
	h.settings.Homes = append(h.settings.Homes, "github:acme/secret-plans@main:nexus.cue")
	h.start()
	if _, says := h.get("/readyz"); !strings.Contains(says, "waiting for 1 definition") || strings.Contains(says, "secret") {
		t.Errorf("whoever has not logged in is told %q", says)
	}
}

func TestEachAnswerTellsBrowsersHowLittleItMayDo(t *testing.T) {
	t.Parallel()
	h := furnish(t, shop)
	h.settings.MetricsListen, h.settings.WebhookListen = "127.0.0.1:0", "127.0.0.1:0"
	h.start()
	h.rest()
	public := h.server.Root()
	for _, c := range []struct{ method, address string }{
		{"GET", public + "/"},
		{"GET", public + "/nexus/nobody"},
		{"POST", public + "/"},
		{"GET", public + "/healthz"},
		{"POST", public + "/healthz"},
		{"GET", public + "/readyz"},
		{"GET", public + "/api/nowhere"},
		{"GET", public + "/assets/nothing"},
		{"GET", public + "//nexus//shop"},
		{"GET", h.server.MetricsRoot() + "/metrics"},
		{"GET", h.server.MetricsRoot() + "/"},
		{"POST", h.server.HooksRoot() + "/webhook/github"},
		{"GET", h.server.HooksRoot() + "/webhook/gitlab"},
		{"GET", h.server.HooksRoot() + "/"},
	} {
		status, answered := response(t, c.method, c.address, nil)
		for name, want := range map[string]string{
			"Content-Security-Policy": "default-src 'none'", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
			"Cross-Origin-Resource-Policy": "same-origin", "Cache-Control": "no-",
		} {
			if got := answered.Get(name); !strings.HasPrefix(got, want) {
				t.Errorf("%s %s answers %d with %s: %q, want %q", c.method, c.address, status, name, got, want)
			}
		}
		form := "form-action 'none'"
		if status == http.StatusOK && c.address == public+"/" {
			form = "form-action 'self'" // what is shown there can be chosen
		}
		if csp := answered.Get("Content-Security-Policy"); !strings.Contains(csp, "frame-ancestors 'none'") || !strings.Contains(csp, form) {
			t.Errorf("%s %s answers with the policy %q", c.method, c.address, csp)
		}
	}
}

func TestAnAddressOfItsOwnServesItsOwnAlone(t *testing.T) {
	t.Parallel()
	h := furnish(t, shop)
	h.settings.MetricsListen, h.settings.WebhookListen = "127.0.0.1:0", "127.0.0.1:0"
	h.start()
	h.rest()
	for address, want := range map[string]int{
		h.server.Root() + "/metrics": 404, h.server.Root() + "/webhook/github": 404, h.server.Root() + "/": 200,
		h.server.MetricsRoot() + "/metrics": 200, h.server.MetricsRoot() + "/": 404, h.server.MetricsRoot() + "/webhook/github": 404,
		h.server.HooksRoot() + "/metrics": 404, h.server.HooksRoot() + "/": 404, h.server.HooksRoot() + "/webhook/github": 405,
	} {
		if status, _ := response(t, http.MethodGet, address, nil); status != want {
			t.Errorf("%s answers %d, want %d", address, status, want)
		}
	}
}

// A signature says who sent a delivery, and not that each address in it is theirs.
func TestAnAddressOfAnotherSiteBecomesNoLink(t *testing.T) {
	t.Parallel()
	h := furnish(t, shop)
	h.start()
	h.rest()
	propose(h.cart, "guest")
	h.rest()
	if _, page := h.get("/nexus/shop"); !strings.Contains(page, `href="`+h.env["NEXUSGATE_GITHUB_URL"]+`/acme/cart-api/pull/`) {
		t.Fatalf("the page of the change is not linked:\n%s", page)
	}
	s, err := store.OpenToRead(t.Context(), h.settings.Store)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	var body []byte
	err = s.Log(t.Context(), "shop", func(e store.LogEntry) error {
		if e.Delivery != nil && e.Delivery.Event == "pull_request" {
			body = bytes.ReplaceAll(e.Delivery.Body, []byte(h.env["NEXUSGATE_GITHUB_URL"]+"/acme/cart-api/pull/"), []byte("https://evil.example/acme/cart-api/pull/"))
		}
		return nil
	})
	if err != nil || !bytes.Contains(body, []byte("evil.example")) {
		t.Fatalf("there is no delivery of the change with its address (%v): %s", err, body)
	}
	h.postHub("another", "pull_request", body, hubSecret)
	h.rest()
	if _, page := h.get("/nexus/shop"); strings.Contains(page, "evil.example") || strings.Contains(page, "/acme/cart-api/pull/") || !strings.Contains(page, "Work on guest") {
		t.Errorf("the page links elsewhere:\n%s", page)
	}
}
