package definitiontest

import (
	"math/big"
	"strconv"
	"strings"
)

// Normal writes every integral number of a constraint or a fact as an integer.
//
// Here numbers compare as numbers, whereas to CUE 100.0 is a float, no int and not equal to 100. In this
// alone the two differ by design, so it is settled before CUE is asked.
func Normal(s string) string {
	var b strings.Builder
	for len(s) > 0 {
		n := strings.IndexAny(s, `"0123456789`)
		if n < 0 {
			break
		}
		b.WriteString(s[:n])
		s = s[n:]
		end := strings.IndexFunc(s, func(r rune) bool { return !strings.ContainsRune("0123456789.eE+-", r) })
		if s[0] == '"' {
			end = 1 + closing(s[1:])
		}
		if end < 0 {
			end = len(s)
		}
		word := s[:end]
		if integer := Exact(word); s[0] != '"' && !strings.Contains(integer, "/") {
			word = integer
		}
		b.WriteString(word)
		s = s[end:]
	}
	return b.String() + s
}

func closing(s string) int {
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(s)
}

// Exact is a number as an integer or as a fraction; "" where it is out of the bounds that
// definitions and facts have.
func Exact(s string) string {
	r := rational(s)
	if r == nil {
		return ""
	}
	return strings.TrimSuffix(r.String(), "/1")
}

func rational(s string) *big.Rat {
	if len(s) > 60 {
		return nil
	}
	if _, power, found := strings.Cut(strings.ToLower(s), "e"); found {
		if n, err := strconv.Atoi(power); err != nil || n > 300 || n < -300 {
			return nil
		}
	}
	r, ok := new(big.Rat).SetString(s)
	if !ok {
		return nil
	}
	return r
}
