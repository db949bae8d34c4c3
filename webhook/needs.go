package webhook

import (
	"slices"
	"strings"
	"unicode"

	"github.com/nexusgate/nexusgate/gate"
)

// The bounds on the text of an issue or a change: how much of it is looked at, in bytes, and how many references
// of a kind are taken from it. A text on GitHub is never longer.
const (
	maxWritten = 256 << 10
	maxRefs    = 20
)

// tooMuch stands for what a text needs beyond these bounds: it is not known, and so it is not there.
const tooMuch = "more than is read of one text"

// written is what the text of an issue or a change declares. The text itself goes no further.
type written struct {
	scope
	needs, closes []gate.Ref

	listing bool // a line said that it needs what the list below it names
}

// read looks through a text line by line, outside of code, quotations and comments.
func (w *written) read(body string) {
	p := prose{rest: body[:min(len(body), maxWritten)]}
	if len(body) > maxWritten {
		p.rest = p.rest[:strings.LastIndexByte(p.rest, '\n')+1] // half a number is another one
		defer w.need(gate.Ref{Repo: tooMuch})
	}
	for line, more := p.next(); more; line, more = p.next() {
		if line = strings.TrimSpace(line); !strings.HasPrefix(line, ">") {
			w.line(line)
		}
	}
}

func (w *written) line(line string) {
	line, bullet := unmarked(line)
	keyword, rest, found := strings.Cut(strings.TrimLeft(line, "*_"), ":")
	rest = strings.Trim(rest, "*_ \u00a0\t")
	switch {
	case found && declares(keyword):
		w.listing = rest == ""
		w.declared(rest)
	case w.listing && line == "":
	case w.listing && bullet && w.begins(line):
		w.declared(line)
	default:
		w.listing = false
		w.closing(line)
	}
}

func declares(keyword string) bool {
	return slices.Contains([]string{"depends-on", "blocked-by"}, strings.ToLower(strings.Trim(keyword, "*_ ")))
}

// begins says whether a line begins with a reference.
func (w *written) begins(line string) bool {
	for word := range listed(addressed(line)) {
		_, ok := w.ref(word)
		return ok
	}
	return false
}

// unmarked is a line without the marks of lists, boxes to tick and headings that it begins with.
func unmarked(line string) (rest string, bullet bool) {
	for {
		mark, after, found := strings.Cut(line, " ")
		switch {
		case mark == "-", mark == "*", mark == "+", mark == "[x]", mark == "[X]", isNumeral(mark), found && strings.Trim(mark, "#") == "":
		case mark == "[" && strings.HasPrefix(after, "] "):
			after = after[2:]
		default:
			return line, bullet
		}
		bullet = bullet || mark != "" && mark[0] != '#'
		if line = strings.TrimSpace(after); !found {
			return line, bullet
		}
	}
}

// isNumeral says whether a word is the number of a line in a list: "1." or "2)".
func isNumeral(word string) bool {
	n := len(word) - 1
	return n > 0 && (word[n] == '.' || word[n] == ')') && strings.Trim(word[:n], "0123456789") == ""
}

// declared takes the references of a line. What looks like one and is none is not passed over, and neither is a line
// without any: what it means cannot be found, and the change waits for it to be mended.
func (w *written) declared(rest string) {
	found := false
	for word := range listed(addressed(rest)) {
		switch r, ok := w.ref(word); {
		case ok:
			w.need(r)
		case found && meantAsRef(word):
			w.need(gate.Ref{Repo: text(word, 100)})
		default:
			continue
		}
		found = true
	}
	if !found && !slices.Contains([]string{"", "none", "nothing", "no", "n/a", "-"}, strings.ToLower(strings.TrimRight(rest, "."))) {
		w.need(gate.Ref{Repo: text(rest, 100)})
	}
}

// need adds what is needed. What there is no room for is not left out unsaid.
func (w *written) need(r gate.Ref) {
	if len(w.needs) >= maxRefs && !slices.Contains(w.needs, r) {
		r = gate.Ref{Repo: tooMuch}
	}
	if !slices.Contains(w.needs, r) {
		w.needs = append(w.needs, r)
	}
}

// meantAsRef says whether somebody meant a word as a reference: it is an address, or has a number behind # or !.
func meantAsRef(word string) bool {
	at := strings.IndexAny(word, "#!")
	numbered := at >= 0 && at+1 < len(word) && '0' <= word[at+1] && word[at+1] <= '9'
	return numbered || strings.HasPrefix(unwrapped(word), "https://") || strings.HasPrefix(unwrapped(word), "http://")
}

// listed are the words of a list, with or without commas.
func listed(text string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for word := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == ',' || r == ';' || unicode.IsSpace(r) }) {
			if !strings.EqualFold(word, "and") && !yield(word) {
				return
			}
		}
	}
}

// closing takes what a change says that it closes, in the words that the forges know.
// https://docs.github.com/en/issues/tracking-your-work-with-issues/using-issues/linking-a-pull-request-to-an-issue
// https://docs.gitlab.com/user/project/issues/managing_issues/#closing-issues-automatically
func (w *written) closing(line string) {
	closes := false
	for word := range listed(addressed(uncoded(line))) {
		if w.closesWith(strings.ToLower(strings.TrimSuffix(word, ":"))) {
			closes = true
			continue
		}
		if !closes {
			continue
		}
		r, ok := w.ref(word)
		if ok && !r.Change {
			w.closes = w.added(w.closes, r)
		}
		closes = ok && w.forge == gate.GitLab // of GitHub each has a word of its own
	}
}

func (w *written) closesWith(word string) bool {
	switch word {
	case "close", "closes", "closed", "fix", "fixes", "fixed", "resolve", "resolves", "resolved":
		return true
	case "closing", "fixing", "resolving", "implement", "implements", "implemented", "implementing":
		return w.forge == gate.GitLab
	default:
		return false
	}
}

// uncoded is a line without what stands between backticks.
func uncoded(line string) string {
	var rest strings.Builder
	for i, part := range strings.Split(line, "`") {
		if i%2 == 0 {
			rest.WriteString(part)
		}
	}
	return rest.String()
}

func (w *written) added(all []gate.Ref, r gate.Ref) []gate.Ref {
	if len(all) >= maxRefs || slices.Contains(all, r) {
		return all
	}
	return append(all, r)
}
