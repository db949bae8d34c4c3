package gate

import (
	"slices"
	"time"

	"github.com/nexusgate/nexusgate/definition"
)

// Exercise is how the evidence of a case tries one rule: what a set of cases never tries, nobody
// knows to hold.
type Exercise struct {
	Component string
	Rule      definition.Rule
	State     FindingState // of the rule's finding
	Trials    []Trial      // of each constraint of both layers
}

// Trial says whether evidence that a criterion speaks of has met a constraint, and whether other
// such evidence has not. A fact that is absent has not.
type Trial struct {
	Leaf       definition.Leaf
	Met, Unmet bool
}

// Exercises tells how a case tries each of its rules, given the verdict on it.
func Exercises(c Case, v Verdict) []Exercise {
	var all []Exercise
	for i := range c.Parts {
		for _, rule := range c.Parts[i].Rules {
			e := Exercise{Component: c.Parts[i].Component, Rule: rule, Trials: c.try(&c.Parts[i], rule, v.At)}
			for _, f := range v.Findings {
				if f.Criterion == rule.Main().ID && f.Component == e.Component {
					e.State = f.State
				}
			}
			all = append(all, e)
		}
	}
	return all
}

// try holds every constraint of a rule against the evidence that each layer speaks of. A tightened
// criterion has the Nexus's leaves too: they are tried once.
func (c *Case) try(p *Part, rule definition.Rule, now time.Time) []Trial {
	var trials []Trial
	for _, layer := range []*definition.Criterion{rule.Nexus, rule.Team} {
		if layer == nil {
			continue
		}
		matching := examinationOf(p, layer, c.Floor, now).matching(nil)
		for _, leaf := range layer.Must {
			at := slices.IndexFunc(trials, func(t Trial) bool { return t.Leaf.Pos == leaf.Pos && t.Leaf.Path == leaf.Path })
			if at < 0 {
				at, trials = len(trials), append(trials, Trial{Leaf: leaf})
			}
			for _, e := range matching {
				trials[at].hear(e)
			}
		}
	}
	return trials
}

// hear counts evidence that has ended; what still runs says nothing yet.
func (t *Trial) hear(e *Evidence) {
	if e.Status != Completed {
		return
	}
	if fact, ok := t.Leaf.Lookup(e.Facts); ok && t.Leaf.Admits(fact) {
		t.Met = true
	} else {
		t.Unmet = true
	}
}
