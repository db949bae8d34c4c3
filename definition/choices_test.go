package definition_test

import (
	"math/rand/v2"
	"strconv"
	"strings"
)

// choices makes random leaves and facts, of few numbers and words, so that they meet.
type choices struct{ *rand.Rand }

func (c choices) pick(from ...string) string { return from[c.IntN(len(from))] }

func (c choices) number() string {
	return c.pick("0", "1", "2", "3", "-1", "80", "80.0", "79.9", "80.5", "1e2", "100", "100.00", "0.1", "1e-1",
		"9007199254740993", "9007199254740992", "12345678901234567890123", "-0.0", "1.5e300", "2.5")
}

func (c choices) word() string {
	return strconv.Quote(c.pick("", "a", "b", "ab", "success", "failure", "v1", "80", "é", "a b"))
}

func (c choices) literal() string {
	switch c.IntN(5) {
	case 0, 1:
		return c.number()
	case 2, 3:
		return c.word()
	}
	return c.pick("true", "false")
}

func (c choices) list() string {
	items := make([]string, c.IntN(3))
	for i := range items {
		items[i] = c.literal()
	}
	return "[" + strings.Join(items, ", ") + "]"
}

// atom is one constraint.
func (c choices) atom() string {
	switch c.IntN(8) {
	case 0:
		return c.pick("int", "number", "string", "bool")
	case 1:
		return c.literal()
	case 2, 3, 4:
		return c.pick(">=", "<=", ">", "<", "!=") + c.number()
	case 5:
		return c.pick(">=", "<=", ">", "<", "!=") + c.word()
	case 6:
		return c.list()
	}
	return c.pick("=~", "!~") + strconv.Quote(c.pick("^a", "b$", "", "[0-9]", "success|failure", "a.b"))
}

// leaf is a leaf of the Nexus's layer.
func (c choices) leaf(depth int) string {
	if depth > 2 || c.IntN(3) == 0 {
		return c.atom()
	}
	return "(" + c.leaf(depth+1) + " " + c.pick("&", "&", "|") + " " + c.leaf(depth+1) + ")"
}

// conjunction is a leaf of a team's layer.
func (c choices) conjunction() string {
	atoms := make([]string, 1+c.IntN(2))
	for i := range atoms {
		atoms[i] = c.atom()
	}
	return strings.Join(atoms, " & ")
}

func (c choices) fact() string {
	switch c.IntN(8) {
	case 0:
		return c.list()
	case 1:
		return "null"
	case 2:
		return `{"a": 1}`
	}
	return c.literal()
}

func (c choices) facts(n int) []string {
	facts := make([]string, n)
	for i := range facts {
		facts[i] = c.fact()
	}
	return facts
}
