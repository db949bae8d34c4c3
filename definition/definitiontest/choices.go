package definitiontest

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
)

// Choices makes random constraints and facts of what there is to choose from, all as CUE writes it.
type Choices struct {
	*rand.Rand
	Numbers, Words, Patterns, Lists []string
}

// All chooses from what is known to be hard.
func All(r *rand.Rand) Choices {
	return Choices{
		Rand: r,
		Numbers: []string{
			"0", "1", "2", "3", "-1", "80", "80.0", "79.9", "80.5", "1e2", "100", "100.00", "0.1", "1e-1",
			"9007199254740993", "9007199254740992", "12345678901234567890123", "-0.0", "1.5e300", "2.5",
		},
		Words:    quoted("", "a", "b", "ab", "success", "failure", "v1", "80", "é", "a b"),
		Patterns: quoted("^a", "b$", "", "[0-9]", "success|failure", "a.b"),
	}
}

// Few draws a little to choose from, of a wide range, so that constraints often meet.
func Few(r *rand.Rand) Choices {
	all := All(r)
	c := Choices{Rand: r, Patterns: draw(r, 2, all.Patterns), Words: draw(r, 3, append(all.Words, quoted("aa", "b ", "~", "Z", "v10", "successes")...))}
	base := []int64{0, 1, 80, 100, -5, 1 << 53, 4_294_967_296}[r.IntN(7)]
	for len(c.Numbers) < 5 {
		near := base + int64(r.IntN(4)) - 1
		c.Numbers = append(c.Numbers, c.Pick(
			strconv.FormatInt(near, 10), fmt.Sprintf("%d.0", near), fmt.Sprintf("%d.5", near), fmt.Sprintf("%d.%d", near, r.IntN(1000)),
			fmt.Sprintf("%de%d", r.IntN(9)+1, r.IntN(5)-2), fmt.Sprintf("%d%015d", r.IntN(9)+1, r.Int64N(1e15)),
		))
	}
	several := c
	for range 3 {
		c.Lists = append(c.Lists, several.List())
	}
	return c
}

func quoted(words ...string) []string {
	all := make([]string, len(words))
	for i, word := range words {
		all[i] = strconv.Quote(word)
	}
	return all
}

func draw(r *rand.Rand, n int, from []string) []string {
	var drawn []string
	for _, i := range r.Perm(len(from))[:n] {
		drawn = append(drawn, from[i])
	}
	return drawn
}

// Pick is one of several.
func (c Choices) Pick(from ...string) string { return from[c.IntN(len(from))] }

// Odds says yes once in n.
func (c Choices) Odds(n int) bool { return c.IntN(n) == 0 }

// Literal is a number, a string or a boolean.
func (c Choices) Literal() string {
	switch c.IntN(5) {
	case 0, 1:
		return c.Pick(c.Numbers...)
	case 2, 3:
		return c.Pick(c.Words...)
	}
	return c.Pick("true", "false")
}

// List is a list of few literals.
func (c Choices) List() string {
	if len(c.Lists) > 0 {
		return c.Pick(c.Lists...)
	}
	items := make([]string, c.IntN(3))
	for i := range items {
		items[i] = c.Literal()
	}
	return "[" + strings.Join(items, ", ") + "]"
}

// Fact is what evidence may say of a fact, as JSON.
func (c Choices) Fact() string {
	switch c.IntN(8) {
	case 0:
		return c.List()
	case 1:
		return "null"
	case 2:
		return `{"a": 1}`
	}
	return c.Literal()
}

// Facts are several.
func (c Choices) Facts(n int) []string {
	facts := make([]string, n)
	for i := range facts {
		facts[i] = c.Fact()
	}
	return facts
}
