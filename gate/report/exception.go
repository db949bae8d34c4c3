package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/nexusgate/nexusgate/gate"
)

// grants are the exceptions that a verdict rests on; of one that it tells nothing of, the id.
func grants(v gate.Verdict) []gate.Grant {
	all := make([]gate.Grant, len(v.Exceptions))
	for i, id := range v.Exceptions {
		all[i] = granted(v, id)
	}
	return all
}

func granted(v gate.Verdict, id string) gate.Grant {
	i := slices.IndexFunc(v.Grants, func(g gate.Grant) bool { return g.ID == id })
	if i < 0 {
		return gate.Grant{ID: id}
	}
	return v.Grants[i]
}

// Until says until when an exception applies, and how long that was when the verdict was made:
// "until 15 January 2027, 54 days left". It is "" where the verdict does not tell.
func Until(g gate.Grant, v gate.Verdict) string {
	if g.Until.IsZero() {
		return ""
	}
	if left := g.Until.Sub(v.At); left > 0 {
		return fmt.Sprintf("until %s, %s left", Day(g.LastDay()), Left(left))
	}
	return "until " + Day(g.LastDay())
}

// exceptionTable lists the findings that are under an exception, each with the whole of it: what was
// left undone is not to be read without why, on whose word and for how long.
func exceptionTable(v gate.Verdict) table[gate.Finding] {
	heads := []string{"State", "Criterion", "Of", "Wanted", "Found", "Whose rule", "Exception"}
	before := "\n**Under exceptions**: these are not met, and hold nothing back until the day that is named.\n\n" + header(heads)
	return table[gate.Finding]{before: before, row: func(f gate.Finding) string {
		m := StateMark(f.State)
		return line(m.Symbol+" "+m.Word, criterion(f), of(v, f), wanted(f), found(v, f), rule(f), exception(granted(v, f.Exception), v))
	}}
}

func exception(g gate.Grant, v gate.Verdict) string {
	return lines(Code(Cut(g.ID, nameSize)), Prose(Cut(g.Reason, sentenceSize)), ticket(g.Ticket), people(g, Code), Until(g, v))
}

// ticket is a link where it is an address of the web, and otherwise what was written.
func ticket(t string) string {
	if WebAddress(t) != "" {
		return link("ticket", t)
	}
	return Code(Cut(t, valueSize))
}

// people says who asked for an exception and who approved it.
func people(g gate.Grant, name func(string) string) string {
	if g.RequestedBy == "" && g.ApprovedBy == "" {
		return ""
	}
	return "asked for by " + name(Cut(g.RequestedBy, nameSize)) + ", approved by " + name(Cut(g.ApprovedBy, nameSize))
}

// unseen are the exceptions that none of the findings shown under exceptions names.
func unseen(v gate.Verdict, t Tally) []gate.Grant {
	return slices.DeleteFunc(grants(v), func(g gate.Grant) bool {
		return slices.ContainsFunc(t.Excepted, func(f gate.Finding) bool { return f.Exception == g.ID })
	})
}

// grantLine is an exception in a line of plain text.
func grantLine(g gate.Grant, v gate.Verdict) string {
	said := []string{Cut(Plain(g.ID), nameSize)}
	for _, part := range []string{Cut(Plain(g.Reason), sentenceSize), Cut(Plain(g.Ticket), valueSize), people(g, Plain), Until(g, v)} {
		if part != "" {
			said = append(said, part)
		}
	}
	return strings.Join(said, "; ")
}

// briefs name the exceptions of a verdict in a few words each: "no-e2e (e2e of web, until 15 January
// 2027)".
func briefs(v gate.Verdict) []string {
	all := make([]string, len(v.Exceptions))
	for i, g := range grants(v) {
		all[i] = Cut(Plain(g.ID), nameSize) + about(g, v)
	}
	return all
}

func about(g gate.Grant, v gate.Verdict) string {
	var said []string
	if g.Criterion != "" {
		said = append(said, Cut(Plain(g.Criterion), nameSize)+ofComponents(g, v))
	}
	if !g.Until.IsZero() {
		said = append(said, "until "+Day(g.LastDay()))
	}
	if len(said) == 0 {
		return ""
	}
	return " (" + strings.Join(said, ", ") + ")"
}

// ofComponents names the components whose findings are under an exception: " of web", " of web and 2
// more".
func ofComponents(g gate.Grant, v gate.Verdict) string {
	var names []string
	for _, f := range v.Findings {
		if f.Exception == g.ID && f.Component != "" && !slices.Contains(names, f.Component) {
			names = append(names, f.Component)
		}
	}
	switch len(names) {
	case 0:
		return ""
	case 1:
		return " of " + Cut(Plain(names[0]), nameSize)
	default:
		return fmt.Sprintf(" of %s and %d more", Cut(Plain(names[0]), nameSize), len(names)-1)
	}
}
