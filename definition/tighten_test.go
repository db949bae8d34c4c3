package definition_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/definition"
)

// layers are a random criterion of the Nexus and a random tightening of it.
type layers struct {
	nexus, team string
}

func (c choices) layers() layers {
	var team []string
	nexus := c.some(`level: "required"`, `level: "advisory"`)
	if len(nexus) == 0 {
		nexus = c.some(c.day())
	}
	nexus = append(nexus, c.some(c.duration("fresh"), c.duration("within"), c.trust())...)
	team = append(team, c.some(c.level(), c.day(), c.duration("fresh"), c.duration("within"), c.trust())...)
	return layers{
		nexus: strings.Join(append(nexus, "must: {a: "+c.leaf(1)+", b: "+c.leaf(2)+"}"), "\n\t"),
		team:  strings.Join(append(team, "must: "+c.pick("a", "a", "b", "c")+": "+c.conjunction()), "\n\t"),
	}
}

// some takes at most one of each kind of line, and few of them.
func (c choices) some(lines ...string) []string {
	var taken []string
	for _, line := range lines {
		if c.IntN(4) == 0 {
			taken = append(taken, line)
			if strings.HasPrefix(line, "level") {
				break
			}
		}
	}
	return taken
}

func (c choices) level() string { return `level: "` + c.pick("required", "advisory") + `"` }
func (c choices) day() string {
	return `requiredFrom: "` + c.pick("2026-11-01", "2027-01-15", "2027-06-01") + `"`
}

func (c choices) trust() string {
	return `from: trust: "` + c.pick("declared", "token", "webhook", "oidc") + `"`
}

func (c choices) duration(field string) string {
	return field + `: "` + c.pick("30m", "12h", "1d", "24h", "2d") + `"`
}

// TestWhatTheTightenedDefinitionCallsMetTheNexusCallsMet is the promise of the two layers: over
// random layers and evidence, in both standings, a team's layer never lets through what the
// Nexus's alone holds back.
func TestWhatTheTightenedDefinitionCallsMetTheNexusCallsMet(t *testing.T) {
	accepted := map[definition.Standing]int{}
	for seed := range uint64(500) {
		c := choices{rand.New(rand.NewPCG(seed, 2))}
		l := c.layers()
		d, err := definition.Load(definition.File{Name: "nexus.cue", Source: []byte(nexusWith(l.nexus))})
		if err != nil {
			continue // a contradiction, in itself
		}
		team, err := definition.LoadTightening(definition.File{Name: "done.cue", Source: []byte("done: x: {\n\t" + l.team + "\n}")})
		if err != nil {
			continue
		}
		component, _ := d.Component("c")
		for _, standing := range []definition.Standing{definition.New, definition.Accepted} {
			rules, _, err := d.Rules(component, team, standing)
			if err != nil {
				if len(rules) != 1 || rules[0].Team != nil {
					t.Fatalf("a refused file leaves %v in force, and not the Nexus's rules alone", rules)
				}
				continue
			}
			accepted[standing]++
			for range 20 {
				facts := fmt.Sprintf(`{"a": %s, "b": %s, "c": %s}`, c.fact(), c.fact(), c.fact())
				if r := rules[0]; met(r.Team, decode(facts)) && !met(r.Nexus, decode(facts)) {
					t.Errorf("%s is met by the team's layer and not by the Nexus's:\n%s\n%s", facts, l.nexus, l.team)
				}
			}
			if how := looser(*rules[0].Team, *rules[0].Nexus); how != "" {
				t.Errorf("the tightened criterion has %s:\n%s\n%s", how, l.nexus, l.team)
			}
		}
	}
	if accepted[definition.New] < 20 || accepted[definition.Accepted] < 50 {
		t.Errorf("%v files were accepted: too few to hold anything", accepted)
	}
}

func nexusWith(criterion string) string {
	return `name: "n"
teams: t: components: c: repo: "github:acme/c"
done: x: {
	why: "x", on: "commit", evidence: "mine"
	` + criterion + `
}`
}

// looser says in what a criterion asks for less than another.
func looser(team, nexus definition.Criterion) string {
	for _, day := range []int{0, 30, 100, 300} {
		at := time.Date(2026, 10, 20+day, 0, 0, 0, 0, time.UTC)
		if nexus.RequiredAt(at) && !team.RequiredAt(at) {
			return "a lower level at " + at.String()
		}
	}
	switch {
	case nexus.Fresh > 0 && (team.Fresh == 0 || team.Fresh > nexus.Fresh):
		return "a longer fresh"
	case team.Within > nexus.Within:
		return "a longer within"
	case team.From.Trust < nexus.From.Trust:
		return "a lower trust"
	case team.On != nexus.On || team.Evidence != nexus.Evidence || team.AtLeast != nexus.AtLeast:
		return "another subject"
	}
	return ""
}

// TestRelationsHoldOnFacts asks facts whether a relaxation admits all that the Nexus admits, a
// redundant leaf just that, and a contradiction nothing of it.
func TestRelationsHoldOnFacts(t *testing.T) {
	counts := map[string]int{}
	for seed := range uint64(600) {
		c := choices{rand.New(rand.NewPCG(seed, 3))}
		nexus, team := c.leaf(1), c.conjunction()
		if c.IntN(6) == 0 {
			nexus = team
		}
		d, err := definition.Load(definition.File{Name: "nexus.cue", Source: []byte(nexusWith("must: a: " + nexus))})
		if err != nil {
			continue
		}
		tightening, err := definition.LoadTightening(definition.File{Name: "done.cue", Source: []byte("done: x: must: a: " + team)})
		if err != nil {
			continue
		}
		component, _ := d.Component("c")
		_, warnings, err := d.Rules(component, tightening, definition.New)
		relation := relationOf(err, warnings)
		counts[relation]++
		n, both := leafPair(t, d, component, tightening)
		for _, fact := range c.facts(30) {
			given := decode(`{"a": ` + fact + `}`)["a"]
			inNexus, inBoth := n.Admits(given), both(given)
			if inNexus && !inBoth && (relation == "relaxes" || relation == "repeats") {
				t.Errorf("%s %s %s, and refuses %s", team, relation, nexus, fact)
			}
			if inBoth && relation == "contradicts" {
				t.Errorf("%s %s %s, and both admit %s", team, relation, nexus, fact)
			}
		}
	}
	for _, relation := range []string{"relaxes", "repeats", "contradicts", "tightens"} {
		if counts[relation] < 10 {
			t.Errorf("only %d times a leaf %s: too few to hold anything", counts[relation], relation)
		}
	}
}

func relationOf(err error, warnings definition.Faults) string {
	switch {
	case err == nil && strings.Contains(warnings.Error(), "undecided"):
		return "tightens"
	case err == nil && len(warnings) > 0:
		return "repeats"
	case err == nil:
		return "tightens"
	case strings.Contains(err.Error(), "relaxes"):
		return "relaxes"
	}
	return "contradicts"
}

// leafPair is the Nexus's leaf, and whether both layers admit a fact.
func leafPair(t *testing.T, d *definition.Definition, c definition.Component, team *definition.Tightening) (definition.Leaf, func(any) bool) {
	t.Helper()
	rules, _, err := d.Rules(c, team, definition.Accepted)
	if err != nil {
		t.Fatal(err)
	}
	return rules[0].Nexus.Must[0], func(fact any) bool {
		return met(rules[0].Team, map[string]any{"a": fact})
	}
}
