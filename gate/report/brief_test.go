package report_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/report"
)

// briefed is a brief as the service makes them.
func briefed() gate.Brief {
	at := time.Date(2026, 11, 25, 9, 0, 0, 0, time.FixedZone("CET", 3600))
	return gate.Brief{
		Event: gate.DailyBrief, Nexus: "storefront", Title: "Nexus Daily Scrum of storefront, Sprint 1", Since: at.AddDate(0, 0, -1), Until: at, At: at,
		Sections: []gate.BriefSection{
			{Title: "How the Increment stands", Note: "How it was worked out.", Lines: []gate.BriefLine{
				{Text: "Integrated Increment 5 is not done: 2 of 3 required criteria hold", Since: at.Add(-3 * time.Hour).UTC()},
			}},
			{Title: "New integration issues", Lines: []gate.BriefLine{{
				Text: `ci of pay: wanted conclusion "success", got conclusion "failure" (for 3 h)`, Of: "pay", URL: "https://github.com/acme/pay/actions/runs/10",
				Since: at.Add(-3 * time.Hour), Lines: []gate.BriefLine{{Text: "Mend what is red"}},
			}}},
			{Title: "New dependencies between teams", Lines: []gate.BriefLine{}, Empty: "None since 24 November 09:00."},
		},
	}
}

// hostileBrief is one whose texts were written by those who mean ill.
func hostileBrief() gate.Brief {
	b := briefed()
	b.Sections = b.Sections[1:2]
	b.Sections[0].Lines = []gate.BriefLine{
		{Text: "@everyone <img src=x onerror=alert(1)> [click](javascript:alert(1)) \x1b[31mred\x1b[0m ![](https://evil.example/pixel)", URL: "javascript:alert(1)", Of: "`pay`"},
		{Text: "two\nlines\n\n# and a title, https://evil.example, #17 and acme/x#3", URL: "https://evil.example/>)[x](y"},
		{Text: strings.Repeat("long ", 1000)},
	}
	return b
}

func TestGoldenBriefsAreUnchanged(t *testing.T) {
	for name, b := range map[string]gate.Brief{"brief": briefed(), "brief-hostile": hostileBrief()} {
		golden(t, name+".md", report.BriefMarkdown(b))
		golden(t, name+".txt", report.BriefText(b))
	}
}

func TestABriefReadsAsItWasWritten(t *testing.T) {
	text, err := json.Marshal(briefed())
	if err != nil {
		t.Fatal(err)
	}
	var read gate.Brief
	if err := json.Unmarshal(text, &read); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(report.BriefMarkdown(briefed()), report.BriefMarkdown(read)); diff != "" {
		t.Errorf("read again it says (-written +read):\n%s", diff)
	}
}

func TestABriefTooLongForACommentSaysWhatIsLeftOut(t *testing.T) {
	b := briefed()
	for range 2000 {
		b.Sections[1].Lines = append(b.Sections[1].Lines, gate.BriefLine{Text: strings.Repeat("word ", 20)})
	}
	text := report.BriefMarkdown(b)
	if len(text) > 65000 || !strings.HasSuffix(text, " more lines, which find no room here.\n") {
		t.Errorf("it has %d bytes, and ends %q", len(text), text[len(text)-80:])
	}
}
