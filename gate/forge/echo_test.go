package forge_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/forge"
)

// Some proxies repeat in a refusal all that they were sent.
func TestATokenThatAForgeRepeatsIsNotRepeatedByUs(t *testing.T) {
	key := newHubWorld(t).hub.PrivateKey()
	for _, status := range []int{http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusTooManyRequests, http.StatusBadGateway} {
		var sent []string
		echo := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.HasSuffix(r.URL.Path, "/access_tokens") {
				w.WriteHeader(http.StatusCreated)
				fmt.Fprint(w, `{"token":"ghs_installed","expires_at":"2099-01-01T00:00:00Z"}`)
				return
			}
			token := r.Header.Get("Authorization") + r.Header.Get("Private-Token")
			sent = append(sent, token[strings.LastIndex(token, " ")+1:])
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(status)
			fmt.Fprintf(w, `{"message":"you are %s","error":%q}`, token, fmt.Sprint(r.Header))
		}))
		t.Cleanup(echo.Close)
		hub, err := forge.NewGitHub(forge.GitHubConfig{URL: echo.URL, AppID: 1, PrivateKey: key, Now: time.Now})
		if err != nil {
			t.Fatal(err)
		}
		lab, err := forge.NewGitLab(forge.GitLabConfig{URL: echo.URL, Token: "glpat-secret", Now: time.Now})
		if err != nil {
			t.Fatal(err)
		}
		repo := gate.Repo{Forge: gate.GitHub, ID: 7, Name: "acme/cart-api", Installation: 3}
		_, onHub := hub.Read(t.Context(), gate.Want{Kind: gate.WantHead, Repo: repo, Branch: "main"})
		repo.Forge, repo.Installation = gate.GitLab, 0
		_, onLab := lab.Read(t.Context(), gate.Want{Kind: gate.WantHead, Repo: repo, Branch: "main"})
		if len(sent) < 2 {
			t.Fatalf("%d: the forges were sent %q", status, sent)
		}
		for _, err := range []error{onHub, onLab} {
			if status != http.StatusNotFound && err == nil {
				t.Errorf("%d: no error", status)
			}
			for _, token := range sent {
				if strings.Contains(fmt.Sprint(err), token) {
					t.Errorf("%d: the error repeats %s: %v", status, token, err)
				}
			}
		}
	}
}
