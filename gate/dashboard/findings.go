package dashboard

import (
	"fmt"
	"slices"
	"strings"
	"time"

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
	Nexus    string
	Of       string // the component, or the subject itself
	Move     string // whose move it is
	Due      string
	Later    string // from when it is required, while that is yet to come
	Place    place  // of the rule
	Under    *grant // the exception that it is under
	Explain  string // the page that explains it, "" where there is none
	Unfolded bool   // whether the explanation can be opened in place
	Form     *signForm
}

// grant is an exception as a finding shows it.
type grant struct {
	gate.Grant
	Until string // "until 15 January 2027, 54 days left"
}

// sight is how a verdict is looked at: when, how much of it, and with which pages beside it.
type sight struct {
	now      time.Time
	size     int // findings in each list; 0: all
	places   places
	explain  func(verdict, criterion, component string) string
	unfolded bool
	form     func(gate.Finding) *signForm // nil: there are none
}

// lists sorts a verdict's findings, what holds it back first.
func (s sight) lists(v gate.Verdict) []list {
	t := report.Count(v)
	all := []list{
		s.list(v, list{ID: "holding", Title: "Not met"}, t.Holding),
		s.list(v, list{ID: "excepted", Title: "Under exceptions", Note: "These are not met, and hold nothing back until the day that is named."}, t.Excepted),
		s.list(v, list{ID: "awaited", Title: "Awaited", Note: awaits(t.Awaited)}, t.Awaited),
		s.list(v, list{ID: "advisory", Title: "Advisory", Note: "These do not hold it back."}, t.Advisory),
		s.list(v, list{ID: "met", Title: "Met", Brief: true}, t.Met),
	}
	return slices.DeleteFunc(all, func(l list) bool { return len(l.Items) == 0 })
}

// awaits says what is awaited, and that there is nothing to do but where somebody has to say yes.
func awaits(findings []gate.Finding) string {
	if slices.ContainsFunc(findings, report.AwaitsSomebody) {
		return "There is nothing to mend: it is for somebody to say yes."
	}
	return "Nothing to do yet: the evidence is on its way, or its deadline has not passed."
}

func (s sight) list(v gate.Verdict, l list, findings []gate.Finding) list {
	for i, f := range findings {
		if s.size > 0 && i == s.size {
			l.More = len(findings) - s.size
			break
		}
		l.Items = append(l.Items, s.item(v, f))
	}
	return l
}

func (s sight) item(v gate.Verdict, f gate.Finding) item {
	i := item{
		Finding: f, Nexus: v.Nexus, Of: f.Component, Move: move(f), Due: report.Due(f, s.now), Later: later(f, s.now),
		Place: s.places.at(f.At), Under: s.grantOf(v, f.Exception), Unfolded: s.unfolded,
	}
	if s.explain != nil {
		i.Explain = s.explain(v.ID, f.Criterion, f.Component)
	}
	if s.form != nil {
		i.Form = s.form(f)
	}
	if i.Of == "" {
		i.Of = v.Subject.Name
	}
	return i
}

// grantOf is the exception of that id, with as much as the verdict tells of it.
func (s sight) grantOf(v gate.Verdict, id string) *grant {
	if id == "" {
		return nil
	}
	g := gate.Grant{ID: id}
	if i := slices.IndexFunc(v.Grants, func(g gate.Grant) bool { return g.ID == id }); i >= 0 {
		g = v.Grants[i]
	}
	v.At = s.now
	return &grant{g, report.Until(g, v)}
}

// later says from when a finding is required, and how long that is away.
func later(f gate.Finding, now time.Time) string {
	if !f.RequiredFrom.After(now) {
		return ""
	}
	return "required from " + report.Day(f.RequiredFrom) + ", in " + report.Left(f.RequiredFrom.Sub(now))
}

// integrationTeam answers for what no one team owns: it is accountable for the Integrated Increment.
const integrationTeam = "Nexus Integration Team"

// move says whose move it is: nobody's while the evidence is on its way.
func move(f gate.Finding) string {
	switch {
	case report.AwaitsSomebody(f) && f.SignOff == "":
		return integrationTeam
	case report.AwaitsSomebody(f):
		return "Who may sign"
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
