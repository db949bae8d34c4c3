package report

import (
	"fmt"

	"github.com/nexusgate/nexusgate/gate"
)

// How much of a name a line of text shows, and how long such lines may be, in characters.
const (
	nameSize        = 60
	descriptionSize = 255 // GitLab's limit on the description of a commit status
)

// Title is the verdict in one line of plain text, at most about 200 characters:
// "Not done: coverage of cart-api is unmet, and 2 more", "Awaiting 3 of 7 criteria",
// "Done: 7 of 7 criteria met", "Done under 2 exceptions: 5 of 7 criteria met".
func Title(v gate.Verdict) string {
	t := Count(v)
	switch {
	case proposed(v):
		return proposalTitle(v)
	case v.Outcome == gate.Done:
		return fmt.Sprintf(VerdictMark(v).Word+": %d of %s met", len(t.Met), criteria(t.Required()))
	case v.Outcome == gate.Awaiting:
		return fmt.Sprintf("Awaiting %d of %s", len(t.Awaited), criteria(t.Required()))
	case len(t.Holding) == 0:
		return "Not done: no required criterion is in force"
	case len(t.Holding) == 1:
		return "Not done: " + phrase(t.Holding[0])
	default:
		return fmt.Sprintf("Not done: %s, and %d more", phrase(t.Holding[0]), len(t.Holding)-1)
	}
}

// Description is the verdict in one line of plain text for a GitLab commit status: at most 255
// characters, with as many of the criteria that hold it back as there is room for.
func Description(v gate.Verdict) string {
	if proposed(v) {
		return proposalDescription(v)
	}
	t := Count(v)
	if v.Outcome == gate.Done && len(v.Exceptions) > 0 {
		return named(VerdictMark(v).Word+": ", briefs(v))
	}
	if len(t.Holding) < 2 || v.Outcome == gate.Done || v.Outcome == gate.Awaiting {
		return Cut(Title(v), descriptionSize)
	}
	phrases := make([]string, len(t.Holding))
	for i, f := range t.Holding {
		phrases[i] = phrase(f)
	}
	return named("Not done: ", phrases)
}

// named is a line of as many of the phrases as there is room for, at least the first, and how many
// more there are.
func named(head string, phrases []string) string {
	line := head + phrases[0]
	for i, p := range phrases[1:] {
		longer := line + "; " + p
		if runes(longer+more(len(phrases)-i-2)) > descriptionSize {
			return Cut(line+more(len(phrases)-i-1), descriptionSize)
		}
		line = longer
	}
	return Cut(line, descriptionSize)
}

func more(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("; and %d more", n)
}

func phrase(f gate.Finding) string {
	if f.Component == "" {
		return fmt.Sprintf("%s %s", Cut(Plain(f.Criterion), nameSize), StateMark(f.State).Phrase)
	}
	return fmt.Sprintf("%s of %s %s", Cut(Plain(f.Criterion), nameSize), Cut(Plain(f.Component), nameSize), StateMark(f.State).Phrase)
}

func criteria(n int) string {
	if n == 1 {
		return "1 criterion"
	}
	return fmt.Sprintf("%d criteria", n)
}
