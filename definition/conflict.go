package definition

import "slices"

// leaf holds one leaf of a team against those of the Nexus.
func (o *overlay) leaf(team *Leaf) {
	for i := range o.nexus.Must {
		nexus := &o.nexus.Must[i]
		switch {
		case slices.Equal(team.steps, nexus.steps):
			o.relate(nexus, team)
		case nested(team.steps, nexus.steps):
			o.contradicts(nexus, team, team.Path+" holds facts in one and is a fact in the other")
		}
	}
}

func (o *overlay) relate(nexus, team *Leaf) {
	field := "must." + team.Path
	switch how := relate(nexus.constraint, team.constraint); how {
	case relaxation:
		o.relaxes(team.Pos, field, team.Text, nexus.Text, nexus.Pos)
	case redundant:
		o.repeats(team.Pos, field, team.Text, nexus.Pos)
	case contradiction:
		o.contradicts(nexus, team, "nothing is both")
	case tightening, undecided:
		if o.together(nexus, team) {
			o.contradicts(nexus, team, "with the team's other constraints on it, nothing is left")
		} else if how == undecided {
			o.warnings.add(team.Pos, "%s: whether %s asks for more than %s of the Nexus (%s) is undecided, since regular expressions are not compared; both are in force",
				o.draft.path(field), team.Text, nexus.Text, nexus.Pos)
		}
	}
}

// together says whether all the leaves on one fact leave nothing; it is told of the last of them.
func (o *overlay) together(nexus, team *Leaf) bool {
	var others []*constraint
	for i := range o.draft.must {
		if other := &o.draft.must[i]; slices.Equal(other.steps, team.steps) {
			others = append(others, other.constraint)
		}
	}
	last := others[len(others)-1] == team.constraint
	return last && len(others) > 1 && nexus.constraint.empty(others...)
}

// contradicts notes that a layer's leaf leaves nothing of the other's. The Nexus may have
// overtaken an accepted file so: then nothing is done until one of them changes.
func (o *overlay) contradicts(nexus, team *Leaf, how string) {
	path := o.draft.path("must." + team.Path)
	if o.standing == Accepted {
		o.warnings.add(team.Pos, "%s: %s contradicts %s %s of the Nexus (%s): %s, so that it is never met; mend it", path, team.Text, nexus.Path, nexus.Text, nexus.Pos, how)
		return
	}
	o.faults.add(team.Pos, "%s: %s contradicts %s %s of the Nexus (%s): %s; write what can be met", path, team.Text, nexus.Path, nexus.Text, nexus.Pos, how)
}

// nested says whether one path leads through the other.
func nested(a, b []string) bool {
	n := min(len(a), len(b))
	return len(a) != len(b) && slices.Equal(a[:n], b[:n])
}

// contradictions are those of a file with itself. Sorted by their paths, the leaves on one fact lie
// together, and a fact lies just before what it would hold.
func (d *draft) contradictions() Faults {
	var faults Faults
	sorted := make([]*Leaf, len(d.must))
	for i := range d.must {
		sorted[i] = &d.must[i]
	}
	slices.SortStableFunc(sorted, func(a, b *Leaf) int { return slices.Compare(a.steps, b.steps) })
	for len(sorted) > 0 {
		n := 1
		for n < len(sorted) && slices.Equal(sorted[n].steps, sorted[0].steps) {
			n++
		}
		d.contradiction(sorted[:n], &faults)
		if n < len(sorted) && nested(sorted[0].steps, sorted[n].steps) {
			a, b := sorted[0], sorted[n]
			faults.add(b.Pos, "%s: %s is a fact at one place and holds facts at the other (%s); write one of them", d.path("must."+b.Path), a.Path, a.Pos)
		}
		sorted = sorted[n:]
	}
	return faults
}

// contradiction notes that the leaves on one fact leave nothing.
func (d *draft) contradiction(leaves []*Leaf, faults *Faults) {
	var conjuncts []*constraint
	for _, leaf := range leaves {
		conjuncts = append(conjuncts, leaf.constraint.conjuncts()...)
	}
	path := d.path("must." + leaves[0].Path)
	if len(conjuncts) > maxLeafAtoms {
		faults.add(leaves[len(leaves)-1].Pos, "%s: there are more than %d constraints on one fact; write fewer", path, maxLeafAtoms)
		return
	}
	all := constraint{op: both}
	for _, c := range conjuncts {
		all.args = append(all.args, *c)
	}
	if all.empty() {
		a, b := clash(&all)
		faults.add(b.pos, "%s: %s contradicts %s (%s); write what can be met", path, b, a, a.pos)
	}
}
