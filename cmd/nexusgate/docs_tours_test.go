package main_test

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// tours are the pages that show commands, each with who goes through it.
var tours = map[string]func(*testing.T, *tour){
	"CONTRIBUTING.md":               throughContributing,
	"README.md":                     throughTheREADME,
	"charts/nexusgate/README.md":    throughTheChart,
	"docs/attestation.md":           throughAttestation,
	"docs/benchmarks.md":            throughBenchmarks,
	"docs/briefs.md":                throughBriefs,
	"docs/definition.md":            throughTheDefinition,
	"docs/evidence.md":              throughEvidence,
	"docs/impact.md":                throughImpact,
	"docs/integration.md":           throughIntegration,
	"docs/login.md":                 throughLogin,
	"docs/operations.md":            throughOperations,
	"docs/pages.md":                 throughPages,
	"docs/releases.md":              throughReleases,
	"docs/setup.md":                 throughSetUp,
	"docs/transparency.md":          throughTransparency,
	"docs/upgrade.md":               throughUpgrade,
	"examples/storefront/README.md": throughTheStorefront,
}

func TestEachCommandThatAPageShowsDoesWhatItsPageSays(t *testing.T) {
	for _, p := range pages(t) {
		if len(commandsOf(t, p)) > 0 && tours[p.path] == nil && p.path != "CHANGELOG.md" {
			t.Errorf("%s shows commands, and nobody goes through it: give it a tour", p.path)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(tours)) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tours[name](t, goThrough(t, name))
		})
	}
}

// makes leaves the targets of make to a test of their own.
func (w *tour) makes() {
	w.left = slices.DeleteFunc(w.left, func(s shown) bool { return toMake.MatchString(s.command) })
}

func throughContributing(_ *testing.T, w *tour) { w.makes() }
func throughBenchmarks(_ *testing.T, w *tour)   { w.makes() }
func throughPages(_ *testing.T, w *tour)        { w.makes() }

// What its commands do without a cluster is looked at beside the chart.
func throughTheChart(*testing.T, *tour) {}

// named is shop under the name that pages use, with what they say of it.
func named(more string) string {
	return strings.Replace(shop, `name: "shop"`, `name: "storefront"`, 1) + more
}

// opened is a service as open starts it, of the Nexus that pages name.
func opened(t *testing.T, prepare ...func(*house)) *house {
	t.Helper()
	h := furnish(t, named(""))
	h.nexus, h.settings.URL = "storefront", "https://done.example.com"
	for _, change := range prepare {
		change(h)
	}
	h.start()
	h.rest()
	return h
}

// configure gives the tour the definition of a house, and the settings of its forges.
func (w *tour) configure(h *house) {
	w.t.Helper()
	w.file("nexus.cue", h.file(h.configFile))
	w.set(h.env)
}

// unstarted is a house in which no service runs, for a page that starts its own.
func unstarted(t *testing.T) *house {
	t.Helper()
	h := furnish(t, named(""))
	h.nexus = "storefront"
	return h
}

const servesPages = `pages at http://127\.0\.0\.1:\d+`

func throughTheREADME(t *testing.T, w *tour) {
	h := unstarted(t)
	text, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	w.set(h.env)
	w.file("nexus.cue", cueBlock.FindStringSubmatch(string(text))[1])
	w.runs("nexusgate vet nexus.cue", "sound")
	w.put("127.0.0.1:8080", "127.0.0.1:0")
	w.serves("nexusgate serve --config nexus.cue", servesPages)
	h.hub.AddRepo("acme/nexus").Commit("main", "The definition", nexusFile(named("")))
	w.serves("nexusgate serve --nexus", servesPages)
	w.file("nexusgate/alerts.yaml", "groups: []\n")
	w.file("prometheus.yml", yamlBlock.FindStringSubmatch(string(text))[1])
	w.program("promtool", prometheusTool(t, "promtool"))
	w.held(shown{page: w.page, command: "promtool check config prometheus.yml"}, 0, "SUCCESS", "1 rule files found")
	if recipe := makesOf(t, "demo"); !strings.Contains(recipe, "./cmd/nexusgate demo") {
		t.Errorf("make demo runs %s", recipe)
	}
	w.serving("nexusgate demo --listen 127.0.0.1:0", `See it at http://127\.0\.0\.1:\d+`, 1) // its Increment is not done yet
	w.makes()
}

func throughTheStorefront(t *testing.T, w *tour) {
	if err := os.CopyFS(w.folder, os.DirFS(filepath.Join(root, "examples", "storefront"))); err != nil {
		t.Fatal(err)
	}
	for len(w.left) > 0 {
		w.runs("nexusgate")
	}
}

func throughSetUp(t *testing.T, w *tour) {
	w.runs("openssl rand -hex 32", `^[0-9a-f]{64}\n$`)
	w.serves("nexusgate serve", `://127.0.0.1:\d+/setup/enter\?token=`)
	h := settled(t)
	w.at(h).configure(h)
	w.set(map[string]string{"NEXUSGATE_STORE": h.settings.Store})
	w.runs("nexusgate doctor", "(?i)required")
}

func throughLogin(t *testing.T, w *tour) {
	h := unstarted(t)
	w.configure(h)
	w.file("oidc", "a-secret-of-the-client")
	w.put("/run/secrets/", w.folder+"/", ":8080", "127.0.0.1:0")
	w.serves("NEXUSGATE_LOGIN_CLIENT_SECRET_FILE=", servesPages)
	w.at(opened(t, forPrograms))
	w.set(map[string]string{"TOKEN": tokenOfPrograms})
	w.runs("curl -H", `"outcome":`, `"composition":`)
}

const tokenOfPrograms = "a-token-for-programs"

// forPrograms puts the pages behind a login, and lets programs in with a token.
func forPrograms(h *house) {
	h.env["NEXUSGATE_LOGIN_CLIENT_SECRET"], h.env["NEXUSGATE_API_TOKENS"] = "a-secret-of-the-client", tokenOfPrograms
	h.settings.Look = []string{"--login-issuer", "https://login.example.com", "--login-client-id", "nexusgate", "--login-allow", "@example.com"}
}

func throughBriefs(t *testing.T, w *tour) {
	h := sprinting(t, "storefront")
	w.at(h).folder = filepath.Dir(strings.TrimPrefix(h.settings.Store, "sqlite:"))
	w.runs("nexusgate brief daily", "^Nexus Daily Scrum of storefront, Sprint 1\n")
	w.runs("nexusgate brief retrospective", "^# Nexus Sprint Retrospective of storefront, Sprint 1\n")
	w.runs("nexusgate brief review", `"title": "Nexus Sprint Review of storefront, Sprint 1"`)
	w.runs("curl", `"title": "Nexus Sprint Planning of storefront, for Sprint 2"`)
}
