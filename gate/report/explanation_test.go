package report_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/report"
)

// explanation is a coverage that a team has tightened, changed by mutate.
func explanation(mutate ...func(*gate.Explanation)) gate.Explanation {
	at := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	e := gate.Explanation{
		Nexus: "storefront", Subject: gate.Subject{Kind: gate.OfChange, Name: "acme/cart-api#17"}, Commit: "9c1f6b0d2e7a3c4b", At: at,
		Finding: gate.Finding{Criterion: "coverage", Component: "cart-api", Team: "cart", State: gate.Unmet, Level: definition.Required, Why: "Coverage stays at or above the agreed floor"},
		Rule: []gate.Clause{
			{Says: "lines >=80", Layer: definition.NexusLayer, At: "nexus.cue:38:2"},
			{Says: "required", Layer: definition.NexusLayer, At: "nexus.cue:36:2"},
			{Says: "lines >=90", Layer: definition.TeamLayer, At: "teams/cart.cue:1:25"},
		},
		Heard: []gate.Testimony{
			{Said: "lines 84.2", Counts: true, Why: "the only one, and the latest of 2 reports", State: gate.Unmet, Evidence: gate.Evidence{
				Kind: "coverage", Name: "unit", Trust: definition.OIDC, Producer: gate.Producer{App: "github-actions", Workflow: "ci.yml"},
				Observed: at.Add(-time.Minute), Run: gate.Run{Attempt: 2}, Delivery: "01JD9Y", Carried: "77ab3f0c95e2d1",
			}},
			{Said: "lines 99", Why: "brought by travis, and the rule asks for github-actions", Evidence: gate.Evidence{Kind: "coverage", Object: "evidence[4]"}},
		},
		Because: []string{"The evidence says lines 84.2, and it has to be >=90 (the team's, teams/cart.cue:1:25).", "It is required: it holds acme/cart-api#17 back."},
		Mend:    []string{"coverage: lines at 90 or more (now 84.2).", "Cover the new branches."},
	}
	for _, m := range mutate {
		m(&e)
	}
	return e
}

func TestGoldenExplanationsAreUnchanged(t *testing.T) {
	for name, e := range map[string]gate.Explanation{
		"explained": explanation(),
		"explained-unheard": explanation(func(e *gate.Explanation) {
			e.Finding.Component, e.Subject.Name, e.Commit, e.Heard = "", "Integrated Increment 12", "", nil
		}),
		"explained-hostile": explanation(func(e *gate.Explanation) {
			e.Finding.Why, e.Heard[0].Evidence.Name, e.Heard[0].Said = "a\x1b[31mred\nline", "unit\u202egpj", strings.Repeat("x", 5000)
		}),
	} {
		t.Run(name, func(t *testing.T) {
			golden(t, name+".txt", report.Explanation(e))
			text, err := report.ExplanationJSON(e)
			if err != nil {
				t.Fatal(err)
			}
			if name == "explained" {
				golden(t, name+".json", string(text))
			}
		})
	}
}

func TestAnExplanationIsBoundedAndSaysWhatIsLeftOut(t *testing.T) {
	text := report.Explanation(explanation(func(e *gate.Explanation) {
		e.More = 460
		for i := range 500 {
			e.Because = append(e.Because, fmt.Sprintf("reason %d %s", i, strings.Repeat("word ", 300)))
			e.Heard = append(e.Heard, e.Heard[0])
		}
	}))
	if len(text) > 24<<10 || !strings.Contains(text, "for which there is no room here") || !strings.HasSuffix(text, "\n") {
		t.Errorf("%d bytes, ending in %q", len(text), text[len(text)-200:])
	}
}
