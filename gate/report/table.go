package report

import (
	"fmt"
	"strings"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
)

// sheet is a page of limited room.
type sheet struct {
	strings.Builder
	room int // bytes
	left int // rows that found no room
}

func (s *sheet) write(text string) {
	s.WriteString(text)
	s.room -= len(text)
}

// table is how things are listed: what stands before, a row for each, what stands after.
type table[T any] struct {
	before, after string
	row           func(T) string
}

// list writes as many rows as there is room for. After the first that finds none no more are
// written, so that nothing worse is left out than what is shown.
func list[T any](s *sheet, t table[T], items []T) {
	open := false
	for i, item := range items {
		row := t.row(item)
		need := len(row)
		if !open {
			need += len(t.before) + len(t.after)
		}
		if need > s.room || s.left > 0 {
			s.left += len(items) - i
			break
		}
		if !open {
			s.write(t.before)
			s.room -= len(t.after)
			open = true
		}
		s.write(row)
	}
	if open {
		s.WriteString(t.after)
	}
}

func openTable(v gate.Verdict, before string) table[gate.Finding] {
	heads := []string{"State", "Criterion", "Of", "Wanted", "Found", "Whose rule", "What to do"}
	return table[gate.Finding]{before: before + header(heads), row: func(f gate.Finding) string {
		m := StateMark(f.State)
		return line(m.Symbol+" "+m.Word, criterion(f), of(v, f), wanted(f), found(v, f), rule(f), Prose(Cut(Advice(f), sentenceSize)))
	}}
}

func metTable(v gate.Verdict, n int) table[gate.Finding] {
	heads := []string{"State", "Criterion", "Of", "Wanted", "Found", "Whose rule"}
	before := fmt.Sprintf("\n<details><summary>%s met</summary>\n\n%s", criteria(n), header(heads))
	return table[gate.Finding]{before: before, after: "\n</details>\n", row: func(f gate.Finding) string {
		m := StateMark(f.State)
		return line(m.Symbol+" "+m.Word, criterion(f), of(v, f), wanted(f), found(v, f), rule(f))
	}}
}

func header(heads []string) string {
	return line(heads...) + line(strings.Split(strings.Repeat("---,", len(heads)-1)+"---", ",")...)
}

func line(cells ...string) string {
	for i, c := range cells {
		if c == "" {
			cells[i] = "—"
		}
	}
	return "| " + strings.Join(cells, " | ") + " |\n"
}

// How much of a sentence and of a value a report shows, in characters.
const (
	sentenceSize = 400
	valueSize    = 300
)

func criterion(f gate.Finding) string {
	return lines(Code(Cut(f.Criterion, nameSize)), Prose(Cut(f.Why, sentenceSize)))
}

func of(v gate.Verdict, f gate.Finding) string {
	if f.Component == "" {
		return Code(Cut(v.Subject.Name, nameSize*2))
	}
	if f.Team == "" {
		return Code(Cut(f.Component, nameSize))
	}
	return lines(Code(Cut(f.Component, nameSize)), "team "+Code(Cut(f.Team, nameSize)))
}

func wanted(f gate.Finding) string { return Code(Cut(gate.InWords(f.Want), valueSize)) }

func found(v gate.Verdict, f gate.Finding) string {
	parts := []string{Code(Cut(f.Got, valueSize))}
	if f.Carried != "" {
		parts = append(parts, "carried from "+Code(Short(f.Carried)))
	}
	parts = append(parts, Due(f, v.At), advisoryUntil(f))
	if WebAddress(f.URL) != "" {
		parts = append(parts, link("evidence", f.URL))
	}
	return lines(parts...)
}

func rule(f gate.Finding) string {
	return lines(Whose(f.Layer), Code(Cut(f.At, valueSize)))
}

// Whose says whose rule one of that layer is.
func Whose(l definition.Layer) string {
	if l == definition.TeamLayer {
		return "the team's"
	}
	return "the Nexus's"
}

// Advice says what to do about a finding: what its criterion says, or else what its state calls
// for. While something is on its way there is nothing to mend, whatever the criterion says.
func Advice(f gate.Finding) string {
	if f.Fix == "" || f.State == gate.Met || f.State == gate.Waiting && !AwaitsSomebody(f) {
		return StateMark(f.State).Advice
	}
	return f.Fix
}

// AwaitsSomebody says whether somebody's word is waited for here, a sign-off or that of the Integration Team on a
// change to the definition, and not evidence that comes by itself.
func AwaitsSomebody(f gate.Finding) bool {
	somebody := f.Criterion == teamCriterion || f.Criterion == exceptionsCriterion || f.SignOff != ""
	return f.State == gate.Waiting && f.Fix != "" && somebody
}

func lines(parts ...string) string {
	var kept []string
	for _, p := range parts {
		if p != "" {
			kept = append(kept, p)
		}
	}
	return strings.Join(kept, "<br>")
}
