package report

import (
	"strings"
	"unicode"
)

// Code is a foreign string as a markdown code span that is fit for a table cell: inside one,
// neither forge looks for mentions, references, links, emoji or HTML. "" stays "".
//
// A bar is written `\|`, which is how GitHub's tables want it inside code too
// (https://github.github.com/gfm/#example-200). The parsers disagree about a backslash before it,
// so there the bar is replaced by its look-alike U+2223.
func Code(s string) string {
	s = Plain(s)
	if s == "" {
		return ""
	}
	s = strings.ReplaceAll(s, `\|`, `\∣`)
	s = strings.ReplaceAll(s, `|`, `\|`)
	if strings.HasPrefix(s, "`") || strings.HasSuffix(s, "`") {
		s = " " + s + " "
	}
	fence := strings.Repeat("`", longestRun(s, '`')+1)
	return fence + s + fence
}

// Prose is a foreign sentence as markdown that is fit for a table cell. Plain words stay as they
// are; the others become code spans, without what the sentence sets around them: the brackets and the
// comma of "(acme/product#9), of Sprint 1".
func Prose(s string) string {
	var out, odd []string
	opened := ""
	flush := func(closed string) {
		if len(odd) > 0 {
			out = append(out, opened+Code(strings.Join(odd, " "))+closed)
			odd, opened = nil, ""
		}
	}
	for _, word := range strings.Fields(Plain(s)) {
		if plainWord(word) {
			flush("")
			out = append(out, word)
			continue
		}
		before, core, after := peel(word)
		if before != "" {
			flush("")
			opened = before
		}
		if odd = append(odd, core); after != "" {
			flush(after)
		}
	}
	flush("")
	return strings.Join(out, " ")
}

// peel takes a word out of what a sentence sets around it: what ends a part of it, and brackets and quotes that are
// not the word's own. Neither forge sees anything in those.
func peel(word string) (before, core, after string) {
	core = word
	for {
		first, last := core[0], core[len(core)-1]
		opens, closes := strings.Count(core, "("), strings.Count(core, ")")
		switch {
		case len(core) == 1:
			return before, core, after
		case strings.IndexByte(".,;?", last) >= 0, last == ')' && closes > opens:
			core, after = core[:len(core)-1], string(last)+after
		case first == '(' && opens > closes:
			core, before = core[1:], before+"("
		case len(core) > 2 && (first == '(' && last == ')' || strings.IndexByte(`"'`, first) >= 0 && first == last):
			core, before, after = core[1:len(core)-1], before+string(first), string(last)+after
		default:
			return before, core, after
		}
	}
}

// The ASCII punctuation that means nothing to either forge: anywhere in a word, and at its end only.
const (
	quiet    = `.,;()'"?/-`
	quietEnd = `:!%`
)

// plainWord says whether neither forge sees anything in a word. It is a list of what is allowed:
// what nobody thought of ends in a code span.
func plainWord(w string) bool {
	body := strings.TrimRight(w, quietEnd)
	for _, r := range body {
		if r < unicode.MaxASCII && !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune(quiet, r) {
			return false
		}
	}
	lower := strings.ToLower(body)
	return body != "" && !strings.HasPrefix(body, "/") && !strings.Contains(lower, "//") &&
		!strings.Contains(lower, "www.") && !keyed(lower) && !hexed(lower)
}

// keyed finds "GH-12" and "SHOP-12": GitHub's short form and the keys of an issue tracker.
func keyed(w string) bool {
	for i := 1; i+1 < len(w); i++ {
		if w[i] == '-' && isDigit(w[i+1]) && !isDigit(w[i-1]) {
			return true
		}
	}
	return false
}

// hexed finds what could be a commit: seven hexadecimal digits or more in a row.
func hexed(w string) bool {
	run := 0
	for i := range len(w) {
		if run++; !isDigit(w[i]) && (w[i] < 'a' || w[i] > 'f') {
			run = 0
		}
		if run == 7 {
			return true
		}
	}
	return false
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func longestRun(s string, of byte) int {
	longest, run := 0, 0
	for i := range len(s) {
		if run++; s[i] != of {
			run = 0
		}
		longest = max(longest, run)
	}
	return longest
}
