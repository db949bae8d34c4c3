package draft_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate/draft"
)

func TestRulesOfBothForgesAreRead(t *testing.T) {
	got := draft.Rules(`# who owns what
*            @acme/platform   # all else
/docs\ and\ more/ @ana ana@example.com

[Backend][2] @acme/backend
/services/
/services/ledger/ @acme/shop/ledger @@maintainer
^[Optional]
*.md
`)
	want := []draft.Rule{
		{Pattern: "*", Owners: []string{"@acme/platform"}},
		{Pattern: "/docs and more/", Owners: []string{"@ana", "ana@example.com"}},
		{Pattern: "/services/", Owners: []string{"@acme/backend"}},
		{Pattern: "/services/ledger/", Owners: []string{"@acme/shop/ledger"}},
		{Pattern: "*.md"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// shop are repositories of every kind.
var shop = []draft.Repo{
	{Forge: "github", Name: "acme/cart-api", Branch: "main", Owners: "* @acme/cart\n/docs/ @acme/writers", CI: true},
	{Forge: "github", Name: "acme/mono", Branch: "trunk", CI: true, Owners: "* @acme/platform\n/services/ledger/ @acme/payment\n/services/search/** @acme/search\n/services/search/index/ @acme/cart\n"},
	{Forge: "github", Name: "acme/tools", Branch: "main", Topics: []string{"go", "team-platform"}},
	{Forge: "gitlab", Name: "acme/web/shop", Branch: "main", CI: true},
	{Forge: "gitlab", Name: "acme/site", Branch: "main"},
	{Forge: "gitlab", Name: "other/site", Branch: "main"},
}

// load is a draft that must be sound, by team and component: the repository and the folder.
func load(t *testing.T, text string) map[string]string {
	t.Helper()
	d, err := definition.Load(definition.File{Name: "nexus.cue", Source: []byte(text)})
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	if faults, _ := d.Vet(nil, time.Now()); len(faults) > 0 {
		t.Fatalf("%v\n%s", faults, text)
	}
	all := map[string]string{}
	for _, c := range d.All() {
		all[c.Team+"/"+c.Name] = c.Forge + ":" + c.Repo + "@" + c.Branch + ":" + c.Path
	}
	return all
}

func TestADraftFindsTheTeams(t *testing.T) {
	want := map[string]string{
		"cart/cart-api":  "github:acme/cart-api@main:",
		"payment/ledger": "github:acme/mono@trunk:services/ledger",
		"search/search":  "github:acme/mono@trunk:services/search",
		"platform/tools": "github:acme/tools@main:",
		"web/shop":       "gitlab:acme/web/shop@main:",
		"site/site":      "gitlab:acme/site@main:",
		"site/site-site": "gitlab:other/site@main:",
	}
	if diff := cmp.Diff(want, load(t, draft.Nexus(shop))); diff != "" {
		t.Error(diff)
	}
}

func TestADraftSaysWhatNamesEachTeam(t *testing.T) {
	text := draft.Nexus(shop)
	for _, line := range []string{
		`"cart-api": {repo: "github:acme/cart-api", branch: "main"} // by CODEOWNERS`,
		`"tools": {repo: "github:acme/tools", branch: "main"} // by a topic; no pipeline of it was seen`,
		`"shop": {repo: "gitlab:acme/web/shop", branch: "main"} // by its group`,
		`"site": {repo: "gitlab:acme/site", branch: "main"} // nothing names its team; no pipeline of it was seen`,
		`from: app: ["github-actions", "gitlab-ci"]`, `name: "acme"`,
	} {
		if !strings.Contains(text, line) {
			t.Errorf("%s is not in\n%s", line, text)
		}
	}
	if again := draft.Nexus(shop); again != text {
		t.Error("the same repositories make another draft")
	}
}

func TestOnlyTheForgesThatAreUsedAreBelieved(t *testing.T) {
	if text := draft.Nexus(shop[:1]); !strings.Contains(text, `from: app: ["github-actions"]`) {
		t.Errorf("the draft is\n%s", text)
	}
}

// FuzzADraftIsSound has strangers write all that is found.
func FuzzADraftIsSound(f *testing.F) {
	f.Add("* @acme/cart", "team-a", "acme/cart", "main")
	f.Add("/a/ @x/\\(1+1)\n/b/ @y/\"}\n", "team-\n}", "acme/\\(name)", "a\"b\n//")
	f.Add("[", "team-", "a/b/c/d", "")
	f.Fuzz(func(t *testing.T, owners, topic, name, branch string) {
		text := draft.Nexus([]draft.Repo{{Forge: "github", Name: "acme/one", Branch: branch, Owners: owners, Topics: []string{topic}}, {Forge: "gitlab", Name: "acme/" + name, Branch: "main"}})
		d, err := definition.Load(definition.File{Name: "nexus.cue", Source: []byte(text)})
		if err != nil && strings.ContainsAny(text, "\x00\uFFFD") {
			return
		}
		if err == nil && (len(d.Criteria) != 2 || d.Name != "acme" || len(d.Exceptions) > 0) {
			t.Errorf("what was found has changed the definition:\n%s", text)
		}
	})
}
