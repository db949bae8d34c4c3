package main_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	nexusgate "github.com/nexusgate/nexusgate/cmd/nexusgate"
	"github.com/nexusgate/nexusgate/gate/forge"
	"github.com/nexusgate/nexusgate/gate/forge/forgetest"
)

// looked is what doctor says as JSON.
type looked struct {
	Answer string `json:"answer"`
	Checks []struct{ Check, Of, Health, Says, Do string }
}

// doctor runs the command as beside the service, with its settings.
func (h *house) doctor(args ...string) (said looked, text string, code int) {
	h.t.Helper()
	var out, stderr strings.Builder
	args = append([]string{
		"doctor", "--format", "json", "--config", h.configFile, "--store", h.settings.Store, "--url", h.server.HooksRoot(),
		"--env-file", filepath.Join(h.t.TempDir(), "none.env"),
	}, args...)
	code = nexusgate.Run(h.t.Context(), args, strings.NewReader(""), &out, &stderr, func(name string) string { return h.env[name] })
	if stderr.Len() > 0 {
		h.t.Fatalf("doctor exits with %d and says %s", code, &stderr)
	}
	if err := json.Unmarshal([]byte(out.String()), &said); err != nil {
		h.t.Fatalf("%v in %s", err, &out)
	}
	return said, out.String(), code
}

// of is the health of a check, and what it says and wants done.
func (l looked) of(check, of string) (health, says, do string) {
	for _, c := range l.Checks {
		if c.Check == check && strings.Contains(c.Of, of) && (health == "" || c.Health == "fault") {
			health, says, do = c.Health, c.Says, c.Do
		}
	}
	return health, says, do
}

// settled is a service at work that is set up as it has to be.
func settled(t *testing.T) *house {
	t.Helper()
	h := furnish(t, shop)
	h.well()
	h.start()
	h.rest()
	return h
}

// well gives the forges the settings that they have to have.
func (h *house) well() {
	for _, repo := range []*forgetest.Repo{h.cart, h.pay} {
		repo.Require("main", forgetest.Rule{Check: "Done", App: h.hub.AppID})
	}
	h.web.Set(forgetest.ProjectSettings{Must: true})
	h.lab.SetToken(forgetest.TokenSettings{})
	h.hub.Set(forgetest.AppSettings{Owner: "acme", Grant: granted(), Agree: true})
}

// granted is what the App needs, as the stand-in takes it.
func granted() forgetest.Grant {
	g := forgetest.Grant{Permissions: map[string]string{}}
	needed := forge.Needed()
	for name, access := range needed.Permissions {
		g.Permissions[name] = string(access)
	}
	g.Events = needed.Events
	return g
}

func TestDoctorFindsNothingWhereAllIsWell(t *testing.T) {
	t.Parallel()
	h := settled(t)
	h.cart.Commit("main", "Work", map[string]string{"a.go": "package a"})
	h.web.Commit("main", "Work", map[string]string{"a.ts": "1"})
	h.rest()
	said, text, code := h.doctor()
	if code != 0 || said.Answer != "ok" {
		t.Errorf("doctor exits with %d:\n%s", code, text)
	}
	if len(said.Checks) < 20 {
		t.Errorf("only %d checks were made:\n%s", len(said.Checks), text)
	}
	for name, secret := range map[string]string{"the token": h.lab.Token(), "the hook's token": labToken, "the App's secret": hubSecret} {
		silent(t, "doctor", text, map[string]string{name: secret})
	}
}

// without is the App's grant less a permission and an event.
func without(permission, event string) forgetest.Grant {
	g := granted()
	delete(g.Permissions, permission)
	var events []string
	for _, e := range g.Events {
		if e != event {
			events = append(events, e)
		}
	}
	g.Events = events
	return g
}

// ailments are what may be wrong with an installation, and what doctor says of it.
var ailments = []struct {
	name           string
	breaks         func(h *house)
	check, of      string
	health         string
	says, treating string
}{
	{"a permission is missing", func(h *house) {
		h.hub.Set(forgetest.AppSettings{Owner: "acme", Grant: without("merge_queues", "merge_group"), Agree: true})
	}, "permissions", "github", "fault", "lacks Merge queues: read", "/organizations/acme/settings/apps/nexusgate/permissions"},
	{"an event is missing", func(h *house) {
		h.hub.Set(forgetest.AppSettings{Owner: "acme", Grant: without("", "workflow_job"), Agree: true})
	}, "events", "github", "fault", "lacks Workflow job", "/permissions"},
	{"a permission is needless", func(h *house) {
		g := granted()
		g.Permissions["contents"], g.Permissions["members"] = "write", "read"
		h.hub.Set(forgetest.AppSettings{Owner: "acme", Grant: g, Agree: true})
	}, "permissions", "github", "fault", "does not need: Contents: write, Members: read", "/permissions"},
	{"an owner has not agreed", func(h *house) {
		h.hub.Set(forgetest.AppSettings{Owner: "acme", Grant: without("merge_queues", "merge_group"), Agree: true})
		h.hub.Set(forgetest.AppSettings{Owner: "acme", Grant: granted()})
	}, "consent", "", "fault", "has not agreed to what the App asks for since: Merge queues: read, Merge group", "Accept new permissions"},
	{"the App is suspended", func(h *house) { h.hub.Suspend("acme", true) }, "installation", "cart-api", "fault", "suspended", "Unsuspend"},
	{"the check is not required", func(h *house) { h.cart.Require("main") }, "required check", "cart-api@main", "fault", "Done is not required", "Require status checks"},
	{"anybody may report the check", func(h *house) {
		h.cart.Require("main", forgetest.Rule{Check: "Done"})
	}, "required check", "cart-api@main", "fault", "required by a ruleset of acme, and not bound to our App", "source nexusgate"},
	{"anybody may report it to the protection", func(h *house) {
		h.cart.Require("main", forgetest.Rule{Check: "Done", Classic: true})
	}, "required check", "cart-api@main", "fault", "required by the protection of the branch, and not bound to our App", "/acme/cart-api/settings/rules"},
	{"another App has to report the check", func(h *house) {
		h.cart.Require("main", forgetest.Rule{Check: "Done", App: 15368})
	}, "required check", "cart-api@main", "fault", "wants it of the App 15368", "source nexusgate"},
	{"nobody tells of the merge queue", func(h *house) {
		h.cart.Require("main", forgetest.Rule{Check: "Done", App: h.hub.AppID}, forgetest.Rule{Queue: true})
		h.hub.Set(forgetest.AppSettings{Owner: "acme", Grant: without("", "merge_group"), Agree: true})
	}, "merge queue", "cart-api", "fault", "wait for the check in vain", "Merge group"},
	{"the webhook goes elsewhere", func(h *house) { h.hub.Hook(h.server.HooksRoot()+"/elsewhere", hubSecret) }, "webhook", "github", "fault", "where we do not take webhooks", "/webhook/github"},
	{"the secrets differ", func(h *house) {
		h.hub.Hook(h.server.HooksRoot()+"/webhook/github", "another secret")
		h.pay.Status("jenkins", "ci", h.pay.Head("main"), "success")
	}, "deliveries", "github", "fault", "did not: 401", "NEXUSGATE_GITHUB_WEBHOOK_SECRET"},
	{"the key is not taken", func(h *house) {
		h.hub.Inject(forgetest.Fault{Operation: "read_app", Status: http.StatusUnauthorized, Times: 1})
	}, "app", "github", "fault", "does not take our word", "NEXUSGATE_GITHUB_PRIVATE_KEY_FILE"},
	{"rules cannot be read", func(h *house) {
		h.hub.Inject(forgetest.Fault{Operation: "list_rules", Status: http.StatusBadGateway, Times: 1})
	}, "required check", "", "cannot tell", "502", "reaches the forge"},
	{"pipelines need not succeed", func(h *house) { h.web.Set(forgetest.ProjectSettings{}) }, "required check", "gitlab:acme/web", "fault", "need not succeed", "Pipelines must succeed"},
	{"skipped pipelines do", func(h *house) { h.web.Set(forgetest.ProjectSettings{Must: true, Skipped: true}) }, "required check", "gitlab:acme/web", "fault", "skipped pipelines count", "untick"},
	{"developers push past everything", func(h *house) { h.web.Set(forgetest.ProjectSettings{Must: true, Open: true}) }, "protection", "gitlab:acme/web", "fault", "pushes to it without a merge request", "Protected branches"},
	{"what GitLab sends does not come", func(h *house) {
		h.lab.Hook(h.server.HooksRoot()+"/webhook/gitlab", "another token", "")
		h.web.Commit("main", "Work", map[string]string{"b.ts": "1"})
	}, "deliveries", "gitlab:acme/web", "fault", "did not come: 401", "NEXUSGATE_GITLAB_WEBHOOK_SECRET"},
	{"this GitLab does not tell what came", func(h *house) {
		h.lab.Inject(forgetest.Fault{Operation: "list_hook_events", Status: http.StatusNotFound, Times: 1})
	}, "deliveries", "gitlab:acme/web", "cannot tell", "whether they come, this GitLab does not tell", "Recent events"},
	{"no secret is for the project", func(h *house) { h.env["NEXUSGATE_GITLAB_WEBHOOK_SECRET"] = "acme/other=" + labToken }, "signing", "gitlab:acme/web", "fault", "none of our secrets is for this project", "acme/web@"},
	{"no signing token is for the project", func(h *house) { h.env["NEXUSGATE_GITLAB_SIGNING_TOKEN"] = "acme/other=" + signingToken }, "signing", "gitlab:acme/web", "fault", "none of our signing tokens", "acme/web@"},
	{"webhooks go there in the open", func(h *house) { h.hub.Hook("http://done.example.com/webhook/github", hubSecret) }, "webhook", "github", "fault", "in the open", "/webhook/github"},
	{"administrators pass the check by", func(h *house) {
		h.cart.Require("main", forgetest.Rule{Check: "Done", App: h.hub.AppID, Classic: true})
	}, "required check", "cart-api@main", "ok", "administrators may pass it by", ""},
	{"a train is not tested", func(h *house) { h.web.Set(forgetest.ProjectSettings{Must: true, Train: true}) }, "merge train", "gitlab:acme/web", "fault", "never tested as it lands", "merged results"},
	{"the token may too little", func(h *house) { h.lab.SetToken(forgetest.TokenSettings{Scopes: []string{"read_api"}}) }, "token", "gitlab", "fault", "scope read_api", "scope api"},
	{"the token ends soon", func(h *house) {
		h.lab.SetToken(forgetest.TokenSettings{Expires: time.Now().Add(48 * time.Hour).Format(time.DateOnly)})
	}, "token", "gitlab", "fault", "ends on", "Make another"},
	{"hooks are hidden", func(h *house) { h.lab.Maintain(false) }, "webhook", "gitlab:acme/web", "cannot tell", "only maintainers see", "Maintainer"},
	{"there is no hook", func(h *house) { h.lab.Hook("", "", "") }, "webhook", "gitlab:acme/web", "fault", "has none to us", "Add webhook"},
	{"the project is not seen", func(h *house) { h.web.Hide(true) }, "project", "gitlab:acme/web", "fault", "does not see it", "invite"},
	{"a hook is not signed", func(h *house) { h.env["NEXUSGATE_GITLAB_SIGNING_TOKEN"] = signingToken }, "signing", "gitlab:acme/web", "fault", "all it brings is refused", "Signing token"},
	{"a clock is wrong", func(h *house) { h.ahead.Add(3600) }, "clock", "github", "fault", "behind the forge's", "NTP"},
}

// signingToken is one as GitLab has them.
const signingToken = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="

func TestDoctorNamesEachFaultAndWhatToDo(t *testing.T) {
	t.Parallel()
	h := settled(t)
	for _, ill := range ailments {
		ill.breaks(h)
		said, text, code := h.doctor()
		health, says, do := said.of(ill.check, ill.of)
		if health != ill.health || !strings.Contains(says, ill.says) || !strings.Contains(do, ill.treating) {
			t.Errorf("%s: the %s is %s, %q, to do: %q; in\n%s", ill.name, ill.check, health, says, do, text)
		}
		if want := map[string]int{"fault": 1, "cannot tell": 2}[ill.health]; code != want && code != 1 {
			t.Errorf("%s: doctor exits with %d, want %d", ill.name, code, want)
		}
		h.mend()
	}
}

func TestDoctorLooksWhereTheBacklogIsKept(t *testing.T) {
	t.Parallel()
	h := settled(t)
	h.hub.AddRepo("acme/product")
	h.define(shop + `
backlog: {repos: ["github:acme/product", "github:elsewhere/product"], select: ["type/*"]}
`)
	said, text, _ := h.doctor()
	if health, _, _ := said.of("installation", "acme/product"); health != "ok" {
		t.Errorf("the one is %s in\n%s", health, text)
	}
	if health, _, _ := said.of("required check", "acme/product"); health != "" {
		t.Errorf("nothing lands there, and its check is %s", health)
	}
	if health, _, do := said.of("installation", "elsewhere/product"); health != "fault" || !strings.Contains(do, "installations/new") {
		t.Errorf("the other is %s, %s", health, do)
	}
	if health, says, _ := said.of("permissions", "github"); health != "fault" || !strings.Contains(says, "Issues: read") {
		t.Errorf("the permissions are %s, %s", health, says)
	}
	if health, says, _ := said.of("events", "gitlab:acme/web"); health != "fault" || !strings.Contains(says, "Issues events, Milestone events") {
		t.Errorf("the events are %s, %s", health, says)
	}
}

// mend puts back what an ailment has broken.
func (h *house) mend() {
	h.hub.Heal()
	h.lab.Heal()
	h.hub.Suspend("acme", false)
	h.lab.Maintain(true)
	h.web.Hide(false)
	h.ahead.Store(0)
	delete(h.env, "NEXUSGATE_GITLAB_SIGNING_TOKEN")
	h.env["NEXUSGATE_GITLAB_WEBHOOK_SECRET"] = labToken
	h.hub.Hook(h.server.HooksRoot()+"/webhook/github", hubSecret)
	h.lab.Hook(h.server.HooksRoot()+"/webhook/gitlab", labToken, "")
	h.well()
}

func TestDoctorTellsOfExceptionsAndOfForgesThatAreOff(t *testing.T) {
	t.Parallel()
	h := settled(t)
	soon, later := time.Now().AddDate(0, 0, 1).Format(time.DateOnly), time.Now().AddDate(0, 0, 20).Format(time.DateOnly)
	h.define(strings.Replace(shop, `name: "shop"`, fmt.Sprintf(`name: "shop"
integrationTeam: members: ["kim"]
exceptions: {
	soon: {criterion: "ci", components: ["web"], reason: "r", requestedBy: "ana", approvedBy: "kim", until: %q}
	later: {criterion: "ci", components: ["payment"], reason: "r", requestedBy: "ana", approvedBy: "kim", until: %q}
}`, soon, later), 1))
	for _, name := range []string{"NEXUSGATE_GITLAB_URL", "NEXUSGATE_GITLAB_TOKEN", "NEXUSGATE_GITLAB_WEBHOOK_SECRET"} {
		delete(h.env, name)
	}
	said, text, code := h.doctor()
	if health, says, _ := said.of("exception", "soon"); health != "fault" || !strings.Contains(says, "it ends on "+soon) {
		t.Errorf("the one is %s, %q in\n%s", health, says, text)
	}
	if health, _, _ := said.of("exception", "later"); health != "ok" {
		t.Errorf("the other is %s", health)
	}
	if health, says, _ := said.of("settings", "gitlab:acme/web"); health != "fault" || !strings.Contains(says, "is off") || code != 1 {
		t.Errorf("GitLab is %s, %q; doctor exits with %d", health, says, code)
	}
}

func TestDoctorReadsADefinitionFromItsHome(t *testing.T) {
	t.Parallel()
	h := settled(t)
	home := h.hub.AddRepo("acme/nexus")
	home.Commit("main", "Define", map[string]string{"nexus.cue": shop})
	home.Require("main", forgetest.Rule{Check: "Definition of Done", App: h.hub.AppID})
	if err := os.WriteFile(h.configFile, []byte(strings.ReplaceAll(shop, `"shop"`, `"other"`)), 0o600); err != nil {
		t.Fatal(err)
	}
	said, text, _ := h.doctor("--nexus", "github:acme/nexus@main", "--nexus", "github:acme/nowhere@main")
	if health, _, _ := said.of("definition", "acme/nexus@main"); health != "ok" {
		t.Errorf("the home is %s in\n%s", health, text)
	}
	if health, says, _ := said.of("required check", "acme/nexus@main"); health != "ok" || !strings.Contains(says, "Definition of Done is required") {
		t.Errorf("its check is %s, %q", health, says)
	}
	if health, _, do := said.of("definition", "acme/nowhere"); health != "fault" || do == "" {
		t.Errorf("no home is %s, %q", health, do)
	}
}
