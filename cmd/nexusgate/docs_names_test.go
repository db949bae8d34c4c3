package main_test

import (
	"go/ast"
	"go/token"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/nexusgate/nexusgate/gate/metrics"
)

// What a page names, in the middle of a sentence or in a block, has to be there: flags, variables, metrics, addresses.

var (
	flagName     = regexp.MustCompile(`(?:^|[\s(])(--[a-z][a-z-]*)`)
	helpedFlag   = regexp.MustCompile(`(?m)^ +(?:-\w, )?(--[a-z][a-z-]*)`)
	variableName = regexp.MustCompile(`\b(?:NEXUSGATE|OTEL)_[A-Z_]+\b`)
	metricName   = regexp.MustCompile(`\bnexusgate_[a-z_]+\b`)
	addressName  = regexp.MustCompile(`^(?:(GET|POST) )?(/[^\s]*)(?:$|, | .*\}/)`)
)

// others are flags that pages tell of programs of others.
var others = map[string]string{"--list-all-pkgs": "Trivy"}

// flagsOf are the flags of each command, by its name.
func flagsOf(t *testing.T) (all map[string][]string) {
	t.Helper()
	all = map[string][]string{}
	for _, name := range commandNames(t) {
		for _, found := range helpedFlag.FindAllStringSubmatch(help(t, strings.Fields(name)...), -1) {
			all[name] = append(all[name], found[1])
		}
	}
	return all
}

func TestEachFlagThatAPageNamesExists(t *testing.T) {
	flags, named := flagsOf(t), 0
	for _, p := range pages(t) {
		for _, found := range span.FindAllStringSubmatch(fence.ReplaceAllString(p.text, ""), -1) {
			text := strings.TrimPrefix(found[1], "nexusgate ")
			if slices.Contains(programs, strings.Fields(text + " -")[0]) {
				continue // of another's program: shown commands have a test of their own
			}
			for _, flag := range flagName.FindAllStringSubmatch(text, -1) {
				named++
				if !slices.Contains(ofCommand(flags, text), flag[1]) && others[flag[1]] == "" {
					t.Errorf("%s names %s in `%s`, and there is no such flag", p.path, flag[1], found[1])
				}
			}
		}
	}
	if named < 60 {
		t.Errorf("the pages name %d flags: are they read rightly?", named)
	}
}

// ofCommand are the flags of the command that a text begins with; of all where it begins with none.
func ofCommand(flags map[string][]string, text string) []string {
	for _, name := range slices.Backward(slices.Sorted(maps.Keys(flags))) {
		if strings.HasPrefix(text+" ", name+" ") {
			return flags[name]
		}
	}
	return slices.Concat(slices.Collect(maps.Values(flags))...)
}

// literals are the texts that the program has, as they stand in its source.
func literals(t *testing.T) map[string]bool {
	t.Helper()
	all := map[string]bool{}
	for _, s := range sources(t) {
		if strings.HasSuffix(s.path, "_test.go") {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			if literal, is := n.(*ast.BasicLit); is && literal.Kind == token.STRING {
				if text, err := strconv.Unquote(literal.Value); err == nil {
					all[text] = true
				}
			}
			return true
		})
	}
	return all
}

// ofTheSDK are variables that OpenTelemetry's own library reads. Those without a constant of ours are tried by the
// tests of gate/trace or are the standard's.
var ofTheSDK = []string{"OTEL_EXPORTER_OTLP_CERTIFICATE", "OTEL_EXPORTER_OTLP_HEADERS", "OTEL_RESOURCE_ATTRIBUTES", "OTEL_SERVICE_NAME", "OTEL_TRACES_SAMPLER", "OTEL_TRACES_SAMPLER_ARG"}

func TestEachVariableThatAPageNamesIsRead(t *testing.T) {
	known, named := literals(t), 0
	for _, word := range variableName.FindAllString(help(t), -1) {
		known[word] = true
	}
	ofRooms := regexp.MustCompile(`^NEXUSGATE_(SLACK_[A-Z_]+|CLOUDEVENTS_[A-Z_]+)$`)
	for _, p := range pages(t) {
		for _, name := range variableName.FindAllString(p.text, -1) {
			named++
			if !known[name] && !known[strings.TrimSuffix(name, "_FILE")] && !ofRooms.MatchString(name) && !slices.Contains(ofTheSDK, name) {
				t.Errorf("%s names %s, which nothing reads", p.path, name)
			}
		}
	}
	if named < 150 {
		t.Errorf("the pages name %d variables: are they read rightly?", named)
	}
}

func TestEachMetricThatAPageNamesExists(t *testing.T) {
	known := map[string]bool{}
	for _, m := range metrics.Documented() {
		known[m.Name] = true
		if m.Type == "histogram" {
			known[m.Name+"_bucket"], known[m.Name+"_sum"], known[m.Name+"_count"] = true, true, true
		}
	}
	for _, p := range pages(t) {
		for _, name := range metricName.FindAllString(p.text, -1) {
			if !known[name] {
				t.Errorf("%s names the metric %s, and there is none", p.path, name)
			}
		}
	}
}

// notRoutes are what begins as an address does and is none, and the addresses of a service with a login, which
// TestBehindALoginOnlyPagesAndTheAPIAre asks.
var notRoutes = regexp.MustCompile(`^/((nexus (un)?sign|etc/|var/).*|api/|webhook/|login/callback|logout)$|/deliveries/`)

// A page may name an address below that of a Nexus, or of its part of the API.
func TestEachAddressThatAPageNamesIsAnswered(t *testing.T) {
	secret, _ := attestKey(t)
	h := opened(t, func(h *house) { h.settings.Attest = []string{"--attest-key", secret} })
	named := map[string]string{}
	for _, p := range pages(t) {
		if p.path == "CHANGELOG.md" {
			continue
		}
		for _, found := range span.FindAllStringSubmatch(fence.ReplaceAllString(p.text, ""), -1) {
			text := strings.TrimPrefix(found[1], "https://done.example.com")
			if addressName.MatchString(text) && !notRoutes.MatchString(text) {
				named[text] = p.path
			}
		}
	}
	for _, text := range slices.Sorted(maps.Keys(named)) {
		if !slices.ContainsFunc([]string{"", "/nexus/storefront", "/api/v1/nexus/storefront"}, func(below string) bool { return h.answers(below, text) }) {
			t.Errorf("%s names %s, which is not answered", named[text], text)
		}
	}
	if len(named) < 40 {
		t.Errorf("the pages name %d addresses: are they read rightly?", len(named))
	}
}

// answers says whether there is something at an address, be it that what stands in its pattern is not.
func (h *house) answers(below, text string) bool {
	h.t.Helper()
	method, path := http.MethodGet, text
	if verb, rest, is := strings.Cut(text, " "); is && (verb == http.MethodGet || verb == http.MethodPost) {
		method, path = verb, rest
	}
	verdict := h.standing().HeadSays.ID
	path = strings.NewReplacer(
		"{name}", "storefront", "NAME", "storefront", "{component}", "cart-api", "{event}", "daily", "{id}", verdict, "ID", verdict, "5f0c2e…", verdict,
		"leaf/{id}", "leaf/"+verdict, "{number, head or last-done}", "head", `{number\|head\|last-done}`, "head", "{size}", "1", "…", "x",
	).Replace(path)
	status, body := underName(h.t, method, h.server.Root()+below+path, "127.0.0.1")
	nowhere := slices.ContainsFunc([]string{"there is nothing of the API here", "there is no such page", "404 page not found"}, func(words string) bool { return strings.Contains(body, words) })
	return status != http.StatusMethodNotAllowed && (status != http.StatusNotFound || !nowhere)
}

// What programs ask is a contract, which is told whole.
func TestTheREADMETellsOfEachAddressOfTheAPI(t *testing.T) {
	told := map[string]bool{}
	for _, p := range pages(t) {
		if p.path != "README.md" {
			continue
		}
		_, table, _ := strings.Cut(p.text, "\n## HTTP\n")
		table, _, _ = strings.Cut(table, "\n## ")
		for _, found := range span.FindAllStringSubmatch(table, -1) {
			path := plain(found[1])
			told[path], told["/api/v1/nexus/{}"+path] = true, true
		}
	}
	routes := 0
	for text := range literals(t) {
		path := plain(text)
		if !strings.HasPrefix(path, "/api/v1/") || strings.ContainsAny(path, "% ") || !strings.Contains(path, "{}") {
			continue
		}
		if routes++; !told[path] {
			t.Errorf("the README's table under HTTP does not tell of %s", text)
		}
	}
	if routes < 10 {
		t.Errorf("there are %d routes of the API: are they read rightly?", routes)
	}
}

var inBraces = regexp.MustCompile(`\{[^}]*\}`)

// plain is an address without its method, its query and the names in it.
func plain(text string) string {
	text = strings.TrimPrefix(strings.TrimPrefix(text, "GET "), "POST ")
	path, _, _ := strings.Cut(inBraces.ReplaceAllString(text, "{}"), "?")
	return path
}
