package definition

import (
	"encoding/json"
	"math"
	"math/big"
	"math/bits"
	"strconv"
)

// The bounds of a number in a definition or in a fact. What lies beyond them is no number here:
// a definition with it is refused, a fact with it is admitted by no leaf, and neither costs work.
const (
	maxNumberText   = 100
	maxNumberDigits = 64
	maxPowerOfTen   = 400
)

// number is an exact decimal: coefficient × 10^exponent, negated where it is negative.
// Nearly all fit a uint64, so that a check of one allocates nothing.
type number struct {
	negative bool
	small    uint64
	large    *big.Int // where the coefficient has more than 19 digits
	exponent int
	digits   int // of the coefficient; 0 for zero
}

var powersOfTen = [...]uint64{
	1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10,
	1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
}

// maxSmallDigits always fit a uint64.
const maxSmallDigits = 19

func wholeNumber(i int64) number {
	n := number{negative: i < 0, small: uint64(i)}
	if n.negative {
		n.small = -n.small
	}
	n.digits = countDigits(n.small)
	return n
}

func countDigits(u uint64) int {
	n := bits.Len64(u) * 1233 >> 12 // log10(2), rounded down: at most one too few
	if n < len(powersOfTen) && u >= powersOfTen[n] {
		n++
	}
	return n
}

// floatNumber takes a float for the shortest decimal that reads back as it, which is what a JSON
// encoder writes: 84.2 is then 84.2, whether it came as text or as a float.
func floatNumber(f float64) (number, bool) {
	if f == math.Trunc(f) && math.Abs(f) < 1e15 {
		return wholeNumber(int64(f)), true
	}
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return number{}, false
	}
	var buffer [32]byte
	return parseNumber(strconv.AppendFloat(buffer[:0], f, 'e', -1, 64))
}

// factNumber reads a fact that a JSON decoder yields as a number.
func factNumber(fact any) (number, bool) {
	switch f := fact.(type) {
	case json.Number:
		return parseNumber(f)
	case float64:
		return floatNumber(f)
	case int:
		return wholeNumber(int64(f)), true
	case int64:
		return wholeNumber(f), true
	}
	return number{}, false
}

// compare is -1, 0 or +1. Numbers of the same sign and magnitude differ by so few digits that the
// shorter coefficient can be brought to the length of the longer.
func (n number) compare(m number) int {
	if n.sign() != m.sign() {
		return sign(n.sign() - m.sign())
	}
	if n.digits == 0 {
		return 0
	}
	c := sign((n.digits + n.exponent) - (m.digits + m.exponent))
	if c == 0 {
		c = n.compareCoefficients(m)
	}
	if n.negative {
		return -c
	}
	return c
}

func (n number) compareCoefficients(m number) int {
	if n.large != nil || m.large != nil {
		length := max(n.digits, m.digits)
		return n.scaled(length).Cmp(m.scaled(length))
	}
	a, b := n.small, m.small
	if n.digits < m.digits {
		a *= powersOfTen[m.digits-n.digits]
	} else {
		b *= powersOfTen[n.digits-m.digits]
	}
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// scaled is the coefficient with zeros up to a length.
func (n number) scaled(length int) *big.Int {
	shift := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(length-n.digits)), nil)
	return shift.Mul(shift, n.coefficient())
}

func (n number) coefficient() *big.Int {
	if n.large != nil {
		return n.large
	}
	return new(big.Int).SetUint64(n.small)
}

func (n number) sign() int {
	switch {
	case n.digits == 0:
		return 0
	case n.negative:
		return -1
	}
	return 1
}

func sign(i int) int {
	switch {
	case i < 0:
		return -1
	case i > 0:
		return 1
	}
	return 0
}

// whole says whether n is an integer; 100.0 is one.
func (n number) whole() bool {
	switch {
	case n.digits == 0 || n.exponent >= 0:
		return true
	case n.digits+n.exponent <= 0: // below one
		return false
	case n.large == nil:
		return n.small%powersOfTen[-n.exponent] == 0
	}
	return n.rational().IsInt()
}

// rational is n as a fraction.
func (n number) rational() *big.Rat {
	scale := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(max(n.exponent, -n.exponent))), nil)
	r := new(big.Rat).SetInt(n.coefficient())
	if n.exponent < 0 {
		r.Quo(r, new(big.Rat).SetInt(scale))
	} else {
		r.Mul(r, new(big.Rat).SetInt(scale))
	}
	if n.negative {
		r.Neg(r)
	}
	return r
}

// rationalNumber is a fraction as a decimal; it has to have one that ends.
func rationalNumber(r *big.Rat) number {
	places, _ := r.FloatPrec()
	n, _ := readDecimal(r.FloatString(places))
	return n
}
