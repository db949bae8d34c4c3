package dashboard

import (
	"fmt"
	"strings"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/report"
)

// list is a list of findings that mean the same for the outcome.
type list struct {
	ID, Title, Note string
	Brief           bool // one line for each: nothing is to be done about them
	Items           []item
	More            int // findings beyond those that are shown
}

// item is a finding with what a reader needs beside it.
type item struct {
	gate.Finding
	Nexus string
	Of    string // the component, or the subject itself
	Move  string // whose move it is
	Due   string
}

// lists sorts a verdict's findings, what holds it back first. At most size are shown in each list,
// or all where size is 0.
func lists(v gate.Verdict, size int) []list {
	t := report.Count(v)
	all := []list{
		listOf(v, "holding", "Not met", "", false, t.Holding, size),
		listOf(v, "awaited", "Awaited", "Nothing to do yet: the evidence is on its way, or its deadline has not passed.", false, t.Awaited, size),
		listOf(v, "advisory", "Advisory", "These do not hold it back.", false, t.Advisory, size),
		listOf(v, "met", "Met", "", true, t.Met, size),
	}
	kept := all[:0]
	for _, l := range all {
		if len(l.Items) > 0 {
			kept = append(kept, l)
		}
	}
	return kept
}

func listOf(v gate.Verdict, id, title, note string, brief bool, findings []gate.Finding, size int) list {
	l := list{ID: id, Title: title, Note: note, Brief: brief}
	for i, f := range findings {
		if size > 0 && i == size {
			l.More = len(findings) - size
			break
		}
		l.Items = append(l.Items, newItem(v, f))
	}
	return l
}

func newItem(v gate.Verdict, f gate.Finding) item {
	i := item{Finding: f, Nexus: v.Nexus, Of: f.Component, Move: move(f), Due: report.Due(f, v.At)}
	if i.Of == "" {
		i.Of = v.Subject.Name
	}
	return i
}

// integrationTeam answers for what no one team owns: it is accountable for the Integrated Increment.
const integrationTeam = "Nexus Integration Team"

// move says whose move it is: nobody's while the evidence is on its way.
func move(f gate.Finding) string {
	switch {
	case f.State == gate.Waiting || f.State == gate.Met:
		return ""
	case f.Team == "":
		return integrationTeam
	default:
		return "Team " + f.Team
	}
}

// moves says in a line whose moves there are: "Team cart (2), Nexus Integration Team (1)".
func moves(findings []gate.Finding) string {
	var names []string
	counts := make(map[string]int)
	for _, f := range findings {
		m := move(f)
		if m == "" {
			continue
		}
		if counts[m]++; counts[m] == 1 {
			names = append(names, m)
		}
	}
	for i, n := range names {
		names[i] = fmt.Sprintf("%s (%d)", n, counts[n])
	}
	return strings.Join(names, ", ")
}
