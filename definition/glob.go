package definition

import (
	"errors"
	"strings"
	"unicode/utf8"
)

// maxGlob bounds a glob. Matching takes at most the product of both lengths.
const maxGlob = 512

// MatchGlob says whether s is the pattern, or matches it as a glob: * is any text without a slash,
// ** is any text, **/ is any number of folders, none included, ? is one character that is no slash,
// [a-z] and [^a-z] are classes of those, and \ takes the next character as it is.
func MatchGlob(pattern, s string) bool {
	plain := literalPrefix(pattern)
	if plain == len(pattern) {
		return pattern == s
	}
	return pattern == s || strings.HasPrefix(s, pattern[:plain]) && matchGlob(pattern, s)
}

// literalPrefix is how many bytes of a pattern stand for themselves.
func literalPrefix(pattern string) int {
	for i := range len(pattern) {
		switch pattern[i] {
		case '*', '?', '[', '\\':
			return i
		}
	}
	return len(pattern)
}

// retreat is where matching goes on when it fails: the star takes one character more.
type retreat struct {
	set           bool
	pattern, text int
	folders       bool // the star is **/ and ends at a slash
}

// matchGlob keeps two retreats, of the last * and of the last **. Older ones never help: whatever
// an older star could take more, the newer one can take as well.
func matchGlob(pattern, s string) bool {
	var star, deep retreat
	p, t := 0, 0
	for {
		if p < len(pattern) && pattern[p] == '*' {
			p, star, deep = readStar(pattern, p, t, star, deep)
			continue
		}
		if p == len(pattern) && t == len(s) {
			return true
		}
		if n, width, ok := matchOne(pattern[p:], s[t:]); ok {
			p, t = p+n, t+width
			continue
		}
		switch {
		case star.set && star.text < len(s) && s[star.text] != '/':
			star.text += runeWidth(s[star.text:])
			p, t = star.pattern, star.text
		case deep.set && deep.advance(s):
			p, t, star.set = deep.pattern, deep.text, false
		default:
			return false
		}
	}
}

// advance takes one character more, or one folder more.
func (r *retreat) advance(s string) bool {
	if r.text >= len(s) {
		return false
	}
	if !r.folders {
		r.text += runeWidth(s[r.text:])
		return true
	}
	slash := strings.IndexByte(s[r.text:], '/')
	r.text += slash + 1
	return slash >= 0
}

func runeWidth(s string) int {
	_, width := utf8.DecodeRuneInString(s)
	return width
}

func readStar(pattern string, p, t int, star, deep retreat) (next int, newStar, newDeep retreat) {
	if !strings.HasPrefix(pattern[p:], "**") {
		return p + 1, retreat{set: true, pattern: p + 1, text: t}, deep
	}
	next = p + 2
	folders := strings.HasPrefix(pattern[next:], "/") && (p == 0 || pattern[p-1] == '/')
	if folders {
		next++
	}
	return next, retreat{}, retreat{set: true, pattern: next, text: t, folders: folders}
}

// matchOne matches one element of a pattern that is no star, and says how long both are.
func matchOne(pattern, s string) (read, width int, ok bool) {
	if pattern == "" || s == "" {
		return 0, 0, false
	}
	r, width := utf8.DecodeRuneInString(s)
	switch pattern[0] {
	case '?':
		return 1, width, r != '/'
	case '[':
		read, in := matchClass(pattern, r)
		return read, width, read > 0 && in && r != '/'
	case '\\':
		want, size := utf8.DecodeRuneInString(pattern[1:])
		return 1 + size, width, size > 0 && want == r
	}
	want, size := utf8.DecodeRuneInString(pattern)
	return size, width, want == r
}

// matchClass matches the class that a pattern begins with. It reads nothing where none is closed.
func matchClass(pattern string, r rune) (read int, in bool) {
	i, inverted := 1, false
	if i < len(pattern) && (pattern[i] == '^' || pattern[i] == '!') {
		i, inverted = i+1, true
	}
	for first := true; i < len(pattern) && (first || pattern[i] != ']'); first = false {
		low, n := classRune(pattern[i:])
		i += n
		high := low
		if strings.HasPrefix(pattern[i:], "-") && !strings.HasPrefix(pattern[i:], "-]") && i+1 < len(pattern) {
			high, n = classRune(pattern[i+1:])
			i += 1 + n
		}
		in = in || low <= r && r <= high
	}
	if i >= len(pattern) {
		return 0, false
	}
	return i + 1, in != inverted
}

func classRune(pattern string) (rune, int) {
	if pattern[0] == '\\' && len(pattern) > 1 {
		r, n := utf8.DecodeRuneInString(pattern[1:])
		return r, n + 1
	}
	return utf8.DecodeRuneInString(pattern)
}

// checkGlob says what is wrong with a glob.
func checkGlob(pattern string) error {
	if len(pattern) > maxGlob {
		return errors.New("is too long; write a shorter one")
	}
	for i := 0; i < len(pattern); i++ {
		switch pattern[i] {
		case '\\':
			if i++; i == len(pattern) {
				return errors.New("ends in a backslash; write what it escapes, or two of them")
			}
		case '[':
			read, _ := matchClass(pattern[i:], 0)
			if read == 0 {
				return errors.New("has a [ that nothing closes; close it, or write \\[")
			}
			i += read - 1
		}
	}
	return nil
}
