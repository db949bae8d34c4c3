package gate_test

import (
	"fmt"
	"testing"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
)

// What a criterion asks for would be met by nothing at all, and evidence of nothing does not meet it.
func TestEvidenceOfNothingIsEmpty(t *testing.T) {
	for _, c := range []struct {
		kind, must    string
		nothing, some gate.Facts
	}{
		{"junit", "failed: 0", gate.Facts{"tests": 0, "failed": 0}, gate.Facts{"tests": 1, "failed": 0}},
		{"coverage", "linesCovered: >=0", gate.Facts{"linesTotal": 0, "linesCovered": 0}, gate.Facts{"linesTotal": 9, "linesCovered": 0}},
		{"sbom", "components: >=0", gate.Facts{"components": 0}, gate.Facts{"components": 1}},
		{"sarif", "errors: 0", gate.Facts{}, gate.Facts{"errors": 0}},
		{"vulnerabilities", "critical: 0", gate.Facts{}, gate.Facts{"critical": 0}},
	} {
		rule := fmt.Sprintf(`done: it: {why: "It is so", on: "commit", evidence: %q, must: {%s}}`, c.kind, c.must)
		for want, facts := range map[gate.FindingState]gate.Facts{gate.Empty: c.nothing, gate.Met: c.some} {
			e := gate.Evidence{Object: "file/1", Kind: c.kind, Name: "unit", Trust: definition.OIDC, Status: gate.Completed, Observed: morning, Facts: facts}
			if got := state(judged(t, rule, "", morning, e), "it"); got != want {
				t.Errorf("%s of %v: it is %s, want %s", c.kind, facts, got, want)
			}
		}
	}
}
