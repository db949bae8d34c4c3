package main_test

import (
	"slices"
	"strings"
	"testing"
)

// arrows say which of our packages each may import, and why no other.
// A new package says here what it is for, or the test fails.
var arrows = map[string]struct {
	to  []string
	why string
}{
	"definition": {nil, "a Definition of Done is a language: it knows no domain that uses it"},
	"gate":       {[]string{"definition"}, "judging does no I/O: a domain that knew its adapters would grow a second copy of the verdict"},

	"gate/facts":     {[]string{"definition", "gate"}, "what a file says does not depend on who sent it, nor on what is asked of it"},
	"gate/report":    {[]string{"definition", "gate"}, "a report shows what was decided; it asks nobody"},
	"gate/attest":    {[]string{"gate"}, "what is attested is checked by those who have nothing else of ours"},
	"gate/store":     {[]string{"definition", "gate", "gate/store/db"}, "the record keeps what was decided; it neither sends nor shows it"},
	"gate/store/db":  {nil, "generated queries know rows, not what they mean"},
	"gate/forge":     {[]string{"definition", "gate", "gate/report"}, "a forge reads and posts; what is owed to it is kept by somebody else"},
	"gate/login":     {[]string{"gate"}, "who asks has nothing to do with what is answered; a job of CI is named in the domain's words"},
	"gate/courier":   {nil, "who carries something does not know what it is, nor who wants it carried"},
	"gate/metrics":   {[]string{"definition", "gate"}, "metrics read a standing, so that they cannot say anything else than the page"},
	"gate/draft":     {nil, "a draft is a text made of what was found: it is held to the language by whoever saves it"},
	"gate/dashboard": {[]string{"definition", "gate", "gate/report", "gate/dashboard/graph"}, "a page shows what was decided; it cannot decide again, nor change anything"},
	"gate/trace":     {[]string{"gate"}, "a trace tells what was done, in the domain's words; nothing is done because of it"},
	"webhook":        {[]string{"definition", "gate"}, "what comes in is verified, kept and decoded; nothing is judged or sent before it is answered"},

	"gate/dashboard/graph": {nil, "where boxes and arrows lie does not depend on what they are"},
	"gate/dashboard/setup": {[]string{"definition", "gate/dashboard"}, "it shows and asks; what comes of an answer is done by others, who alone see a secret"},

	"definition/definitiontest": {nil, "what makes definitions for tests knows nothing of how they are read: it would agree with our mistakes"},

	"gate/store/storetest": {[]string{"definition", "gate", "gate/store"}, "the contract of a store is in the domain's words"},
	"gate/forge/forgetest": {nil, "a stand-in that used our own words would agree with our mistakes"},

	"gate/forge/forgetest/openapi": {nil, "a request is held against the forge's description, not against ours"},

	"charts/monitoring": {nil, "rules and dashboards are held to what the README lists, as their users know it, in a module that nothing of ours rests on"},

	"gate/opabench": {nil, "a comparison is a matter of tests alone, in a module that nothing of ours rests on"},

	"charts": {nil, "what a cluster makes of the chart is a matter of tests alone, in a module that nothing of ours rests on"},

	"packaging": {nil, "what a machine makes of a package is a matter of tests alone, in a module that nothing of ours rests on"},

	"cmd/nexusgate": {[]string{
		"definition", "gate", "gate/facts", "gate/report", "gate/attest", "gate/store", "gate/forge", "gate/metrics", "gate/dashboard", "gate/login", "gate/trace", "webhook",
		"gate/dashboard/setup", "gate/draft", "gate/courier",
		"gate/forge/forgetest", // the demo's stand-in forges
	}, "generated queries and contracts of tests are no part of the program"},
}

func TestEachPackageImportsOnlyWhatItMayKnow(t *testing.T) {
	seen := map[string]bool{}
	for _, s := range sources(t) {
		if s.test() {
			continue // a test may put packages together that must not know each other
		}
		from := s.folder()
		allowed, listed := arrows[from]
		if !listed {
			t.Errorf("%s: say in arrows which of our packages %s may import, and why no other", s.path, from)
			continue
		}
		seen[from] = true
		for _, imported := range s.imports() {
			to, ours := strings.CutPrefix(imported, module+"/")
			if ours && !slices.Contains(allowed.to, to) {
				t.Errorf("%s imports %s: %s", s.path, to, allowed.why)
			}
		}
	}
	for from := range arrows {
		if !seen[from] {
			t.Errorf("arrows names %s, which the tree does not have", from)
		}
	}
}

// walls say which of our packages alone may know an outside thing.
var walls = []struct{ outside, home, why string }{
	{"cuelang.org/go", "definition", "what a tenant wrote is evaluated behind one door, which bounds it"},
	{"database/sql", "gate/store", "a statement outside the store is a transaction that the record knows nothing of"},
	{"modernc.org/sqlite", "gate/store", "which database it is concerns the store alone"},
	{"github.com/pressly/goose/v3", "gate/store", "the schema changes in one place"},
	{"github.com/google/go-github/v60", "gate/forge", "a forge's client has traps; they are stepped around once"},
	{"github.com/xanzy/go-gitlab", "gate/forge", "a forge's client has traps; they are stepped around once"},
	{"github.com/bradleyfalzon/ghinstallation/v2", "gate/forge", "the App's key is used in one place"},
	{"github.com/prometheus", "gate/metrics", "a counter in the domain is a second record, and a global one"},
	{"go.opentelemetry.io", "gate/trace", "what is told of a delivery to others is told in one place, which knows no secret"},
	{"github.com/getkin/kin-openapi", "gate/forge/forgetest/openapi", "what reads OpenAPI is linked into tests, not into the program"},
	{"golang.org/x/mod/sumdb/note", "gate/attest", "what is signed is signed in one form"},
	{"github.com/secure-systems-lab/go-securesystemslib", "gate/attest", "what is signed is signed in one form"},
	{"github.com/coreos/go-oidc/v3", "gate/login", "who somebody is, is found out in one place"},
	{"github.com/go-jose/go-jose/v4", "gate/login", "a token is believed or not in one place"},
	{"golang.org/x/oauth2", "gate/login", "a code is exchanged in one place"},
	{"golang.org/x/tools/cover", "gate/facts", "a report is read in one place, which bounds it"},
	{"github.com/owenrumney/go-sarif", "gate/facts", "a report is read in one place, which bounds it"},
	{"github.com/CycloneDX/cyclonedx-go", "gate/facts", "a report is read in one place, which bounds it"},
	{"github.com/spdx/tools-golang", "gate/facts", "a report is read in one place, which bounds it"},
	{"net/smtp", "gate/courier", "mail is sent in one place, which keeps a header from being two"},
	{"html/template", "gate/dashboard", "text from a forge reaches a browser through one escaper"},
	{"github.com/alecthomas/kong", "cmd", "a command line is main's matter"},
}

func TestEachOutsideThingHasOneHome(t *testing.T) {
	used := map[string]bool{}
	for _, s := range sources(t) {
		if s.test() {
			continue
		}
		for _, wall := range walls {
			if !slices.ContainsFunc(s.imports(), func(i string) bool { return under(i, wall.outside) }) {
				continue
			}
			used[wall.outside] = true
			if !under(s.folder(), wall.home) {
				t.Errorf("%s imports %s, which only %s may: %s", s.path, wall.outside, wall.home, wall.why)
			}
		}
	}
	for _, wall := range walls {
		if !used[wall.outside] {
			t.Errorf("nothing imports %s: the wall around it holds nothing", wall.outside)
		}
	}
}

// impure are the ways by which the same log could give another verdict.
var impure = []string{
	"net", "net/http", "os", "os/exec", "os/signal", "log", "log/slog", "syscall",
	"math/rand", "math/rand/v2", "crypto/rand", "database/sql",
}

func TestJudgingAndRenderingArePure(t *testing.T) {
	pure := map[string][]string{ // and the outside packages that each is allowed
		"definition":  {"cuelang.org/go"},
		"gate":        nil,
		"gate/report": nil,
		"gate/facts": {
			"golang.org/x/tools/cover", "github.com/owenrumney/go-sarif", "github.com/CycloneDX/cyclonedx-go", "github.com/spdx/tools-golang",
		},
		"gate/attest": {"golang.org/x/mod/sumdb", "github.com/secure-systems-lab/go-securesystemslib/dsse"},
	}
	for _, s := range sources(t) {
		allowed, listed := pure[s.folder()]
		if s.test() || !listed {
			continue
		}
		for _, imported := range s.imports() {
			if slices.Contains(impure, imported) {
				t.Errorf("%s imports %s: the same log would no longer give the same verdict", s.path, imported)
			}
			first, _, _ := strings.Cut(imported, "/")
			if !strings.Contains(first, ".") || under(imported, module) {
				continue
			}
			if !slices.ContainsFunc(allowed, func(p string) bool { return under(imported, p) }) {
				t.Errorf("%s imports %s: the domain rests on the standard library alone", s.path, imported)
			}
		}
	}
}
