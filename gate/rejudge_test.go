package gate_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
)

// past is a history as it is kept.
type past struct {
	grounds
	recorded []gate.Ground
	by       map[string]gate.Ground
	nexus    *gate.Nexus // that was in force all the time
}

// happened tells a day in some order and at random moments, under one definition.
func happened(t *testing.T, random *rand.Rand, source string) *past {
	t.Helper()
	p := &past{by: map[string]gate.Ground{}}
	l, now := gate.NewLedger(), morning
	keep := func(step gate.Step) {
		p.hold(t, step)
		for _, g := range step.Grounds {
			read := p.kept(t, g)
			p.recorded, p.by[g.Verdict] = append(p.recorded, read), g
		}
	}
	tell := func(id string, events ...gate.Event) {
		now = now.Add(time.Duration(random.IntN(900)) * time.Second)
		keep(l.Apply(gate.Delivery{ID: id, Source: gate.FromGitHub, Trust: definition.Webhook, Received: now}, events, now))
		if step, empty := l.Wake(now.Add(time.Second)); !empty {
			keep(step)
		}
	}
	deliveries := tale()
	tell("000000", gate.NexusGiven{File: "nexus.cue", Source: source})
	for _, i := range random.Perm(len(deliveries)) {
		tell(deliveries[i].ID, taleEvents[i]...)
	}
	var err error
	if p.nexus, err = p.grounds.nexus(p.recorded[0].Definition); err != nil {
		t.Fatal(err)
	}
	return p
}

func (p *past) ground(verdict string) (gate.Ground, error) {
	g, ok := p.by[verdict]
	if !ok {
		return g, fmt.Errorf("no ground was kept of %s", verdict)
	}
	return g, nil
}

// under judges the history again by a candidate, from a place in it on.
func (p *past) under(t *testing.T, candidate *gate.Nexus, from int) gate.Hindsight {
	t.Helper()
	r := gate.NewRejudging(candidate, p.ground)
	shared := map[string]*gate.Evidence{}
	find := func(ref string) (*gate.Evidence, error) {
		if e, ok := shared[ref]; ok {
			return e, nil
		}
		e, err := p.find(ref)
		shared[ref] = e
		return e, err
	}
	for i := range p.recorded[from:] {
		if err := r.Add(&p.recorded[from+i], find); err != nil {
			t.Fatal(err)
		}
	}
	return r.Sum()
}

// plainly is the same with nothing remembered: each verdict is judged whole, and compared.
func (p *past) plainly(t *testing.T, candidate *gate.Nexus, from int) gate.Hindsight {
	t.Helper()
	h := gate.Hindsight{}
	judged := map[gate.SubjectKind]*gate.Retried{}
	outcomes, findings := map[gate.OutcomeTurn][]string{}, map[gate.FindingTurn][]string{}
	for _, g := range p.recorded[from:] {
		v, in := p.again(t, candidate, g, g.At)
		if !in {
			h.Left++
			continue
		}
		if h.From.IsZero() {
			h.From = g.At
		}
		h.To = g.At
		if judged[g.Subject.Kind] == nil {
			judged[g.Subject.Kind] = &gate.Retried{Kind: g.Subject.Kind}
		}
		judged[g.Subject.Kind].Count++
		was := p.verdicts[g.Verdict]
		turns := otherwise(was, v, g.Subject.Kind == gate.OfIncrement)
		for _, turn := range turns {
			findings[turn] = append(findings[turn], g.Verdict)
		}
		differ := v.Outcome != was.Outcome || under(v) != under(was)
		if differ {
			judged[g.Subject.Kind].Turned++
			team := ""
			if g.Subject.Kind != gate.OfIncrement {
				team = g.Parts[0].Team
			}
			turn := gate.OutcomeTurn{Kind: g.Subject.Kind, Team: team, From: was.Outcome, To: v.Outcome, FromUnder: under(was), ToUnder: under(v)}
			outcomes[turn] = append(outcomes[turn], g.Verdict)
		}
		if differ || len(turns) > 0 {
			h.Differing++
		}
	}
	for _, kind := range []gate.SubjectKind{gate.OfComponent, gate.OfChange, gate.OfGroup, gate.OfIncrement} {
		if judged[kind] != nil {
			h.Judged = append(h.Judged, *judged[kind])
		}
	}
	for turn, all := range outcomes {
		turn.Count, turn.Example = len(all), all[0]
		h.Outcomes = append(h.Outcomes, turn)
	}
	for turn, all := range findings {
		turn.Count, turn.Example = len(all), all[0]
		h.Findings = append(h.Findings, turn)
	}
	return h
}

// under says whether a verdict is done under exceptions.
func under(v gate.Verdict) bool { return v.Outcome == gate.Done && len(v.Exceptions) > 0 }

// again judges a ground under a candidate, an Increment by its components as of its own moment.
func (p *past) again(t *testing.T, candidate *gate.Nexus, g gate.Ground, now time.Time) (v gate.Verdict, in bool) {
	t.Helper()
	kase, err := gate.CaseOf(g, candidate, p.find, func(id string) ([]gate.Finding, error) {
		return p.awaited(t, candidate, id, now)
	})
	if err != nil {
		t.Fatal(err)
	}
	return gate.Judge(kase, now), len(kase.Parts) > 0
}

// awaited are the findings on a component at a later moment, where time changes them otherwise than it
// was to change those that were recorded; else they stay as they were at the verdict's own moment.
func (p *past) awaited(t *testing.T, candidate *gate.Nexus, id string, now time.Time) (findings []gate.Finding, err error) {
	t.Helper()
	g, err := p.ground(id)
	if err != nil {
		return nil, err
	}
	then, _ := p.again(t, candidate, g, g.At)
	later, _ := p.again(t, candidate, g, now)
	at := func(all []gate.Finding, criterion string) (f gate.Finding) {
		for _, one := range all {
			if one.Criterion == criterion {
				f = one
			}
		}
		return f
	}
	for _, f := range then.Findings {
		if !f.Wake.Equal(at(p.verdicts[id].Findings, f.Criterion).Wake) {
			f = at(later.Findings, f.Criterion)
		}
		findings = append(findings, f)
	}
	return findings, nil
}

// otherwise are the findings that differ, less those of an Increment's components.
func otherwise(was, now gate.Verdict, increment bool) (turns []gate.FindingTurn) {
	key := func(f gate.Finding) string { return f.Component + " " + f.Criterion }
	before, after := map[string]gate.Finding{}, map[string]gate.Finding{}
	for _, f := range was.Findings {
		before[key(f)] = f
	}
	for _, f := range now.Findings {
		after[key(f)] = f
		if _, known := before[key(f)]; !known {
			before[key(f)] = gate.Finding{}
		}
	}
	for k, old := range before {
		f := after[k]
		word := func(f gate.Finding) string {
			if f.Exception != "" {
				return "under an exception"
			}
			return string(f.Level)
		}
		if old.State == f.State && word(old) == word(f) || increment && old.Component+f.Component != "" {
			continue
		}
		turn := gate.FindingTurn{Team: f.Team, Criterion: f.Criterion, From: old.State, To: f.State}
		if f.Criterion == "" {
			turn.Team, turn.Criterion = old.Team, old.Criterion
		}
		if old.Criterion != "" && f.Criterion != "" && word(old) != word(f) {
			turn.Level = word(old) + " → " + word(f)
		}
		turns = append(turns, turn)
	}
	return turns
}

const watchful = `
name: "storefront"
integrationTeam: {productOwner: "ana", scrumMaster: "li", members: ["kim"]}
teams: {
	cart: components: "cart-api": {repo: "github:acme/cart-api", branch: "main"}
	pay: components: pay: {repo: "github:acme/pay", branch: "main"}
	web: components: web: {repo: "gitlab:acme/web", branch: "main"}
}
done: {
	ci: {why: "Green", on: "commit", evidence: "pipeline", name: "ci", from: app: ["github-actions", "gitlab-ci"], must: conclusion: "success", within: "1h", paths: ["a", "c*"]}
	jobs: {why: "No job fails", on: "commit", evidence: "job", must: conclusion: "success", appliesTo: teams: ["web", "cart"]}
	reviewed: {why: "Seen", on: "change", evidence: "review", must: approvals: >=1, paths: ["b"]}
	lands: {why: "Early", on: "commit", evidence: "integration", must: {hoursSinceLanding: <=40, oldestChangeHours: <30.5}}
	sum: {why: "Together", on: "increment", evidence: "pipeline", name: "e2e", must: conclusion: "success", within: "2h"}
}
`

// candidates are definitions that differ from watchful in every way that history can be judged by.
func candidates(t *testing.T) map[string]*gate.Nexus {
	t.Helper()
	edits := map[string][]string{
		"the same":         {},
		"nearer deadline":  {`within: "1h"`, `within: "5m"`},
		"farther deadline": {`within: "1h"`, `within: "9h"`},
		"fresh":            {`within: "1h"`, `fresh: "20m"`},
		"other constraint": {`must: conclusion: "success", within: "1h"`, `must: conclusion: "failure"`},
		"advisory":         {`within: "1h"`, `level: "advisory"`},
		"lands sooner":     {`<=40`, `<=0.2`, `<30.5`, `<=2`},
		"lands later":      {`<=40`, `<3 & !=1`, `<30.5`, `>0.1`},
		"required from":    {`within: "1h"`, `requiredFrom: "2026-11-24"`},
		"all advisory":     {`why:`, `level: "advisory", why:`},
		"for others":       {`teams: ["web", "cart"]`, `teams: ["pay"]`},
		"more trust":       {`within: "1h"`, `from: trust: "oidc"`},
		"named":            {`evidence: "job",`, `evidence: "job", name: "test*", atLeast: 2,`},
		"gone":             {`	jobs:`, `	#jobs:`},
		"new":              {"done: {", "done: {\n\tmore: {why: \"More\", on: \"commit\", evidence: \"check\", from: app: \"github-actions\", must: conclusion: \"success\", fresh: \"1h\", within: \"30m\"}"},
		"on the change":    {`on: "commit", evidence: "job"`, `on: "change", evidence: "job"`},
		"without the sum":  {`	sum:`, `	#sum:`},
		"without a team":   {`	pay: components: pay: {repo: "github:acme/pay", branch: "main"}` + "\n", ""},
		"under an exception": {"done: {", `longestException: 30
exceptions: {
	slow: {criterion: "ci", components: ["cart-api"], reason: "Slow", requestedBy: "raj", approvedBy: "kim", until: "2026-11-23"}
	all: {criterion: "jobs", teams: ["web"], reason: "Broken", requestedBy: "raj", approvedBy: "kim", until: "2026-11-30"}
}
done: {`},
	}
	all := map[string]*gate.Nexus{}
	for name, pairs := range edits {
		all[name] = candidate(t, strings.NewReplacer(pairs...).Replace(watchful), nil)
	}
	all["a team's own"] = candidate(t, watchful, map[string]gate.Layer{
		"web":      {File: "web.cue", Source: "done: jobs: fresh: \"30m\"\ndone: own: {why: \"Own\", on: \"commit\", evidence: \"status\", from: app: \"x\", must: conclusion: \"success\", within: \"1h\"}\n"},
		"cart-api": {File: "cart.cue", Source: "done: ci: level: \"advisory\"\n"},
	})
	all["required by a team alone"] = candidate(t, strings.ReplaceAll(watchful, "why:", `level: "advisory", why:`), map[string]gate.Layer{
		"web": {File: "web.cue", Source: "done: jobs: level: \"required\"\n"},
	})
	return all
}

func candidate(t *testing.T, source string, layers map[string]gate.Layer) *gate.Nexus {
	t.Helper()
	d, err := definition.Load(definition.File{Name: "candidate.cue", Source: []byte(source)})
	if err != nil {
		t.Fatalf("%v\n%s", err, source)
	}
	return gate.NewNexus(d, source, layers, nil)
}

func TestHistoryJudgedAgainIsWhatJudgingEachVerdictAgainGives(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 4))
	all := candidates(t)
	differing := map[string]int{}
	for range 12 {
		p := happened(t, random, watchful)
		for name, candidate := range all {
			from := random.IntN(len(p.recorded))
			if random.IntN(2) == 0 {
				from = 0
			}
			got, want := p.under(t, candidate, from), p.plainly(t, candidate, from)
			differing[name] += want.Differing
			if diff := cmp.Diff(want, got, sorted); diff != "" {
				t.Fatalf("seed %d, %s, from %d of %d (-judged plainly +judged again):\n%s", seed, name, from, len(p.recorded), diff)
			}
		}
	}
	for name := range all {
		if (differing[name] == 0) != (name == "the same") {
			t.Errorf("%s: %d verdicts differ", name, differing[name])
		}
	}
}

// sorted compares turns in whatever order.
var sorted = cmp.Options{
	cmp.Transformer("outcomes", func(all []gate.OutcomeTurn) map[gate.OutcomeTurn]int { return counted(all) }),
	cmp.Transformer("findings", func(all []gate.FindingTurn) map[gate.FindingTurn]int { return counted(all) }),
}

func counted[T comparable](all []T) map[T]int {
	set := map[T]int{}
	for _, one := range all {
		set[one]++
	}
	return set
}

func TestWhatWasNotKeptIsCountedAndNotGuessed(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 7))
	p := happened(t, random, watchful)
	elsewhere := candidate(t, strings.Replace(watchful, `paths: ["a", "c*"]`, `paths: ["api/**"]`, 1), nil)
	h := p.under(t, elsewhere, 0)
	told := 0
	for _, u := range h.Unknown {
		if u.Criterion != "ci" || !strings.Contains(u.Why, "paths") {
			t.Errorf("not known: %+v; want the criterion whose paths nothing watched", u)
		}
		told += u.Count
	}
	if told == 0 || len(h.Findings) > 0 || len(h.Outcomes) > 0 {
		t.Errorf("%d are not known, and told as known are %+v and %+v; want what is not known alone", told, h.Findings, h.Outcomes)
	}
	for _, r := range h.Judged {
		if r.Kind == gate.OfIncrement && r.Unknown == 0 {
			t.Error("the outcome of every Increment is known, though a criterion of its components is not")
		}
	}
}

func TestHowComponentsIntegratedIsNotGuessedWhereNothingAskedForIt(t *testing.T) {
	random := rand.New(rand.NewPCG(6, 6))
	p := happened(t, random, strings.Replace(watchful, "	lands:", "	#lands:", 1))
	h := p.under(t, candidate(t, watchful, nil), 0)
	told := 0
	for _, u := range h.Unknown {
		if u.Criterion != "lands" || !strings.Contains(u.Why, "integrated") {
			t.Errorf("not known: %+v; want the criterion on how components integrate", u)
		}
		told += u.Count
	}
	if told == 0 || len(h.Findings) > 0 {
		t.Errorf("%d are not known, and told as known are %+v; want what is not known alone", told, h.Findings)
	}
}

func TestAVerdictOfBeforeThereWereGroundsLeavesTheIncrementUnknown(t *testing.T) {
	random := rand.New(rand.NewPCG(8, 8))
	p := happened(t, random, strings.Replace(watchful, `within: "2h"}`, `level: "advisory"}`, 1))
	last := p.recorded[len(p.recorded)-1]
	if last.Subject.Kind != gate.OfIncrement {
		t.Fatalf("the last verdict is on %s, want the Increment", last.Subject.Name)
	}
	p.by = map[string]gate.Ground{}
	r := gate.NewRejudging(p.nexus, p.ground)
	if err := r.Add(&last, p.find); err != nil {
		t.Fatal(err)
	}
	h := r.Sum()
	if len(h.Unknown) == 0 || !strings.Contains(h.Unknown[0].Why, "was not kept") {
		t.Errorf("not known is %+v, want what the components' verdicts rested on", h.Unknown)
	}
}

func TestWhatTheCandidateDoesNotHaveIsLeftOut(t *testing.T) {
	random := rand.New(rand.NewPCG(9, 9))
	p := happened(t, random, watchful)
	h := p.under(t, candidates(t)["without a team"], 0)
	if h.Left == 0 || h.Total()+h.Left != len(p.recorded) {
		t.Errorf("%d were judged and %d left out of %d", h.Total(), h.Left, len(p.recorded))
	}
	for _, f := range h.Findings {
		if f.Team == "pay" {
			t.Errorf("a finding of the team that is gone is told: %+v", f)
		}
	}
}
