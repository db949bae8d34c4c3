package report

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	zeroWidthNonJoiner = '\u200c'
	zeroWidthJoiner    = '\u200d'
)

// runes counts characters: GitLab's limits are in characters, GitHub's in bytes at the worst.
func runes(s string) int { return utf8.RuneCountInString(s) }

// Cut keeps at most size characters of s, the last of them an ellipsis where something was lost.
func Cut(s string, size int) string {
	if runes(s) <= size {
		return s
	}
	n := 0
	for i := range s {
		if n == size-1 {
			return s[:i] + "…"
		}
		n++
	}
	return s
}

// Plain makes a foreign string one line without anything invisible: no control characters (a
// terminal obeys them), no direction overrides (they make text read as what it is not), no bytes
// that are not UTF-8. White space becomes single spaces.
func Plain(s string) string {
	visible := strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case r == zeroWidthJoiner || r == zeroWidthNonJoiner: // in emoji and in some scripts
			return -1
		case !unicode.IsGraphic(r):
			return utf8.RuneError
		default:
			return r
		}
	}, s)
	return strings.Join(strings.Fields(visible), " ")
}
