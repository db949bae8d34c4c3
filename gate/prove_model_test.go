package gate_test

import (
	"fmt"
	"strings"
	"time"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/definition/definitiontest"
)

// expectation is what has to be said of one thing that a team writes.
type expectation struct {
	what  string // "leaf", or the field
	how   string
	at    definitiontest.Place
	team  string // as the message shows it
	nexus *definition.Leaf
}

// expected says of everything that a team writes how it stands to the Nexus's layer, by the rule in
// docs/definition.md and not by how it is read.
func (b *proofBlock) expected(nexus, team definitiontest.Layer, d *definition.Definition) []expectation {
	var all []expectation
	for _, c := range team.Criteria {
		over := nexus.Criterion(c.ID)
		if over == nil {
			how := stricter
			if c.Echoes != "" {
				how = same
			}
			all = append(all, expectation{what: "own", how: how, at: c.Place})
			continue
		}
		if over.Value("on") == "increment" || over.Value("appliesTo.components") == `["web"]` {
			all = append(all, expectation{what: "misplaced", how: looser, at: c.Place})
			continue
		}
		if len(c.Fields)+len(c.Must) == 0 && (team.Spoiled == "" || c != team.Criteria[0]) {
			all = append(all, expectation{what: "nothing", how: same, at: c.Place})
		}
		all = append(all, fieldExpectations(over, c)...)
		all = append(all, b.leafExpectations(over, c, d)...)
	}
	return all
}

func fieldExpectations(nexus, team *definitiontest.Criterion) []expectation {
	var all []expectation
	for _, f := range team.Fields {
		of := nexus.Value(f.Name)
		e := expectation{what: f.Name, at: f.Place, team: f.Value, how: stricter}
		switch f.Name {
		case "why", "fix":
			if f.Value == of {
				e.how = same
			}
		case "from.trust":
			e.how = how(trustOf(f.Value), trustOf(of))
		case "fresh":
			if of != "" {
				e.how = how(-hours(f.Value), -hours(of))
			}
		case "within":
			if of == "" {
				of = "24h"
			}
			e.how = how(-hours(f.Value), -hours(of))
		case "level":
			if _, dated := team.Field("requiredFrom"); dated {
				continue // told at the day
			}
			e.how = how(strictness(f.Value, ""), strictness(nexus.Value("level"), nexus.Value("requiredFrom")))
		case "requiredFrom":
			e.team = "from " + f.Value
			e.how = how(strictness(team.Value("level"), f.Value), strictness(nexus.Value("level"), nexus.Value("requiredFrom")))
		}
		if raised := f.Name == "level" || f.Name == "requiredFrom"; raised && e.how == stricter && nexus.Value("evidence") == "check" && nexus.Value("from.app") == "" {
			e.what, e.how = "unprovable", looser
		}
		all = append(all, e)
	}
	return all
}

func how(team, nexus float64) string {
	switch {
	case team > nexus:
		return stricter
	case team < nexus:
		return looser
	}
	return same
}

// strictness orders levels: advisory, required from a later day, from an earlier one, required.
func strictness(level, from string) float64 {
	if level == "advisory" {
		return -1e18
	}
	if from == "" {
		return 0
	}
	day, err := time.Parse(time.DateOnly, from)
	if err != nil {
		panic(err)
	}
	return -float64(day.Unix())
}

func trustOf(word string) float64 {
	return map[string]float64{"declared": 1, "": 2, "token": 2, "webhook": 3, "oidc": 4}[word]
}

func hours(s string) float64 {
	return map[string]float64{"30m": 0.5, "12h": 12, "1d": 24, "24h": 24, "36h": 36, "2d": 48}[s]
}

// leafExpectations are those of a must, fact by fact.
func (b *proofBlock) leafExpectations(nexus, team *definitiontest.Criterion, d *definition.Definition) []expectation {
	var all []expectation
	for i, leaf := range team.Must {
		e := expectation{what: "leaf", how: stricter, at: leaf.Place, team: leaf.Constraint.String()}
		for j, over := range nexus.Must {
			if nestedPaths(leaf.Path, over.Path) {
				e.how = contrary
			}
			if leaf.Path == over.Path {
				e.nexus = leafAt(d, nexus.ID, j)
				e.how = b.oracle.relate(over.Constraint, leaf.Constraint, strings.Contains(e.nexus.Text, "int"))
			}
		}
		all = append(all, e)
		if how := b.together(nexus, team, i); how != "" {
			all = append(all, expectation{what: "together", how: how, at: leaf.Place})
		}
	}
	return all
}

// together says whether a leaf, with those before it and the Nexus's, leaves nothing of the grid.
func (b *proofBlock) together(nexus, team *definitiontest.Criterion, i int) string {
	leaf := team.Must[i]
	joined := leaf.Constraint
	for _, other := range team.Must[:i] {
		if nestedPaths(other.Path, leaf.Path) {
			return contrary
		}
		if other.Path == leaf.Path {
			joined = definitiontest.And(joined, other.Constraint)
		}
	}
	for _, over := range nexus.Must {
		if over.Path == leaf.Path {
			joined = definitiontest.And(joined, over.Constraint)
		}
	}
	switch {
	case !b.oracle.of(joined).empty():
		return ""
	case joined.Says("=~", "!~"):
		return perhapsContrary
	}
	return contrary
}

func nestedPaths(a, b string) bool {
	return strings.HasPrefix(a, b+".") || strings.HasPrefix(b, a+".")
}

func leafAt(d *definition.Definition, id string, i int) *definition.Leaf {
	for j := range d.Criteria {
		if d.Criteria[j].ID == id {
			return &d.Criteria[j].Must[i]
		}
	}
	panic(fmt.Sprintf("the Nexus has no criterion %s", id))
}
