package report

import (
	"fmt"
	"strings"

	"github.com/nexusgate/nexusgate/gate"
)

// explanationSize bounds an explanation, in bytes. What lies beyond is left out by whole lines.
const explanationSize = 24 << 10

// Explanation is the one text that explains a finding, on the command line and on the page of the
// verdict: what it is, why, what would change it, the rule part by part, and the evidence. It is
// plain text in lines of any length, for a terminal to wrap or for a page that keeps line breaks.
func Explanation(e gate.Explanation) string {
	s := sheet{room: explanationSize}
	s.write(opens(e))
	s.list("Why", e.Because)
	s.list("What would change it", e.Mend)
	s.list("The rule", clauses(e.Rule))
	s.list("The evidence", testimonies(e))
	return s.String()
}

// opens says what is explained: the answer, the reason of the rule, and where and when.
func opens(e gate.Explanation) string {
	f, of := e.Finding, e.Finding.Component
	if of == "" {
		of = e.Subject.Name
	}
	mark := StateMark(f.State)
	lines := []string{fmt.Sprintf("%s %s of %s %s.", mark.Symbol, Cut(Plain(f.Criterion), nameSize), Cut(Plain(of), nameSize*2), mark.Phrase)}
	if f.Why != "" {
		lines = append(lines, Cut(Plain(f.Why), sentenceSize))
	}
	where := "Judged for " + e.At.UTC().Format("2006-01-02 15:04 UTC")
	if e.Subject.Name != "" && e.Subject.Name != of {
		where += ", in the verdict on " + Cut(Plain(e.Subject.Name), nameSize*2)
	}
	if e.Commit != "" {
		where += ", at commit " + Short(e.Commit)
	}
	return strings.Join(append(lines, where+"."), "\n") + "\n"
}

// list writes a heading and a line for each item, as far as there is room.
func (s *sheet) list(head string, items []string) {
	if len(items) == 0 {
		return
	}
	s.write("\n" + head + "\n")
	for i, item := range items {
		line := "  " + Cut(Plain(item), sentenceSize*2) + "\n"
		if len(line) > s.room-leftOutSize {
			s.write(fmt.Sprintf("  and %d more, for which there is no room here\n", len(items)-i))
			return
		}
		s.write(line)
	}
}

func clauses(rule []gate.Clause) []string {
	lines := make([]string, len(rule))
	for i, c := range rule {
		lines[i] = fmt.Sprintf("%s: %s", Cut(Plain(c.Says), valueSize), Whose(c.Layer))
		if c.At != "" {
			lines[i] += ", " + Cut(Plain(c.At), valueSize)
		}
	}
	return lines
}

func testimonies(e gate.Explanation) []string {
	var lines []string
	for _, t := range e.Heard {
		lines = append(lines, testimony(t))
	}
	if e.More > 0 {
		lines = append(lines, fmt.Sprintf("and %d more", e.More))
	}
	if len(e.Heard) == 0 && len(e.Rule) > 1 {
		lines = []string{"None bears that kind and name."}
	}
	return lines
}

// testimony is one piece of evidence in a line: "✓ junit unit by github-actions (ci.yml): tests 120, failed 0,
// observed 2026-11-22 11:58 UTC, delivery 0193…: counts, the only one".
func testimony(t gate.Testimony) string {
	ev := t.Evidence
	line := "· "
	if t.Counts {
		line = StateMark(t.State).Symbol + " "
	}
	line += strings.TrimSpace(Cut(Plain(ev.Kind), nameSize) + " " + Cut(Plain(ev.Name), nameSize))
	if by := Cut(Plain(strings.TrimSpace(ev.Producer.App+" "+ev.Producer.Workflow)), nameSize*2); by != "" {
		line += " by " + by
	}
	line += ": " + Cut(Plain(t.Said), valueSize)
	for _, detail := range details(ev) {
		line += ", " + detail
	}
	if t.Counts {
		return line + ". It counts: " + t.Why + "."
	}
	return line + ". It does not count: " + Cut(Plain(t.Why), valueSize) + "."
}

func details(ev gate.Evidence) (all []string) {
	if !ev.Observed.IsZero() {
		all = append(all, "observed "+ev.Observed.UTC().Format("2006-01-02 15:04 UTC"))
	}
	if ev.Run.Attempt > 1 {
		all = append(all, fmt.Sprintf("attempt %d", ev.Run.Attempt))
	}
	if ev.Carried != "" {
		all = append(all, "carried from commit "+Short(ev.Carried))
	}
	if trust := ev.Trust.String(); trust != "" {
		all = append(all, "trust "+trust)
	}
	if ev.Delivery != "" {
		return append(all, "delivery "+Cut(Plain(ev.Delivery), nameSize))
	}
	return append(all, Cut(Plain(ev.Object), nameSize))
}
