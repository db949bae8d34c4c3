package main

import (
	"cmp"
	"maps"
	"slices"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
)

// tried is what cases have tried of the rules that they are judged by: what was met and what was not.
type tried struct{ rules map[ruleKey]*triedRule }

// ruleKey tells a criterion, or a constraint of one, apart from all others.
type ruleKey struct {
	pos        definition.Pos
	criterion  string
	constraint string // "": the criterion itself
}

type triedRule struct{ met, unmet bool }

func newTried() tried { return tried{map[ruleKey]*triedRule{}} }

// expect counts the rules of a Nexus among those that could be tried.
func (t tried) expect(n *gate.Nexus) {
	rules := slices.Clone(n.Increment())
	for _, c := range n.Definition.All() {
		governed, _ := n.Component(c.Name)
		rules = append(rules, governed.Rules...)
	}
	for _, rule := range rules {
		t.at(criterionKey(rule))
		for _, layer := range []*definition.Criterion{rule.Nexus, rule.Team} {
			if layer != nil {
				for _, leaf := range layer.Must {
					t.at(constraintKey(rule, leaf))
				}
			}
		}
	}
}

func (t tried) at(key ruleKey) *triedRule {
	if t.rules[key] == nil {
		t.rules[key] = &triedRule{}
	}
	return t.rules[key]
}

func criterionKey(rule definition.Rule) ruleKey {
	return ruleKey{pos: rule.Main().Pos, criterion: rule.Main().ID}
}

func constraintKey(rule definition.Rule, leaf definition.Leaf) ruleKey {
	return ruleKey{pos: leaf.Pos, criterion: rule.Main().ID, constraint: leaf.String()}
}

// add adds what one case has tried. What it only waits for, it has not tried.
func (t tried) add(exercises []gate.Exercise) {
	for _, e := range exercises {
		criterion := t.at(criterionKey(e.Rule))
		criterion.met = criterion.met || e.State == gate.Met
		criterion.unmet = criterion.unmet || (e.State != gate.Met && e.State != gate.Waiting && e.State != "")
		for _, trial := range e.Trials {
			constraint := t.at(constraintKey(e.Rule, trial.Leaf))
			constraint.met = constraint.met || trial.Met
			constraint.unmet = constraint.unmet || trial.Unmet
		}
	}
}

// testCoverage is how much of the rules has been tried both ways.
type testCoverage struct {
	Percent     int           `json:"percent"`
	Criteria    triedShare    `json:"criteria"`
	Constraints triedShare    `json:"constraints"`
	Gaps        []coverageGap `json:"gaps"`
}

type triedShare struct {
	Both int `json:"both"`
	All  int `json:"all"`
}

// coverageGap is a criterion or a constraint that no case has tried one way.
type coverageGap struct {
	At         string `json:"at"`
	Criterion  string `json:"criterion"`
	Constraint string `json:"constraint,omitempty"`
	Never      string `json:"never"` // "met", "unmet" or "tried"

	pos definition.Pos
}

// coverage sums up what was tried, with the gaps in the order of their places.
func (t tried) coverage() testCoverage {
	c := testCoverage{Gaps: []coverageGap{}}
	for _, key := range slices.Collect(maps.Keys(t.rules)) {
		share := &c.Criteria
		if key.constraint != "" {
			share = &c.Constraints
		}
		share.All++
		if never := t.rules[key].never(); never == "" {
			share.Both++
		} else {
			c.Gaps = append(c.Gaps, coverageGap{At: key.pos.String(), Criterion: key.criterion, Constraint: key.constraint, Never: never, pos: key.pos})
		}
	}
	if all := c.Criteria.All + c.Constraints.All; all > 0 {
		c.Percent = 100 * (c.Criteria.Both + c.Constraints.Both) / all
	}
	slices.SortFunc(c.Gaps, func(a, b coverageGap) int {
		return cmp.Or(
			cmp.Compare(a.pos.File, b.pos.File), cmp.Compare(a.pos.Line, b.pos.Line), cmp.Compare(a.pos.Column, b.pos.Column),
			cmp.Compare(a.Criterion, b.Criterion), cmp.Compare(a.Constraint, b.Constraint),
		)
	})
	return c
}

func (r *triedRule) never() string {
	switch {
	case r.met && r.unmet:
		return ""
	case r.met:
		return "unmet"
	case r.unmet:
		return "met"
	default:
		return "tried"
	}
}
