package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/nexusgate/nexusgate/gate"
)

// json writes the impact for a program to read. A list is never null.
func (i *impact) json(w io.Writer) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(struct {
		Nexus      string             `json:"nexus"`
		Candidate  string             `json:"candidate"`
		From       time.Time          `json:"from,omitzero"`
		To         time.Time          `json:"to,omitzero"`
		Verdicts   int                `json:"verdicts"`
		Differing  int                `json:"differing"`
		Judged     []gate.Retried     `json:"judged"`
		Findings   []gate.FindingTurn `json:"findings"`
		Outcomes   []gate.OutcomeTurn `json:"outcomes"`
		Unknown    []gate.Unknown     `json:"unknown"`
		Joining    []string           `json:"joining"`
		Leaving    []string           `json:"leaving"`
		Moved      []string           `json:"moved"`
		Left       int                `json:"left"`
		Groundless int64              `json:"groundless"`
	}{
		i.Nexus, i.Candidate, i.From, i.To, i.Total(), i.Differing, list(i.Judged), list(i.Findings), list(i.Outcomes),
		list(i.Unknown), list(i.Joining), list(i.Leaving), list(i.Moved), i.Left, i.Groundless,
	}); err != nil {
		return fmt.Errorf("telling the impact: %w", err)
	}
	return nil
}

func list[T any](all []T) []T { return append([]T{}, all...) }

// text writes the impact for people to read.
func (i *impact) text(w io.Writer) error {
	var b strings.Builder
	i.writeHead(&b)
	i.writeFindings(&b)
	i.writeOutcomes(&b)
	i.writeUnknown(&b)
	if _, err := io.WriteString(w, b.String()); err != nil {
		return fmt.Errorf("telling the impact: %w", err)
	}
	return nil
}

func (i *impact) writeHead(b *strings.Builder) {
	if i.Total() == 0 {
		fmt.Fprintf(b, "%s: no verdict to judge again\n", i.Nexus)
		return
	}
	var kinds []string
	for _, r := range i.Judged {
		one, several := subjectWords(r.Kind)
		kinds = append(kinds, count(r.Count, "on "+one, "on "+several))
	}
	fmt.Fprintf(b, "%s: %s judged again, from %s to %s: %s\n", i.Nexus, count(i.Total(), "verdict", "verdicts"),
		i.From.UTC().Format("2006-01-02 15:04 UTC"), i.To.UTC().Format("2006-01-02 15:04 UTC"), strings.Join(kinds, ", "))
	if i.Differing == 0 {
		b.WriteString("nothing that is known would have been different\n")
		return
	}
	fmt.Fprintf(b, "%s would have been different\n", grouped(i.Differing))
}

// writeFindings writes a block for each team, with a line for each turn of a criterion.
func (i *impact) writeFindings(b *strings.Builder) {
	var rows [][]string
	team := "\x00"
	end := func() {
		b.WriteString(aligned(rows))
		rows = nil
	}
	for _, f := range i.Findings {
		if f.Team != team {
			end()
			team = f.Team
			fmt.Fprintf(b, "\n%s\n", cmp.Or(team, "the Increment itself"))
		}
		rows = append(rows, []string{f.Criterion, turnWords(f), grouped(f.Count), "as in verdict " + f.Example})
	}
	end()
}

// turnWords are "met → unmet", "new: missing", "new: unmet, under an exception", "gone: met", "unmet, advisory → required".
func turnWords(f gate.FindingTurn) string {
	words := string(f.From)
	switch {
	case f.From == "":
		words = "new: " + string(f.To)
	case f.To == "":
		return "gone: " + string(f.From)
	case f.From != f.To:
		words += " → " + string(f.To)
	}
	if f.Level != "" {
		words += ", " + f.Level
	}
	return words
}

func (i *impact) writeOutcomes(b *strings.Builder) {
	var rows [][]string
	for _, o := range i.Outcomes {
		_, whose := subjectWords(o.Kind)
		if o.Team != "" {
			whose += " of " + o.Team
		}
		rows = append(rows, []string{whose, outcomeWords(o.From, o.FromUnder) + " → " + outcomeWords(o.To, o.ToUnder), grouped(o.Count), "as verdict " + o.Example})
	}
	if len(rows) > 0 {
		fmt.Fprintf(b, "\noutcomes that would have turned\n%s", aligned(rows))
	}
}

// outcomeWords never say of what is done under exceptions that it is done, and no more.
func outcomeWords(o gate.Outcome, under bool) string {
	if under {
		return string(o) + " under exceptions"
	}
	return string(o)
}

// writeUnknown writes what history does not tell.
func (i *impact) writeUnknown(b *strings.Builder) {
	var lines []string
	for _, r := range i.Judged {
		if one, several := subjectWords(r.Kind); r.Unknown > 0 {
			lines = append(lines, fmt.Sprintf("the outcome of %s rests on what is not known", count(r.Unknown, "verdict on "+one, "verdicts on "+several)))
		}
	}
	for _, u := range i.Unknown {
		whose := strings.TrimSpace(cmp.Or(u.Team, "the Increment") + " " + u.Criterion)
		lines = append(lines, fmt.Sprintf("%s: %s, %s", whose, u.Why, count(u.Count, "time", "times")))
	}
	for _, c := range []struct {
		components []string
		says       string
	}{
		{i.Joining, "would join: it has no history, and the Increments are judged without it"},
		{i.Leaving, "would leave: its verdicts are not judged again, and the Increments are judged without it"},
		{i.Moved, "would be another repository, branch or path: its history is that of the old one"},
	} {
		for _, name := range c.components {
			lines = append(lines, name+" "+c.says)
		}
	}
	if i.Left > 0 {
		lines = append(lines, count(i.Left, "verdict is", "verdicts are")+" on what the candidate does not have")
	}
	if i.Groundless > 0 {
		lines = append(lines, count(int(i.Groundless), "verdict is", "verdicts are")+" from before it was kept what verdicts rest on")
	}
	if len(lines) > 0 {
		fmt.Fprintf(b, "\nnot judged\n  %s\n", strings.Join(lines, "\n  "))
	}
}

// aligned lays rows out in columns, indented.
func aligned(rows [][]string) string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, row := range rows {
		fmt.Fprintf(w, "  %s\n", strings.Join(row, "\t"))
	}
	w.Flush()
	return b.String()
}

// subjectWords are what a kind of subject is called: one of them, and several.
func subjectWords(k gate.SubjectKind) (one, several string) {
	switch k {
	case gate.OfIncrement:
		return "an Increment", "Increments"
	case gate.OfGroup:
		return "a merge group", "merge groups"
	case gate.OfComponent, gate.OfChange, gate.OfDefinition:
	}
	return "a " + string(k), string(k) + "s"
}
