package main_test

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	nexusgate "github.com/nexusgate/nexusgate/cmd/nexusgate"
	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/forge/forgetest"
	"github.com/nexusgate/nexusgate/gate/forge/forgetest/openapi"
)

// The tests of the service run it in this process, as serve makes it, between stand-ins for both
// forges: real HTTP, real signatures, a real store.

// described is GitHub's own description of its API, read once for all tests.
var described = sync.OnceValues(func() (*openapi.Spec, error) {
	return openapi.Load(filepath.Join(root, ".testdata", "openapi", "api.github.com.json"))
})

// appKey is the App's key in all tests: making one takes longer than a test.
var appKey = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) })

// The secrets between the stand-ins and the service.
const (
	hubSecret = "a-secret-of-the-app"
	labToken  = "a-token-of-the-hook"
)

// patience is how long a test waits for what must come at once: the machine may be slow. It only ends what hangs.
const patience = 90 * time.Second

// shop is the Nexus of these tests: three teams, one component each, two of them on GitHub.
const shop = `
name: "shop"
teams: {
	cart: components: "cart-api": repo: "github:acme/cart-api"
	pay: components: payment: repo: "github:acme/payment"
	web: components: web: repo: "gitlab:acme/web"
}
done: {
	ci: {
		why: "The pipeline is green", on: "commit", evidence: "pipeline", name: "ci"
		from: app: ["github-actions", "gitlab-ci"]
		must: conclusion: "success"
		within: "45m", fix: "Mend what is red"
	}
	reviewed: {
		why: "Nobody objects", on: "change", evidence: "review"
		must: changesRequested: 0
		fix: "Talk to who objects"
	}
	lint: {
		why: "The linter is silent", on: "change", evidence: "check", name: "lint"
		from: app: "linter"
		must: conclusion: "success"
		within: "45m", appliesTo: teams: ["cart", "pay"], fix: "Run the linter"
	}
}
`

// house is the service, and the forges around it.
type house struct {
	t          *testing.T
	hub        *forgetest.GitHub
	lab        *forgetest.GitLab
	cart, pay  *forgetest.Repo
	web        *forgetest.Project
	hubFront   *front
	labFront   *front
	env        map[string]string
	settings   nexusgate.Settings
	server     *nexusgate.Server
	stop       func() error // ends the service in good order
	traffic    *traffic
	configFile string
	nexus      string           // that it is of; "": the shop
	clock      func() time.Time // of the forges
	ahead      atomic.Int64     // seconds that it is ahead of ours, where it is not another one
	patience   time.Duration
	ungrounded bool // its store may hold verdicts of before it was kept what they rest on
}

// later lets the forges' clocks go on: they tell whole seconds, and two words of one second are a tie.
func (h *house) later() { h.ahead.Add(2) }

func (h *house) soon() time.Time {
	return time.Now().Add(time.Duration(h.ahead.Load()) * time.Second)
}

// newHouse makes the forges, with nothing in them, and does not start the service. Without a clock
// of their own the forges go by ours, and by later.
func newHouse(t *testing.T, definition string, clock func() time.Time) *house {
	t.Helper()
	h := &house{
		t: t, traffic: newTraffic(), configFile: filepath.Join(t.TempDir(), "nexus.cue"), clock: clock, patience: patience,
	}
	if clock == nil {
		h.clock = h.soon
	}
	h.define(definition)
	h.forges()
	h.settings = nexusgate.Settings{
		Configs: []string{h.configFile}, Getenv: func(name string) string { return h.env[name] },
		Listen: "127.0.0.1:0", Store: "sqlite:" + filepath.Join(t.TempDir(), "nexusgate.db"), URL: "https://done.example.test",
		Hold: 20 * time.Millisecond, Now: time.Now,
		Log: slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn})),
	}
	return h
}

// furnish makes the shop's repositories.
func furnish(t *testing.T, definition string) *house {
	t.Helper()
	h := newHouse(t, definition, nil)
	h.cart, h.pay, h.web = h.hub.AddRepo("acme/cart-api"), h.hub.AddRepo("acme/payment"), h.lab.AddProject("acme/web")
	return h
}

// open starts the service in a furnished house. Each component has a head, and nothing is tested yet.
func open(t *testing.T, definition string) *house {
	t.Helper()
	h := furnish(t, definition)
	h.start()
	h.rest()
	return h
}

func (h *house) define(definition string) {
	h.t.Helper()
	if err := os.WriteFile(h.configFile, []byte(definition), 0o600); err != nil {
		h.t.Fatal(err)
	}
}

// forges makes the stand-ins. Each request to GitHub's API is held against GitHub's own description.
func (h *house) forges() {
	h.t.Helper()
	spec, err := described()
	if err != nil {
		h.t.Fatal(err)
	}
	key, err := appKey()
	if err != nil {
		h.t.Fatal(err)
	}
	if h.hub, err = forgetest.NewGitHub(forgetest.Options{Now: h.clock, Key: key, Signs: key}); err != nil {
		h.t.Fatal(err)
	}
	if h.lab, err = forgetest.NewGitLab(forgetest.Options{Now: h.clock, Signs: key}); err != nil {
		h.t.Fatal(err)
	}
	api := spec.Check(h.hub, func(fault error) { h.t.Error("GitHub's description says: ", fault) })
	hub := newFront(h.t, h.traffic.through(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/_services/") { // where jobs get their tokens, which is none of the API
			h.hub.ServeHTTP(w, r)
			return
		}
		api.ServeHTTP(w, r)
	})))
	lab := newFront(h.t, h.traffic.through(h.lab))
	h.hubFront, h.labFront = hub, lab
	h.hub.ServedAt(hub.URL)
	h.lab.ServedAt(lab.URL)
	keyFile := filepath.Join(h.t.TempDir(), "app.pem")
	if err := os.WriteFile(keyFile, h.hub.PrivateKey(), 0o600); err != nil {
		h.t.Fatal(err)
	}
	h.env = map[string]string{
		"NEXUSGATE_GITHUB_URL": hub.URL, "NEXUSGATE_GITHUB_APP_ID": strconv.FormatInt(h.hub.AppID, 10),
		"NEXUSGATE_GITHUB_PRIVATE_KEY_FILE": keyFile, "NEXUSGATE_GITHUB_WEBHOOK_SECRET": hubSecret,
		"NEXUSGATE_GITLAB_URL": lab.URL, "NEXUSGATE_GITLAB_TOKEN": h.lab.Token(), "NEXUSGATE_GITLAB_WEBHOOK_SECRET": labToken,
	}
}

// start runs the service and points the forges' webhooks at it.
func (h *house) start() {
	h.t.Helper()
	h.run()
	h.hub.Hook(h.server.HooksRoot()+"/webhook/github", hubSecret)
	h.lab.Hook(h.server.HooksRoot()+"/webhook/gitlab", labToken, "")
}

// run makes the service and runs it, until the test ends or stop is called.
func (h *house) run() {
	h.t.Helper()
	var err error
	if h.server, err = nexusgate.NewServer(context.Background(), h.settings); err != nil {
		h.t.Fatal(err)
	}
	ctx, end := context.WithCancel(context.Background())
	watched, unwatch := h.server.Watch()
	var work sync.WaitGroup
	ended := make(chan error, 1)
	work.Go(func() { ended <- h.server.Run(ctx) })
	work.Go(func() {
		for {
			select {
			case <-watched:
				h.traffic.ring()
			case <-ctx.Done():
				return
			}
		}
	})
	h.stop = sync.OnceValue(func() error {
		end()
		work.Wait()
		unwatch()
		return <-ended
	})
	h.t.Cleanup(func() {
		if err := h.stop(); err != nil {
			h.t.Error("the service ended: ", err)
		}
		if !h.ungrounded {
			grounded(h.t, h.settings.Store)
		}
	})
}

// restart ends the service in good order and starts it again on the same store.
func (h *house) restart() {
	h.t.Helper()
	if err := h.stop(); err != nil {
		h.t.Fatal(err)
	}
	h.start()
}

// eventually waits until something is so. It looks whenever the service has committed or a forge has
// answered, and now and then for what rings no bell.
func (h *house) eventually(what string, so func() bool) {
	h.t.Helper()
	deadline, now := time.NewTimer(h.patience), time.NewTicker(50*time.Millisecond)
	defer deadline.Stop()
	defer now.Stop()
	for {
		rung := h.traffic.rung()
		if so() {
			return
		}
		select {
		case <-rung:
		case <-now.C:
		case <-deadline.C:
			h.t.Fatalf("waited %s and it did not come true: %s\n%s", h.patience, what, h.picture())
		}
	}
}

// rest waits until nothing is under way: every delivery applied, every report taken, every read
// made, and the forges' webhooks about all that delivered.
func (h *house) rest() {
	h.t.Helper()
	h.eventually("everything is at rest", func() bool { return h.settled() && h.counts().Owed == 0 })
}

// settled says whether every delivery is applied and every read made, and no request is under way.
func (h *house) settled() bool {
	h.t.Helper()
	served, idle := h.traffic.quiet()
	counts, reads, err := h.server.Backlog(h.t.Context())
	if err != nil {
		h.t.Fatal(err)
	}
	again, still := h.traffic.quiet()
	return idle && still && served == again && counts.Pending == 0 && reads == 0
}

func (h *house) counts() gate.Counts {
	h.t.Helper()
	counts, _, err := h.server.Backlog(h.t.Context())
	if err != nil {
		h.t.Fatal(err)
	}
	return counts
}

// standing is how the shop stands now.
func (h *house) standing() gate.Standing {
	s, _ := h.server.Standing(cmp.Or(h.nexus, "shop"))
	return s
}

// traffic counts the requests to the forges and rings when one was served.
type traffic struct {
	mu     sync.Mutex
	served int
	busy   int
	bell   chan struct{}
}

func newTraffic() *traffic { return &traffic{bell: make(chan struct{})} }

func (f *traffic) through(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f.count(0, 1)
		defer f.ring()
		defer f.count(1, -1)
		next.ServeHTTP(w, r)
	})
}

func (f *traffic) count(served, busy int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.served += served
	f.busy += busy
}

func (f *traffic) quiet() (served int, idle bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.served, f.busy == 0
}

func (f *traffic) ring() {
	f.mu.Lock()
	defer f.mu.Unlock()
	close(f.bell)
	f.bell = make(chan struct{})
}

// rung is closed at the next ring.
func (f *traffic) rung() <-chan struct{} {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.bell
}

// get reads a page of the service.
func (h *house) get(path string) (status int, body string) {
	h.t.Helper()
	return fetch(h.t, h.server.Root()+path)
}

func fetch(t *testing.T, url string) (status int, body string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(request)
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
