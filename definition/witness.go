package definition

import (
	"math/big"
	"slices"
)

// maxGuesses bounds the regular expressions on one fact whose relation is decided.
const maxGuesses = 4

var (
	one  = big.NewRat(1, 1)
	half = big.NewRat(1, 2)
)

// witnesses are values that stand for all there are, as far as the constraints tell them apart.
// Too many regular expressions on one fact stay undecided.
func witnesses(constraints ...*constraint) (all []value, decided bool) {
	var points []*big.Rat
	words := []string{""}
	var patterns []string
	for _, c := range constraints {
		for _, atom := range c.atoms() {
			switch {
			case atom.op == matches || atom.op == mismatch:
				patterns = append(patterns, atom.operand.str)
			case atom.operand.kind == numbers:
				points = append(points, atom.operand.num.rational())
			case atom.operand.kind == texts:
				words = append(words, atom.operand.str)
			case atom.operand.kind == lists:
				all = append(all, atom.operand)
			}
		}
	}
	slices.Sort(patterns)
	patterns = slices.Compact(patterns)
	if len(patterns) > maxGuesses {
		return nil, false
	}
	all = append(all, value{kind: booleans}, value{kind: booleans, yes: true})
	all = append(all, numberWitnesses(points)...)
	return append(all, textWitnesses(words, patterns)...), true
}

// numberWitnesses are the points, and of each gap between them, before and after them, an integer
// and a fraction.
func numberWitnesses(points []*big.Rat) []value {
	slices.SortFunc(points, (*big.Rat).Cmp)
	points = slices.CompactFunc(points, func(a, b *big.Rat) bool { return a.Cmp(b) == 0 })
	if len(points) == 0 {
		points = []*big.Rat{new(big.Rat)}
	}
	var found []*big.Rat
	first, last := points[0], points[len(points)-1]
	ends := append([]*big.Rat{new(big.Rat).Sub(floor(first), one)}, points...)
	ends = append(ends, new(big.Rat).Add(floor(last), big.NewRat(2, 1)))
	found = append(found, ends...)
	for i, end := range ends[1:] {
		found = append(found, within(ends[i], end)...)
	}
	values := make([]value, len(found))
	for i, r := range found {
		values[i] = value{kind: numbers, num: rationalNumber(r)}
	}
	return values
}

// within is a fraction between two ends, and an integer where there is one.
func within(low, high *big.Rat) []*big.Rat {
	next := new(big.Rat).Add(floor(low), one)
	if next.Cmp(high) >= 0 {
		fraction := new(big.Rat).Add(low, high)
		return []*big.Rat{fraction.Mul(fraction, half)}
	}
	fraction := new(big.Rat).Add(low, next)
	return []*big.Rat{next, fraction.Mul(fraction, half)}
}

func floor(r *big.Rat) *big.Rat {
	quotient := new(big.Int).Div(r.Num(), r.Denom()) // Euclidean: rounds down, the denominator being positive
	return new(big.Rat).SetInt(quotient)
}

// textWitnesses are the words, and of each gap after one a string with every combination of
// answers to the regular expressions.
func textWitnesses(words, patterns []string) []value {
	slices.Sort(words)
	words = slices.Compact(words)
	var values []value
	for i, word := range words {
		values = append(values, value{kind: texts, str: word})
		next := word + "\x00" // nothing lies between a word and this
		if i+1 < len(words) && words[i+1] == next {
			continue
		}
		for answers := range 1 << len(patterns) {
			guess := make(map[string]bool, len(patterns))
			for bit, pattern := range patterns {
				guess[pattern] = answers&(1<<bit) != 0
			}
			values = append(values, value{kind: texts, str: next, guess: guess})
		}
	}
	return values
}
