package definition

import "slices"

// relation is how a team's constraint stands to the Nexus's on the same fact.
type relation int

const (
	tightening    relation = iota // it refuses something that the Nexus's admits
	undecided                     // it may refuse something, which rests on what regular expressions admit
	redundant                     // it admits just what the Nexus's admits
	relaxation                    // it admits all that the Nexus's admits, and more
	contradiction                 // nothing satisfies both
)

// relate decides by witnesses: finitely many values that stand for all there are. Between two
// values that the constraints name, every integer fares alike, and every fraction, and every
// string; so one of each is asked. Only of regular expressions is it not known which strings they
// admit: for those a witness is asked once with each answer, so that the same expression is the
// same, and another is taken for independent. What such guesses alone tell apart is undecided.
func relate(nexus, team *constraint) relation {
	all, decided := witnesses(nexus, team)
	if !decided {
		return undecided
	}
	wholeOnly := nexus.wholeOnly(all) && !team.names("number")
	someBoth, nexusOnly, guessed, teamOnly := false, false, false, false
	for i := range all {
		w := &all[i]
		n, t := nexus.admits(w), team.admits(w)
		if wholeOnly && w.kind == numbers && !w.num.whole() {
			continue
		}
		someBoth = someBoth || n && t
		nexusOnly = nexusOnly || n && !t && w.guess == nil
		guessed = guessed || n && !t
		teamOnly = teamOnly || t && !n
	}
	switch {
	case !someBoth:
		return contradiction
	case nexusOnly:
		return tightening
	case guessed:
		return undecided
	case teamOnly:
		return relaxation
	}
	return redundant
}

// wholeOnly says whether the constraint's numbers are integers because it says so. A team that leaves
// the int out does not thereby admit more.
func (c *constraint) wholeOnly(witnesses []value) bool {
	return c.names("int") && !slices.ContainsFunc(witnesses, func(w value) bool {
		return w.kind == numbers && !w.num.whole() && c.admits(&w)
	})
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
func clash(joined *constraint) (a, b *constraint) {
	all, _ := witnesses(joined)
	for i := range joined.args {
		b := &joined.args[i]
		admitted := slices.DeleteFunc(slices.Clone(all), func(w value) bool { return !b.admits(&w) })
		for j := range joined.args[:i] {
			a := &joined.args[j]
			if !slices.ContainsFunc(admitted, func(w value) bool { return a.admits(&w) }) {
				return a, b
			}
		}
	}
	return &joined.args[0], &joined.args[len(joined.args)-1]
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
