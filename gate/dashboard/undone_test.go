package dashboard_test

import (
	"context"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/dashboard"
)

func TestWhatAForgeHasNotDoneIsSaidInWords(t *testing.T) {
	refused := "HTTP 502 <b>"
	for kind, want := range map[gate.ErrandKind]string{
		gate.DispatchErrand: "start the Increment&#39;s pipeline",
		gate.AnswerErrand:   "let a deployment go on or not",
		gate.ApproveErrand:  "approve a deployment or reject it",
		gate.CheckErrand:    "tell an external status check whether a merge request passed",
		gate.ReleaseErrand:  "show on a commit what is said of its release",
	} {
		page := undone(t, gate.Undone{Forge: gate.GitLab, Kind: kind, Errands: 3, Since: noon, Reason: refused})
		if said := "GitLab was asked to " + want + " at "; !strings.Contains(page, said) || strings.Contains(page, refused) {
			t.Errorf("%s: the page does not say %q, or not as text:\n%s", kind, said, page)
		}
	}
}

func TestWhatNexusgateHoldsBackIsNoWordOfTheForge(t *testing.T) {
	page := undone(t, gate.Undone{Forge: gate.GitHub, Kind: gate.AnswerErrand, Errands: 1, Since: noon, Reason: gate.HeldBack + "it is not done any more"})
	if !strings.Contains(page, "nexusgate holds it back: it is not done any more") || strings.Contains(page, "GitHub was asked") {
		t.Errorf("the page does not say who holds it back:\n%s", page)
	}
}

func undone(t *testing.T, u gate.Undone) (page string) {
	t.Helper()
	o := options()
	o.Undone = func(context.Context, string) ([]gate.Undone, error) { return []gate.Undone{u}, nil }
	w := httptest.NewRecorder()
	dashboard.New(oneNexus(), o).ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), "GET", "/nexus/storefront", nil))
	return w.Body.String()
}

func TestADefinitionIsShownToThoseWhoDoNotWriteIt(t *testing.T) {
	signed := func(s *gate.Standing) {
		d := *s.Definition
		d.Criteria = []definition.Criterion{{ID: "docs", Why: "Said", Must: []definition.Leaf{{Path: "by", Text: "string"}}}}
		s.Definition = &d
		s.HeadSays.Findings = []gate.Finding{{Criterion: "docs", State: gate.Waiting, Level: definition.Required, Want: "by string"}}
	}
	for _, path := range []string{"/nexus/storefront/definition", "/nexus/storefront"} {
		body := visit(t, oneNexus(signed), kept(), path).Body.String()
		if strings.Contains(body, "by string") || !strings.Contains(body, "signed by somebody") {
			t.Errorf("%s asks for what only those read who write definitions", path)
		}
	}
}
