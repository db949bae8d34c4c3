package report_test

import (
	"strings"
	"testing"

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
		"hostile":       valid(only(gate.Unmet, gate.Met), hostile),
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

const attack = "@acme/all see #12, GH-1, !3, www.evil.example or https://evil.example <img src=x onerror=alert(1)> " +
	"![i](http://e.example/i.png) [l](javascript:alert(1)) | a \\| b `c` ``d`` \x1b[31mred\u202egnp.exe\n\n# Head\n- [x] 9c1f5a0be2d94c6f :tada: $x$ %1 ~2 &3"

func hostile(v *gate.Verdict) {
	v.Subject.Name, v.Exceptions = attack, []string{attack}
	f := &v.Findings[0]
	f.Criterion, f.Component, f.Team, f.Why, f.Want, f.Got, f.At, f.Fix = attack, attack, attack, attack, attack, attack, attack, attack
	f.URL, f.Carried = "javascript:alert(1)", attack
}
