package main_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
)

// underName is the answer to a request under a name.
func underName(t *testing.T, method, address, host string) (status int, body string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Host = host
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(text)
}

const ofAnotherSite = "rebound.example:8080"

func TestWithoutALoginOnlyOurOwnNamesAreAnsweredTo(t *testing.T) {
	h := furnish(t, shop)
	h.start()
	h.rest()
	for _, host := range []string{
		"127.0.0.1", "127.0.0.1:8080", "127.1.2.3", "[::1]:8080", "[::1]", "localhost", "LocalHost:8080", "localhost.", "done.example.test", "Done.Example.Test:443",
	} {
		if status, body := underName(t, "GET", h.server.Root()+"/nexus/shop", host); status != http.StatusOK {
			t.Errorf("as %s it answers %d: %s", host, status, body)
		}
	}
	for _, host := range []string{ofAnotherSite, "localhost.example", "127.0.0.1.example", "example.test", "10.0.0.1", "0.0.0.0:8080", "[::2]", "::1.example", "done.example.test.evil"} {
		for _, path := range []string{"/", "/nexus/shop", "/api/v1/nexus/shop/increments/head", "/events", "/aside", "/assets/style.css", "/readyz", "/metrics", "/.well-known/nexusgate-keys", "/.well-known/nexusgate-keys.pem"} {
			status, body := underName(t, "GET", h.server.Root()+path, host)
			if status != http.StatusMisdirectedRequest || strings.Contains(body, "acme") || !strings.Contains(body, "--url https://NAME") {
				t.Errorf("as %s, %s answers %d: %s", host, path, status, body)
			}
		}
		if status, _ := underName(t, "GET", h.server.Root()+"/healthz", host); status != http.StatusOK {
			t.Errorf("as %s, /healthz answers %d", host, status)
		}
		if status, _ := underName(t, "POST", h.server.HooksRoot()+"/webhook/github", host); status != http.StatusUnauthorized {
			t.Errorf("as %s, a webhook without a signature is answered %d", host, status)
		}
	}
}

func TestWhereSomethingElseKeepsOthersOutEveryNameIsAnsweredTo(t *testing.T) {
	for name, c := range map[string]struct {
		look []string
		want int
	}{
		"a proxy": {[]string{"--public"}, http.StatusOK},
		"a login": {[]string{"--login-issuer", "https://login.example.test", "--login-client-id", "nexusgate", "--login-allow", "@example.test"}, http.StatusUnauthorized},
	} {
		t.Run(name, func(t *testing.T) {
			h := furnish(t, shop)
			h.env["NEXUSGATE_LOGIN_CLIENT_SECRET"] = map[bool]string{true: "a-secret-of-the-client"}[name == "a login"]
			h.settings.Look = c.look
			h.start()
			h.rest()
			if status, body := underName(t, "GET", h.server.Root()+"/nexus/shop", ofAnotherSite); status != c.want {
				t.Errorf("it answers %d: %s", status, body)
			}
		})
	}
}

func TestMetricsOnAnAddressOfThisMachineAreForItsOwnNamesToo(t *testing.T) {
	h := furnish(t, shop)
	h.settings.MetricsListen = "127.0.0.1:0"
	h.start()
	for host, want := range map[string]int{"localhost:9090": http.StatusOK, ofAnotherSite: http.StatusMisdirectedRequest} {
		if status, body := underName(t, "GET", h.server.MetricsRoot()+"/metrics", host); status != want {
			t.Errorf("as %s they answer %d: %s", host, status, body)
		}
	}
}
