package definition_test

import (
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"github.com/nexusgate/nexusgate/definition"
)

func TestGlobMatches(t *testing.T) {
	for _, c := range []struct {
		pattern, s string
		want       bool
	}{
		{"ci", "ci", true},
		{"ci", "cix", false},
		{"", "", true},
		{"*", "", true},
		{"*", "unit", true},
		{"*", "a/b", false},
		{"ci*", "ci / unit", false},
		{"ci**", "ci / unit", true},
		{"test (*, ?.?)", "test (ubuntu-latest, 1.2)", true},
		{"e2e [linux]", "e2e [linux]", true}, // the name itself
		{"e2e [linux]", "e2e l", true},
		{"e2e \\[*\\]", "e2e [mac]", true},
		{"[!a-c]x", "dx", true},
		{"[^a-c]x", "bx", false},
		{"[]]", "]", true},
		{"[a-]", "-", true},
		{"[/]", "/", false},
		{"?", "é", true},
		{"*??", "é", false},
		{"é*", "és", true},
		{"src/**", "src/a/b.go", true},
		{"src/**", "src", false},
		{"**/*.go", "main.go", true},
		{"**/*.go", "cmd/x/main.go", true},
		{"**/*.go", "cmd/x/main.go.txt", false},
		{"a/**/b", "a/b", true},
		{"a/**/b", "a/x/y/b", true},
		{"a/**/b", "a/x/yb", false},
		{"a**b", "a/x/yb", true},
		{"**/a*/**/b*c", "x/a1/y/b2/b3c", true},
		{"*a*a*b", strings.Repeat("a", 300), false},
		{"[", "[", true},
		{"[", "a", false},
	} {
		if got := definition.MatchGlob(c.pattern, c.s); got != c.want {
			t.Errorf("%q matches %q: %v, want %v", c.pattern, c.s, got, c.want)
		}
	}
}

func TestGlobAgreesWithRegexp(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 4))
	for range 5000 {
		pattern, s := make([]byte, random.IntN(8)), make([]byte, random.IntN(10))
		for _, letters := range [][]byte{pattern, s} {
			for i := range letters {
				letters[i] = byte(random.UintN(256))
			}
		}
		globAgrees(t, pattern, s)
	}
}

func FuzzGlobAgreesWithRegexp(f *testing.F) {
	f.Add([]byte("\x03\x03\x02\x00\x03"), []byte("\x00\x02\x01"))
	f.Fuzz(func(t *testing.T, pattern, s []byte) {
		if len(pattern) <= 40 && len(s) <= 100 {
			globAgrees(t, pattern, s)
		}
	})
}

// globAgrees holds a glob of few letters, stars and marks against a regular expression.
func globAgrees(t *testing.T, chosenPattern, chosen []byte) {
	t.Helper()
	pattern, s := letters(chosenPattern, "ab/**?"), letters(chosen, "ab/")
	want := pattern == s || regexp.MustCompile("^"+expression(pattern)+"$").MatchString(s)
	if got := definition.MatchGlob(pattern, s); got != want {
		t.Errorf("%q matches %q: %v, want %v", pattern, s, got, want)
	}
}

func letters(chosen []byte, from string) string {
	word := make([]byte, len(chosen))
	for i, c := range chosen {
		word[i] = from[int(c)%len(from)]
	}
	return string(word)
}

func expression(pattern string) string {
	var b strings.Builder
	for i := 0; i < len(pattern); i++ {
		folder := i == 0 || pattern[i-1] == '/'
		switch {
		case strings.HasPrefix(pattern[i:], "**/") && folder:
			b.WriteString("(?:[^/]*/)*")
			i += 2
		case strings.HasPrefix(pattern[i:], "**"):
			b.WriteString(".*")
			i++
		case pattern[i] == '*':
			b.WriteString("[^/]*")
		case pattern[i] == '?':
			b.WriteString("[^/]")
		default:
			b.WriteByte(pattern[i])
		}
	}
	return b.String()
}
