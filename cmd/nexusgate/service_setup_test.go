package main_test

import (
	"context"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	nexusgate "github.com/nexusgate/nexusgate/cmd/nexusgate"
	"github.com/nexusgate/nexusgate/gate/forge/forgetest"
)

// lines is what a command writes, read while it runs.
type lines struct {
	mu   sync.Mutex
	text strings.Builder
	rung chan struct{}
}

func newLines() *lines { return &lines{rung: make(chan struct{}, 1)} }

// Write is io.Writer's.
func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text.Write(p)
	select {
	case l.rung <- struct{}{}:
	default:
	}
	return len(p), nil
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// match waits until the text has what is looked for.
func (l *lines) match(t *testing.T, pattern string) []string {
	t.Helper()
	looked, late := regexp.MustCompile(pattern), time.After(patience)
	for {
		if found := looked.FindStringSubmatch(l.String()); found != nil {
			return found
		}
		select {
		case <-l.rung:
		case <-late:
			t.Fatalf("waited %s for %s in %s", patience, pattern, l)
		}
	}
}

// clicker is a person at the set-up page, with both forges around.
type clicker struct {
	t        *testing.T
	hub      *forgetest.GitHub
	lab      *forgetest.GitLab
	hubAt    string // where people look at it
	labAt    string
	dir      string
	out, log *lines
	listen   string
	env      map[string]string // of the process
	stop     func()
	root     string // of the service
	token    string // of the link
	browser  *http.Client
	seen     strings.Builder // every answer, with its headers
}

// begin starts serve with nothing configured, beside forges on which there is no App yet.
func begin(t *testing.T, args ...string) *clicker {
	t.Helper()
	spec, err := described()
	if err != nil {
		t.Fatal(err)
	}
	key, err := appKey()
	if err != nil {
		t.Fatal(err)
	}
	c := &clicker{t: t, dir: t.TempDir(), out: newLines(), log: newLines(), listen: "127.0.0.1:0"}
	if c.hub, err = forgetest.NewGitHub(forgetest.Options{Now: time.Now, Key: key, Signs: key}); err != nil {
		t.Fatal(err)
	}
	if c.lab, err = forgetest.NewGitLab(forgetest.Options{Now: time.Now, Signs: key}); err != nil {
		t.Fatal(err)
	}
	api := http.StripPrefix("/api/v3", spec.Check(c.hub, func(fault error) { t.Error("GitHub's description says: ", fault) }))
	hub := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/api/v3/") {
			api.ServeHTTP(w, r)
			return
		}
		c.hub.ServeHTTP(w, r) // the pages that people see
	}))
	lab := httptest.NewServer(c.lab)
	t.Cleanup(hub.Close)
	t.Cleanup(lab.Close)
	c.hub.ServedAt(hub.URL)
	c.lab.ServedAt(lab.URL)
	c.hubAt, c.labAt = hub.URL, lab.URL
	c.serve(args...)
	return c
}

// serve runs the command until the test ends, and takes the link that it shows.
func (c *clicker) serve(args ...string) {
	c.t.Helper()
	c.start(args...)
	found := c.out.match(c.t, `(http://[^/]+)/setup/enter\?token=(\w+)`)
	c.root, c.token = found[1], found[2]
	jar, err := cookiejar.New(nil)
	if err != nil {
		c.t.Fatal(err)
	}
	c.browser = &http.Client{Jar: jar}
}

// start runs the command until the test ends.
func (c *clicker) start(args ...string) {
	c.t.Helper()
	ctx, end := context.WithCancel(context.Background())
	ended := make(chan int, 1)
	args = append([]string{
		"serve", "--listen", c.listen, "--env-file", filepath.Join(c.dir, "nexusgate.env"), "--store", "sqlite:" + filepath.Join(c.dir, "nexusgate.db"),
	}, args...)
	c.out = newLines()
	env := c.env
	go func() {
		ended <- nexusgate.Run(ctx, args, strings.NewReader(""), c.out, c.log, func(name string) string { return env[name] })
	}()
	c.stop = sync.OnceFunc(func() {
		end()
		if code := <-ended; code != 0 {
			c.t.Errorf("serve ends with %d: %s", code, c.log)
		}
	})
	c.t.Cleanup(c.stop)
}

// ask is a request of the browser's, and what it was answered in the end.
func (c *clicker) ask(r *http.Request) (status int, text string) {
	c.t.Helper()
	answer, err := c.browser.Do(r)
	if err != nil {
		c.t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	for name, values := range answer.Header {
		if name != "Set-Cookie" {
			c.seen.WriteString(name + ": " + strings.Join(values, ", ") + "\n")
		}
	}
	c.seen.Write(body)
	return answer.StatusCode, string(body)
}

func (c *clicker) request(method, address string, form url.Values) *http.Request {
	c.t.Helper()
	r, err := http.NewRequestWithContext(c.t.Context(), method, address, strings.NewReader(form.Encode()))
	if err != nil {
		c.t.Fatal(err)
	}
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	return r
}

// look is the page.
func (c *clicker) look() string {
	c.t.Helper()
	status, text := c.ask(c.request(http.MethodGet, c.root+"/setup", nil))
	if status != http.StatusOK {
		c.t.Fatalf("the page answers %d: %s", status, text)
	}
	return text
}

// press sends a form of the page, and gives what comes of it.
func (c *clicker) press(path string, form url.Values) string {
	c.t.Helper()
	form.Set("form", hidden(c.t, c.look(), "form"))
	status, text := c.ask(c.request(http.MethodPost, c.root+"/setup/"+path, form))
	if status != http.StatusOK {
		c.t.Fatalf("%s answers %d: %s", path, status, text)
	}
	return text
}

// hidden is the value of a hidden field.
func hidden(t *testing.T, page, name string) string {
	t.Helper()
	found := regexp.MustCompile(`name="` + name + `" value="([^"]*)"`).FindStringSubmatch(page)
	if found == nil {
		t.Fatalf("there is no field %s in %s", name, page)
	}
	return html.UnescapeString(found[1])
}

// enter opens the link from the terminal.
func (c *clicker) enter() {
	c.t.Helper()
	_, door := c.ask(c.request(http.MethodGet, c.root+"/setup/enter?token="+c.token, nil))
	if status, text := c.ask(c.request(http.MethodPost, c.root+"/setup/enter", url.Values{"token": {hidden(c.t, door, "token")}})); status != http.StatusOK || !strings.Contains(text, "1. GitHub") {
		c.t.Fatalf("the link answers %d: %s", status, text)
	}
}

// reach says by which address the forges reach the service: once, for both.
func (c *clicker) reach() {
	c.t.Helper()
	if text := c.look(); strings.Contains(text, "Register an App") || strings.Count(text, `type="url" name="address"`) != 1 {
		c.t.Errorf("before the address is known there is more to fill in than it: %s", text)
	}
	if text := c.press("address", url.Values{"address": {"done.example.com"}}); !strings.Contains(text, "is no address that forges could reach") {
		c.t.Errorf("half an address is taken: %s", text)
	}
	text := c.press("address", url.Values{"address": {c.root}})
	if !strings.Contains(text, "✓ "+c.root) || strings.Count(text, `type="hidden" name="address" value="`+c.root) != 2 {
		c.t.Errorf("the address is not taken for both forges: %s", text)
	}
}

// register registers the App, as far as GitHub sends the browser back, and gives where to.
func (c *clicker) register() string {
	c.t.Helper()
	page := c.press("github", url.Values{"address": {c.root}, "url": {c.hubAt}, "org": {"acme"}})
	action := regexp.MustCompile(`action="(http[^"]*)"`).FindStringSubmatch(page)
	if action == nil {
		c.t.Fatalf("no form goes to GitHub in %s", page)
	}
	r := c.request(http.MethodPost, html.UnescapeString(action[1]), url.Values{"manifest": {hidden(c.t, page, "manifest")}})
	still := *c.browser
	still.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	answer, err := still.Do(r)
	if err != nil {
		c.t.Fatal(err)
	}
	defer answer.Body.Close()
	back, err := answer.Location()
	if err != nil {
		c.t.Fatalf("GitHub answers %s: %v", answer.Status, err)
	}
	return back.String()
}

// back follows GitHub back, as a browser does that keeps back a strict cookie on the way from another site.
func (c *clicker) back(to string) (status int, text string) {
	c.t.Helper()
	jar := c.browser.Jar
	c.browser.Jar = nil
	status, text = c.ask(c.request(http.MethodGet, to, nil))
	c.browser.Jar = jar
	again := regexp.MustCompile(`content="0; url=([^"]*)"`).FindStringSubmatch(text)
	if again == nil {
		c.t.Fatalf("without a cookie the way back answers %d: %s", status, text)
	}
	return c.ask(c.request(http.MethodGet, c.root+html.UnescapeString(again[1]), nil))
}

// connect takes up GitLab.
func (c *clicker) connect() string {
	return c.press("gitlab", url.Values{"address": {c.root}, "url": {c.labAt}, "token": {c.lab.Token()}, "use": {"sign-offs"}})
}

// settings are what set-up has kept, by name.
func (c *clicker) settings() map[string]string {
	c.t.Helper()
	text, err := os.ReadFile(filepath.Join(c.dir, "nexusgate.env"))
	if err != nil {
		c.t.Fatal(err)
	}
	all := map[string]string{}
	for line := range strings.Lines(string(text)) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), "="); ok {
			all[name] = value
		}
	}
	return all
}

// drawn is the definition in the page's field.
func drawn(t *testing.T, page string) string {
	t.Helper()
	_, rest, begins := strings.Cut(page, "<textarea")
	_, rest, named := strings.Cut(rest, ">\n")
	text, _, ends := strings.Cut(rest, "</textarea>")
	if !begins || !named || !ends {
		t.Fatalf("no definition is shown in %s", page)
	}
	return html.UnescapeString(text)
}

// waits until something is so.
func (c *clicker) waits(what string, so func() bool) {
	c.t.Helper()
	late, now := time.NewTimer(patience), time.NewTicker(20*time.Millisecond)
	defer late.Stop()
	defer now.Stop()
	for !so() {
		select {
		case <-now.C:
		case <-late.C:
			c.t.Fatalf("waited %s and it did not come true: %s\n%s", patience, what, c.log)
		}
	}
}

func TestANexusIsSetUpByClicksFromNothingToItsFirstReports(t *testing.T) {
	t.Parallel()
	c := begin(t)
	cart := c.hub.AddRepo("acme/cart-api")
	cart.Commit("main", "Owners", map[string]string{".github/CODEOWNERS": "* @acme/cart\n"})
	c.hub.AddRepo("acme/pay").Topic("team-payment")
	web := c.lab.AddProject("acme/web/shop")
	c.lab.AddProject("acme/elsewhere")
	c.hub.Unregister()

	c.enter()
	c.reach()
	status, text := c.back(c.register())
	if status != http.StatusOK || !strings.Contains(text, "The App nexusgate is ours") || !strings.Contains(text, "/apps/nexusgate/installations/new") {
		t.Fatalf("the way back answers %d: %s", status, text)
	}
	c.hub.Install("acme")
	if text := c.connect(); !strings.Contains(text, "Connected as group_1_bot, to GitLab 19.0.0") {
		t.Fatal(text)
	}
	text = c.press("repositories", url.Values{"repo": {"github:acme/cart-api", "github:acme/pay", "gitlab:acme/web/shop"}})
	if !strings.Contains(text, "has a webhook now, and GitLab signs what it sends") {
		t.Error(text)
	}
	drafted := drawn(t, text)
	for _, line := range []string{`"cart": components: {`, `"payment": components: {`, `"web": components: {`, `repo: "gitlab:acme/web/shop"`, "by CODEOWNERS", "by a topic", "by its group"} {
		if !strings.Contains(drafted, line) {
			t.Errorf("%s is not in the draft:\n%s", line, drafted)
		}
	}
	if !strings.Contains(text, "acme: 3 teams, 3 components, 2 criteria: sound") {
		t.Errorf("the draft is not told to be sound: %s", text)
	}
	if text := c.press("definition", url.Values{"do": {"save"}, "source": {drafted}}); !strings.Contains(text, "✓ Saved as") {
		t.Fatal(text)
	}
	c.modes()
	if text := c.press("finish", url.Values{}); !strings.Contains(text, "The service starts") {
		t.Fatal(text)
	}
	c.out.match(t, `pages at `+regexp.QuoteMeta(c.root))
	c.atWork(cart, web)
	c.nothingTold()
	c.onTrial()
}

// onTrial starts a service without a forge on the store of one that was at work: there is nothing to set up.
func (c *clicker) onTrial() {
	c.t.Helper()
	c.stop()
	if err := os.Remove(filepath.Join(c.dir, "nexusgate.env")); err != nil {
		c.t.Fatal(err)
	}
	c.start("--config", filepath.Join(c.dir, "nexus.cue"))
	c.out.match(c.t, "What the store holds is shown as it was judged")
	if told := c.out.String(); strings.Contains(told, "/setup/enter") {
		c.t.Errorf("somebody is asked to set it up: %s", told)
	}
}

// atWork proves that what was set up works: webhooks come and are believed, reports are posted.
func (c *clicker) atWork(cart *forgetest.Repo, web *forgetest.Project) {
	c.t.Helper()
	c.waits("the repositories were read", func() bool { return c.hub.Requests()["list_changes"] > 1 && c.lab.Requests()["list_changes"] > 0 })
	change := propose(cart, "guest")
	c.waits("GitHub shows Done", func() bool {
		for _, run := range c.hub.CheckRuns("acme/cart-api", change.Head()) {
			if run.Name == "Done" {
				return true
			}
		}
		return false
	})
	web.Commit("page", "A page", map[string]string{"page.ts": "export const page = 1"})
	web.OpenChange("page", "main", "A page", "mia")
	c.waits("GitLab shows Done", func() bool { return len(web.Statuses(web.Head("page"))) > 0 })
	for _, deliveries := range [][]forgetest.Delivery{c.hub.Deliveries(), c.lab.Deliveries()} {
		if last := deliveries[len(deliveries)-1]; last.Status != http.StatusAccepted {
			c.t.Errorf("the last delivery, a %s, was answered %d", last.Event, last.Status)
		}
	}
}

// modes holds that what is secret is its owner's alone.
func (c *clicker) modes() {
	c.t.Helper()
	for name, want := range map[string]os.FileMode{"nexusgate.env": 0o600, "nexusgate-app.pem": 0o600, "nexus.cue": 0o644} {
		is, err := os.Stat(filepath.Join(c.dir, name))
		if err != nil || is.Mode().Perm() != want {
			c.t.Errorf("%s has the mode %v, %v", name, is.Mode(), err)
		}
	}
	left, err := filepath.Glob(filepath.Join(c.dir, ".*"))
	if err != nil || len(left) > 0 {
		c.t.Errorf("drafts of files are left: %v, %v", left, err)
	}
}

// nothingTold searches all that was shown and logged for what is secret.
func (c *clicker) nothingTold() {
	c.t.Helper()
	kept := c.settings()
	secrets := map[string]string{
		"GitLab's token": c.lab.Token(), "a line of the App's key": strings.Split(string(c.hub.PrivateKey()), "\n")[3],
	}
	for _, name := range []string{"NEXUSGATE_GITHUB_WEBHOOK_SECRET", "NEXUSGATE_GITLAB_SIGNING_TOKEN", "NEXUSGATE_GITLAB_WEBHOOK_SECRET"} {
		if kept[name] != "" {
			secrets[name] = kept[name]
		}
	}
	at, err := url.Parse(c.root + "/setup")
	if err != nil {
		c.t.Fatal(err)
	}
	for _, cookie := range c.browser.Jar.Cookies(at) {
		secrets["the cookie"] = cookie.Value
	}
	silent(c.t, "a page", c.seen.String(), secrets)
	secrets["the link's token"] = c.token
	silent(c.t, "the log", c.log.String(), secrets)
}

func TestASetUpGoesOnWhereAnEarlierStartLeftIt(t *testing.T) {
	t.Parallel()
	c := begin(t)
	c.lab.AddProject("acme/web")
	c.enter()
	c.connect()
	before := c.settings()
	c.press("repositories", url.Values{"repo": {"gitlab:acme/web"}})
	c.stop()
	c.listen = strings.TrimPrefix(c.root, "http://")
	c.serve() // again, as after a crash: the link is another one
	c.enter()
	text := c.look()
	if !strings.Contains(text, "Connected as group_1_bot") || !strings.Contains(text, `value="gitlab:acme/web"`) {
		t.Errorf("the page has forgotten GitLab: %s", text)
	}
	if text := c.press("repositories", url.Values{"repo": {"gitlab:acme/web"}}); !strings.Contains(text, "had a webhook to us, which is as it has to be now") {
		t.Error(text)
	}
	if before["NEXUSGATE_GITLAB_SIGNING_TOKEN"] != c.settings()["NEXUSGATE_GITLAB_SIGNING_TOKEN"] {
		t.Error("the signing token is another one")
	}
}

func TestAGitLabThatDoesNotSignGetsATokenForEachProject(t *testing.T) {
	t.Parallel()
	c := begin(t)
	c.lab.Release("18.11.2")
	web := c.lab.AddProject("acme/web")
	c.lab.AddProject("acme/search")
	c.enter()
	c.connect()
	text := c.press("repositories", url.Values{"repo": {"gitlab:acme/web", "gitlab:acme/search"}})
	if strings.Count(text, "This GitLab does not sign") != 2 {
		t.Errorf("it is not said that nothing is signed: %s", text)
	}
	secrets := strings.Fields(c.settings()["NEXUSGATE_GITLAB_WEBHOOK_SECRET"])
	if len(secrets) != 2 || !strings.Contains(strings.Join(secrets, " "), "acme/web@") || c.settings()["NEXUSGATE_GITLAB_SIGNING_TOKEN"] != "" {
		t.Fatalf("%d secrets are kept", len(secrets))
	}
	c.press("definition", url.Values{"do": {"save"}, "source": {drawn(t, text)}})
	c.press("finish", url.Values{})
	c.out.match(t, `pages at `)
	c.waits("the projects were read", func() bool { return c.lab.Requests()["list_changes"] > 1 })
	web.Commit("main", "Work", map[string]string{"a.ts": "1"})
	if d := c.lab.Deliveries(); d[len(d)-1].Status != http.StatusAccepted {
		t.Errorf("the last delivery was answered %d", d[len(d)-1].Status)
	}
	c.nothingTold()
}
