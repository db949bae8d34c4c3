package definition

import "slices"

// follows says whether a criterion asks for nothing that another, of the same evidence, does not.
func (c *Criterion) follows(from *Criterion) bool {
	return c.looksWhere(from) &&
		compareLevels(*c, *from) <= 0 &&
		(c.Fresh == 0 || from.Fresh > 0 && from.Fresh <= c.Fresh) &&
		from.Within <= c.Within &&
		!slices.ContainsFunc(c.Must, func(l Leaf) bool { return !l.follows(from.Must) })
}

// looksWhere says whether a criterion is about the same evidence, of no higher trust and no greater number.
func (c *Criterion) looksWhere(other *Criterion) bool {
	return c.On == other.On && c.Evidence == other.Evidence && c.Name == other.Name && c.AtLeast <= other.AtLeast &&
		slices.Equal(c.From.App, other.From.App) && slices.Equal(c.From.Workflow, other.From.Workflow) && slices.Equal(c.Paths, other.Paths) &&
		c.From.Trust.follows(other.From.Trust)
}

// follows says whether a floor is no higher than another. No floor is at most Token.
func (t Trust) follows(from Trust) bool {
	if t == Unset {
		return from == Unset || from >= Token
	}
	return t <= from
}

func (l Leaf) follows(from []Leaf) bool {
	return slices.ContainsFunc(from, func(other Leaf) bool {
		if !slices.Equal(l.steps, other.steps) {
			return false
		}
		how := relate(other.constraint, l.constraint)
		return how == redundant || how == relaxation
	})
}
