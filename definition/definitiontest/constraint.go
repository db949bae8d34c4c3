package definitiontest

import "strings"

// Constraint is a leaf of a must, by its parts.
type Constraint struct {
	Op   string // "&" or "|"; "" of one that nothing joins
	Args []Constraint
	Atom string // what it says, where nothing joins it
}

// String is the constraint as a layer writes it.
func (c Constraint) String() string {
	if c.Op == "" {
		return c.Atom
	}
	parts := make([]string, len(c.Args))
	for i, arg := range c.Args {
		parts[i] = arg.String()
		if arg.Op != "" && arg.Op != c.Op {
			parts[i] = "(" + parts[i] + ")"
		}
	}
	return strings.Join(parts, " "+c.Op+" ")
}

// Atoms are the constraints that nothing joins.
func (c Constraint) Atoms() []string {
	if c.Op == "" {
		return []string{c.Atom}
	}
	var atoms []string
	for _, arg := range c.Args {
		atoms = append(atoms, arg.Atoms()...)
	}
	return atoms
}

// Says whether an atom of the constraint begins with one of the prefixes.
func (c Constraint) Says(prefixes ...string) bool {
	for _, atom := range c.Atoms() {
		for _, prefix := range prefixes {
			if strings.HasPrefix(atom, prefix) {
				return true
			}
		}
	}
	return false
}

// And joins constraints by &.
func And(all ...Constraint) Constraint {
	joined := Constraint{Op: "&"}
	for _, c := range all {
		if c.Op == "&" {
			joined.Args = append(joined.Args, c.Args...)
			continue
		}
		joined.Args = append(joined.Args, c)
	}
	if len(joined.Args) == 1 {
		return joined.Args[0]
	}
	return joined
}

// Atom is one constraint.
func (c Choices) Atom() Constraint { return c.atom(c.IntN(8)) }

// The kinds of atoms, of which the same are often joined; beyond these it is numbers again.
const (
	types = iota
	literals
	strs
	lists
	patterns
	numbers
)

func (c Choices) atom(kind int) Constraint {
	bound := c.Pick(">=", "<=", ">", "<", "!=")
	switch kind {
	case types:
		return Constraint{Atom: c.Pick("int", "number", "string", "bool")}
	case literals:
		return Constraint{Atom: c.Literal()}
	case strs:
		return Constraint{Atom: bound + c.Pick(c.Words...)}
	case lists:
		return Constraint{Atom: c.List()}
	case patterns:
		return Constraint{Atom: c.Pick("=~", "!~") + c.Pick(c.Patterns...)}
	}
	return Constraint{Atom: bounded(bound, c.Pick(c.Numbers...))}
}

func kindOf(atom string) int {
	switch {
	case strings.Contains(atom, "~"):
		return patterns
	case atom[0] == '[':
		return lists
	case strings.Contains(atom, `"`):
		return strs
	}
	return numbers
}

// beside is an atom that is often of the same kind, so that the two do not often contradict.
func (c Choices) beside(kind int) Constraint {
	switch {
	case c.Odds(6):
		return c.Atom()
	case kind == strs || kind == patterns:
		return c.atom([]int{strs, strs, patterns}[c.IntN(3)])
	}
	return c.atom(kind)
}

// bounded writes a bound. To CUE <- is an arrow.
func bounded(op, number string) string {
	if op == "<" && number[0] == '-' {
		op += " "
	}
	return op + number
}

// Leaf is a leaf of the Nexus's layer.
func (c Choices) Leaf() Constraint { return c.leaf(0) }

func (c Choices) leaf(depth int) Constraint {
	if depth > 2 || c.Odds(3) {
		return c.Atom()
	}
	a, b := c.leaf(depth+1), c.leaf(depth+1)
	if c.Odds(3) {
		return Constraint{Op: "|", Args: []Constraint{a, b}}
	}
	return And(a, b)
}

// Conjunction is a leaf of a team's layer.
func (c Choices) Conjunction() Constraint {
	kind := c.IntN(8)
	if c.Odds(2) {
		return c.atom(kind)
	}
	return And(c.atom(kind), c.beside(kind))
}

// Beside is a team's leaf on a fact of which the Nexus's layer says something: often nearly the same.
func (c Choices) Beside(nexus Constraint) Constraint {
	switch team := nexus; {
	case c.Odds(3):
		return c.Conjunction()
	case team.Op == "|":
		return c.plain(team.Args[c.IntN(len(team.Args))])
	case c.Odds(4):
		return c.plain(team)
	case c.Odds(3):
		team = c.plain(team)
		return And(team, c.beside(kindOf(team.Atoms()[0])))
	default:
		return c.moved(c.plain(team))
	}
}

// plain leaves out what a team may not say.
func (c Choices) plain(of Constraint) Constraint {
	var kept []Constraint
	for _, atom := range of.Atoms() {
		kept = append(kept, Constraint{Atom: atom})
	}
	if of.Op == "" || !hasDisjunction(of) {
		return And(kept...)
	}
	return kept[c.IntN(len(kept))]
}

func hasDisjunction(c Constraint) bool {
	for _, arg := range c.Args {
		if hasDisjunction(arg) {
			return true
		}
	}
	return c.Op == "|"
}

// moved puts another bound into the place of one, or leaves one constraint out.
func (c Choices) moved(of Constraint) Constraint {
	parts := of.Atoms()
	i := c.IntN(len(parts))
	op := strings.TrimRight(parts[i], " -0123456789.eE")
	if len(parts) > 1 && c.Odds(3) {
		parts = append(parts[:i], parts[i+1:]...)
	} else if len(op) > 0 && op != parts[i] && strings.Trim(op, "<>=!") == "" {
		parts[i] = bounded(c.Pick(op, op, op, ">=", ">"), c.Pick(c.Numbers...))
	}
	var all []Constraint
	for _, part := range parts {
		all = append(all, Constraint{Atom: part})
	}
	return And(all...)
}
