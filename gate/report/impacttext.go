package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/nexusgate/nexusgate/gate"
)

// ImpactText writes an impact for a terminal: which outcomes would be others, then by team and
// criterion what would be found, then teams' layers, then the total. There are no control characters,
// whatever the definitions say.
func ImpactText(w io.Writer, i gate.Impact) error {
	if _, err := io.WriteString(w, impactText(&i)); err != nil {
		return fmt.Errorf("writing the impact: %w", err)
	}
	return nil
}

func impactText(i *gate.Impact) string {
	var b strings.Builder
	columned(&b, "outcomes that would change", i.Turns, func(t gate.Turn) []string {
		return []string{Cut(Plain(t.Subject.Name), nameSize), Cut(Plain(t.Team), nameSize), arrow(outcomeText(t.From, t.FromUnder), outcomeText(t.To, t.ToUnder))}
	})
	findings := 0
	columned(&b, "by team and criterion", i.Findings, func(f gate.FindingTurn) []string {
		findings += f.Count
		said := []string{ofTeam(f.Team, Plain), Cut(Plain(f.Criterion), nameSize), arrow(string(f.From), string(f.To)), Cut(Plain(f.Level), nameSize), fmt.Sprint(f.Count)}
		if f.Example != "" {
			said[len(said)-1] += "  such as " + Cut(Plain(f.Example), nameSize)
		}
		return said
	})
	columned(&b, "teams' layers", i.Layers, func(l gate.LayerTurn) []string {
		return []string{Cut(Plain(l.Component), nameSize), Cut(Plain(l.Team), nameSize), Cut(Plain(strings.Join(l.Says, "; ")), sentenceSize)}
	})
	plainly := func(name string) []string { return []string{Cut(Plain(name), nameSize)} }
	columned(&b, "components that would join", i.Joining, plainly)
	columned(&b, "components that would leave", i.Leaving, plainly)
	fmt.Fprintf(&b, "total: %s; %s would differ\n%s\n", turned(i), counted(findings, "finding"), basis(i))
	return b.String()
}

// outcomeText is an outcome as scripts know it, and what it rests on.
func outcomeText(o gate.Outcome, exceptions []string) string {
	if len(exceptions) == 0 {
		return string(o)
	}
	return string(o) + " " + under(len(exceptions))
}

// arrow is a turn from one word to another; what was not there, or will not be, is "none".
func arrow(from, to string) string {
	if from == to {
		return from
	}
	word := func(s string) string {
		if s == "" {
			return "none"
		}
		return s
	}
	return word(from) + " → " + word(to)
}

// columned writes rows under a head in aligned columns, and a line after them.
func columned[T any](b *strings.Builder, head string, items []T, row func(T) []string) {
	if len(items) == 0 {
		return
	}
	rows := make([][]string, len(items))
	for i, item := range items {
		rows[i] = row(item)
	}
	b.WriteString(head + "\n")
	for _, line := range aligned(rows) {
		b.WriteString("  " + strings.TrimRight(line, " ") + "\n")
	}
	b.WriteString("\n")
}
