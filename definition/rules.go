package definition

// Rule is a criterion as it is in force for one component.
// Its finding is the worse of the two layers, so a team can tighten it and cannot relax it.
type Rule struct {
	Nexus *Criterion // nil: the team's own criterion
	Team  *Criterion // nil: not tightened. The Nexus's criterion with the team's fields laid over, or the team's own
}

// Main is the layer that names the rule: the Nexus's, or else the team's own.
func (r Rule) Main() *Criterion {
	if r.Nexus != nil {
		return r.Nexus
	}
	return r.Team
}

// Standing says how to hold a team's layer against the Nexus's.
type Standing int

// A file that is New is refused when it relaxes; one that was Accepted before,
// and that a later Nexus-wide layer has overtaken, is warned of, and both stay in force.
const (
	New Standing = iota
	Accepted
)

// Rules are the rules in force for one component: those of the Nexus that apply to it,
// and with t (which may be nil) the team's tightening of them and its own.
// The error, if any, is Faults and leaves the Nexus's rules alone in force: they are what is
// returned with it. Warnings say what is redundant or overtaken.
func (d *Definition) Rules(c Component, t *Tightening, s Standing) (rules []Rule, warnings Faults, err error) {
	nexus := d.nexusRules(func(r *Criterion) bool { return r.On != OnIncrement && r.AppliesTo.Includes(c) })
	if t == nil {
		return nexus, nil, nil
	}
	h := holding{definition: d, component: c, standing: s, team: map[string]*Criterion{}}
	if len(t.drafts) == 0 {
		h.warnings.add(Pos{t.File, 1, 1}, "the file tightens nothing; write a criterion in done, or remove the file")
	}
	for _, draft := range t.drafts {
		h.hold(draft)
	}
	if len(h.faults) > 0 {
		return nexus, h.warnings.bounded(), h.faults.err()
	}
	return h.rules(nexus), h.warnings.bounded(), nil
}

// IncrementRules are the criteria on the Increment.
func (d *Definition) IncrementRules() []Rule {
	return d.nexusRules(func(c *Criterion) bool { return c.On == OnIncrement })
}

func (d *Definition) nexusRules(which func(*Criterion) bool) []Rule {
	var rules []Rule
	for i := range d.Criteria {
		if c := &d.Criteria[i]; which(c) {
			rules = append(rules, Rule{Nexus: c})
		}
	}
	return rules
}

func (d *Definition) criterion(id string) (*Criterion, bool) {
	for i := range d.Criteria {
		if d.Criteria[i].ID == id {
			return &d.Criteria[i], true
		}
	}
	return nil, false
}

func (d *Definition) ids() []string {
	ids := make([]string, len(d.Criteria))
	for i := range d.Criteria {
		ids[i] = d.Criteria[i].ID
	}
	return ids
}
