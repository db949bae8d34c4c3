package forge_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/forge"
	"github.com/nexusgate/nexusgate/gate/forge/forgetest"
)

func TestAGrantIsShortOfWhatItDoesNotCover(t *testing.T) {
	all := forge.Needed(forge.AllUses()...)
	least := forge.Needed()
	if permissions, events := all.Short(least); permissions != nil || events != nil {
		t.Errorf("the most is short of the least: %v, %v", permissions, events)
	}
	permissions, events := least.Short(all)
	if diff := cmp.Diff([]string{"actions: write", "deployments: write", "issues: write"}, permissions); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"deployment_protection_rule", "issue_comment", "issue_dependencies", "issues", "label", "milestone", "release", "sub_issues"}, events); diff != "" {
		t.Error(diff)
	}
	if forge.Access("owner").Covers(forge.Read) {
		t.Error("a word that is not known covers reading")
	}
}

func TestTheAppIsReadWithWhatItAsksForAndWhatWasAgreedTo(t *testing.T) {
	w := newHubWorld(t)
	asked := forgetest.Grant{Permissions: map[string]string{"metadata": "read", "merge_queues": "read", "contents": "write"}, Events: []string{"push", "merge_group"}}
	w.hub.Set(forgetest.AppSettings{Owner: "acme", Grant: asked})
	app, err := w.client.App(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := forge.Rights{Permissions: map[string]forge.Access{"metadata": "read", "merge_queues": "read", "contents": "write"}, Events: []string{"merge_group", "push"}}
	if diff := cmp.Diff(want, app.Rights); diff != "" || app.Owner != "acme" || !app.Org || app.Slug != "nexusgate" || app.Ahead != 0 {
		t.Errorf("the App is %+v\n%s", app, diff)
	}
	in, err := w.client.Installed(t.Context(), w.repo())
	if err != nil || !in.Is || in.Suspended || in.ID != w.cart.Installation() {
		t.Fatalf("it is installed as %+v, %v", in, err)
	}
	if _, events := in.Rights.Short(forge.Needed()); len(events) != 0 {
		t.Errorf("what was agreed to lacks %v", events)
	}
	if all, whole, err := w.client.Repositories(t.Context(), 10); err != nil || !whole || len(all) != 1 || all[0].Repo != w.repo() {
		t.Errorf("the repositories are %+v, %v, %v", all, whole, err)
	}
	w.hub.Suspend("acme", true)
	if in, err := w.client.Installed(t.Context(), w.repo()); err != nil || !in.Suspended {
		t.Errorf("it is installed as %+v, %v", in, err)
	}
	if in, err := w.client.Installed(t.Context(), gate.Repo{Forge: gate.GitHub, Name: "acme/elsewhere"}); err != nil || in.Is {
		t.Errorf("it is installed as %+v, %v", in, err)
	}
}

func TestTheClockOfAForgeIsHeldAgainstOurs(t *testing.T) {
	w := newHubWorld(t, func(c *forge.GitHubConfig) {
		now := c.Now
		c.Now = func() time.Time { return now().Add(-90 * time.Second) }
	})
	app, err := w.client.App(t.Context())
	if err != nil || app.Ahead != 90*time.Second {
		t.Errorf("GitHub is %s ahead, %v", app.Ahead, err)
	}
}

func TestRulesAreReadFromRulesetsAndProtectionAlike(t *testing.T) {
	w := newHubWorld(t)
	w.cart.Commit("release/1", "One", map[string]string{"a": "b"})
	w.cart.Require("release/1",
		forgetest.Rule{Check: "Done", App: 4711}, forgetest.Rule{Queue: true},
		forgetest.Rule{Check: "Done", Classic: true}, forgetest.Rule{Check: "lint", App: 15368, Classic: true})
	rules, err := w.client.Rules(t.Context(), w.repo(), "release/1")
	if err != nil {
		t.Fatal(err)
	}
	want := forge.Rules{Queue: true, Required: []forge.Required{
		{Name: "Done", By: "the protection of the branch", Lax: true},
		{Name: "lint", App: 15368, By: "the protection of the branch", Lax: true},
		{Name: "Done", App: 4711, By: "a ruleset of acme"},
	}}
	if diff := cmp.Diff(want, rules); diff != "" {
		t.Error(diff)
	}
	if rules, err := w.client.Rules(t.Context(), w.repo(), "main"); err != nil || rules.Queue || len(rules.Required) != 0 || rules.Absent {
		t.Errorf("the rules of main are %+v, %v", rules, err)
	}
	if rules, err := w.client.Rules(t.Context(), w.repo(), "nowhere"); err != nil || !rules.Absent {
		t.Errorf("the rules of no branch are %+v, %v", rules, err)
	}
}

// register does what a browser does with a manifest, and gives the code that GitHub sends it back with.
func register(t *testing.T, root string, wish forge.Wish) string {
	t.Helper()
	still := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, root+"/organizations/acme/settings/apps/new?state=s1", strings.NewReader(url.Values{"manifest": {wish.Manifest()}}.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer, err := still.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	back, err := answer.Location()
	if err != nil || back.Query().Get("state") != "s1" || back.Path != "/back" {
		t.Fatalf("GitHub answers %s and sends back to %v, %v", answer.Status, back, err)
	}
	return back.Query().Get("code")
}

func TestAnAppIsRegisteredFromItsManifestOnceAndWithinTheHour(t *testing.T) {
	clock := newClock()
	key, err := appKey()
	if err != nil {
		t.Fatal(err)
	}
	hub, err := forgetest.NewGitHub(forgetest.Options{Now: clock.Now, Key: key})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(hub)
	t.Cleanup(server.Close)
	hub.ServedAt(server.URL)
	hub.Unregister()
	wish := forge.Wish{Name: "nexusgate", Page: "https://done.example.test", Hook: "https://done.example.test/webhook/github", Redirect: "http://127.0.0.1/back", Rights: forge.Needed(forge.AllUses()...)}

	code := register(t, server.URL, wish)
	made, err := forge.Register(t.Context(), server.URL, code, clock.Now)
	if err != nil || made.ID != hub.AppID || !strings.Contains(string(made.Key), "PRIVATE KEY") || len(made.Secret) < 32 {
		t.Fatalf("the App is %d with a key of %d bytes, %v", made.ID, len(made.Key), err)
	}
	if _, err := forge.Register(t.Context(), server.URL, code, clock.Now); !forge.Permanent(err) {
		t.Errorf("a second time: %v", err)
	}
	late := register(t, server.URL, wish)
	clock.Pass(time.Hour)
	if _, err := forge.Register(t.Context(), server.URL, late, clock.Now); !forge.Permanent(err) {
		t.Errorf("after an hour: %v", err)
	}
	if _, err := forge.Register(t.Context(), server.URL, "../app", clock.Now); !forge.Permanent(err) {
		t.Errorf("with a code that is none: %v", err)
	}

	client, err := forge.NewGitHub(forge.GitHubConfig{URL: server.URL, AppID: made.ID, PrivateKey: made.Key, Now: clock.Now})
	if err != nil {
		t.Fatal(err)
	}
	app, err := client.App(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(wish.Rights, app.Rights); diff != "" {
		t.Errorf("the App asks for something else than its manifest:\n%s", diff)
	}
}

func TestAManifestSaysNothingThatGitHubDoesNotKnow(t *testing.T) {
	var manifest map[string]any
	if err := json.Unmarshal([]byte(forge.Wish{Name: "n", Rights: forge.Needed()}.Manifest()), &manifest); err != nil {
		t.Fatal(err)
	}
	known := []string{"name", "url", "hook_attributes", "redirect_url", "public", "description", "default_permissions", "default_events"}
	for name := range manifest {
		if !slices.Contains(known, name) {
			t.Errorf("the manifest has %s", name)
		}
	}
	if manifest["public"] != false {
		t.Error("anybody could install the App")
	}
}

func TestRepositoriesOfAllInstallationsAreListedToABound(t *testing.T) {
	w := newHubWorldBehind(t, func(hub http.Handler) http.Handler { return hub }) // to hold 122 repositories against a schema takes its time
	for i := range 120 {
		w.hub.AddRepo("acme/r" + string(rune('a'+i/26)) + string(rune('a'+i%26)))
	}
	w.hub.AddRepo("other/tool").Topic("team-tools")
	w.hub.AddRepo("away/gone")
	w.hub.Suspend("away", true)
	all, whole, err := w.client.Repositories(t.Context(), 1000)
	if err != nil || !whole || len(all) != 122 {
		t.Fatalf("%d repositories, all: %v, %v", len(all), whole, err)
	}
	last := all[len(all)-1]
	if last.Repo.Name != "other/tool" || last.Branch != "main" || !slices.Equal(last.Topics, []string{"team-tools"}) || last.Repo.Installation == 0 {
		t.Errorf("the last is %+v", last)
	}
	if some, whole, err := w.client.Repositories(t.Context(), 110); err != nil || whole || len(some) != 110 {
		t.Errorf("%d repositories, all: %v, %v", len(some), whole, err)
	}
}
