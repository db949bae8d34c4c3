package gate

import (
	"maps"
	"slices"
	"strings"

	"github.com/nexusgate/nexusgate/definition"
)

// remember has each part asked once for what is carried to the criteria of the same paths, so that the
// ground tells what the judgement was given, and both layers of a rule are given the same.
func (c *Case) remember() {
	for i := range c.Parts {
		carry, known := c.Parts[i].Carry, map[string]*Carried{}
		if carry == nil {
			continue
		}
		c.Parts[i].Carry = func(criterion *definition.Criterion) *Carried {
			key := strings.Join(criterion.Paths, "\x00")
			carried, asked := known[key]
			if !asked {
				carried = carry(criterion)
				known[key] = carried
			}
			return carried
		}
	}
}

// GroundOf is what a verdict rests on, by the case that it was judged by.
func GroundOf(c Case, v Verdict) Ground {
	g := Ground{
		Verdict: v.ID, Nexus: c.Nexus, Subject: c.Subject, Commit: c.Commit, Increment: c.Increment, Components: componentsOf(&c),
		Definition: c.Definition, Outcome: v.Outcome, At: v.At, Evidence: map[string]Evidence{}, Parts: []GroundPart{},
	}
	for i := range c.Parts {
		if p := &c.Parts[i]; p.Verdict == "" {
			g.Parts = append(g.Parts, GroundPart{
				Component: p.Component, Team: p.Team, On: p.On, Since: p.Since,
				Refs: g.refer(p.Evidence), Scopes: g.scopes(p), Held: p.Held,
			})
		}
	}
	for i := range v.Findings {
		if f := &v.Findings[i]; c.Subject.Kind != OfIncrement || f.Component == "" {
			g.Said = append(g.Said, f.said())
		}
	}
	return g
}

func (f *Finding) said() Said {
	return Said{f.Criterion, f.Component, f.Team, f.State, f.Level, f.Exception, f.Wake}
}

// componentsOf are the components that an Increment's case is the sum of.
func componentsOf(c *Case) (all GroundComponents) {
	unjudged := maps.Clone(c.Composition)
	for i := range c.Parts {
		if p := &c.Parts[i]; p.Verdict != "" {
			all = append(all, GroundComponent{p.Component, p.Team, c.Composition[p.Component], p.Verdict})
			delete(unjudged, p.Component)
		}
	}
	for _, name := range sortedKeys(unjudged) {
		all = append(all, GroundComponent{Component: name, Commit: unjudged[name]})
	}
	return all
}

// refer adds evidence to the ground and gives the references to it.
func (g *Ground) refer(evidence []Evidence) []string {
	var refs []string
	for i := range evidence {
		ref := evidence[i].Ref()
		refs, g.Evidence[ref] = append(refs, ref), evidence[i]
	}
	return refs
}

// scopes tell of the rules' paths. Those that watch none go by the part's own evidence unless told otherwise.
func (g *Ground) scopes(p *Part) []GroundScope {
	var scopes []GroundScope
	at := func(r definition.Rule) *GroundScope {
		for i := range scopes {
			if slices.Equal(scopes[i].Paths, r.Main().Paths) {
				return &scopes[i]
			}
		}
		scopes = append(scopes, GroundScope{Paths: r.Main().Paths})
		return &scopes[len(scopes)-1]
	}
	for _, r := range p.Dropped {
		at(r).Dropped = true
	}
	for _, r := range p.Rules {
		scope := at(r)
		if p.Carry == nil || scope.Carried {
			continue
		}
		if carried := p.Carry(r.Main()); carried != nil {
			scope.Carried, scope.Since, scope.Refs = true, carried.Since, g.refer(carried.Evidence)
		}
	}
	return slices.DeleteFunc(scopes, func(s GroundScope) bool { return len(s.Paths) == 0 && !s.Carried })
}

// CaseOf makes the case that a ground is of once more, under a Nexus: under the one that was in force
// it is judged to the very same verdict at the ground's moment. The evidence is found by reference, and
// the findings of an Increment's components by their verdicts. Components that the Nexus does not
// have are left out.
func CaseOf(
	g Ground, n *Nexus, evidence func(ref string) (*Evidence, error), said func(verdict string) ([]Finding, error),
) (Case, error) {
	c := Case{
		Nexus: g.Nexus, Subject: g.Subject, Definition: n.Digest, Commit: g.Commit, Increment: g.Increment,
		Floor: definition.Token, Exceptions: n.Exceptions,
	}
	if g.Subject.Kind == OfIncrement {
		c.Composition = g.Components.Composition()
	}
	for _, component := range g.Components {
		governed, in := n.Component(component.Component)
		if !in || component.Verdict == "" {
			continue
		}
		findings, err := said(component.Verdict)
		if err != nil {
			return Case{}, err
		}
		c.Parts = append(c.Parts, Part{Component: governed.Name, Team: governed.Team, Verdict: component.Verdict, Held: findings})
	}
	for i := range g.Parts {
		p, in, err := partOf(&g, &g.Parts[i], n, evidence)
		if err != nil {
			return Case{}, err
		}
		if in {
			c.Parts = append(c.Parts, p)
		}
	}
	return c, nil
}

// partOf is one part under a Nexus; in is false where the Nexus does not have the component.
func partOf(g *Ground, from *GroundPart, n *Nexus, evidence func(ref string) (*Evidence, error)) (p Part, in bool, err error) {
	p = Part{Component: from.Component, Team: from.Team, On: from.On, Since: from.Since, Held: from.Held}
	if p.Evidence, err = found(from.Refs, evidence); err != nil {
		return p, false, err
	}
	switch governed, ok := n.Component(from.Component); {
	case from.Component == "" && g.Subject.Kind == OfIncrement:
		p.Rules = n.Increment()
	case from.Component == "":
	case !ok:
		return p, false, nil
	default:
		p.Team, p.Held = governed.Team, heldUnder(g.Subject.Kind, from.Held, governed)
		p.Rules, p.Dropped = from.asked(rulesFor(g.Subject.Kind, from.On, governed))
	}
	p.Carry, err = from.carry(evidence)
	return p, true, err
}

// rulesFor are the rules that judge such a subject of a component.
func rulesFor(kind SubjectKind, on []definition.On, governed *Governed) []definition.Rule {
	switch kind {
	case OfComponent:
		return rulesOn(governed.Rules, on...)
	case OfGroup: // nobody signs a group: the changes in it are signed, and what lands of it
		return keep(rulesBefore(governed.Rules, on...), func(r definition.Rule) bool { return r.Main().Evidence != definition.SignOff })
	case OfChange, OfIncrement, OfDefinition:
	}
	return rulesBefore(governed.Rules, on...)
}

// heldUnder is what is held under the rules of another time: a component is held back for a layer that
// is refused by them too.
func heldUnder(kind SubjectKind, held []Finding, governed *Governed) []Finding {
	if governed == nil || governed.Refused == nil || kind != OfComponent {
		return held
	}
	others := keep(held, func(f Finding) bool { return f.Criterion != definitionCriterion })
	return append(others, refusal(governed, governed.Refused))
}

// asked drops the rules on a change itself whose paths it did not touch.
func (from *GroundPart) asked(rules []definition.Rule) (asked, dropped []definition.Rule) {
	for _, r := range rules {
		c := r.Main()
		if scope, _ := from.scope(c); c.On == definition.OnChange && len(c.Paths) > 0 && (scope.Dropped || scope.Carried) {
			dropped = append(dropped, r)
			continue
		}
		asked = append(asked, r)
	}
	return asked, dropped
}

// scope is what became of the paths that a criterion watches. It is not known of paths that nothing
// watched at the time; what watches none goes by the part's own evidence unless another was carried.
func (from *GroundPart) scope(c *definition.Criterion) (GroundScope, bool) {
	at := slices.IndexFunc(from.Scopes, func(s GroundScope) bool { return slices.Equal(s.Paths, c.Paths) })
	if at < 0 {
		return GroundScope{}, len(c.Paths) == 0
	}
	return from.Scopes[at], true
}

func (from *GroundPart) carry(evidence func(ref string) (*Evidence, error)) (func(*definition.Criterion) *Carried, error) {
	carried := make([]*Carried, len(from.Scopes))
	some := false
	for i, scope := range from.Scopes {
		if !scope.Carried {
			continue
		}
		all, err := found(scope.Refs, evidence)
		if err != nil {
			return nil, err
		}
		carried[i], some = &Carried{Evidence: all, Since: scope.Since}, true
	}
	if !some {
		return nil, nil
	}
	return func(c *definition.Criterion) *Carried {
		at := slices.IndexFunc(from.Scopes, func(s GroundScope) bool { return slices.Equal(s.Paths, c.Paths) })
		if at < 0 {
			return nil
		}
		return carried[at]
	}, nil
}

func found(refs []string, evidence func(ref string) (*Evidence, error)) ([]Evidence, error) {
	if len(refs) == 0 {
		return nil, nil
	}
	all := make([]Evidence, len(refs))
	for i, ref := range refs {
		e, err := evidence(ref)
		if err != nil {
			return nil, err
		}
		all[i] = *e
	}
	return all, nil
}
