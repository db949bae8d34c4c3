package main_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/gate/forge/forgetest"
)

// The people of the soak.
const (
	soakNexuses = 10
	soakOpen    = 4 // changes that are open in a repository at a time
)

// soakForges are the stand-ins, and the webhooks' way from them to the service.
type soakForges struct {
	b       *testing.B
	hub     *forgetest.GitHub
	lab     *forgetest.GitLab
	served  []*httptest.Server
	env     []string
	configs []string
	nexuses []*soakTeams
	way     *soakWay
}

// soakTeams work in the repositories of one Nexus.
type soakTeams struct {
	tale
	changes map[*forgetest.Repo][]*forgetest.Change
	merges  map[*forgetest.Project][]*forgetest.MergeRequest
}

func newSoakForges(b *testing.B, clock hurriedClock, nexuses, run int) *soakForges {
	b.Helper()
	key, err := appKey()
	if err != nil {
		b.Fatal(err)
	}
	hub, err := forgetest.NewGitHub(forgetest.Options{Now: clock.Now, Key: key})
	if err != nil {
		b.Fatal(err)
	}
	lab, err := forgetest.NewGitLab(forgetest.Options{Now: clock.Now})
	if err != nil {
		b.Fatal(err)
	}
	f := &soakForges{b: b, hub: hub, lab: lab, way: newSoakWay(run)}
	hubAt, labAt := f.serve(hub), f.serve(lab)
	hub.ServedAt(hubAt)
	lab.ServedAt(labAt)
	folder := b.TempDir()
	keyFile := filepath.Join(folder, "app.pem")
	if err := os.WriteFile(keyFile, hub.PrivateKey(), 0o600); err != nil {
		b.Fatal(err)
	}
	f.env = []string{
		"NEXUSGATE_GITHUB_URL=" + hubAt, "NEXUSGATE_GITHUB_APP_ID=" + strconv.FormatInt(hub.AppID, 10),
		"NEXUSGATE_GITHUB_PRIVATE_KEY_FILE=" + keyFile, "NEXUSGATE_GITHUB_WEBHOOK_SECRET=" + hubSecret,
		"NEXUSGATE_GITLAB_URL=" + labAt, "NEXUSGATE_GITLAB_TOKEN=" + lab.Token(), "NEXUSGATE_GITLAB_WEBHOOK_SECRET=" + labToken,
	}
	for i := range nexuses {
		f.add(folder, fmt.Sprintf("soak-%d", i), rand.New(rand.NewPCG(uint64(run), uint64(i))))
	}
	return f
}

func (f *soakForges) serve(forge http.Handler) (root string) {
	at := httptest.NewServer(forge)
	f.served = append(f.served, at)
	return at.URL
}

func (f *soakForges) close() {
	for _, at := range f.served {
		at.Close()
	}
	f.way.close()
}

// add makes a mill of its own. The people of this one are patient for a day.
func (f *soakForges) add(folder, name string, random *rand.Rand) {
	f.b.Helper()
	definition := strings.NewReplacer(`"mill"`, strconv.Quote(name), "acme/", name+"/", "globex/", name+"-globex/", "9000h", "24h").Replace(mill)
	definition += "\nsprint: {start: \"2026-11-02\", days: 2, goal: \"Flour\"}\n"
	file := filepath.Join(folder, name+".cue")
	if err := os.WriteFile(file, []byte(definition), 0o600); err != nil {
		f.b.Fatal(err)
	}
	f.configs = append(f.configs, file)
	t := &soakTeams{
		tale:    tale{random: random, hub: f.hub, lab: f.lab},
		changes: map[*forgetest.Repo][]*forgetest.Change{}, merges: map[*forgetest.Project][]*forgetest.MergeRequest{},
	}
	made := map[string]bool{}
	for _, place := range aPlace.FindAllStringSubmatch(definition, -1) {
		switch forge, repo := place[1], place[2]; {
		case made[repo]:
		case forge == "github":
			t.repos = append(t.repos, f.hub.AddRepo(repo))
		default:
			t.projects = append(t.projects, f.lab.AddProject(repo))
		}
		made[place[2]] = true
	}
	f.nexuses = append(f.nexuses, t)
}

// work has all teams work until ctx ends.
func (f *soakForges) work(ctx context.Context, root string) {
	f.hook(f.way.open(root))
	var work sync.WaitGroup
	for _, t := range f.nexuses {
		work.Go(func() {
			for ctx.Err() == nil {
				t.propose(pick(t.random, t.repos))
				if t.chance(50) {
					t.request(pick(t.random, t.projects))
				}
			}
		})
	}
	work.Wait()
}

// hook says where the webhooks go.
func (f *soakForges) hook(root string) {
	f.hub.Hook(root+"/webhook/github", hubSecret)
	f.lab.Hook(root+"/webhook/gitlab", labToken, "")
}

// propose opens a pull request that is tested and reviewed, and brings the oldest of the repository to an
// end, so that there are always a few.
func (t *soakTeams) propose(repo *forgetest.Repo) {
	branch, files := t.work()
	repo.Commit(branch, "Work", files)
	change := repo.OpenChange(branch, "main", "Work on "+branch, "ana")
	t.run(repo, "pull_request", change.Head())
	repo.Check("linter", "lint", change.Head(), "completed", pick(t.random, []string{"success", "success", "success", "failure"}))
	change.Review("kim", pick(t.random, []string{"approved", "approved", "changes_requested", "commented"}))
	t.changes[repo] = append(t.changes[repo], change)
	if len(t.changes[repo]) <= soakOpen {
		return
	}
	oldest := t.changes[repo][0]
	t.changes[repo] = t.changes[repo][1:]
	switch {
	case t.chance(15):
		oldest.Close()
	case t.chance(20):
		group := repo.MergeGroup(oldest)
		t.run(repo, "merge_group", group.Head())
		group.Land()
	default:
		t.run(repo, "push", oldest.Merge(pick(t.random, []string{"merge", "squash", "rebase"})))
	}
}

// request is the same of a merge request.
func (t *soakTeams) request(project *forgetest.Project) {
	branch, files := t.work()
	project.Commit(branch, "Work", files)
	change := project.OpenChange(branch, "main", "Work on "+branch, "mia")
	t.pipeline(change.Pipeline(t.jobs()...))
	change.Approve("kim")
	t.merges[project] = append(t.merges[project], change)
	if len(t.merges[project]) <= soakOpen {
		return
	}
	oldest := t.merges[project][0]
	t.merges[project] = t.merges[project][1:]
	if t.chance(15) {
		oldest.Close()
		return
	}
	t.pipeline(project.Pipeline("main", oldest.Merge(pick(t.random, []string{"merge", "squash"})), t.jobs()...))
}

// soakWay is what the webhooks pass on their way: it lets so many through in a second, and tells how they
// were answered. The forges of each run begin to count anew, so it makes their deliveries' names of this run.
type soakWay struct {
	run    int
	client *http.Client
	server *httptest.Server
	to     string

	mu    sync.Mutex
	next  time.Time
	taken []time.Duration // until the answer, since last asked
	other int             // answers that were not 202
}

func newSoakWay(run int) *soakWay {
	return &soakWay{run: run, client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}, Timeout: patience}}
}

func (w *soakWay) open(to string) (root string) {
	w.to, w.server = to, httptest.NewServer(w)
	return w.server.URL
}

func (w *soakWay) close() {
	if w.server != nil {
		w.server.Close()
	}
}

// ServeHTTP passes a webhook on when it is its time.
func (w *soakWay) ServeHTTP(answer http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		answer.WriteHeader(http.StatusBadRequest)
		return
	}
	pauseFor(r.Context(), w.turn())
	status, took := w.pass(r, body)
	w.mu.Lock()
	w.taken = append(w.taken, took)
	if status != http.StatusAccepted {
		w.other++
	}
	w.mu.Unlock()
	answer.WriteHeader(status)
}

// turn is how long a webhook has to wait.
func (w *soakWay) turn() time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := time.Now()
	// What was lost by a slow moment is made up for within a second, and not later.
	if earliest := now.Add(-time.Second); w.next.Before(earliest) {
		w.next = earliest
	}
	wait := w.next.Sub(now)
	w.next = w.next.Add(time.Second / soakRate)
	return wait
}

func (w *soakWay) pass(r *http.Request, body []byte) (status int, took time.Duration) {
	request, err := http.NewRequestWithContext(r.Context(), r.Method, w.to+r.URL.Path, bytes.NewReader(body))
	if err != nil {
		return http.StatusBadGateway, 0
	}
	request.Header = r.Header.Clone()
	for _, name := range []string{"X-Github-Delivery", "Idempotency-Key", "Webhook-Id", "X-Gitlab-Event-Uuid"} {
		if id := request.Header.Get(name); id != "" {
			request.Header.Set(name, fmt.Sprintf("%d-%s", w.run, id))
		}
	}
	began := time.Now()
	got, err := w.client.Do(request)
	if err != nil {
		return http.StatusBadGateway, time.Since(began)
	}
	defer got.Body.Close()
	_, _ = io.Copy(io.Discard, got.Body)
	return got.StatusCode, time.Since(began)
}

// since gives what came of the webhooks since it was last asked.
func (w *soakWay) since() (taken []time.Duration, other int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	taken, other = w.taken, w.other
	w.taken, w.other = nil, 0
	return taken, other
}
