package gate

import (
	"slices"
	"time"

	"github.com/nexusgate/nexusgate/definition"
)

// retrial is one part of a verdict as it was last judged again. What nothing has changed since is not
// judged anew: a criterion is, when evidence of its kind has come or gone, when its deadline counts
// from another moment, or when its finding was to wake.
type retrial struct {
	governed  *Governed         // nil of the Increment itself, and of a change that touches no component
	increment []definition.Rule // the Increment's own
	unknown   []unasked         // criteria of which it is not known what they rest on
	part      Part
	own       heard
	// integrates says whether how the component integrates is in the evidence.
	integrates bool
	scopes     []scoped
	verdict    string
	judged     bool

	findings, none []Finding // one for each rule, and at most one that nothing is required
	weighed        weighed
	awaited        []bool    // by rule: its finding wakes when that of the history did not
	wake           time.Time // the first moment at which one of those does
}

// unasked is a criterion that nothing is known of, and why.
type unasked struct{ id, why string }

// scoped is what counts for the criteria of some paths.
type scoped struct {
	GroundScope
	heard   heard
	changed news
	carried Carried
}

// judge judges the part as a ground has it.
func (t *retrial) judge(kase *Case, g *Ground, from *GroundPart, evidence func(ref string) (*Evidence, error)) error {
	changed, err := t.own.take(from.Refs, evidence)
	if err != nil {
		return err
	}
	integrates := t.integrates
	t.integrates = slices.ContainsFunc(t.own.evidence, func(e Evidence) bool { return e.Kind == integrationKind })
	anew := !t.judged || integrates != t.integrates || !slices.Equal(t.part.On, from.On) || !t.sameScopes(from.Scopes)
	if anew {
		t.govern(g, from)
	}
	changed.all = changed.all || !t.part.Since.Equal(from.Since)
	if err := t.takeScopes(from.Scopes, evidence); err != nil {
		return err
	}
	t.part.Since, t.part.Evidence, t.verdict, t.judged = from.Since, t.own.evidence, g.Verdict, true
	t.part.Held = heldUnder(g.Subject.Kind, from.Held, t.governed)
	t.ask(kase, g.At, func(rule int) bool {
		c, wake := t.part.Rules[rule].Main(), t.findings[rule].Wake
		switch scope := t.scope(c); {
		case anew, !wake.IsZero() && !wake.After(g.At):
			return true
		case scope != nil && scope.Carried:
			return scope.changed.bear(c)
		default:
			return changed.bear(c)
		}
	})
	t.expect(g.Said)
	return nil
}

// expect marks the findings that time changes at another moment than it was to change those of the
// history. What the same moment did to both, the history tells by itself.
func (t *retrial) expect(said []Said) {
	t.wake = time.Time{}
	for i := range t.findings {
		f := &t.findings[i]
		t.awaited[i] = !f.Wake.IsZero() && !slices.ContainsFunc(said, func(s Said) bool {
			return s.Criterion == f.Criterion && s.Component == f.Component && s.Wake.Equal(f.Wake)
		})
		if t.awaited[i] {
			t.wake = earliest(t.wake, f.Wake)
		}
	}
}

// govern finds the rules that are asked of the part.
func (t *retrial) govern(g *Ground, from *GroundPart) {
	t.part = Part{Component: from.Component, On: from.On}
	rules := t.increment
	if t.governed != nil {
		t.part.Team, rules = t.governed.Team, rulesFor(g.Subject.Kind, from.On, t.governed)
	}
	rules, _ = from.asked(rules)
	t.unknown = nil
	for _, r := range rules {
		switch _, known := from.scope(r.Main()); {
		case !known:
			t.unknown = append(t.unknown, unasked{r.Main().ID, unwatched})
		case asksForIntegration(r) && !t.integrates:
			t.unknown = append(t.unknown, unasked{r.Main().ID, unintegrated})
		default:
			t.part.Rules = append(t.part.Rules, r)
		}
	}
	t.findings, t.awaited = make([]Finding, len(t.part.Rules)), make([]bool, len(t.part.Rules))
	t.scopes = make([]scoped, len(from.Scopes))
	if len(t.scopes) > 0 {
		t.part.Carry = func(c *definition.Criterion) *Carried {
			if scope := t.scope(c); scope != nil && scope.Carried {
				return &scope.carried
			}
			return nil
		}
	}
}

func (t *retrial) scope(c *definition.Criterion) *scoped {
	for i := range t.scopes {
		if slices.Equal(t.scopes[i].Paths, c.Paths) {
			return &t.scopes[i]
		}
	}
	return nil
}

// sameScopes says whether the same became of the same paths, whatever the evidence is.
func (t *retrial) sameScopes(scopes []GroundScope) bool {
	return slices.EqualFunc(t.scopes, scopes, func(a scoped, b GroundScope) bool {
		return slices.Equal(a.Paths, b.Paths) && a.Dropped == b.Dropped && a.Carried == b.Carried
	})
}

func (t *retrial) takeScopes(scopes []GroundScope, evidence func(ref string) (*Evidence, error)) (err error) {
	for i := range scopes {
		scope := &t.scopes[i]
		if scope.changed, err = scope.heard.take(scopes[i].Refs, evidence); err != nil {
			return err
		}
		scope.changed.all = !scope.Since.Equal(scopes[i].Since)
		scope.GroundScope = scopes[i]
		scope.carried = Carried{Evidence: scope.heard.evidence, Since: scopes[i].Since}
	}
	return nil
}

// await judges the part again where time alone has changed it.
func (t *retrial) await(kase *Case, now time.Time) {
	if t.wake.IsZero() || t.wake.After(now) {
		return
	}
	t.ask(kase, now, func(rule int) bool { return t.awaited[rule] && !t.findings[rule].Wake.After(now) })
	t.wake = time.Time{}
	for i, f := range t.findings {
		if t.awaited[i] && f.Wake.After(now) {
			t.wake = earliest(t.wake, f.Wake)
		}
	}
}

// ask judges some rules anew, and sums up.
func (t *retrial) ask(kase *Case, now time.Time, anew func(rule int) bool) {
	t.weighed = weighed{required: len(t.unknown) > 0, unknown: len(t.unknown) > 0}
	for i := range t.part.Held {
		t.weighed = t.weighed.of(&t.part.Held[i])
	}
	for i := range t.part.Rules {
		f := &t.findings[i]
		if anew(i) {
			*f = judgeRule(kase, &t.part, t.part.Rules[i], now)
		}
		t.weighed = t.weighed.of(f)
	}
	t.none = t.none[:0]
	if t.part.Component != "" && len(t.unknown) == 0 && !t.part.governed(now) {
		t.none = append(t.none, noCriterion(t.part.Component, t.part.Team))
		t.weighed = t.weighed.of(&t.none[0])
	}
}

func (t *retrial) found(all []*Finding) []*Finding {
	for _, some := range [...][]Finding{t.part.Held, t.findings, t.none} {
		for i := range some {
			all = append(all, &some[i])
		}
	}
	return all
}
