package definition

import (
	"cmp"
	"slices"
)

// holding holds a team's file against the Nexus's layer for one component.
type holding struct {
	definition *Definition
	component  Component
	standing   Standing
	team       map[string]*Criterion // tightened, by id
	own        []*Criterion
	faults     Faults
	warnings   Faults
}

// rules are the Nexus's with the team's layer laid over, and the team's own, by id.
func (h *holding) rules(nexus []Rule) []Rule {
	rules := make([]Rule, 0, len(nexus)+len(h.own))
	for _, r := range nexus {
		rules = append(rules, Rule{Nexus: r.Nexus, Team: h.team[r.Nexus.ID]})
	}
	for _, own := range h.own {
		rules = append(rules, Rule{Team: own})
	}
	slices.SortStableFunc(rules, func(a, b Rule) int { return cmp.Compare(a.Main().ID, b.Main().ID) })
	return rules
}

func (h *holding) hold(d *draft) {
	nexus, known := h.definition.criterion(d.id)
	_, hasEvidence := d.set["evidence"]
	switch {
	case !known && h.standing == Accepted && !hasEvidence:
		h.warnings.add(d.pos, "done.%s: the Nexus no longer has this criterion, so that nothing is tightened; remove it, or complete it as your own", d.id)
	case !known && !hasEvidence:
		h.faults.add(d.pos, "done.%s: the Nexus has no such criterion; %s (one of your own says why, on, evidence and must)", d.id, suggest(d.id, h.definition.ids()))
	case !known:
		h.create(d)
	case h.standing == Accepted && hasEvidence:
		// A tightening never names its evidence, so this was the team's own before the Nexus's was.
		h.warnings.add(d.pos, "done.%s: the Nexus now uses this id as well (%s), and both stay in force; give yours another, or tighten the Nexus's", d.id, nexus.Pos)
		h.create(d)
	case nexus.On == OnIncrement:
		h.misplaced(d, "is on the Increment (%s), which is of all components: only the Nexus's file says what it must be; remove it", nexus)
	case !nexus.AppliesTo.Includes(h.component):
		h.misplaced(d, "does not apply to component "+h.component.Name+" (%s), so that nothing is tightened; remove it, or write a criterion with an id of your own", nexus)
	default:
		h.tighten(d, nexus)
	}
}

// misplaced notes a tightening of a criterion that is none of the component's.
func (h *holding) misplaced(d *draft, how string, nexus *Criterion) {
	faults := &h.faults
	if h.standing == Accepted {
		faults = &h.warnings
	}
	faults.add(d.pos, "done.%s: the Nexus's criterion "+how, d.id, nexus.Pos)
}

func (h *holding) tighten(d *draft, nexus *Criterion) {
	o := overlay{nexus: nexus, draft: d, zone: h.definition.Zone, standing: h.standing}
	team := o.lay()
	h.faults = append(h.faults, o.faults...)
	h.warnings = append(h.warnings, o.warnings...)
	h.team[d.id] = &team
}

// create adds a criterion of the team's own, for the component alone.
func (h *holding) create(d *draft) {
	c, faults := d.criterion(TeamLayer, h.definition.Zone)
	faults = append(faults, d.complete(c)...)
	if c.On == OnIncrement {
		faults.add(d.set["on"].pos, "%s: a component's file says nothing of the Increment, which is of all components; write \"commit\" or \"change\", or ask the Nexus Integration Team", d.path("on"))
	}
	for _, field := range []string{"appliesTo.teams", "appliesTo.components"} {
		if s, set := d.set[field]; set {
			faults.add(s.pos, "%s: a component's file applies to that component alone; remove it", d.path(field))
		}
	}
	h.faults = append(h.faults, faults...)
	h.echoes(&c)
	h.own = append(h.own, &c)
}

// echoes warns of a criterion that is met whenever one of the Nexus's is.
func (h *holding) echoes(own *Criterion) {
	for i := range h.definition.Criteria {
		if nexus := &h.definition.Criteria[i]; nexus.AppliesTo.Includes(h.component) && own.follows(nexus) {
			h.warnings.add(own.Pos, "done.%s: it says no more than %s of the Nexus (%s); remove it", own.ID, nexus.ID, nexus.Pos)
		}
	}
}
