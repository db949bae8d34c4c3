package gate_test

import (
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
)

// judged is a case of one component with the rules of the storefront and more.
func judged(t *testing.T, more, layer string, now time.Time, evidence ...gate.Evidence) gate.Verdict {
	t.Helper()
	d, err := definition.Load(definition.File{Name: "nexus.cue", Source: []byte(bare + more)})
	if err != nil {
		t.Fatal(err)
	}
	layers := map[string]gate.Layer{}
	if layer != "" {
		layers["cart-api"] = gate.Layer{File: "done.cue", Source: layer}
	}
	g, _ := gate.NewNexus(d, bare+more, layers, nil).Component("cart-api")
	if g.Refused != nil {
		t.Fatal(g.Refused)
	}
	part := gate.Part{Component: "cart-api", Team: "cart", Since: morning, Rules: g.Rules, Evidence: evidence}
	return gate.Judge(gate.Case{Floor: definition.Token, Parts: []gate.Part{part}}, now)
}

// bare is a Nexus without a criterion.
const bare = `
name: "storefront"
teams: {
	cart: components: "cart-api": {repo: "github:acme/cart-api", branch: "main"}
	pay: components: pay: {repo: "github:acme/pay", branch: "main"}
	web: components: web: {repo: "gitlab:acme/web", branch: "main"}
}
`

func TestAVerdictIsDueWhenTheFirstOfSeveralReportsGrowsStale(t *testing.T) {
	older := run(cartRepo, "c1", "schedule", 1, 1, morning, "success").Evidence
	newer := run(cartRepo, "c1", "push", 2, 1, morning.Add(time.Hour), "success").Evidence
	v := judged(t, `done: ci: {why: "Green", on: "commit", evidence: "pipeline", name: "ci", must: conclusion: "success", fresh: "24h"}`, "",
		morning.Add(2*time.Hour), older, newer)
	if want := morning.Add(24 * time.Hour); v.Outcome != gate.Done || !v.Due().Equal(want) {
		t.Errorf("it is %s until %s, want done until %s", v.Outcome, v.Due(), want)
	}
}

func TestAVerdictIsDueWhenTheStricterLayerGrowsStale(t *testing.T) {
	e := run(cartRepo, "c1", "push", 1, 1, morning, "success").Evidence
	v := judged(t, `done: ci: {why: "Green", on: "commit", evidence: "pipeline", name: "ci", must: conclusion: "success", fresh: "24h"}`,
		`done: ci: fresh: "12h"`, morning.Add(time.Hour), e)
	if want := morning.Add(12 * time.Hour); v.Outcome != gate.Done || !v.Due().Equal(want) {
		t.Errorf("it is %s until %s, want done until %s", v.Outcome, v.Due(), want)
	}
}

func TestACriterionThatOnlyTheTeamRequiresIsRequired(t *testing.T) {
	nexus := `done: {
	ci: {why: "Green", on: "commit", evidence: "pipeline", name: "ci", must: conclusion: "success"}
	fast: {why: "Green at the first attempt", on: "commit", evidence: "pipeline", name: "ci", must: attempts: 1, level: "advisory"}
}`
	e := run(cartRepo, "c1", "push", 1, 1, morning, "success").Evidence
	e.Facts["attempts"] = 2
	for team, want := range map[string]gate.Outcome{"": gate.Done, `done: fast: level: "required"`: gate.NotDone} {
		if v := judged(t, nexus, team, morning.Add(time.Hour), e); v.Outcome != want {
			t.Errorf("with %q it is %s, want %s; findings:\n%s", team, v.Outcome, want, findings(v))
		}
	}
}

// The Nexus alone would call it not done, and a team's layer can only take away.
func TestWhatTheNexusRequiresNothingOfIsNotDoneWhateverATeamAdds(t *testing.T) {
	nexus := `done: ci: {why: "Green", on: "commit", evidence: "pipeline", name: "ci", must: conclusion: "success", level: "advisory"}`
	e := run(cartRepo, "c1", "push", 1, 1, morning, "success").Evidence
	for _, team := range []string{
		"", `done: ci: level: "required"`, `done: ci: requiredFrom: "2026-11-01"`,
		`done: own: {why: "Green", on: "commit", evidence: "pipeline", must: conclusion: "success"}`,
	} {
		v := judged(t, nexus, team, morning.Add(time.Hour), e)
		if v.Outcome != gate.NotDone || state(v, "definition-of-done") != gate.Empty {
			t.Errorf("with %q it is %s, want not-done; findings:\n%s", team, v.Outcome, findings(v))
		}
	}
}
