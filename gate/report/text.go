package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/nexusgate/nexusgate/gate"
)

// Text writes the verdict for a terminal: the outcome, then a line for each criterion, the worst
// first, in aligned columns; under each that is not met whose rule it is and what to do. There are
// no colours and no control characters, whatever the evidence says.
func Text(w io.Writer, v gate.Verdict) error {
	t := Count(v)
	var b strings.Builder
	b.WriteString(Title(v) + "\n")
	section(&b, v, "holds it back", t.Holding)
	section(&b, v, "under exceptions, which hold nothing back", t.Excepted)
	section(&b, v, "awaited", t.Awaited)
	section(&b, v, "advisory", t.Advisory)
	section(&b, v, "met", t.Met)
	if proposed(v) {
		b.WriteString("\n" + proposalText(v.Proposal))
	}
	for _, f := range forecasts(v) {
		b.WriteString("\nforecast: " + forecastLine(f) + "\n")
	}
	for _, g := range unseen(v, t) {
		b.WriteString("\nexception " + grantLine(g, v) + "\n")
	}
	for _, n := range noticed(v) {
		b.WriteString("\nnotice: " + n + "\n")
	}
	b.WriteString(bottom(v))
	if _, err := io.WriteString(w, b.String()); err != nil {
		return fmt.Errorf("writing the verdict on %s: %w", v.Subject.Name, err)
	}
	return nil
}

// bottom says when and by what it was decided.
func bottom(v gate.Verdict) string {
	var said []string
	if asOf(v) != "" {
		said = append(said, "judged     "+v.At.UTC().Format("2006-01-02 15:04 UTC")+asOf(v))
	}
	if v.Definition != "" {
		said = append(said, "definition "+Plain(v.Definition))
	}
	if v.Increment != "" {
		said = append(said, "increment  "+Plain(v.Increment))
	}
	if len(said) == 0 {
		return ""
	}
	return "\n" + strings.Join(said, "\n") + "\n"
}

func section(b *strings.Builder, v gate.Verdict, head string, findings []gate.Finding) {
	if len(findings) == 0 {
		return
	}
	b.WriteString("\n" + head + "\n")
	rows := make([][]string, len(findings))
	for i, f := range findings {
		rows[i] = columns(v, f)
	}
	for i, line := range aligned(rows) {
		b.WriteString("  " + line + "\n")
		b.WriteString(below(v, findings[i]))
	}
}

func columns(v gate.Verdict, f gate.Finding) []string {
	m := StateMark(f.State)
	where := f.Component
	if where == "" {
		where = v.Subject.Name
	}
	said := "wanted " + Cut(Plain(gate.InWords(f.Want)), valueSize)
	if got := Cut(Plain(f.Got), valueSize); got != "" {
		said += ", found " + got
	}
	if f.Carried != "" {
		said += ", carried from " + Short(f.Carried)
	}
	for _, when := range []string{Due(f, v.At), advisoryUntil(f)} {
		if when != "" {
			said += ", " + when
		}
	}
	return []string{m.Symbol + " " + m.Word, Cut(Plain(f.Criterion), nameSize), Cut(Plain(where), nameSize), said}
}

// below is what is said under a finding that is not met.
func below(v gate.Verdict, f gate.Finding) string {
	if f.State == gate.Met {
		return ""
	}
	act := "do    " + Cut(Plain(Advice(f)), sentenceSize)
	if f.Exception != "" {
		act = "under " + grantLine(granted(v, f.Exception), v)
	}
	return fmt.Sprintf("      rule  %s, %s\n      %s\n", Cut(Plain(f.At), valueSize), Whose(f.Layer), act)
}

// aligned joins the columns of each row, all but the last padded to the widest.
func aligned(rows [][]string) []string {
	widths := make(map[int]int)
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], runes(cell))
		}
	}
	out := make([]string, len(rows))
	for r, row := range rows {
		for i, cell := range row[:len(row)-1] {
			out[r] += cell + strings.Repeat(" ", widths[i]-runes(cell)+2)
		}
		out[r] += row[len(row)-1]
	}
	return out
}
