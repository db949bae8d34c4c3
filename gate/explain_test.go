package gate_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
)

// floorOf is a Nexus with one criterion, and a team that tightens it.
const floorOf = storefront + `
done: coverage: {
	why: "The floor holds", on: "commit", evidence: "coverage", name: "unit", fix: "cover the new branches"
	from: app: "github-actions"
	must: lines: >=80
	within: "45m", fresh: "24h"
}
`

const tighter = `done: coverage: {must: lines: >=90, fresh: "12h"}`

// floorCase is cart-api's coverage on some evidence.
func floorCase(t *testing.T, mutate ...func(*gate.Case)) gate.Case {
	t.Helper()
	d, err := definition.Load(definition.File{Name: "nexus.cue", Source: []byte(floorOf)})
	if err != nil {
		t.Fatal(err)
	}
	team, err := definition.LoadTightening(definition.File{Name: "cart.cue", Source: []byte(tighter)})
	if err != nil {
		t.Fatal(err)
	}
	component, _ := d.Component("cart-api")
	inForce, _, err := d.Rules(component, team, definition.New)
	if err != nil {
		t.Fatal(err)
	}
	rules := slices.DeleteFunc(inForce, func(r definition.Rule) bool { return r.Main().ID != "coverage" })
	k := gate.Case{
		Nexus: "storefront", Subject: gate.Subject{Kind: gate.OfComponent, ID: "cart-api", Name: "cart-api"}, Commit: "9c1f6b0d2e7a11",
		Floor: definition.Token, Parts: []gate.Part{{Component: "cart-api", Team: "cart", Rules: rules, Since: morning.Add(-time.Hour)}},
	}
	for _, m := range mutate {
		m(&k)
	}
	return k
}

// with gives the case's only part one more piece of evidence.
func with(lines float64, mutate ...func(*gate.Evidence)) func(*gate.Case) {
	return func(k *gate.Case) {
		e := gate.Evidence{
			Object: fmt.Sprintf("report/%d", len(k.Parts[0].Evidence)+1), Kind: "coverage", Name: "unit", Trust: definition.OIDC, Status: gate.Completed,
			Producer: gate.Producer{App: gate.GitHubActions, Workflow: "ci.yml"}, Observed: morning.Add(-time.Minute), Delivery: "0193",
			Run: gate.Run{ID: 7, Attempt: 1}, Facts: gate.Facts{"lines": lines, "linesTotal": 100},
		}
		for _, m := range mutate {
			m(&e)
		}
		k.Parts[0].Evidence = append(k.Parts[0].Evidence, e)
	}
}

func explained(t *testing.T, k gate.Case) gate.Explanation {
	t.Helper()
	e, err := gate.Explain(k, gate.Judge(k, morning), "coverage", "cart-api")
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestAnExplanationTellsWhereEachPartOfTheRuleComesFrom(t *testing.T) {
	want := []gate.Clause{
		{"lines >=80", "nexus", "nexus.cue:18:8"},
		{"on commit, evidence coverage named unit", "nexus", "nexus.cue:15:7"},
		{"required", "nexus", "nexus.cue:15:7"},
		{"from github-actions", "nexus", "nexus.cue:15:7"},
		{"within 45m", "nexus", "nexus.cue:15:7"},
		{"fresh for 24h", "nexus", "nexus.cue:15:7"},
		{"lines >=90", "team", "cart.cue:1:24"},
		{"fresh for 12h", "team", "cart.cue:1:7"},
	}
	if diff := cmp.Diff(want, explained(t, floorCase(t, with(84.2))).Rule); diff != "" {
		t.Errorf("the rule (-want +got):\n%s", diff)
	}
}

func TestAnExplanationSaysOfEachPieceOfEvidenceWhetherItCounts(t *testing.T) {
	e := explained(t, floorCase(t,
		with(95, func(e *gate.Evidence) { e.Run.Attempt = 1 }),
		with(84.2, func(e *gate.Evidence) { e.Run.Attempt = 2 }),
		with(99, func(e *gate.Evidence) { e.Name = "Unit" }),
		with(99, func(e *gate.Evidence) { e.Producer.App = "travis" }),
		with(99, func(e *gate.Evidence) { e.Trust = definition.Declared }),
		with(99, func(e *gate.Evidence) { e.Parent = "pipeline/3" }),
		with(99, func(e *gate.Evidence) { e.Name = "end to end" }),
		with(99, func(e *gate.Evidence) { e.Kind = "junit" }),
		with(92, func(e *gate.Evidence) { e.Trigger = "schedule" }),
	))
	var got []string
	for _, h := range e.Heard {
		got = append(got, fmt.Sprintf("%s %s %v %s: %s", h.Evidence.Object, h.Said, h.Counts, h.State, h.Why))
	}
	want := []string{
		"report/2 lines 84.2 true unmet: the worst of 2, and the latest of 2 reports",
		"report/9 lines 92 true met: one of 2",
		"report/1 lines 95 false : superseded by attempt 2",
		`report/3 lines 99 false : its name is "Unit", and the rule asks for "unit"`,
		"report/4 lines 99 false : brought by travis (ci.yml), and the rule asks for github-actions",
		"report/5 lines 99 false : evidence of trust declared, where token is asked for",
		"report/6 lines 99 false : a child pipeline answers for the one that started it, and never for itself",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the evidence (-want +got):\n%s", diff)
	}
}

func TestAnExplanationSaysWhyAndWhatWouldChangeIt(t *testing.T) {
	later := func(k *gate.Case) { k.Parts[0].Since = morning.Add(-30 * time.Minute) }
	for name, c := range map[string]struct {
		k             gate.Case
		state         gate.FindingState
		because, mend string
	}{
		"unmet": {
			floorCase(t, with(84.2)), gate.Unmet,
			"says lines 84.2, and it has to be >=90 (the team's, cart.cue:1:24)|by the Nexus's it is met, by the team's (cart.cue:1:7) it is unmet|holds cart-api back",
			"coverage: lines at 90 or more (now 84.2).|Cover the new branches.",
		},
		"met": {floorCase(t, with(95)), gate.Met, "lines 95|good until 2026-11-23 20:59 UTC (11 h left)|both find it met", "Nothing yet: it is met"},
		"missing": {
			floorCase(t), gate.Missing, "gives 45m from 2026-11-23 08:00 UTC|Found: nothing by 2026-11-23 08:45 UTC",
			"coverage named unit from github-actions, with lines at 80 or more.|Cover the new branches.",
		},
		"waiting": {floorCase(t, later), gate.Waiting, "time until 2026-11-23 09:15 UTC (15 min left)|cart-api waits for it", "A report by 2026-11-23 09:15 UTC"},
		"running": {floorCase(t, with(0, func(e *gate.Evidence) { e.Status, e.Facts = gate.Running, nil })), gate.Waiting, "producer has started", "Nothing is to be done"},
		"stale": {
			floorCase(t, with(95, func(e *gate.Evidence) { e.Observed = morning.Add(-13 * time.Hour) })), gate.Stale,
			"observed, at 2026-11-22 20:00 UTC, and that is good for 12h|by the Nexus's it is met", "A newer report",
		},
		"untrusted": {floorCase(t, with(95, func(e *gate.Evidence) { e.Trust = definition.Declared })), gate.Untrusted, "Evidence of trust declared", "A report of trust token or more"},
		"early":     {floorCase(t, with(95, func(e *gate.Evidence) { e.Observed = morning.Add(time.Hour) })), gate.Untrusted, "yet to come", "counts from 2026-11-23 10:00 UTC"},
		"empty":     {floorCase(t, with(0, func(e *gate.Evidence) { e.Facts = gate.Facts{"linesTotal": 0, "lines": 0} })), gate.Empty, "says nothing: lines 0", "Evidence that says something"},
		"stranger":  {floorCase(t, with(95, func(e *gate.Evidence) { e.Producer.App = "travis" })), gate.Missing, "1 of that name from another producer", "Evidence from github-actions: 1 of that name"},
		"absent":    {floorCase(t, with(0, func(e *gate.Evidence) { e.Facts = gate.Facts{"linesTotal": 3, "branches": 2} })), gate.Empty, "it says nothing of this", "with lines at"},
		"carried":   {floorCase(t, with(95, func(e *gate.Evidence) { e.Carried = "77ab3f0c95e2" })), gate.Met, "carried from commit 77ab3f0c95e2: its files are the same", "Nothing yet"},
	} {
		t.Run(name, func(t *testing.T) {
			e := explained(t, c.k)
			if e.Finding.State != c.state {
				t.Errorf("it is %s, want %s", e.Finding.State, c.state)
			}
			wantAll(t, "because", strings.Join(e.Because, "\n"), c.because)
			wantAll(t, "mend", strings.Join(e.Mend, "\n"), c.mend)
		})
	}
}

// wantAll holds that a text has each of the parts set apart by bars.
func wantAll(t *testing.T, what, text, parts string) {
	t.Helper()
	for part := range strings.SplitSeq(parts, "|") {
		if !strings.Contains(text, part) {
			t.Errorf("%s lacks %q:\n%s", what, part, text)
		}
	}
}

func TestWhatIsHeldBackWithoutEvidenceIsExplainedByItself(t *testing.T) {
	f := gate.Finding{
		Criterion: "definition-of-done", Component: "cart-api", State: gate.Error, Level: definition.Required, Layer: definition.TeamLayer,
		Why: "A team may tighten and never relax", Want: "a file that only tightens", Got: "cart.cue:1:1: it relaxes", At: "cart.cue:1:1", Fix: "mend .nexus/done.cue",
	}
	k := floorCase(t, func(k *gate.Case) { k.Parts[0].Held = []gate.Finding{f} })
	e, err := gate.Explain(k, gate.Judge(k, morning), "definition-of-done", "")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]gate.Clause{{"a file that only tightens", "team", "cart.cue:1:1"}}, e.Rule); diff != "" {
		t.Errorf("the rule (-want +got):\n%s", diff)
	}
	wantAll(t, "because", strings.Join(e.Because, "\n"), "Found: cart.cue:1:1: it relaxes.|holds cart-api back")
	wantAll(t, "mend", strings.Join(e.Mend, "\n"), "Mend .nexus/done.cue.")
}

func TestAnExceptionIsExplainedWhetherItAppliesOrNot(t *testing.T) {
	grant := func(id string, until time.Time, void string) func(*gate.Case) {
		return func(k *gate.Case) {
			k.Exceptions = append(k.Exceptions, gate.Exception{Void: void, Exception: definition.Exception{
				ID: id, Criterion: "coverage", Teams: []string{"cart"}, Reason: "the suite moves.", RequestedBy: "kim", ApprovedBy: "ana", Until: until,
			}})
		}
	}
	k := floorCase(t, with(84.2), grant("moving", morning.AddDate(0, 0, 5), ""), grant("older", morning.AddDate(0, 0, -1), ""), grant("forged", morning.AddDate(0, 0, 5), "kim did not bring it"))
	v := gate.Judge(k, morning)
	e, err := gate.Explain(k, v, "coverage", "cart-api")
	if err != nil {
		t.Fatal(err)
	}
	wantAll(t, "because", strings.Join(e.Because, "\n"), "The exception moving excepts it until 27 November 2026 (5 days left): asked for by kim, approved by ana, because: the suite moves. It stays unmet"+
		"|The exception older expired on 21 November 2026.|The exception forged is void: kim did not bring it.")
	if text := strings.Join(e.Because, "\n"); strings.Contains(text, "holds cart-api back") {
		t.Errorf("it is said to hold back what is excepted:\n%s", text)
	}
}

func TestWhatThereIsNotIsAnsweredWithWhatThereIs(t *testing.T) {
	k := floorCase(t, with(84.2))
	k.Parts = append(k.Parts, gate.Part{Component: "web", Held: []gate.Finding{{Criterion: "ci", Component: "web", State: gate.Met, Level: definition.Required}}},
		gate.Part{Component: "pay", Held: []gate.Finding{{Criterion: "ci", Component: "pay", State: gate.Met, Level: definition.Required}}})
	v := gate.Judge(k, morning)
	for _, c := range [][3]string{
		{"covrage", "cart-api", `the verdict on cart-api has no criterion "covrage"; it has coverage, ci`},
		{"coverage", "crt-api", `the verdict on cart-api has no component "crt-api"; it has cart-api, pay, web`},
		{"coverage", "web", "coverage is not asked of web; it is of cart-api"},
		{"ci", "", "ci is asked of several components; name one of pay, web"},
	} {
		if _, err := gate.Explain(k, v, c[0], c[1]); err == nil || err.Error() != c[2] {
			t.Errorf("%s of %q: %v, want %s", c[0], c[1], err, c[2])
		}
	}
}

func TestWhatIsExplainedIsWhatWasJudged(t *testing.T) {
	seed := rand.Uint64()
	random := rand.New(rand.NewPCG(seed, 3))
	d := rules(t)
	for range 2000 {
		k := randomCase(d, random)
		tightenAtRandom(&k, random)
		v := gate.Judge(k, morning)
		for _, f := range v.Findings {
			e, err := gate.Explain(k, v, f.Criterion, f.Component)
			if err != nil {
				t.Fatalf("seed %d: %v", seed, err)
			}
			holdsTogether(t, seed, k, v, e)
		}
	}
}

// tightenAtRandom lays a team's layer over some of the rules, stricter or not so.
func tightenAtRandom(k *gate.Case, random *rand.Rand) {
	for i, r := range k.Parts[0].Rules {
		if random.IntN(2) == 0 {
			team := *r.Nexus
			team.Layer, team.Level = definition.TeamLayer, pick(random, definition.Required, definition.Advisory)
			team.Fresh = pick(random, 0, time.Hour, 12*time.Hour)
			team.From.Trust = pick(random, definition.Unset, definition.OIDC)
			k.Parts[0].Rules[i].Team = &team
		}
	}
}

// holdsTogether holds an explanation to the verdict: its finding is one of it, and the evidence that is
// said to count comes to what was found.
func holdsTogether(t *testing.T, seed uint64, k gate.Case, v gate.Verdict, e gate.Explanation) {
	t.Helper()
	if !slices.ContainsFunc(v.Findings, func(f gate.Finding) bool { return cmp.Equal(f, e.Finding) }) {
		t.Fatalf("seed %d: what is explained, %+v, is none of:\n%s", seed, e.Finding, findings(v))
	}
	ofRule := slices.ContainsFunc(k.Parts[0].Rules, func(r definition.Rule) bool { return r.Main().ID == e.Finding.Criterion })
	if ofRule && (len(e.Rule) < 2 || len(e.Because) == 0 || len(e.Mend) == 0) {
		t.Fatalf("seed %d: the rule that gave %+v was not found again: %+v", seed, e.Finding, e)
	}
	worst, counted := gate.Met, 0
	for _, h := range e.Heard {
		if h.Why == "" || h.Counts != (h.State != "") {
			t.Fatalf("seed %d: it is not said whether this counts, and why: %+v", seed, h)
		}
		if h.Counts {
			counted++
		}
		if h.Counts && stateRank(h.State) < stateRank(worst) {
			worst = h.State
		}
	}
	// A matrix that is not complete waits although all that came is met, and so does what has too few.
	waits := worst == gate.Met && (e.Finding.State == gate.Waiting || e.Finding.State == gate.Missing)
	if counted > 0 && worst != e.Finding.State && !waits {
		t.Fatalf("seed %d: what counts comes to %s, and %s was found: %+v", seed, worst, e.Finding.State, e.Heard)
	}
}

func stateRank(s gate.FindingState) int { return slices.Index(gate.FindingStates[:], s) }

// TestEveryFindingIsExplainedFromItsGround holds that what was kept of a verdict is enough to explain it.
func TestEveryFindingIsExplainedFromItsGround(t *testing.T) {
	var kept grounds
	l, byRule := gate.NewLedger(), 0
	tell := func(id string, events ...gate.Event) {
		step := l.Apply(gate.Delivery{ID: id, Source: gate.FromGitHub, Trust: definition.Webhook, Received: morning}, events, morning.Add(21*time.Minute))
		kept.hold(t, step)
		for _, g := range step.Grounds {
			byRule += explainedFrom(t, &kept, kept.kept(t, g))
		}
	}
	deliveries := tale()
	tell("000000", gate.NexusGiven{File: "nexus.cue", Source: storefront})
	for i, d := range deliveries {
		tell(d.ID, taleEvents[i]...)
	}
	if byRule < 20 {
		t.Errorf("%d findings were explained by their rules, want 20 at least", byRule)
	}
}

// explainedFrom explains each finding of a ground's verdict, and counts those that a rule gave.
func explainedFrom(t *testing.T, kept *grounds, g gate.Ground) (byRule int) {
	t.Helper()
	n, err := kept.nexus(g.Definition)
	if err != nil {
		t.Fatal(err)
	}
	kase, err := gate.CaseOf(g, n, kept.find, kept.said)
	if err != nil {
		t.Fatal(err)
	}
	v := kept.verdicts[g.Verdict]
	for _, f := range v.Findings {
		e, err := gate.Explain(kase, v, f.Criterion, f.Component)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range kase.Parts {
			ruled := slices.ContainsFunc(p.Rules, func(r definition.Rule) bool { return r.Main().ID == f.Criterion })
			if p.Component == f.Component && ruled {
				byRule++
				if len(e.Rule) < 2 {
					t.Errorf("the rule behind %s of %s was not found again: %+v", f.Criterion, v.Subject.Name, e)
				}
			}
		}
	}
	return byRule
}
