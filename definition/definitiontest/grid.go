package definitiontest

import (
	"math/big"
	"slices"
	"strings"
)

// Grid are facts, as JSON, that tell apart all constraints that the choices make, apart from what
// regular expressions admit: each number, each string, and between any two, before the first and after
// the last, an integer, a fraction and a string, where there are any.
func (c Choices) Grid() []string {
	grid := []string{"null", `{"a": 1}`, "true", "false", "[]", "[null]"}
	grid = append(grid, c.Lists...)
	for _, list := range c.Lists {
		if list != "[]" {
			grid = append(grid, strings.TrimSuffix(list, "]")+", 1]")
		}
	}
	grid = append(grid, c.numbers()...)
	for _, word := range append(quoted("", "a", "b", "a b", "success"), c.Words...) {
		grid = append(grid, word, strings.TrimSuffix(word, `"`)+`\u0000"`)
	}
	slices.Sort(grid)
	return slices.Compact(grid)
}

// numbers are the grid's.
func (c Choices) numbers() []string {
	var points []*big.Rat
	for _, n := range c.Numbers {
		points = append(points, rational(n))
	}
	slices.SortFunc(points, (*big.Rat).Cmp)
	all := slices.Clone(points)
	for i, p := range points {
		for _, step := range []*big.Rat{big.NewRat(-1, 1), big.NewRat(-1, 2), big.NewRat(1, 2), big.NewRat(1, 1)} {
			all = append(all, new(big.Rat).Add(p, step))
		}
		all = append(all, below(p), new(big.Rat).Add(below(p), big.NewRat(1, 1)))
		if i > 0 {
			middle := half(points[i-1], p)
			all = append(all, middle, below(middle), half(points[i-1], middle))
		}
	}
	written := append([]string{}, c.Numbers...)
	for _, r := range all {
		places, _ := r.FloatPrec()
		written = append(written, r.FloatString(places))
	}
	return written
}

func half(a, b *big.Rat) *big.Rat {
	sum := new(big.Rat).Add(a, b)
	return sum.Mul(sum, big.NewRat(1, 2))
}

// below is the greatest integer that is no greater.
func below(r *big.Rat) *big.Rat {
	return new(big.Rat).SetInt(new(big.Int).Div(r.Num(), r.Denom()))
}
