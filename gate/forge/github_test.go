package forge_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/forge"
	"github.com/nexusgate/nexusgate/gate/forge/forgetest"
)

func TestAConfigurationThatCannotWorkIsRefusedWithItsReason(t *testing.T) {
	w := newHubWorld(t)
	for says, c := range map[string]forge.GitHubConfig{
		"not a web address":    {URL: "ghe.example", AppID: 1, PrivateKey: w.hub.PrivateKey(), Now: w.Now},
		"wants no user":        {URL: "https://ana:secret@ghe.example", AppID: 1, PrivateKey: w.hub.PrivateKey(), Now: w.Now},
		"id of the GitHub App": {PrivateKey: w.hub.PrivateKey(), Now: w.Now},
		"private key":          {AppID: 1, PrivateKey: []byte("ssh-rsa AAAA"), Now: w.Now},
		"clock":                {AppID: 1, PrivateKey: w.hub.PrivateKey()},
	} {
		_, err := forge.NewGitHub(c)
		refused(t, err, false, says)
	}
	for says, c := range map[string]forge.GitLabConfig{
		"not a web address": {URL: "gitlab.example", Token: "t", Now: w.Now},
		"token":             {Token: " ", Now: w.Now},
		"clock":             {Token: "t"},
	} {
		_, err := forge.NewGitLab(c)
		refused(t, err, false, says)
	}
}

func TestAnotherAppsKeyIsRefused(t *testing.T) {
	stranger, err := forgetest.NewGitHub(forgetest.Options{Now: newClock().Now})
	if err != nil {
		t.Fatal(err)
	}
	w := newHubWorld(t, func(c *forge.GitHubConfig) { c.PrivateKey = stranger.PrivateKey() })
	_, err = w.client.Post(t.Context(), w.post(gate.Done))
	refused(t, err, false, "401")
	if w.of("create_token", "401") != 1 {
		t.Errorf("the requests were %v", w.counts)
	}
}

func TestAnEnterpriseServersRootIsUsedAsItIs(t *testing.T) {
	spec, err := described()
	if err != nil {
		t.Fatal(err)
	}
	front := func(hub http.Handler) http.Handler {
		return http.StripPrefix("/api/v3", spec.Check(hub, func(fault error) { t.Error(fault) }))
	}
	w := newHubWorldBehind(t, front, func(c *forge.GitHubConfig) { c.URL += "/api/v3/" })
	w.must(t, w.post(gate.Done))
	w.only(t)
}

func TestATokenIsMadeOnceForAnInstallation(t *testing.T) {
	w := newHubWorld(t)
	p := w.post(gate.Awaiting)
	p.Repo.Installation = 0
	for range 3 {
		p.Remote = w.must(t, p)
	}
	want := map[string]int{"find_installation": 1, "create_token": 1, "create_check_run": 1, "update_check_run": 2}
	if diff := cmp.Diff(want, w.hub.Requests()); diff != "" {
		t.Error(diff)
	}
}

func TestATokenThatWasTakenBackIsMadeAnew(t *testing.T) {
	w := newHubWorld(t)
	p := w.post(gate.Awaiting)
	p.Remote = w.must(t, p)
	w.hub.RevokeTokens()
	_, err := w.client.Post(t.Context(), p)
	refused(t, err, false, "401")
	w.must(t, p)
}

func TestAnAppThatIsUninstalledIsRefusedForGood(t *testing.T) {
	w := newHubWorld(t)
	p := w.post(gate.Done)
	w.hub.Uninstall("acme")
	_, err := w.client.Post(t.Context(), p)
	refused(t, err, true, "404")
	p.Repo.Installation = 0
	_, err = w.client.Post(t.Context(), p)
	refused(t, err, true, "finding the App's installation for github:acme/cart-api")
}

func TestAnAppThatIsInstalledAgainIsFoundAgain(t *testing.T) {
	w := newHubWorld(t)
	p := w.post(gate.Awaiting)
	p.Repo.Installation = 0
	w.must(t, p)
	w.hub.Uninstall("acme")
	p.Remote = 0
	if _, err := w.client.Post(t.Context(), p); err == nil {
		t.Error("a post to a repository without the App is taken")
	}
	w.hub.AddRepo("acme/another") // acme installs the App again
	w.must(t, p)
}

func TestPostsToOneInstallationGoOneAfterTheOther(t *testing.T) {
	var under, most atomic.Int32
	w := newHubWorldBehind(t, func(hub http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.HasSuffix(r.URL.Path, "/check-runs") {
				most.Store(max(most.Load(), under.Add(1)))
				defer under.Add(-1)
			}
			hub.ServeHTTP(w, r)
		})
	})
	w.hub.Slow(5 * time.Millisecond) // long enough for another to come in between
	var posts sync.WaitGroup
	for i := range 8 {
		posts.Go(func() {
			p := w.post(gate.Done)
			p.Subject.ID = fmt.Sprint(i)
			if _, err := w.client.Post(t.Context(), p); err != nil {
				t.Error(err)
			}
		})
	}
	posts.Wait()
	if got := most.Load(); got != 1 {
		t.Errorf("%d posts were under way at once", got)
	}
}

func TestAHugeFileIsCutAndNotReadToItsEnd(t *testing.T) {
	w := newHubWorldBehind(t, passing(func(w http.ResponseWriter, r *http.Request) bool {
		if !strings.Contains(r.URL.Path, "/contents/") {
			return false
		}
		w.Header().Set("Content-Type", "application/vnd.github.raw+json")
		chunk := []byte(strings.Repeat("x", 1<<20))
		for range 100 { // more than any answer is read to
			if _, err := w.Write(chunk); err != nil {
				break
			}
		}
		return true
	}))
	want := gate.Want{Kind: gate.WantFile, Repo: w.repo(), Commit: w.cart.Head("main"), Path: "done.cue"}
	if got := read[gate.FileRead](t, w.client, want); !got.Cut || len(got.Source) != 64<<10 {
		t.Errorf("it is read to %d bytes, cut %v", len(got.Source), got.Cut)
	}
}

func TestAComparisonThatGitHubCutsIsNotComplete(t *testing.T) {
	w := newHubWorld(t)
	base, files := w.cart.Head("main"), map[string]string{}
	for i := range 301 {
		files[fmt.Sprintf("%03d", i)] = fmt.Sprint(i)
	}
	head := w.cart.Commit("main", "Many files", files)
	got := read[gate.PathsRead](t, w.client, gate.Want{Kind: gate.WantPaths, Repo: w.repo(), Base: base, Commit: head})
	if got.Complete || len(got.Paths) != 300 {
		t.Errorf("complete is %v, of %d paths", got.Complete, len(got.Paths))
	}
}

// passing lets a test see a request on its way to the stand-in, or answer it itself.
func passing(see func(w http.ResponseWriter, r *http.Request) bool) func(http.Handler) http.Handler {
	return func(hub http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if !see(w, r) {
				hub.ServeHTTP(w, r)
			}
		})
	}
}

func TestARenamedRepositoryIsFollowed(t *testing.T) {
	w := newHubWorld(t)
	old := w.repo()
	w.cart.Rename("cart")
	p := post(old, w.cart.Head("main"), gate.Awaiting)
	p.Remote = w.must(t, p)
	p.Outcome = gate.Done
	w.must(t, p)
	if got := w.only(t); got.Conclusion != "success" {
		t.Errorf("the check run is %+v", got)
	}
	if got := read[gate.HeadRead](t, w.client, gate.Want{Kind: gate.WantHead, Repo: old, Branch: "main"}); got.Commit != w.cart.Head("main") {
		t.Errorf("the head is %+v", got)
	}
}

func TestATokenNeverGoesToAnotherHost(t *testing.T) {
	var reached atomic.Int32
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached.Add(1) }))
	t.Cleanup(other.Close)
	for _, status := range []int{301, 302, 307, 308} {
		w := newHubWorldBehind(t, passing(func(w http.ResponseWriter, r *http.Request) bool {
			if !strings.HasPrefix(r.URL.Path, "/repos/") {
				return false
			}
			http.Redirect(w, r, other.URL+r.URL.Path, status)
			return true
		}))
		_, err := w.client.Read(t.Context(), gate.Want{Kind: gate.WantHead, Repo: w.repo(), Branch: "main"})
		refused(t, err, true, "another host")
		if _, err = w.client.Post(t.Context(), w.post(gate.Done)); err == nil {
			t.Errorf("a post was redirected with %d", status)
		}
	}
	if n := reached.Load(); n != 0 {
		t.Errorf("the other host was reached %d times", n)
	}
}

func TestAPostIsNeverTurnedIntoARead(t *testing.T) {
	w := newHubWorldBehind(t, passing(func(w http.ResponseWriter, r *http.Request) bool {
		if r.Method != http.MethodPost || !strings.HasSuffix(r.URL.Path, "/check-runs") {
			return false
		}
		http.Redirect(w, r, "/elsewhere", http.StatusSeeOther)
		return true
	}))
	_, err := w.client.Post(t.Context(), w.post(gate.Done))
	refused(t, err, true, "turns POST into GET")
}

func TestRedirectsInACircleEnd(t *testing.T) {
	w := newHubWorldBehind(t, passing(func(w http.ResponseWriter, r *http.Request) bool {
		if r.Method != http.MethodGet {
			return false
		}
		http.Redirect(w, r, r.URL.Path, http.StatusTemporaryRedirect)
		return true
	}))
	_, err := w.client.Read(t.Context(), gate.Want{Kind: gate.WantHead, Repo: w.repo(), Branch: "main"})
	refused(t, err, false, "too many redirects")
}

func TestAnAnswerWithoutEndIsCutOff(t *testing.T) {
	var sent atomic.Int64
	w := newHubWorldBehind(t, passing(func(w http.ResponseWriter, r *http.Request) bool {
		if !strings.Contains(r.URL.Path, "/git/commits/") {
			return false
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"message":"`)
		chunk := []byte(strings.Repeat("x", 1<<20))
		for range 200 {
			n, err := w.Write(chunk)
			sent.Add(int64(n))
			if err != nil {
				break
			}
		}
		return true
	}))
	_, err := w.client.Read(t.Context(), gate.Want{Kind: gate.WantCommit, Repo: w.repo(), Commit: unknown})
	refused(t, err, false, "too large")
	if got := sent.Load(); got > 100<<20 {
		t.Errorf("%d MiB were taken", got>>20)
	}
}

func TestAnAnswerThatIsNoJSONIsAnError(t *testing.T) {
	w := newHubWorldBehind(t, passing(func(w http.ResponseWriter, r *http.Request) bool {
		if r.Method == http.MethodGet {
			_, _ = io.WriteString(w, "<html>A proxy's page</html>")
		}
		return r.Method == http.MethodGet
	}))
	_, err := w.client.Read(t.Context(), gate.Want{Kind: gate.WantHead, Repo: w.repo(), Branch: "main"})
	refused(t, err, false, "reading the head of github:acme/cart-api")
}

func TestANameThatWouldLeadElsewhereIsRefused(t *testing.T) {
	w := newHubWorld(t)
	for _, name := range []string{"", "acme", "../app", "acme/..", "acme/a/b", "acme/cart?x=1", "acme/cart%2f..", "acme/" + strings.Repeat("x", 101)} {
		repo := gate.Repo{Forge: gate.GitHub, ID: 1, Name: name, Installation: w.cart.Installation()}
		_, err := w.client.Read(t.Context(), gate.Want{Kind: gate.WantHead, Repo: repo, Branch: "main"})
		refused(t, err, true, "OWNER/NAME")
	}
	if got := w.hub.Requests(); len(got) != 0 {
		t.Errorf("requests were made: %v", got)
	}
}
