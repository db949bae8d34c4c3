package gate_test

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/definition/definitiontest"
	"github.com/nexusgate/nexusgate/gate"
)

// holdTold holds what is said of a file against what has to be said of it (b, c).
func (b *proofBlock) holdTold(expected []expectation, faults, warnings definition.Faults) {
	wrong, unsure := b.team.Spoiled != "", false
	for _, e := range expected {
		fault, warning := at(faults, e.at), at(warnings, e.at)
		how := e.how
		switch {
		case how == undecidable, e.nexus != nil && strings.Contains(warning, "is undecided") && (how == stricter || how == perhapsContrary):
			how, unsure = b.holdUndecided(e, fault, warning), true
		case how == perhapsContrary:
			unsure = true
		case how == looser || how == contrary:
			wrong = true
			b.holdRefused(e, fault)
		case how == same:
			b.holdRedundant(e, warning)
		case warning != "" && e.what != "own" && (e.what != "leaf" || e.nexus != nil):
			b.fail("the stricter %s is warned of: %s", e.what, warning)
		}
		b.tally[e.what+": "+how]++
	}
	if len(warnings) > 1 && len(faults) == 0 {
		b.tally["accepted, with a word"]++
	}
	if refused := len(faults) > 0; refused != wrong && !unsure {
		b.fail("it is refused: %v, want %v: %v", refused, wrong, faults)
	}
}

// at is what is said of a place of the team's file.
func at(faults definition.Faults, place definitiontest.Place) string {
	var said []string
	for _, f := range faults {
		if f.Pos == (definition.Pos{File: "done.cue", Line: place.Line, Column: place.Column}) {
			said = append(said, f.Message)
		}
	}
	return strings.Join(said, "\n")
}

// holdRefused wants a relaxation told with both places, the team's as the fault's own, and both
// constraints (b).
func (b *proofBlock) holdRefused(e expectation, fault string) {
	want := []string{"nexus.cue:"}
	switch {
	case e.what == "together":
		return // another of the leaves may be told, and the file is refused
	case e.what == "leaf" && e.how == looser:
		want = []string{e.team + " relaxes " + e.nexus.Text + " of the Nexus (" + e.nexus.Pos.String() + ")"}
	case e.what == "leaf" && e.nexus != nil:
		want = []string{e.team + " contradicts ", e.nexus.Text + " of the Nexus (" + e.nexus.Pos.String() + ")"}
	case e.how == looser && e.what != "misplaced" && e.what != "unprovable":
		want = []string{" relaxes ", e.team, " of the Nexus (nexus.cue:"}
	}
	for _, part := range want {
		if !strings.Contains(fault, part) {
			b.fail("of the %s %s at %v it is said %q, want %q", e.how, e.what, e.at, fault, part)
		}
	}
}

// holdRedundant wants it said that something has no effect (c).
func (b *proofBlock) holdRedundant(e expectation, warning string) {
	want := "says no more than"
	if e.what == "nothing" {
		want = "says nothing of"
	}
	if !strings.Contains(warning, want) {
		b.fail("of the %s at %v, which has no effect, it is said %q, want %q", e.what, e.at, warning, want)
	}
}

// holdUndecided holds what is said of a leaf that rests on regular expressions: never nothing where the
// grid shows no fact that it takes away, and nothing that the grid contradicts.
func (b *proofBlock) holdUndecided(e expectation, fault, warning string) string {
	said := map[string]bool{
		"undecided": strings.Contains(warning, "is undecided") && strings.Contains(warning, e.nexus.Pos.String()) && strings.Contains(warning, e.nexus.Text),
		same:        strings.Contains(warning, "says no more than"),
		looser:      strings.Contains(fault, "relaxes"),
		contrary:    strings.Contains(fault, "contradicts"),
	}
	for _, how := range []string{same, looser, contrary, "undecided"} {
		if said[how] {
			return how
		}
	}
	b.fail("of %s at %v, of which the grid shows no effect, nothing is said", e.team, e.at)
	return ""
}

// judge holds (a): over random evidence, moments and exceptions, the outcome with the team's layer is
// never better than by the Nexus's alone.
func (b *proofBlock) judge(d *definition.Definition, cart definition.Component, rules []definition.Rule, overtaken bool) {
	alone, _, _ := d.Rules(cart, nil, definition.New)
	rounds := 3
	if overtaken {
		rounds = 1
	}
	for range rounds {
		now := morning.AddDate(0, 0, []int{0, 2, 60, 300}[b.choices.IntN(4)])
		part := gate.Part{Component: "cart", Team: "cart", Rules: alone, Evidence: b.evidence(alone, now), Since: now.Add(-b.age())}
		k := gate.Case{Floor: definition.Token, Parts: []gate.Part{part}, Exceptions: b.exceptions(now)}
		before := gate.Judge(k, now)
		part.Rules = rules
		k.Parts = []gate.Part{part}
		after := gate.Judge(k, now)
		if slices.Index(outcomes, after.Outcome) < slices.Index(outcomes, before.Outcome) {
			b.fail("%s by the Nexus alone is %s with the team's layer, at %s over %+v", before.Outcome, after.Outcome, now, part.Evidence)
		}
		b.count(before, after)
	}
}

func (b *proofBlock) count(before, after gate.Verdict) {
	what := "verdict: " + string(before.Outcome)
	switch {
	case before.Outcome == gate.Done && after.Outcome == gate.Done:
		what += ", and done with the team"
	case before.Outcome == gate.Done:
		what += ", and not with the team"
	}
	b.tally[what]++
	if before.Outcome == gate.Done && len(before.Exceptions) > 0 {
		b.tally["verdict: done under an exception"]++
	}
}

func (b *proofBlock) age() time.Duration {
	return [...]time.Duration{10 * time.Minute, 15 * time.Minute, 20 * time.Minute, 25 * time.Minute, 40 * time.Minute, 13 * time.Hour, 25 * time.Hour, 37 * time.Hour, 72 * time.Hour}[b.choices.IntN(9)]
}

func (b *proofBlock) exceptions(now time.Time) []gate.Exception {
	if !b.choices.Odds(6) {
		return nil
	}
	e := definition.Exception{ID: "e", Criterion: fmt.Sprintf("c%d", b.choices.IntN(4)), Components: []string{"cart"}, Until: now.AddDate(0, 0, b.choices.IntN(3))}
	return []gate.Exception{{Exception: e}}
}

// evidence is mostly what meets the Nexus's rules, and often the team's too.
func (b *proofBlock) evidence(rules []definition.Rule, now time.Time) []gate.Evidence {
	var all []gate.Evidence
	for _, r := range rules {
		for i := range [...]int{0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2}[b.choices.IntN(16)] {
			all = append(all, b.report(r.Nexus, i, now))
		}
	}
	return all
}

func (b *proofBlock) report(c *definition.Criterion, i int, now time.Time) gate.Evidence {
	e := gate.Evidence{
		Object: fmt.Sprintf("%s/%d", c.ID, i), Kind: c.Evidence, Name: c.ID, Producer: gate.Producer{App: "bot"},
		Trust: definition.OIDC, Status: gate.Completed, Observed: now.Add(-b.age()), Facts: b.facts(c),
	}
	if i > 0 && strings.HasSuffix(c.Name, "*") {
		e.Name += "-again"
	}
	switch b.choices.IntN(30) {
	case 0:
		e.Status = gate.Running
	case 1:
		e.Producer.App = "somebody"
	case 2, 3:
		e.Trust = definition.Trust(1 + b.choices.IntN(4))
	case 4:
		e.Observed = now.Add(time.Hour)
	}
	return e
}

// facts are those that a criterion names; now and then one is absent.
func (b *proofBlock) facts(c *definition.Criterion) gate.Facts {
	facts, inner := gate.Facts{"tests": 3}, map[string]any{}
	team := b.team.Criterion(c.ID)
	withTeam := team != nil && !b.choices.Odds(3)
	for _, leaf := range b.nexus.Criterion(c.ID).Must {
		m := b.oracle.of(leaf.Constraint)
		if withTeam {
			for _, other := range team.Must {
				if both := m.and(b.oracle.of(other.Constraint)); other.Path == leaf.Path && !both.empty() {
					m = both
				}
			}
		}
		into, name := facts, leaf.Path
		if _, nested, is := strings.Cut(leaf.Path, "."); is {
			into, name = inner, nested
		}
		if !b.choices.Odds(40) {
			into[name] = b.oracle.decoded[b.fact(m)]
		}
	}
	facts["n"] = inner
	for _, name := range []string{"c", "e"} {
		facts[name] = b.oracle.decoded[b.choices.IntN(len(b.oracle.facts))]
	}
	return facts
}

// fact is one of those that a mask admits, or now and then any.
func (b *proofBlock) fact(m mask) int {
	at := b.choices.IntN(len(b.oracle.facts))
	if b.choices.Odds(30) || m.empty() {
		return at
	}
	for skip := b.choices.IntN(m.count()); ; at = (at + 1) % len(b.oracle.facts) {
		if !m.has(at) {
			continue
		}
		if skip--; skip < 0 {
			return at
		}
	}
}
