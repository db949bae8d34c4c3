package metrics_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus/testutil/promlint"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/metrics"
)

// readSide is a source that stands still.
type readSide struct {
	standings []gate.Standing
	counts    gate.Counts
	hearing   gate.Hearing
	again     gate.Redelivered
	elsewhere bool // another process asks for redeliveries
	untaken   []gate.Untaken
	err       error
}

func (r readSide) Standings() []gate.Standing                      { return r.standings }
func (r readSide) Counts(context.Context) (gate.Counts, error)     { return r.counts, r.err }
func (r readSide) Untaken(context.Context) ([]gate.Untaken, error) { return r.untaken, r.err }

func (r readSide) Hearing(context.Context, string) (gate.Hearing, error) { return r.hearing, r.err }

func (r readSide) Redelivered(context.Context) (gate.Redelivered, bool) { return r.again, !r.elsewhere }

func storefront() gate.Standing {
	finding := func(component string, s gate.FindingState, l definition.Level) gate.Finding {
		return gate.Finding{Criterion: "coverage", Component: component, Team: "cart", State: s, Level: l}
	}
	component := gate.ComponentStanding{
		Component: definition.Component{Name: "cart-api", Team: "cart", Repo: "acme/secret-repo", Branch: "secret-branch"},
		Commit:    "5ec3e7c0",
		Since:     time.Unix(1_795_340_000, 0),
		Says:      gate.Verdict{Outcome: gate.Done, Commit: "5ec3e7c0"},
	}
	component.Forge = "github"
	excepted := finding("cart-api", gate.Stale, definition.Required)
	excepted.Criterion, excepted.Exception = "mutation", "cart-mutation"
	return gate.Standing{
		Definition: &definition.Definition{Name: "storefront", Release: definition.Release{Watched: true}},
		Head:       gate.Increment{Number: 12, Composition: gate.Composition{"cart-api": "5ec3e7c0"}},
		HeadSays: gate.Verdict{Outcome: gate.NotDone, Findings: []gate.Finding{
			finding("cart-api", gate.Unmet, definition.Required),
			finding("cart-api", gate.Missing, definition.Advisory),
			finding("", gate.Waiting, definition.Required),
			excepted,
		}},
		LastDone:     gate.Increment{Number: 11, DoneAt: time.Unix(1795348800, 500_000_000)},
		Components:   []gate.ComponentStanding{component},
		Changes:      []gate.ChangeStanding{{Subject: gate.Subject{Name: "acme/secret-repo#17"}, Author: "secret-person", Title: "secret-title"}},
		Sprint:       gate.SprintStanding{Number: 3, Done: 2, Start: time.Unix(1_794_787_200, 0), End: time.Unix(1_795_996_800, 0)},
		Dependencies: []gate.TeamDependencies{{From: "cart", To: "pay", Open: 2}, {From: "cart", Open: 1}},
		Releases: []gate.Release{
			{Tag: "secret-tag", Judged: gate.ReleaseJudged{Alarm: true, Components: []string{"cart-api", "gone"}}},
			{Tag: "secret-tag-2", Judged: gate.ReleaseJudged{Components: []string{"cart-api"}}},
		},
		Exceptions: []gate.ExceptionStanding{
			{Exception: exception("cart-mutation", "mutation"), State: "active", Uses: []string{"mutation of cart-api"}},
			{Exception: exception("nobody-needs-it", "coverage"), State: "unused"},
		},
	}
}

func exception(id, criterion string) gate.Exception {
	return gate.Exception{Exception: definition.Exception{ID: id, Criterion: criterion, Until: time.Unix(1_796_000_000, 0), RequestedBy: "secret-person"}}
}

// busy is metrics with everything counted once.
func busy(src metrics.Source) *metrics.Metrics {
	m := metrics.New(src, "v1.2.3")
	m.Delivered("github", "check_run", "applied")
	m.Lag(3 * time.Second)
	m.Judged("storefront", gate.NotDone)
	m.Released("storefront", gate.NotDone)
	m.Briefed("storefront", "daily", "slack", "sent")
	m.ReportTaken("storefront", 700*time.Millisecond)
	m.Requested("gitlab", "post status", "201")
	m.Granted("github", 7, 5000, 17, time.Unix(1_795_350_000, 0))
	m.Granted("gitlab", 0, 2000, 1999, time.Unix(1_795_349_000, 0))
	return m
}

func scrape(t *testing.T, m *metrics.Metrics) string {
	t.Helper()
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	if w.Code != 200 {
		t.Fatalf("the scrape answers %d: %s", w.Code, w.Body)
	}
	return w.Body.String()
}

// ours are the lines of a scrape that are of our own making, without the parts that vary.
func ours(text string) (lines []string) {
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "nexusgate_") && !strings.Contains(line, "_bucket") && !strings.Contains(line, "build_info") {
			lines = append(lines, strings.TrimSpace(line))
		}
	}
	return lines
}

func TestScrapeSaysHowEverythingStands(t *testing.T) {
	src := readSide{standings: []gate.Standing{storefront()}, elsewhere: true, counts: gate.Counts{
		Pending: 4, Aside: 1, Owed: 2, Errands: 3, PendingSince: time.Unix(1_795_348_100, 0), OwedSince: time.Unix(1_795_348_200, 0),
	}}
	src.untaken = []gate.Untaken{{Forge: gate.GitHub, Reports: 2, Since: time.Unix(1_795_348_000, 0), Reason: "401"}}
	want := []string{
		`nexusgate_briefs_total{by="slack",event="daily",nexus="storefront",result="sent"} 1`,
		`nexusgate_component_done{component="cart-api",nexus="storefront",team="cart"} 1`,
		`nexusgate_component_landed_timestamp_seconds{component="cart-api",nexus="storefront",team="cart"} 1.79534e+09`,
		`nexusgate_component_silent{component="cart-api",nexus="storefront",team="cart"} 0`,
		`nexusgate_deliveries_total{event="check_run",forge="github",result="applied"} 1`,
		`nexusgate_delivery_lag_seconds_sum 3`,
		`nexusgate_delivery_lag_seconds_count 1`,
		`nexusgate_dependencies_open{from="cart",nexus="storefront",to=""} 1`,
		`nexusgate_dependencies_open{from="cart",nexus="storefront",to="pay"} 2`,
		`nexusgate_errands_owed 3`,
		`nexusgate_exception_end_timestamp_seconds{criterion="mutation",exception="cart-mutation",nexus="storefront"} 1.796e+09`,
		`nexusgate_exceptions_active{criterion="mutation",nexus="storefront",team="cart"} 1`,
		`nexusgate_findings{component="",criterion="coverage",nexus="storefront",state="waiting",team="cart"} 1`,
		`nexusgate_findings{component="cart-api",criterion="coverage",nexus="storefront",state="unmet",team="cart"} 1`,
		`nexusgate_findings{component="cart-api",criterion="mutation",nexus="storefront",state="stale",team="cart"} 1`,
		`nexusgate_forge_requests_limit{forge="github",installation="7"} 5000`,
		`nexusgate_forge_requests_limit{forge="gitlab",installation=""} 2000`,
		`nexusgate_forge_requests_remaining{forge="github",installation="7"} 17`,
		`nexusgate_forge_requests_remaining{forge="gitlab",installation=""} 1999`,
		`nexusgate_forge_requests_reset_timestamp_seconds{forge="github",installation="7"} 1.79535e+09`,
		`nexusgate_forge_requests_reset_timestamp_seconds{forge="gitlab",installation=""} 1.795349e+09`,
		`nexusgate_forge_requests_total{code="201",forge="gitlab",operation="post status"} 1`,
		`nexusgate_hooks_disabled{component="cart-api",nexus="storefront",team="cart"} 0`,
		`nexusgate_inbox_pending 4`,
		`nexusgate_inbox_pending_since_timestamp_seconds 1.7953481e+09`,
		`nexusgate_increment_done{nexus="storefront"} 0`,
		`nexusgate_increment_last_done_timestamp_seconds{nexus="storefront"} 1.7953488005e+09`,
		`nexusgate_increment_number{nexus="storefront"} 12`,
		`nexusgate_missed_deliveries_total{event="head",forge="github",nexus="storefront"} 0`,
		`nexusgate_releases_alarming{component="cart-api",nexus="storefront"} 1`,
		`nexusgate_releases_judged_total{nexus="storefront",outcome="awaiting"} 0`,
		`nexusgate_releases_judged_total{nexus="storefront",outcome="done"} 0`,
		`nexusgate_releases_judged_total{nexus="storefront",outcome="not-done"} 1`,
		`nexusgate_reports_owed 2`,
		`nexusgate_reports_owed_since_timestamp_seconds 1.7953482e+09`,
		`nexusgate_reports_untaken{forge="github"} 2`,
		`nexusgate_reports_untaken_since_timestamp_seconds{forge="github"} 1.795348e+09`,
		`nexusgate_sprint_done_increments{nexus="storefront"} 2`,
		`nexusgate_sprint_end_timestamp_seconds{nexus="storefront"} 1.7959968e+09`,
		`nexusgate_sprint_start_timestamp_seconds{nexus="storefront"} 1.7947872e+09`,
		`nexusgate_store_up 1`,
		`nexusgate_verdict_seconds_sum{nexus="storefront"} 0.7`,
		`nexusgate_verdict_seconds_count{nexus="storefront"} 1`,
		`nexusgate_verdicts_total{nexus="storefront",outcome="awaiting"} 0`,
		`nexusgate_verdicts_total{nexus="storefront",outcome="done"} 0`,
		`nexusgate_verdicts_total{nexus="storefront",outcome="not-done"} 1`,
	}
	if diff := cmp.Diff(want, ours(scrape(t, busy(src)))); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestWhatIsDoneUnderExceptionsIsNotPlainlyDone(t *testing.T) {
	st := storefront()
	st.HeadSays = gate.Verdict{Outcome: gate.Done, Exceptions: []string{"slow-web"}, Findings: []gate.Finding{
		{Criterion: "mutation", Component: "web", Team: "web", State: gate.Unmet, Level: definition.Required, Exception: "slow-web"},
		{Criterion: "mutation", Component: "shop", Team: "web", State: gate.Waiting, Level: definition.Required, Exception: "slow-web"},
		{Criterion: "mutation", Component: "cart-api", Team: "cart", State: gate.Met, Level: definition.Required},
	}}
	st.Components[0].Says.Exceptions = []string{"slow-web"}
	shown := func() string {
		return strings.Join(ours(scrape(t, metrics.New(readSide{standings: []gate.Standing{st}}, "v1.2.3"))), "\n")
	}
	for _, want := range []string{
		`nexusgate_component_done{component="cart-api",nexus="storefront",team="cart"} 0`,
		`nexusgate_exceptions_active{criterion="mutation",nexus="storefront",team="web"} 2`,
		`nexusgate_increment_done{nexus="storefront"} 0`,
	} {
		if got := shown(); !strings.Contains(got, want) {
			t.Errorf("there is no %s in\n%s", want, got)
		}
	}
	st.Definition.Release.Exceptions = true
	for _, want := range []string{
		`nexusgate_component_done{component="cart-api",nexus="storefront",team="cart"} 1`,
		`nexusgate_increment_done{nexus="storefront"} 1`,
	} {
		if got := shown(); !strings.Contains(got, want) {
			t.Errorf("once the release rule allows them, there is no %s in\n%s", want, got)
		}
	}
}

func TestScrapeHasGoAndProcessMetricsAndTheVersion(t *testing.T) {
	text := scrape(t, metrics.New(readSide{}, "v1.2.3"))
	for _, want := range []string{"go_goroutines ", "process_start_time_seconds ", `version="v1.2.3"`} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q", want)
		}
	}
}

func TestScrapePassesTheLinter(t *testing.T) {
	text := scrape(t, busy(swept()))
	problems, err := promlint.New(strings.NewReader(text)).Lint()
	if err != nil || len(problems) > 0 {
		t.Errorf("%v %v", problems, err)
	}
}

var (
	typed   = regexp.MustCompile(`(?m)^# TYPE (nexusgate_\w+) (\w+)$`)
	labeled = regexp.MustCompile(`(?m)^(nexusgate_\w+?)(?:_bucket|_sum|_count)?\{(.*)\} `)
	label   = regexp.MustCompile(`(\w+)="`)
)

func TestScrapeIsAsDocumented(t *testing.T) {
	text := scrape(t, busy(swept()))
	found := make(map[string]string)
	for _, m := range typed.FindAllStringSubmatch(text, -1) {
		found[m[1]] = m[2]
	}
	for _, d := range metrics.Documented() {
		if found[d.Name] != d.Type {
			t.Errorf("%s is a %q, documented as a %q", d.Name, found[d.Name], d.Type)
		}
		delete(found, d.Name)
	}
	if len(found) > 0 {
		t.Errorf("not documented: %v", found)
	}
}

func TestLabelsAreAsDocumented(t *testing.T) {
	documented := make(map[string][]string)
	for _, d := range metrics.Documented() {
		documented[d.Name] = slices.Sorted(slices.Values(d.Labels))
	}
	for _, m := range labeled.FindAllStringSubmatch(scrape(t, busy(swept())), -1) {
		var got []string
		for _, l := range label.FindAllStringSubmatch(m[2], -1) {
			if l[1] != "le" {
				got = append(got, l[1])
			}
		}
		if !slices.Equal(got, documented[m[1]]) {
			t.Errorf("%s has labels %v, documented are %v", m[1], got, documented[m[1]])
		}
	}
}

func TestNoBranchCommitPersonOrChangeIsEverShown(t *testing.T) {
	text := scrape(t, busy(swept()))
	for _, d := range metrics.Documented() {
		for _, l := range d.Labels {
			if slices.Contains([]string{"branch", "commit", "sha", "author", "user", "change", "pr", "number", "title", "repo"}, l) {
				t.Errorf("%s has the label %s", d.Name, l)
			}
		}
	}
	for _, never := range []string{"secret", "5ec3e7c0", "#17"} {
		if strings.Contains(text, never) {
			t.Errorf("the scrape shows %q", never)
		}
	}
}

func TestQueuesThatCannotBeCountedAreAbsent(t *testing.T) {
	text := scrape(t, metrics.New(readSide{standings: []gate.Standing{storefront()}, err: errors.New("no database")}, "v1"))
	if strings.Contains(text, "nexusgate_inbox_pending") || !strings.Contains(text, "nexusgate_increment_number") || !strings.Contains(text, "nexusgate_store_up 0\n") {
		t.Errorf("scrape:\n%s", strings.Join(ours(text), "\n"))
	}
}

func TestInventedLabelsAreBounded(t *testing.T) {
	m := metrics.New(readSide{}, "v1")
	for i := range 3000 {
		m.Granted("github", int64(i), 5000, i, time.Time{})
		m.Delivered(fmt.Sprint("forge", i), fmt.Sprint("event", i), "applied")
		m.Requested("github", strings.Repeat("x", 100)+fmt.Sprint(i), fmt.Sprint(i))
	}
	if n := len(ours(scrape(t, m))); n > 1000 {
		t.Errorf("%d series", n)
	}
}

func TestStandingsThatRepeatOrLackADefinitionDoNotSpoilTheScrape(t *testing.T) {
	broken := storefront()
	broken.HeadSays.Findings[0].Criterion = "\xff"
	broken.HeadSays.Findings = append(broken.HeadSays.Findings, broken.HeadSays.Findings[2])
	broken.Components = append(broken.Components, broken.Components[0])
	text := scrape(t, metrics.New(readSide{standings: []gate.Standing{broken, storefront(), {}}}, "v1"))
	if !strings.Contains(text, `state="waiting",team="cart"} 2`) {
		t.Errorf("scrape:\n%s", strings.Join(ours(text), "\n"))
	}
}

func TestUnknownOutcomeCountsAsNothing(t *testing.T) {
	m := metrics.New(readSide{}, "v1")
	m.Judged("storefront", "splendid")
	m.Lag(-time.Second)
	text := scrape(t, m)
	if strings.Contains(text, "splendid") || !strings.Contains(text, "nexusgate_delivery_lag_seconds_sum 0\n") {
		t.Errorf("scrape:\n%s", strings.Join(ours(text), "\n"))
	}
}

func TestScrapesAndCountsMayRunAtOnce(t *testing.T) {
	m := metrics.New(readSide{standings: []gate.Standing{storefront()}}, "v1")
	finished := make(chan struct{})
	for range 4 {
		go func() {
			for i := range 50 {
				m.Delivered("github", fmt.Sprint("event", i), "applied")
				w := httptest.NewRecorder()
				m.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
				_, _ = io.Copy(io.Discard, w.Body)
			}
			finished <- struct{}{}
		}()
	}
	for range 4 {
		<-finished
	}
	if text := scrape(t, m); !strings.Contains(text, `event="event49",forge="github",result="applied"} 4`) {
		t.Errorf("scrape:\n%s", strings.Join(ours(text), "\n"))
	}
}
