package main_test

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/forge"
	"github.com/nexusgate/nexusgate/gate/forge/forgetest"
)

// hooks are the events that the webhooks of a project are set for.
func (c *clicker) hooks(p *forgetest.Project) (events []string) {
	c.t.Helper()
	lab, err := forge.NewGitLab(forge.GitLabConfig{URL: c.labAt, Token: c.lab.Token(), Now: time.Now})
	if err != nil {
		c.t.Fatal(err)
	}
	all, err := lab.Hooks(c.t.Context(), gate.Repo{Forge: gate.GitLab, ID: p.ID, Name: "acme/web"}, "")
	if err != nil {
		c.t.Fatal(err)
	}
	for _, h := range all.Hooks {
		events = append(events, h.Events...)
	}
	return events
}

func TestTheHooksAreForWhatWasTickedForGitLab(t *testing.T) {
	t.Parallel()
	c := begin(t)
	web := c.lab.AddProject("acme/web")
	c.hub.Unregister()
	c.enter()
	c.reach()
	if page := c.look(); !strings.Contains(page[strings.Index(page, `id="gitlab"`):], `value="releases"`) {
		t.Error("nobody can have releases watched on GitLab")
	}
	c.press("gitlab", url.Values{"address": {c.root}, "url": {c.labAt}, "token": {c.lab.Token()}, "use": {"sign-offs", "releases"}})
	c.back(c.register()) // an App for nothing but what is always needed
	c.press("repositories", url.Values{"repo": {"gitlab:acme/web"}})
	events := c.hooks(web)
	for event, want := range map[string]bool{"Note Hook": true, "Release Hook": true, "Issue Hook": false} {
		if slices.Contains(events, event) != want {
			t.Errorf("the webhook is set for %v", events)
		}
	}
}

func TestTheSecretOfAHookIsKeptBeforeGitLabIsToldOfIt(t *testing.T) {
	t.Parallel()
	c := begin(t)
	c.lab.Release("18.11.2")
	c.lab.AddProject("acme/web")
	c.lab.AddProject("acme/search")
	c.enter()
	c.connect()
	c.press("repositories", url.Values{"repo": {"gitlab:acme/search"}})
	search := c.settings()["NEXUSGATE_GITLAB_WEBHOOK_SECRET"]
	form := hidden(t, c.look(), "form")
	c.lab.Inject(forgetest.Fault{Operation: "create_hook", Delay: time.Second, Times: 1})
	asked := c.lab.Requests()["create_hook"]
	chosen := make(chan struct{})
	go func() {
		defer close(chosen)
		c.ask(c.request(http.MethodPost, c.root+"/setup/repositories", url.Values{"form": {form}, "repo": {"gitlab:acme/web"}}))
	}()
	c.waits("GitLab is told of a hook", func() bool { return c.lab.Requests()["create_hook"] > asked })
	kept := c.settings()["NEXUSGATE_GITLAB_WEBHOOK_SECRET"]
	<-chosen
	if !strings.Contains(kept, "acme/web@") {
		t.Error("killed now, nobody would know the secret that GitLab has")
	}
	if !slices.Contains(strings.Fields(c.settings()["NEXUSGATE_GITLAB_WEBHOOK_SECRET"]), search) {
		t.Error("the secret of a project that was chosen before is forgotten")
	}
}

func TestTheHooksGetTheSecretsThatTheServiceWasStartedWith(t *testing.T) {
	t.Parallel()
	const other = "whsec_b3RoZXIgb3RoZXIgb3RoZXIgb3RoZXIgb3RoZXIhISE="
	for name, secrets := range map[string]map[string]string{
		"signing tokens that rotate": {"NEXUSGATE_GITLAB_SIGNING_TOKEN": signingToken + " " + other},
		"a token of the project":     {"NEXUSGATE_GITLAB_WEBHOOK_SECRET": "acme/search=not-for-the-web acme/web=known-to-the-service"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := begin(t)
			web := c.lab.AddProject("acme/web")
			c.stop()
			c.env = map[string]string{"NEXUSGATE_GITLAB_URL": c.labAt, "NEXUSGATE_GITLAB_TOKEN": c.lab.Token()}
			maps.Copy(c.env, secrets)
			c.listen = strings.TrimPrefix(c.root, "http://")
			c.serve("--url", c.root)
			c.enter()
			text := c.press("repositories", url.Values{"repo": {"gitlab:acme/web"}})
			c.press("definition", url.Values{"do": {"save"}, "source": {drawn(t, text)}})
			c.press("finish", url.Values{})
			c.out.match(t, `pages at `)
			c.waits("the project was read", func() bool { return c.lab.Requests()["list_changes"] > 0 })
			web.Commit("main", "Work", map[string]string{"a.ts": "1"})
			if d := c.lab.Deliveries(); d[len(d)-1].Status != http.StatusAccepted {
				t.Errorf("the last delivery was answered %d", d[len(d)-1].Status)
			}
		})
	}
}

func TestHooksAreNotSetToNowhere(t *testing.T) {
	t.Parallel()
	c := begin(t)
	c.lab.AddProject("acme/web")
	c.stop()
	c.env = map[string]string{"NEXUSGATE_GITLAB_URL": c.labAt, "NEXUSGATE_GITLAB_TOKEN": c.lab.Token(), "NEXUSGATE_GITLAB_WEBHOOK_SECRET": "word"}
	c.listen = "127.0.0.1:0"
	c.serve()
	c.enter()
	if text := c.press("repositories", url.Values{"repo": {"gitlab:acme/web"}}); !strings.Contains(text, "say at the top of this page where the forges reach this service") {
		t.Errorf("it is not said what is missing: %s", text)
	}
	if n := c.lab.Requests()["create_hook"]; n > 0 {
		t.Errorf("GitLab was asked for %d webhooks", n)
	}
}
