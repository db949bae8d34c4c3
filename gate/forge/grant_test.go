package forge_test

import (
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/forge"
)

// grants are what a client was told, in order.
type grants struct {
	mu  sync.Mutex
	all []forge.Grant
}

func (g *grants) take(told forge.Grant) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.all = append(g.all, told)
}

// behind is a GitHub that says those headers with each answer, and what a client of it was told.
func behind(t *testing.T, header map[string]string) []forge.Grant {
	t.Helper()
	var told grants
	w := newHubWorldBehind(t, func(hub http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			for name, value := range header {
				w.Header().Set(name, value)
			}
			hub.ServeHTTP(w, r)
		})
	}, func(c *forge.GitHubConfig) { c.Granted = told.take })
	repo := w.repo()
	repo.Installation = 0 // which is asked for first, as the App itself
	read[gate.HeadRead](t, w.client, gate.Want{Kind: gate.WantHead, Repo: repo, Branch: "main"})
	return told.all
}

func TestWhatGitHubGrantsAnInstallationIsTold(t *testing.T) {
	resets := newClock().Now().Add(20 * time.Minute)
	told := behind(t, map[string]string{
		"X-RateLimit-Limit": "5000", "X-RateLimit-Remaining": "17", "X-RateLimit-Reset": unix(resets), "X-RateLimit-Resource": "core",
	})
	if len(told) == 0 {
		t.Fatal("nothing is told")
	}
	installation := newHubWorld(t).repo().Installation
	for _, got := range told {
		want := forge.Grant{Installation: installation, Limit: 5000, Left: 17, Resets: resets}
		if !cmp.Equal(want, got) {
			t.Errorf("-want +got:\n%s", cmp.Diff(want, got))
		}
	}
}

func TestWhatSaysNothingOfTheGrantIsNotTold(t *testing.T) {
	for name, header := range map[string]map[string]string{
		"another resource": {"X-RateLimit-Limit": "30", "X-RateLimit-Remaining": "3", "X-RateLimit-Resource": "search"},
		"no number":        {"X-RateLimit-Limit": "many", "X-RateLimit-Remaining": "3"},
		"nothing granted":  {"X-RateLimit-Limit": "0", "X-RateLimit-Remaining": "0"},
		"less than none":   {"X-RateLimit-Limit": "5000", "X-RateLimit-Remaining": "-1"},
	} {
		t.Run(name, func(t *testing.T) {
			if told := behind(t, header); len(told) > 0 {
				t.Errorf("%+v is told", told)
			}
		})
	}
}

func TestWhatGitLabGrantsIsTold(t *testing.T) {
	var told grants
	w := newLabWorld(t, func(c *forge.GitLabConfig) { c.Granted = told.take })
	read[gate.HeadRead](t, w.client, gate.Want{Kind: gate.WantHead, Repo: w.repo(), Branch: "main"})
	want := []forge.Grant{{Limit: 5000, Left: 4999, Resets: w.Now().Add(time.Hour)}}
	if diff := cmp.Diff(want, told.all); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
