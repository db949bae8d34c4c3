package forge_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/forge"
	"github.com/nexusgate/nexusgate/gate/forge/forgetest"
	"github.com/nexusgate/nexusgate/gate/forge/forgetest/openapi"
	"github.com/nexusgate/nexusgate/gate/report"
)

// described is GitHub's own description of its API, read once for all tests.
var described = sync.OnceValues(func() (*openapi.Spec, error) {
	return openapi.Load("../../.testdata/openapi/api.github.com.json")
})

// appKey is the App's key in all tests: making one takes longer than a test.
var appKey = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) })

// clock is a clock that a test moves.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// observed counts what the client observes.
type observed struct {
	mu     sync.Mutex
	counts map[string]int
}

func (o *observed) see(operation, code string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.counts[operation+" "+code]++
}

func (o *observed) of(operation, code string) int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.counts[operation+" "+code]
}

// hubWorld is a GitHub with one repository, and our client for it. Every request that reaches the
// stand-in is checked against GitHub's own description of its API.
type hubWorld struct {
	*clock
	*observed
	hub    *forgetest.GitHub
	cart   *forgetest.Repo
	client *forge.GitHub
}

func newHubWorld(t *testing.T, with ...func(*forge.GitHubConfig)) *hubWorld {
	t.Helper()
	spec, err := described()
	if err != nil {
		t.Fatal(err)
	}
	return newHubWorldBehind(t, func(hub http.Handler) http.Handler {
		return spec.Check(hub, func(fault error) { t.Error("GitHub's description says: ", fault) })
	}, with...)
}

func newHubWorldBehind(t *testing.T, front func(http.Handler) http.Handler, with ...func(*forge.GitHubConfig)) *hubWorld {
	t.Helper()
	w := &hubWorld{clock: newClock(), observed: &observed{counts: map[string]int{}}}
	key, err := appKey()
	if err != nil {
		t.Fatal(err)
	}
	if w.hub, err = forgetest.NewGitHub(forgetest.Options{Now: w.Now, Key: key}); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(front(w.hub))
	t.Cleanup(server.Close)
	w.hub.ServedAt(server.URL)
	w.cart = w.hub.AddRepo("acme/cart-api")
	config := forge.GitHubConfig{
		URL: server.URL, AppID: w.hub.AppID, PrivateKey: w.hub.PrivateKey(), Now: w.Now, Observe: w.see,
	}
	for _, change := range with {
		change(&config)
	}
	if w.client, err = forge.NewGitHub(config); err != nil {
		t.Fatal(err)
	}
	return w
}

// repo is the repository as deliveries would have told it.
func (w *hubWorld) repo() gate.Repo {
	return gate.Repo{Forge: gate.GitHub, ID: w.cart.ID, Name: w.cart.Name(), Installation: w.cart.Installation()}
}

// post is a report on the head of main that is owed for the first time.
func (w *hubWorld) post(outcome gate.Outcome) forge.Post {
	return post(w.repo(), w.cart.Head("main"), outcome)
}

func post(repo gate.Repo, commit string, outcome gate.Outcome) forge.Post {
	subject := gate.Subject{Kind: gate.OfChange, ID: "github:1#17", Name: "acme/cart-api#17"}
	return forge.Post{
		Owed: gate.Owed{
			Nexus: "storefront", Subject: subject, Check: gate.DoneCheck, Repo: repo, Commit: commit,
			Verdict: "v1", Outcome: outcome, Urgent: true,
		},
		Says:  gate.Verdict{ID: "v1", Nexus: "storefront", Subject: subject, Outcome: outcome, Commit: commit},
		Links: report.Links{Verdict: "https://gate.example/verdicts/v1"},
	}
}

// labWorld is a GitLab with one project, and our client for it.
type labWorld struct {
	*clock
	*observed
	lab    *forgetest.GitLab
	root   string
	web    *forgetest.Project
	client *forge.GitLab
}

func newLabWorld(t *testing.T, with ...func(*forge.GitLabConfig)) *labWorld {
	t.Helper()
	w := &labWorld{clock: newClock(), observed: &observed{counts: map[string]int{}}}
	var err error
	if w.lab, err = forgetest.NewGitLab(forgetest.Options{Now: w.Now}); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(w.lab)
	t.Cleanup(server.Close)
	w.lab.ServedAt(server.URL)
	w.root = server.URL
	w.web = w.lab.AddProject("acme/shop/web")
	config := forge.GitLabConfig{URL: server.URL, Token: w.lab.Token(), Now: w.Now, Observe: w.see}
	for _, change := range with {
		change(&config)
	}
	if w.client, err = forge.NewGitLab(config); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *labWorld) repo() gate.Repo {
	return gate.Repo{Forge: gate.GitLab, ID: w.web.ID, Name: w.web.Name()}
}

func (w *labWorld) post(outcome gate.Outcome) forge.Post {
	p := post(w.repo(), w.web.Head("main"), outcome)
	p.Branch = "main"
	return p
}

// reader is what both clients are to a want.
type reader interface {
	Read(context.Context, gate.Want) (gate.Event, error)
}

// read reads what must be readable.
func read[E gate.Event](t *testing.T, from reader, w gate.Want) E {
	t.Helper()
	event, err := from.Read(t.Context(), w)
	if err != nil {
		t.Fatal(err)
	}
	answer, ok := event.(E)
	if !ok {
		t.Fatalf("the want for a %s is answered with a %T", w.Kind, event)
	}
	return answer
}

// later is the Later in an error that must be one.
func later(t *testing.T, err error) *forge.Later {
	t.Helper()
	var l *forge.Later
	if !errors.As(err, &l) {
		t.Fatalf("the error is %v, not a Later", err)
	}
	if forge.Permanent(err) {
		t.Errorf("a Later counts as permanent: %v", err)
	}
	return l
}

// refused checks that an error says what it must.
func refused(t *testing.T, err error, permanent bool, says string) {
	t.Helper()
	if err == nil {
		t.Fatal("there is no error")
	}
	if got := forge.Permanent(err); got != permanent {
		t.Errorf("permanent is %v, not %v, of: %v", got, permanent, err)
	}
	if !strings.Contains(err.Error(), says) {
		t.Errorf("the error does not say %q: %v", says, err)
	}
}
