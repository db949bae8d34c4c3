package definition

// relation is how a team's constraint stands to the Nexus's on the same fact.
type relation int

const (
	tightening    relation = iota // it refuses something that the Nexus's admits, or that is undecided
	redundant                     // it admits just what the Nexus's admits
	relaxation                    // it admits all that the Nexus's admits, and more
	contradiction                 // nothing satisfies both
)

// relate decides by witnesses: finitely many values that stand for all there are. Between two
// values that the constraints name, every integer fares alike, and every fraction, and every
// string; so one of each is asked. Only of regular expressions is it not known which strings they
// admit: for those a witness is asked once with each answer, so that the same expression is the
// same, and another is taken for independent.
func relate(nexus, team *constraint) relation {
	all, decided := witnesses(nexus, team)
	if !decided {
		return tightening
	}
	// A team that leaves out the Nexus's int does not thereby admit more.
	wholeOnly := nexus.names("int") && !team.names("number")
	someBoth, nexusOnly, teamOnly := false, false, false
	for i := range all {
		w := &all[i]
		n, t := nexus.admits(w), team.admits(w)
		if wholeOnly && w.kind == numbers && !w.num.whole() {
			t = t && n
		}
		someBoth = someBoth || n && t
		nexusOnly = nexusOnly || n && !t
		teamOnly = teamOnly || t && !n
	}
	switch {
	case !someBoth:
		return contradiction
	case nexusOnly:
		return tightening
	case teamOnly:
		return relaxation
	}
	return redundant
}

// empty says whether nothing at all satisfies the constraints together.
func (c *constraint) empty(with ...*constraint) bool {
	all, decided := witnesses(append(with, c)...)
	if !decided {
		return false
	}
	for i := range all {
		admitted := c.admits(&all[i])
		for _, other := range with {
			admitted = admitted && other.admits(&all[i])
		}
		if admitted {
			return false
		}
	}
	return true
}

// clash finds two constraints of those joined by & that contradict each other; where it takes
// more than two, it is the first and the last.
func clash(conjuncts []*constraint) (a, b *constraint) {
	for i, a := range conjuncts {
		for _, b := range conjuncts[:i] {
			if a.empty(b) {
				return b, a
			}
		}
	}
	return conjuncts[0], conjuncts[len(conjuncts)-1]
}

// conjuncts are the constraints that all have to hold.
func (c *constraint) conjuncts() []*constraint {
	if c.op != both {
		return []*constraint{c}
	}
	var all []*constraint
	for i := range c.args {
		all = append(all, c.args[i].conjuncts()...)
	}
	return all
}

// names says whether the constraint names a type anywhere.
func (c *constraint) names(typ string) bool {
	for _, atom := range c.atoms() {
		if atom.op == isType && atom.name == typ {
			return true
		}
	}
	return false
}
