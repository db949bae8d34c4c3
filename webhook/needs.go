package webhook

import (
	"slices"
	"strings"

	"github.com/nexusgate/nexusgate/gate"
)

// The bounds on the text of an issue or a change: how much of it is looked at, in bytes, and how many references
// of a kind are taken from it.
const (
	maxWritten = 64 << 10
	maxRefs    = 20
)

// written is what the text of an issue or a change declares. The text itself goes no further.
type written struct {
	scope
	needs, closes []gate.Ref
}

// read looks through a text line by line, outside of code, quotations and comments.
func (w *written) read(body string) {
	body = body[:min(len(body), maxWritten)]
	fence, comment := "", false
	for line := range strings.Lines(body) {
		line, comment = uncommented(line, comment)
		line = strings.TrimSpace(line)
		switch {
		case fence != "":
			if strings.HasPrefix(line, fence) {
				fence = ""
			}
		case strings.HasPrefix(line, "```"), strings.HasPrefix(line, "~~~"):
			fence = line[:3]
		case strings.HasPrefix(line, ">"):
		default:
			w.line(line)
		}
	}
}

// uncommented is a line without what is in comments of HTML, of which one may be open.
func uncommented(line string, open bool) (rest string, stillOpen bool) {
	for {
		if open {
			_, after, ended := strings.Cut(line, "-->")
			if !ended {
				return rest, true
			}
			line = after
		}
		before, after, begun := strings.Cut(line, "<!--")
		rest += before
		if !begun {
			return rest, false
		}
		line, open = after, true
	}
}

func (w *written) line(line string) {
	line = strings.TrimSpace(strings.TrimLeft(line, "-*+ "))
	keyword, rest, found := strings.Cut(line, ":")
	if found && slices.Contains([]string{"depends-on", "blocked-by"}, strings.ToLower(strings.Trim(keyword, "*_ "))) {
		w.declared(strings.Trim(rest, "* "))
		return
	}
	w.closing(line)
}

// declared takes the references that a line begins with. A line that names something which is none is not passed
// over: what it means cannot be found, and the change waits for it to be mended.
func (w *written) declared(rest string) {
	found := false
	for word := range listed(addressed(rest)) {
		r, ok := w.ref(word)
		if !ok {
			break
		}
		w.needs, found = w.added(w.needs, r), true
	}
	if !found && !slices.Contains([]string{"", "none", "nothing", "no", "n/a", "-"}, strings.ToLower(rest)) {
		w.needs = w.added(w.needs, gate.Ref{Repo: text(rest, 100)})
	}
}

// listed are the words of a list, with or without commas.
func listed(text string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for word := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == ' ' || r == ',' || r == '\t' }) {
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
