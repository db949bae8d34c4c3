package main_test

import (
	"crypto/rand"
	"crypto/rsa"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/forge/forgetest"
)

// What goes wrong with a forge costs time and nothing else: no report is lost, the forge is not stormed, what
// lies on the other forge goes on, people see what is the matter, and it mends itself.

// trouble is something that goes wrong with one forge, and ends again.
type trouble struct {
	begin, end func(*house)
	most       int           // requests to the forge in ten minutes
	patience   time.Duration // of the service with one of them; 0: as serve has
}

// refusals are answers that both forges give.
func refusals(inject func(*house, forgetest.Fault), heal func(*house)) map[string]trouble {
	all := map[string]trouble{}
	for name, f := range map[string]forgetest.Fault{
		"errors of its own":          {Status: http.StatusInternalServerError},
		"a bad gateway before it":    {Status: http.StatusBadGateway, Body: "<html><script>alert(1)</script>"},
		"a limit with Retry-After":   {Status: http.StatusTooManyRequests, Header: map[string]string{"Retry-After": "60"}},
		"a limit that names no time": {Status: http.StatusTooManyRequests},
		"a missing permission":       {Status: http.StatusForbidden, Body: `{"message":"Resource not accessible by integration"}`},
		"forbidden with Retry-After": {Status: http.StatusForbidden, Header: map[string]string{"Retry-After": "60"}},
		"a secondary limit":          {Status: http.StatusForbidden, Body: `{"message":"You have exceeded a secondary rate limit."}`},
		"a conflict":                 {Status: http.StatusConflict, Body: `{"message":"409 Conflict"}`},
	} {
		all[name] = trouble{begin: func(h *house) { inject(h, f) }, end: heal, most: 60}
	}
	all["an answer that takes a minute"] = trouble{
		begin: func(h *house) { inject(h, forgetest.Fault{Delay: time.Minute}) }, end: heal, most: 60, patience: time.Second,
	}
	all["a primary limit"] = trouble{
		begin: func(h *house) {
			reset := strconv.FormatInt(time.Now().Add(5*time.Minute).Unix(), 10)
			inject(h, forgetest.Fault{
				Status: http.StatusForbidden, Header: map[string]string{"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": reset},
			})
		},
		end: heal, most: 60,
	}
	return all
}

func gitHubTroubles() map[string]trouble {
	all := refusals(func(h *house, f forgetest.Fault) { h.hub.Inject(f) }, func(h *house) { h.hub.Heal() })
	all["connections that are refused"] = trouble{
		begin: func(h *house) { h.hubFront.shut() }, end: func(h *house) { h.hubFront.open() }, most: 0,
	}
	all["connections that are cut"] = trouble{begin: func(h *house) { h.hub.Down() }, end: func(h *house) { h.hub.Heal() }, most: 60}
	all["a key that was replaced"] = trouble{begin: rotateKey, end: writeKey, most: 90}
	return all
}

func gitLabTroubles() map[string]trouble {
	all := refusals(func(h *house, f forgetest.Fault) { h.lab.Inject(f) }, func(h *house) { h.lab.Heal() })
	all["connections that are refused"] = trouble{
		begin: func(h *house) { h.labFront.shut() }, end: func(h *house) { h.labFront.open() }, most: 0,
	}
	all["a status that it cannot move"] = trouble{
		begin: func(h *house) {
			h.lab.Inject(forgetest.Fault{
				Operation: "create_status", Status: http.StatusBadRequest,
				Body: `{"message":"Cannot transition status via :run from :canceled (Reason(s): Status cannot transition via \"run\")"}`,
			})
		},
		end: func(h *house) { h.lab.Heal() }, most: 60,
	}
	all["a token that was replaced"] = trouble{
		begin: func(h *house) { h.lab.Rotate("glpat-next") },
		end:   func(h *house) { h.write(h.env["NEXUSGATE_GITLAB_TOKEN_FILE"], []byte("glpat-next\n")) }, most: 60,
	}
	return all
}

func rotateKey(h *house) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		h.t.Fatal(err)
	}
	h.hub.Rotate(key)
}

func writeKey(h *house) { h.write(h.env["NEXUSGATE_GITHUB_PRIVATE_KEY_FILE"], h.hub.PrivateKey()) }

func (h *house) write(file string, text []byte) {
	h.t.Helper()
	if err := os.WriteFile(file, text, 0o600); err != nil {
		h.t.Fatal(err)
	}
}

// openInTime is open with one clock for all, which the test moves, and with so much patience with a forge.
func openInTime(t *testing.T, withForge time.Duration) *house {
	t.Helper()
	h := furnish(t, shop)
	h.settings.Now, h.settings.ForgeTimeout = h.soon, withForge
	tokenFile := filepath.Join(t.TempDir(), "gitlab.token")
	h.write(tokenFile, []byte(h.env["NEXUSGATE_GITLAB_TOKEN"]+"\n"))
	h.env["NEXUSGATE_GITLAB_TOKEN"], h.env["NEXUSGATE_GITLAB_TOKEN_FILE"] = "", tokenFile
	h.start()
	h.rest()
	return h
}

// pass lets time go by in steps, and in each all be tried that is due.
func (h *house) pass(span, step time.Duration) {
	h.t.Helper()
	for ; span > 0; span -= step {
		h.ahead.Add(int64(step / time.Second))
		h.server.Ring()
		h.eventually("all that is due was tried", func() bool {
			due, err := h.server.Due(h.t.Context())
			if err != nil {
				h.t.Fatal(err)
			}
			_, idle := h.traffic.quiet()
			return idle && !due
		})
	}
}

func asked(requests map[string]int) (n int) {
	for _, count := range requests {
		n += count
	}
	return n
}

func TestTroubleWithGitHubCostsTimeAndNothingElse(t *testing.T) {
	t.Parallel()
	for name, trouble := range gitHubTroubles() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := openInTime(t, trouble.patience)
			change := propose(h.cart, "guest")
			h.check(h.cart, change.Head(), gate.DoneCheck, "in_progress")
			h.rest()
			trouble.begin(h)
			before := asked(h.hub.Requests())
			approve(h.cart, change)
			h.web.Commit("page", "A page", map[string]string{"page.ts": "export const page = 1"})
			merge := h.web.OpenChange("page", "main", "A page", "mia")
			h.status(merge.Head(), gate.DoneCheck, "pending")
			h.pass(10*time.Minute, 10*time.Second)
			h.isSeen("github", "GitHub has not taken")
			if n := asked(h.hub.Requests()) - before; n > trouble.most {
				t.Errorf("in ten minutes it was asked %d times, more than %d", n, trouble.most)
			}
			trouble.end(h)
			h.pass(20*time.Minute, time.Minute)
			h.check(h.cart, change.Head(), gate.DoneCheck, "success")
			h.isOver("github", "GitHub has not taken")
		})
	}
}

func TestTroubleWithGitLabCostsTimeAndNothingElse(t *testing.T) {
	t.Parallel()
	for name, trouble := range gitLabTroubles() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := openInTime(t, trouble.patience)
			trouble.begin(h)
			before := asked(h.lab.Requests())
			h.web.Commit("page", "A page", map[string]string{"page.ts": "export const page = 1"})
			merge := h.web.OpenChange("page", "main", "A page", "mia")
			change := propose(h.cart, "guest")
			h.check(h.cart, change.Head(), gate.DoneCheck, "in_progress")
			h.pass(10*time.Minute, 10*time.Second)
			h.isSeen("gitlab", "GitLab has not taken")
			if n := asked(h.lab.Requests()) - before; n > trouble.most {
				t.Errorf("in ten minutes it was asked %d times, more than %d", n, trouble.most)
			}
			trouble.end(h)
			h.pass(20*time.Minute, time.Minute)
			h.status(merge.Head(), gate.DoneCheck, "pending")
			h.isOver("gitlab", "GitLab has not taken")
		})
	}
}

// isSeen holds that trouble is told, on the page and in the metrics.
func (h *house) isSeen(forge, words string) {
	h.t.Helper()
	if n := h.metric(`nexusgate_reports_untaken{forge="` + forge + `"}`); n == "" || n == "0" {
		h.t.Errorf("the metrics say that %q reports were not taken", n)
	}
	_, page := h.get("/nexus/shop")
	if !strings.Contains(page, words) || strings.Contains(page, "<script>alert") {
		h.t.Errorf("the page does not say %q, or not as text", words)
	}
}

// isOver holds that nothing is left of it.
func (h *house) isOver(forge, words string) {
	h.t.Helper()
	h.rest()
	if n := h.metric(`nexusgate_reports_untaken{forge="` + forge + `"}`); n != "" {
		h.t.Errorf("the metrics still say that %s reports were not taken", n)
	}
	if _, page := h.get("/nexus/shop"); strings.Contains(page, words) {
		h.t.Errorf("the page still says %q", words)
	}
}

func TestAWriteThatIsSentElsewhereByAForgeArrives(t *testing.T) {
	t.Parallel()
	for _, status := range []int{http.StatusMovedPermanently, http.StatusTemporaryRedirect, http.StatusPermanentRedirect} {
		t.Run(strconv.Itoa(status), func(t *testing.T) {
			t.Parallel()
			h := open(t, shop)
			h.hub.Inject(forgetest.Fault{
				Operation: "create_check_run", Status: status, Times: 1,
				Header: map[string]string{"Location": h.hubFront.URL + "/repos/acme/cart-api/check-runs"},
			})
			change := propose(h.cart, "guest")
			h.check(h.cart, change.Head(), gate.DoneCheck, "in_progress")
			h.web.Commit("page", "A page", map[string]string{"page.ts": "export const page = 1"})
			h.lab.Inject(forgetest.Fault{
				Operation: "create_status", Status: status, Times: 1,
				Header: map[string]string{"Location": h.labFront.URL + "/api/v4/projects/" + strconv.FormatInt(h.web.ID, 10) + "/statuses/" + h.web.Head("page")},
			})
			merge := h.web.OpenChange("page", "main", "A page", "mia")
			h.status(merge.Head(), gate.DoneCheck, "pending")
			h.rest()
		})
	}
}

func TestARepositoryThatWasRenamedTakesItsReports(t *testing.T) {
	t.Parallel()
	h := open(t, shop)
	change := propose(h.cart, "guest")
	h.check(h.cart, change.Head(), gate.DoneCheck, "in_progress")
	h.cart.Rename("carts")
	approve(h.cart, change)
	h.check(h.cart, change.Head(), gate.DoneCheck, "success")
	h.rest()
}

func TestAnAppThatWasUninstalledAndInstalledAgainGetsWhatItIsOwed(t *testing.T) {
	t.Parallel()
	h := openInTime(t, 0)
	change := propose(h.cart, "guest")
	check := h.check(h.cart, change.Head(), gate.DoneCheck, "in_progress")
	h.rest()
	h.hub.Uninstall("acme")
	before := asked(h.hub.Requests())
	approve(h.cart, change)
	h.web.Commit("page", "A page", map[string]string{"page.ts": "export const page = 1"})
	merge := h.web.OpenChange("page", "main", "A page", "mia")
	h.status(merge.Head(), gate.DoneCheck, "pending")
	h.pass(10*time.Minute, 10*time.Second)
	h.isSeen("github", "GitHub has not taken")
	if n := asked(h.hub.Requests()) - before; n > 60 {
		t.Errorf("in ten minutes it was asked %d times", n)
	}
	h.later()
	h.hub.Install("acme")
	h.pass(20*time.Minute, time.Minute)
	if now := h.check(h.cart, change.Head(), gate.DoneCheck, "success"); now.ID != check.ID {
		t.Errorf("check run %d shows the success, where %d was to be updated", now.ID, check.ID)
	}
	h.isOver("github", "GitHub has not taken")
}

func TestAStatusWhoseAnswerWasCutOffStandsOnce(t *testing.T) {
	t.Parallel()
	h := open(t, shop)
	h.lab.DropAnswer("create_status", 1)
	before := h.lab.Requests()["create_status"]
	h.web.Commit("page", "A page", map[string]string{"page.ts": "export const page = 1"})
	merge := h.web.OpenChange("page", "main", "A page", "mia")
	h.status(merge.Head(), gate.DoneCheck, "pending")
	h.rest()
	if n := h.lab.Requests()["create_status"] - before; n < 2 || n > 3 { // a third time where it is read in between what the change brings
		t.Errorf("it was posted %d times, want twice", n)
	}
	if states := h.statuses(merge.Head(), gate.DoneCheck); len(states) != 1 {
		t.Errorf("the statuses are %v, want one", states)
	}
}
