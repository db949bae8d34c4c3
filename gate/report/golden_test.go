package report_test

import (
	"strings"
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/report"
)

var links = report.Links{
	Verdict:   "https://gate.example/verdicts/01JD9Y",
	Successor: "https://gate.example/nexus/storefront",
}

func situations() map[string]gate.Verdict {
	return map[string]gate.Verdict{
		"every-state":   valid(),
		"done":          valid(outcome(gate.Done), only(gate.Met, gate.Met)),
		"awaiting":      valid(outcome(gate.Awaiting), only(gate.Met, gate.Waiting), dueTomorrow),
		"none-in-force": valid(only()),
		"team-rule":     valid(only(gate.Unmet, gate.Met), teamRule),
		"increment":     valid(only(gate.Unmet, gate.Missing, gate.Waiting, gate.Met), ofIncrement),
		"hostile":       valid(only(gate.Unmet, gate.Missing, gate.Met), hostile),
		"excepted":      valid(outcome(gate.Done), only(gate.Unmet, gate.Missing, gate.Met, gate.Waiting), underExceptions),
		"held-excepted": valid(only(gate.Unmet, gate.Missing, gate.Untrusted, gate.Met, gate.Waiting), underExceptions),
		"forecast":      valid(outcome(gate.Done), only(gate.Met, gate.Unmet, gate.Unmet), ofIncrement, forecast),
		"sound":         proposal(outcome(gate.Done), only(gate.Met)),
		"unvouched":     proposal(outcome(gate.Awaiting), only(gate.Met, gate.Waiting), unvouched, turning),
		"faulty":        proposal(only(gate.Error), faulty),
		"dates":         valid(outcome(gate.Done), only(gate.Met, gate.Unmet, gate.Unmet), dated),
	}
}

func TestGoldenReportsAreUnchanged(t *testing.T) {
	for name, v := range situations() {
		t.Run(name, func(t *testing.T) {
			golden(t, name+".md", report.Markdown(v, links))
			golden(t, name+".txt", text(t, v))
		})
	}
}

func TestGoldenJSONIsUnchanged(t *testing.T) {
	got, err := report.JSON(valid(only(gate.Unmet, gate.Met), teamRule))
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "team-rule.json", string(got))
	got, err = report.JSON(valid(outcome(gate.Done), only(gate.Unmet, gate.Missing, gate.Met, gate.Waiting), underExceptions))
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "excepted.json", string(got))
	got, err = report.JSON(gate.Verdict{Outcome: gate.NotDone})
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "empty.json", string(got))
}

func TestGoldenSupersededReportIsUnchanged(t *testing.T) {
	title, summary := report.Superseded(valid(outcome(gate.Awaiting), only(gate.Met, gate.Waiting), ofIncrement), "Integrated Increment 13", links)
	golden(t, "superseded.md", title+"\n\n"+summary)
}

func text(t *testing.T, v gate.Verdict) string {
	t.Helper()
	var b strings.Builder
	if err := report.Text(&b, v); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func dueTomorrow(v *gate.Verdict) {
	for i := range v.Findings {
		v.Findings[i].Due = noon.Add(24 * 60 * 60 * 1e9)
	}
}

func teamRule(v *gate.Verdict) {
	f := &v.Findings[0]
	f.Layer, f.At = definition.TeamLayer, "github:acme/cart-api:.nexus/done.cue:1:25"
	f.Want, f.Got, f.Fix = "lines >=90", "lines 84.2", "Cover the branches that you added, see docs/testing.md"
	f.URL = "https://ci.example/runs/1?a=1&b=(2)"
	v.Findings[1].Carried = "9c1f5a0be2d94c6f7d3f2a1b9c1f5a0be2d94c6f"
	advice := f
	v.Findings = append(v.Findings, *advice)
	v.Findings[2].Level, v.Findings[2].Criterion, v.Findings[2].Due = definition.Advisory, "mutation", noon.Add(45*60*1e9)
	v.Findings[2].State = gate.Waiting
}

func ofIncrement(v *gate.Verdict) {
	v.Subject = gate.Subject{Kind: gate.OfIncrement, ID: "12", Name: "Integrated Increment 12"}
	v.Commit, v.Increment = "", "sha256:11aa22bb33cc44dd55ee"
	for i := range v.Findings {
		if v.Findings[i].State == gate.Missing || v.Findings[i].State == gate.Waiting {
			v.Findings[i].Component, v.Findings[i].Team = "", ""
			v.Findings[i].Due = noon.Add(45 * 60 * 1e9)
		}
	}
}

// underExceptions puts the first two findings under one exception each and lets the last wait: it is
// advisory.
func underExceptions(v *gate.Verdict) {
	v.Exceptions = []string{"legacy-coverage", "no-review"}
	v.Grants = []gate.Grant{
		{
			ID: "legacy-coverage", Criterion: "coverage", Reason: "The old checkout has no tests, and goes in March", Ticket: "https://tracker.example/SHOP-12",
			RequestedBy: "ana", ApprovedBy: "kim", Until: time.Date(2026, 12, 16, 0, 0, 0, 0, time.FixedZone("CET", 3600)),
		},
		{ID: "no-review", Criterion: "review", Reason: "Reviewers are at the fair", Ticket: "SHOP-13", RequestedBy: "li", ApprovedBy: "kim", Until: noon.Add(30 * time.Hour)},
	}
	v.Findings[0].Exception, v.Findings[1].Exception = "legacy-coverage", "no-review"
	v.Findings[len(v.Findings)-1].Level = definition.Advisory
	v.Notices = []string{`the exception "tax" expired on 1 November 2026; take it out of the definition`, "the exception \"old-lint\" is used by nothing"}
}

// dated has a finding that will grow stale, one that is required from a day on, and one without dates.
func dated(v *gate.Verdict) {
	v.Findings[0].Due = noon.Add(3*time.Hour + 59*time.Minute)
	v.Findings[1].Level, v.Findings[1].RequiredFrom = definition.Advisory, time.Date(2027, 1, 15, 0, 0, 0, 0, time.FixedZone("CET", 3600))
	v.Findings[2].Level = definition.Advisory
}

// forecast has a criterion that is required later, of two components and of the Increment.
func forecast(v *gate.Verdict) {
	day := time.Date(2027, 1, 15, 0, 0, 0, 0, time.UTC)
	v.Findings[1].Level, v.Findings[1].RequiredFrom = definition.Advisory, day
	v.Findings[2] = v.Findings[0]
	v.Findings[2].Criterion, v.Findings[2].Level, v.Findings[2].RequiredFrom = v.Findings[1].Criterion, definition.Advisory, day
	v.Findings = append(v.Findings, gate.Finding{Criterion: "e2e", State: gate.Missing, Want: `conclusion "success"`, At: "nexus.cue:50:3", Level: definition.Advisory, RequiredFrom: day.AddDate(0, 1, 0)})
}

// proposal is a verdict on a change to a definition that changes no outcome.
func proposal(mutate ...func(*gate.Verdict)) gate.Verdict {
	of := func(v *gate.Verdict) {
		v.Subject = gate.Subject{Kind: gate.OfDefinition, ID: "github:1296300#3", Name: "acme/nexus#3"}
		v.Proposal = &gate.Proposal{File: "nexus.cue", Differences: []string{"the reason of coverage says more"}, Impact: &gate.Impact{Increment: 12, Judged: 6}}
	}
	return valid(append([]func(*gate.Verdict){of}, mutate...)...)
}

func unvouched(v *gate.Verdict) {
	f := &v.Findings[1]
	f.Criterion, f.Component, f.Team = "integration-team", "", ""
	f.Why, f.Want, f.Got = "Who may change the Definition of Done is the Integration Team", "ana, li or kim", "max, and no approval yet"
	f.Fix = "have one of ana, li, kim approve the change"
}

func turning(v *gate.Verdict) {
	v.Proposal.Warnings = definition.Faults{{Pos: definition.Pos{File: "nexus.cue", Line: 9, Column: 3}, Message: "teams: there are only two teams"}}
	v.Proposal.Differences = []string{"coverage: lines raised from >=80 to >=85 for all", "cart leaves pay alone"}
	v.Proposal.Impact.Turns = []gate.Turn{
		{Subject: gate.Subject{Kind: gate.OfComponent, Name: "cart-api"}, Team: "cart", From: gate.Done, To: gate.NotDone},
		{Subject: gate.Subject{Kind: gate.OfComponent, Name: "web"}, Team: "web", From: gate.Done, To: gate.NotDone},
		{Subject: gate.Subject{Kind: gate.OfIncrement, Name: "Integrated Increment 12"}, From: gate.Done, To: gate.NotDone},
	}
	v.Proposal.Impact.Findings = []gate.FindingTurn{
		{Team: "cart", Criterion: "coverage", From: gate.Met, To: gate.Unmet, Count: 1, Example: "01JD9Y"},
		{Team: "web", Criterion: "coverage", From: gate.Met, To: gate.Unmet, Level: "advisory → required", Count: 1},
		{Criterion: "e2e", To: gate.Waiting, Count: 1},
	}
	v.Proposal.Impact.Layers = []gate.LayerTurn{{Component: "web", Team: "web", Says: []string{"would be refused: must: lines: >=83 relaxes >=85", "2", "3", "4", "5", "6"}}}
	v.Proposal.Impact.Joining, v.Proposal.Impact.Leaving = []string{"tax-api"}, []string{"pay-api"}
}

func faulty(v *gate.Verdict) {
	v.Proposal.Impact, v.Proposal.Differences = nil, nil
	v.Findings[0].Criterion, v.Findings[0].Component, v.Findings[0].Team = "definition", "", ""
	v.Proposal.Faults = definition.Faults{
		{Pos: definition.Pos{File: "nexus.cue", Line: 16, Column: 29}, Message: "done.a.lvl is no field here; did you mean level?"},
		{Pos: definition.Pos{File: "nexus.cue", Line: 18, Column: 3}, Message: "done.b.must is empty; name at least one fact"},
		{Message: "the definition does not finish within 10s"},
	}
}

const attack = "@acme/all see #12, GH-1, !3, www.evil.example or https://evil.example <img src=x onerror=alert(1)> " +
	"![i](http://e.example/i.png) [l](javascript:alert(1)) | a \\| b `c` ``d`` \x1b[31mred\u202egnp.exe\n\n# Head\n- [x] 9c1f5a0be2d94c6f :tada: $x$ %1 ~2 &3"

func hostile(v *gate.Verdict) {
	v.Subject.Name, v.Exceptions = attack, []string{attack}
	f := &v.Findings[0]
	f.Criterion, f.Component, f.Team, f.Why, f.Want, f.Got, f.At, f.Fix = attack, attack, attack, attack, attack, attack, attack, attack
	f.URL, f.Carried = "javascript:alert(1)", attack
	v.Findings[1].Exception = attack
	v.Grants = []gate.Grant{{ID: attack, Criterion: attack, Reason: attack, Ticket: attack, RequestedBy: attack, ApprovedBy: attack, Until: noon}}
	v.Notices = []string{attack}
}
