package report

import (
	"fmt"
	"strings"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
)

// AtLines is how many faults and warnings of a definition are shown at their lines, where a forge can.
const AtLines = 200

// The criteria that a change to a definition meets by somebody's word.
const (
	teamCriterion       = "integration-team"
	exceptionsCriterion = "exceptions"
)

// proposed says whether a verdict is about a change to a definition.
func proposed(v gate.Verdict) bool {
	return v.Subject.Kind == gate.OfDefinition && v.Proposal != nil
}

// proposalTitle says what a change to a definition would do: "3 faults; the first at nexus.cue:16:29",
// "Sound; 2 components would no longer be done". What the change still waits for comes first.
func proposalTitle(v gate.Verdict) string {
	p := v.Proposal
	if len(p.Faults) > 0 {
		return counted(len(p.Faults), "fault") + at(p.Faults[0].Pos)
	}
	said := "Sound; " + turned(p.Impact)
	if p.Impact == nil {
		said = "Sound"
	}
	t := Count(v)
	switch {
	case v.Outcome == gate.Done:
		return said
	case v.Outcome == gate.Awaiting && len(t.Awaited) > 0:
		return "Awaiting " + waits(t.Awaited[0], Plain) + "; " + strings.ToLower(said[:1]) + said[1:]
	case len(t.Holding) > 0:
		return "Not done: " + phrase(t.Holding[0])
	default:
		return "Not done: no required criterion is in force"
	}
}

// waits is what a change to a definition waits for.
func waits(f gate.Finding, name func(string) string) string {
	switch f.Criterion {
	case teamCriterion:
		return "the Integration Team"
	case exceptionsCriterion:
		return "the approval of its exceptions"
	}
	return name(Cut(f.Criterion, nameSize))
}

func at(pos definition.Pos) string {
	if pos.String() == "" {
		return ""
	}
	return "; the first at " + Cut(Plain(pos.String()), nameSize)
}

// proposalDescription is the title, and with faults as many of them as there is room for.
func proposalDescription(v gate.Verdict) string {
	faults := v.Proposal.Faults
	if len(faults) == 0 {
		return Cut(proposalTitle(v), descriptionSize)
	}
	said := make([]string, len(faults))
	for i, f := range faults {
		said[i] = Cut(Plain(f.String()), descriptionSize)
	}
	return named(counted(len(faults), "fault")+": ", said)
}

// proposal writes what a change to a definition would do.
func (s *sheet) proposal(p *gate.Proposal) {
	list(s, faultTable(p.File, "Fault"), p.Faults)
	list(s, faultTable(p.File, "Warning"), p.Warnings)
	if n := len(p.Faults) + len(p.Warnings); n > AtLines {
		s.note(fmt.Sprintf("The first %d of these %d are shown at their lines.", AtLines, n))
	}
	list(s, sentences("What would differ"), cutAll(p.Differences))
	if p.Impact != nil {
		s.impact(p.Impact)
	}
}

// note writes a sentence of ours as a paragraph, where there is room.
func (s *sheet) note(text string) {
	if text = "\n" + text + "\n"; len(text) <= s.room {
		s.write(text)
	}
}

func cutAll(sentences []string) []string {
	cut := make([]string, len(sentences))
	for i, one := range sentences {
		cut[i] = Cut(one, sentenceSize)
	}
	return cut
}

func faultTable(file, head string) table[definition.Fault] {
	return table[definition.Fault]{before: "\n" + header([]string{"Where", head}), row: func(f definition.Fault) string {
		where := Code(Cut(f.Pos.String(), valueSize))
		if where == "" {
			where = Code(Cut(file, valueSize))
		}
		return line(where, Prose(Cut(f.Message, sentenceSize)))
	}}
}

// proposalOpening says in a sentence how a change to a definition stands.
func proposalOpening(v gate.Verdict) string {
	mark, p := VerdictMark(v), v.Proposal
	if n := len(p.Faults); n > 0 {
		return fmt.Sprintf("**%s %s.** %s of %s does not hold, and what is in force stays.", mark.Symbol, counted(n, "fault"), Code(Cut(p.File, valueSize)), change(v))
	}
	file := Code(Cut(p.File, valueSize))
	t := Count(v)
	switch {
	case v.Outcome == gate.Done:
		return fmt.Sprintf("**%s Sound.** %s of %s may come into force.", mark.Symbol, file, change(v))
	case v.Outcome == gate.Awaiting && len(t.Awaited) > 0:
		return fmt.Sprintf("**%s Sound, and awaited.** %s of %s waits for %s.", mark.Symbol, file, change(v), waits(t.Awaited[0], Code))
	default:
		return fmt.Sprintf("**%s %s.** %s of %s is held back by %d of %s.", mark.Symbol, mark.Word, file, change(v), len(t.Holding), required(t.Required()))
	}
}

func change(v gate.Verdict) string { return Code(Cut(Plain(v.Subject.Name), nameSize*2)) }

func counted(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %ss", n, one)
}

// proposalText is what a change to a definition would do, for a terminal.
func proposalText(p *gate.Proposal) string {
	var b strings.Builder
	columned(&b, "faults", p.Faults, faultColumns)
	columned(&b, "warnings", p.Warnings, faultColumns)
	columned(&b, "what would differ", p.Differences, func(s string) []string { return []string{Cut(Plain(s), sentenceSize)} })
	if p.Impact != nil {
		b.WriteString(impactText(p.Impact))
	}
	return b.String()
}

func faultColumns(f definition.Fault) []string {
	return []string{Cut(Plain(f.String()), sentenceSize)}
}
