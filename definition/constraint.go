package definition

import (
	"regexp"
	"strings"
)

// operator is what a constraint does with its operand or its arguments.
type operator string

const (
	isType   operator = "type"
	equals   operator = "=="
	atLeast  operator = ">="
	atMost   operator = "<="
	above    operator = ">"
	below    operator = "<"
	differs  operator = "!="
	matches  operator = "=~"
	mismatch operator = "!~"
	both     operator = "&"
	either   operator = "|"
)

// maxMatchedText bounds what is held against a regular expression; a longer fact is not admitted.
const maxMatchedText = 64 << 10

// constraint is a leaf of the definition's language, compiled.
type constraint struct {
	op      operator
	name    string // of a type: "int", "number", "string", "bool"
	operand value
	pattern *regexp.Regexp
	args    []constraint
	text    string // of the operand, as written
	pos     Pos
}

// admits says whether a value satisfies the constraint.
func (c *constraint) admits(v *value) bool {
	switch c.op {
	case isType:
		return c.admitsType(v)
	case equals:
		return c.operand.equal(v)
	case both:
		for i := range c.args {
			if !c.args[i].admits(v) {
				return false
			}
		}
		return true
	case either:
		for i := range c.args {
			if c.args[i].admits(v) {
				return true
			}
		}
		return false
	}
	return c.operand.kind == v.kind && c.bounds(v)
}

func (c *constraint) admitsType(v *value) bool {
	switch c.name {
	case "int":
		return v.kind == numbers && v.num.whole()
	case "number":
		return v.kind == numbers
	case "string":
		return v.kind == texts
	case "bool":
		return v.kind == booleans
	}
	return false
}

// bounds answers for a bound and a regular expression on a value of its own kind.
func (c *constraint) bounds(v *value) bool {
	switch c.op {
	case matches:
		return len(v.str) <= maxMatchedText && c.found(v)
	case mismatch:
		return len(v.str) <= maxMatchedText && !c.found(v)
	case differs:
		return !c.operand.equal(v)
	}
	order := strings.Compare(v.str, c.operand.str)
	if v.kind == numbers {
		order = v.num.compare(c.operand.num)
	}
	switch c.op {
	case atLeast:
		return order >= 0
	case atMost:
		return order <= 0
	case above:
		return order > 0
	case below:
		return order < 0
	}
	return false
}

func (c *constraint) found(v *value) bool {
	if v.guess != nil {
		return v.guess[c.operand.str]
	}
	return c.pattern.MatchString(v.str)
}

// String is the constraint as reports show it: ">=80", `"success" | "neutral"`. The grammar reads it
// back as the same constraint.
func (c *constraint) String() string {
	switch c.op {
	case isType:
		return c.name
	case equals:
		return c.text
	case both, either:
		parts := make([]string, len(c.args))
		for i := range c.args {
			parts[i] = c.args[i].String()
			if c.op == both && c.args[i].op == either {
				parts[i] = "(" + parts[i] + ")"
			}
		}
		return strings.Join(parts, " "+string(c.op)+" ")
	}
	if c.op == below && strings.HasPrefix(c.text, "-") {
		return "< " + c.text // <- is another sign to CUE
	}
	if c.op == below && c.operand.kind == numbers && c.operand.num.negative {
		return "< " + c.text // to CUE <- is an arrow
	}
	return string(c.op) + c.text
}

// atoms are the constraints that nothing joins.
func (c *constraint) atoms() []*constraint {
	if c.op != both && c.op != either {
		return []*constraint{c}
	}
	var all []*constraint
	for i := range c.args {
		all = append(all, c.args[i].atoms()...)
	}
	return all
}
