package dashboard_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/dashboard"
)

// archive is what is kept of definitions, and it explains.
type archive struct {
	versions []gate.Version
	sources  map[string]gate.DefinitionSource
	broken   error
}

func (a *archive) Versions(_ context.Context, nexus string) ([]gate.Version, error) {
	if nexus != "storefront" {
		return nil, a.broken
	}
	return a.versions, a.broken
}

func (a *archive) Source(_ context.Context, digest string) (gate.DefinitionSource, error) {
	if s, ok := a.sources[digest]; ok && a.broken == nil {
		return s, nil
	}
	return gate.DefinitionSource{}, errors.Join(a.broken, errNowhere)
}

func (a *archive) Differences(_ context.Context, before, after gate.Version) ([]string, error) {
	switch {
	case before.Digest == "":
		return []string{"first of all"}, a.broken
	case after.Digest == "":
		return []string{"taken away"}, a.broken
	default:
		return []string{"coverage: lines raised from >=75 to >=80 for all", "<b>licences</b> is new"}, a.broken
	}
}

func (a *archive) Explain(_ context.Context, verdict, criterion, component string) (gate.Explanation, error) {
	switch {
	case a.broken != nil:
		return gate.Explanation{}, a.broken
	case !strings.HasPrefix(verdict, "01JD9Y"):
		return gate.Explanation{}, errNowhere
	case criterion == "covrage":
		return gate.Explanation{}, gate.NotAsked(`the verdict has no criterion "covrage"; it has coverage`)
	}
	f := unmetCoverage()
	f.Criterion, f.Component = criterion, component
	return gate.Explanation{
		Nexus: "storefront", Subject: gate.Subject{Kind: gate.OfIncrement, Name: "Integrated Increment 128"}, At: ago(3), Finding: f,
		Rule:    []gate.Clause{{Says: "lines >=90", Layer: definition.TeamLayer, At: f.At}},
		Because: []string{"The evidence says lines 84.2, <script>and</script> it has to be >=90."}, Mend: []string{"coverage: lines at 90 or more (now 84.2)."},
	}, nil
}

const (
	nexusDigest = "sha256:11aa"
	cartDigest  = "sha256:22bb"
)

// kept is an archive of the storefront's definitions.
func kept() *archive {
	m := gate.Manifest{
		Nexus:  gate.LayerRef{File: "nexus.cue", Digest: nexusDigest},
		Layers: map[string]gate.LayerRef{"cart-api": {File: "acme/cart-api:.nexus/done.cue", Digest: cartDigest}},
	}
	manifest, _ := json.Marshal(m)
	source := "name: \"storefront\"\n\tdone: <script>alert(1)</script>\n" + strings.Repeat("// a line\n", 60) + "// \u202eodd\x1b[31m"
	return &archive{
		sources: map[string]gate.DefinitionSource{
			"sha256:9c1f5a0be2d94c6f7d3f2a1b": {Digest: "sha256:9c1f5a0be2d94c6f7d3f2a1b", Nexus: "storefront", File: gate.ManifestFile, Source: string(manifest)},
			nexusDigest:                       {Digest: nexusDigest, Nexus: "storefront", File: "nexus.cue", Source: source},
			cartDigest:                        {Digest: cartDigest, Nexus: "storefront", File: "acme/cart-api:.nexus/done.cue", Source: "done: coverage: must: lines: >=90\ndone: mutation: level: \"advisory\"\n"},
			"sha256:00":                       {Digest: "sha256:00", Nexus: "storefront", File: "nexus.cue", Source: "name: \"storefront\"\n"},
			"sha256:other":                    {Digest: "sha256:other", Nexus: "another", File: "nexus.cue", Source: "name: \"another\"\n"},
		},
		versions: []gate.Version{
			{Nexus: "storefront", Digest: nexusDigest, File: "nexus.cue", Commit: "77ab3c40f1d2e3c4", Change: "acme/nexus#3", Author: "kim", Approvers: []string{"ana", "li"}, At: ago(60)},
			{Nexus: "storefront", Component: "web", File: "acme/web:.nexus/done.cue", Author: "ru", At: ago(90)},
			{Nexus: "storefront", Component: "cart-api", Digest: cartDigest, File: "acme/cart-api:.nexus/done.cue", Change: "acme/cart-api#9", Author: "ed", At: ago(120)},
			{Nexus: "storefront", Component: "web", Digest: cartDigest, File: "acme/web:.nexus/done.cue", At: ago(150)},
			{Nexus: "storefront", Digest: "sha256:00", File: "nexus.cue", At: ago(6000), Note: "first read of its home"},
		},
	}
}

// underExceptions is the storefront, done but for what its exceptions allow.
func underExceptions(s *gate.Standing) {
	until := time.Date(2026, 11, 28, 0, 0, 0, 0, time.UTC)
	moving := definition.Exception{
		ID: "moving", Criterion: "coverage", Teams: []string{"cart"}, Reason: "the suite moves to another runner", Ticket: "https://tracker.example/7",
		RequestedBy: "kim", ApprovedBy: "ana", Until: until, Pos: definition.Pos{File: "nexus.cue", Line: 60, Column: 2},
	}
	v := &s.HeadSays
	v.Outcome, v.Exceptions, v.Findings = gate.Done, []string{"moving"}, nil
	v.Notices = []string{"the exception older excepts nothing: it ended with 1 November 2026; take it out (nexus.cue:61:2)"}
	v.Grants = []gate.Grant{{ID: "moving", Criterion: "coverage", Reason: moving.Reason, Ticket: moving.Ticket, RequestedBy: "kim", ApprovedBy: "ana", Until: until}}
	coverage := unmetCoverage()
	coverage.Exception = "moving"
	fresh := finding("tests", "cart-api", "cart", gate.Met)
	fresh.Due = noon.Add(31 * time.Minute)
	later := finding("licences", "cart-api", "cart", gate.Unmet)
	later.Level, later.RequiredFrom = definition.Advisory, time.Date(2027, 1, 15, 0, 0, 0, 0, time.UTC)
	v.Findings = []gate.Finding{coverage, fresh, later}
	s.Head.Outcome, s.Head.Exceptions = gate.Done, v.Exceptions
	s.Landings[0].Outcome, s.Landings[0].Exceptions = gate.Done, v.Exceptions
	s.Components = s.Components[:1]
	says := &s.Components[0].Says
	says.Outcome, says.Exceptions, says.Grants, says.Findings = gate.Done, v.Exceptions, v.Grants, v.Findings
	s.Changes = s.Changes[:1]
	s.Changes[0].Says.Outcome, s.Changes[0].Says.Exceptions, s.Changes[0].Says.Grants = gate.Done, v.Exceptions, v.Grants
	s.Exceptions = []gate.ExceptionStanding{
		{Exception: gate.Exception{Exception: moving}, State: "active", Says: "until 27 November 2026", Uses: []string{"coverage of cart-api"}},
		{Exception: gate.Exception{Exception: definition.Exception{ID: "older", Criterion: "scan", Components: []string{"web"}, Reason: "<i>late</i>", RequestedBy: "kim", ApprovedBy: "li", Until: ago(60 * 24 * 20)}}, State: "expired", Says: "it ended with 1 November 2026"},
	}
	s.Home = "github:acme/nexus@main:nexus.cue"
	proposed := s.Changes[0]
	proposed.Subject = gate.Subject{Kind: gate.OfDefinition, ID: "github:9#4", Name: "acme/nexus#4"}
	proposed.Title, proposed.Says = "Raise the floor", proposal(proposed.Subject)
	s.Proposals = []gate.ChangeStanding{proposed}
}

// proposal is the verdict on a change to the definition that waits for the Integration Team.
func proposal(subject gate.Subject) gate.Verdict {
	team := finding("integration-team", "", "", gate.Waiting)
	team.Want, team.Got, team.Fix = "the author or an approver of the Integration Team", "neither yet", "have one of ana, li approve the change"
	return gate.Verdict{
		ID: "01JD9Yproposal", Nexus: "storefront", Subject: subject, Outcome: gate.Awaiting, At: ago(2), Findings: []gate.Finding{finding("definition", "", "", gate.Met), team},
		Proposal: &gate.Proposal{
			File: "nexus.cue", Differences: []string{"coverage: lines raised from >=80 to >=85 for all", "<b>licences</b> is new"},
			Warnings: definition.Faults{{Pos: definition.Pos{File: "nexus.cue", Line: 3, Column: 1}, Message: "two teams <i>only</i>"}},
			Impact: &gate.Impact{
				Increment: 128, Judged: 8, Joining: []string{"admin"}, Leaving: []string{"cart-events"},
				Turns:    []gate.Turn{{Subject: gate.Subject{Kind: gate.OfComponent, ID: "web", Name: "web"}, Team: "web", From: gate.Done, FromUnder: []string{"moving"}, To: gate.NotDone}, {Subject: gate.Subject{Kind: gate.OfComponent, ID: "admin", Name: "admin"}, To: gate.Awaiting}},
				Layers:   []gate.LayerTurn{{Component: "cart-api", Team: "cart", Says: []string{"would be overtaken: lines >=90"}}},
				Findings: []gate.FindingTurn{{Team: "web", Criterion: "coverage", From: gate.Met, To: gate.Unmet, Count: 1}, {Criterion: "licences", To: gate.Missing, Level: "advisory → required", Count: 7}},
			},
		},
	}
}

// visit gets a page of a dashboard that knows of definitions.
func visit(t *testing.T, r *readSide, a *archive, path string) *httptest.ResponseRecorder {
	t.Helper()
	o := options()
	o.Explainer, o.Definitions = a, a
	o.Backlog, o.Chronicle, o.Brief = shelf, told, briefed
	w := httptest.NewRecorder()
	dashboard.New(r, o).ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil))
	return w
}

func TestGoldenPagesOfTheDefinitionAreUnchanged(t *testing.T) {
	for name, path := range map[string]string{
		"excepted.html":           "/",
		"excepted-component.html": "/nexus/storefront/components/cart-api",
		"excepted-verdict.html":   "/verdicts/01JD9YHEAD",
		"definition.html":         "/nexus/storefront/definition",
		"proposal.html":           "/verdicts/01JD9Yproposal",
		"source.html":             "/nexus/storefront/definition/" + cartDigest,
		"explain.html":            "/verdicts/01JD9YHEAD/explain?component=cart-api&criterion=coverage",
		"definition.json":         "/api/v1/nexus/storefront/definition",
		"versions.json":           "/api/v1/nexus/storefront/definition/versions",
		"excepted.json":           "/api/v1/nexus/storefront/increments/head",
		"explain.json":            "/api/v1/verdicts/01JD9YHEAD/explain?component=cart-api&criterion=coverage",
	} {
		t.Run(name, func(t *testing.T) {
			w := visit(t, oneNexus(underExceptions), kept(), path)
			if w.Code != http.StatusOK {
				t.Errorf("%s answers %d", path, w.Code)
			}
			golden(t, name, w.Body.String())
		})
	}
}

func parsed(t *testing.T, w *httptest.ResponseRecorder) *html.Node {
	t.Helper()
	page, err := html.Parse(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	return page
}

func TestWhatIsDoneUnderExceptionsIsNowhereShownAsDone(t *testing.T) {
	for _, path := range []string{"/", "/nexus/storefront/components/cart-api", "/verdicts/01JD9YHEAD"} {
		page := parsed(t, visit(t, oneNexus(underExceptions), kept(), path))
		if title := text(elements(page, "title")[0]); !strings.HasPrefix(title, "Done under 1 exception: ") {
			t.Errorf("%s is titled %q", path, title)
		}
		if h1 := text(elements(page, "h1")[0]); !strings.Contains(h1, "± Done under 1 exception") {
			t.Errorf("%s answers %q", path, h1)
		}
		for _, n := range elements(page, "section", "span", "li", "tr") {
			// Two landings of before were plainly done.
			if class := attr(n, "class"); (class == "answer done" || class == "card done" || class == "state done") && !strings.Contains(text(n.Parent.Parent), "Increment 12") {
				t.Errorf("%s shows as done: %s", path, text(n.Parent))
			}
		}
	}
	several := threeNexuses()
	s := several.standings["storefront"]
	underExceptions(&s)
	several.standings["storefront"] = s
	if body := visit(t, several, kept(), "/").Body.String(); !strings.Contains(body, `card excepted`) {
		t.Error("the list of Nexuses does not tell it from done")
	}
}

func TestAnExceptionIsShownWithItsReasonItsPeopleAndTheTimeLeft(t *testing.T) {
	for _, path := range []string{"/", "/nexus/storefront/components/cart-api", "/verdicts/01JD9YHEAD"} {
		body := text(parsed(t, visit(t, oneNexus(underExceptions), kept(), path)))
		for _, want := range []string{"until 27 November 2026, 5 days left", "the suite moves to another runner", "asked for by kim, approved by ana"} {
			if !strings.Contains(body, want) {
				t.Errorf("%s does not say %q", path, want)
			}
		}
	}
}

func TestTimeThatIsLeftIsAsOfNow(t *testing.T) {
	body := text(parsed(t, visit(t, oneNexus(underExceptions), kept(), "/nexus/storefront/components/cart-api")))
	for _, want := range []string{"good until 12:31 UTC, stale in 31 min", "required from 15 January 2027, in 53 days"} {
		if !strings.Contains(body, want) {
			t.Errorf("no %q in %s", want, body)
		}
	}
}

func TestPlacesLeadToTheLineOfTheSourceThatWasInForce(t *testing.T) {
	r := oneNexus(underExceptions)
	for path, want := range map[string]string{
		"/":                                     "/nexus/storefront/definition/sha256:22bb#L1",
		"/nexus/storefront/components/cart-api": "/nexus/storefront/definition/sha256:22bb#L1",
		"/verdicts/01JD9YHEAD":                  "/nexus/storefront/definition/sha256:11aa#L35",
		"/nexus/storefront/definition":          "/nexus/storefront/definition/sha256:11aa#L60",
	} {
		found := false
		for _, a := range elements(parsed(t, visit(t, r, kept(), path)), "a") {
			href := attr(a, "href")
			if found = found || href == want; strings.Contains(href, "#L") {
				address, _ := url.Parse(href)
				if w := visit(t, r, kept(), address.Path); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), `id="`+address.Fragment+`"`) {
					t.Errorf("%s leads to %s, where that line is not", path, href)
				}
			}
		}
		if !found {
			t.Errorf("%s does not lead to %s", path, want)
		}
	}
}

// TestASourceThatTwoNexusesHaveIsShownInBoth: a team's file may say the same, word for word, in two of them.
func TestASourceThatTwoNexusesHaveIsShownInBoth(t *testing.T) {
	a := kept()
	a.sources[cartDigest] = gate.DefinitionSource{Digest: cartDigest, Nexus: "another", File: "acme/secret:.nexus/done.cue", Source: "done: tests: {}\n"}
	w := visit(t, oneNexus(), a, "/nexus/storefront/definition/"+cartDigest)
	if body := w.Body.String(); w.Code != http.StatusOK || !strings.Contains(body, "acme/cart-api:.nexus/done.cue") || strings.Contains(body, "acme/secret") {
		t.Errorf("it answers %d: %s", w.Code, body)
	}
	if w := visit(t, oneNexus(), a, "/nexus/storefront/definition/sha256:other"); w.Code != http.StatusNotFound {
		t.Errorf("what only another Nexus has answers %d", w.Code)
	}
}

func TestASourceIsTextAndNothingMore(t *testing.T) {
	body := visit(t, oneNexus(), kept(), "/nexus/storefront/definition/"+nexusDigest).Body.String()
	if strings.Contains(body, "<script>alert") || strings.ContainsAny(body, "\u202e\x1b") {
		t.Error("a source is alive")
	}
	if !strings.Contains(body, "    done: &lt;script&gt;alert(1)&lt;/script&gt;") {
		t.Errorf("its second line is not shown as it is: %s", body)
	}
}

func TestALargeSourceIsCutAndSaysSo(t *testing.T) {
	a := kept()
	a.sources[nexusDigest] = gate.DefinitionSource{Digest: nexusDigest, Nexus: "storefront", File: "nexus.cue", Source: strings.Repeat(strings.Repeat("x", 5000)+"\n", 6000)}
	body := visit(t, oneNexus(), a, "/nexus/storefront/definition/"+nexusDigest).Body.String()
	if len(body) > 6<<20 || !strings.Contains(body, "And 1000 more lines") {
		t.Errorf("%d bytes", len(body))
	}
}

func TestManyVersionsAreCutAndSaySo(t *testing.T) {
	a := kept()
	for range 700 {
		a.versions = append(a.versions, a.versions[0])
	}
	if body := visit(t, oneNexus(), a, "/nexus/storefront/definition").Body.String(); !strings.Contains(body, "And 655 older ones.") {
		t.Error("the page does not say how many more there are")
	}
	doc := decode(t, visit(t, oneNexus(), a, "/api/v1/nexus/storefront/definition/versions"))
	if n := len(doc["versions"].([]any)); n != 500 || doc["more"] != 205.0 {
		t.Errorf("%d versions and %v more", n, doc["more"])
	}
}

func TestAVerdictOffersToExplainEachFinding(t *testing.T) {
	page := parsed(t, visit(t, oneNexus(), kept(), "/verdicts/01JD9YHEAD"))
	boxes := elements(page, "details")
	if len(boxes) != 6 { // what is met is explained by a link alone
		t.Errorf("%d findings can be opened", len(boxes))
	}
	for _, box := range boxes {
		link := elements(box, "a")
		if len(link) != 1 || attr(link[0], "href") != attr(box, "hx-get") {
			t.Errorf("without a script there is no way from %q", text(box))
			continue
		}
		if w := visit(t, oneNexus(), kept(), attr(link[0], "href")); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), `id="explanation"`) {
			t.Errorf("%s answers %d", attr(link[0], "href"), w.Code)
		}
	}
	if body := get(t, oneNexus(), "/verdicts/01JD9YHEAD").Body.String(); strings.Contains(body, "/explain") {
		t.Error("an explanation is offered by who has none")
	}
}

func TestWhatIsNotKeptSaysWhatToDoNext(t *testing.T) {
	for path, want := range map[string]int{
		"/nexus/nobody/definition":                                  404,
		"/nexus/storefront/definition/sha256:none":                  404,
		"/nexus/storefront/definition/sha256:other":                 404,
		"/nexus/storefront/definition/" + strings.Repeat("x", 4000): 404,
		"/verdicts/nothing/explain?criterion=coverage":              404,
		"/verdicts/01JD9YHEAD/explain?criterion=covrage":            404,
	} {
		w := visit(t, oneNexus(), kept(), path)
		if w.Code != want || !strings.Contains(w.Body.String(), "What to do: ") || w.Body.Len() > 6000 {
			t.Errorf("%s answers %d: %s", path, w.Code, w.Body)
		}
	}
	for path, want := range map[string]int{
		"/api/v1/nexus/nobody/definition":                       404,
		"/api/v1/nexus/nobody/definition/versions":              404,
		"/api/v1/verdicts/nothing/explain?criterion=coverage":   404,
		"/api/v1/verdicts/01JD9YHEAD/explain?criterion=covrage": 404,
	} {
		w := visit(t, oneNexus(), kept(), path)
		if doc := decode(t, w); w.Code != want || doc["error"] == "" || doc["next"] == "" {
			t.Errorf("%s answers %d: %v", path, w.Code, doc)
		}
	}
	for _, path := range []string{"/nexus/storefront/definition/" + nexusDigest, "/verdicts/01JD9YHEAD/explain?criterion=coverage"} {
		if w := get(t, oneNexus(), path); w.Code != http.StatusNotFound {
			t.Errorf("%s is answered with %d by who knows nothing of it", path, w.Code)
		}
	}
}

func TestABrokenArchiveIsLoggedOnceAndNotShown(t *testing.T) {
	for path, status := range map[string]int{
		"/": 200, // the pages of today do without
		"/nexus/storefront/definition/" + nexusDigest:           503,
		"/verdicts/01JD9YHEAD/explain?criterion=coverage":       503,
		"/api/v1/nexus/storefront/definition/versions":          503,
		"/api/v1/verdicts/01JD9YHEAD/explain?criterion=covrage": 503,
	} {
		var log bytes.Buffer
		a, o := kept(), options()
		a.broken = errors.New("disk of secret-host is full")
		o.Explainer, o.Definitions, o.NotFound = a, a, func(error) bool { return false }
		o.Log = slog.New(slog.NewTextHandler(&log, nil))
		w := httptest.NewRecorder()
		dashboard.New(oneNexus(), o).ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil))
		if w.Code != status || strings.Contains(w.Body.String(), "secret-host") {
			t.Errorf("%s answers %d: %s", path, w.Code, w.Body)
		}
		if n := strings.Count(log.String(), "secret-host"); n != 1 {
			t.Errorf("%s is logged %d times: %s", path, n, log.String())
		}
	}
}
