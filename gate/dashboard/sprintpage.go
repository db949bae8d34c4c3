package dashboard

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/nexusgate/nexusgate/gate"
)

// sprintPage shows the Sprint: its goals, its items by team, how much is met, and when it will be done.
type sprintPage struct {
	Nexus   string
	Sprint  gate.SprintStanding
	Left    string
	First   string // its first day and its last, in the zone of the Nexus
	Last    string
	Passed  goalBar // days of it, of all
	Late    string  // what is wrong with how it goes, "" nothing
	Outlook outlook
	Burn    chart
	Days    []burnRow
	Kept    bool // there are rules of a backlog
	Teams   []sprintTeam
	Strays  []itemRow // items of the Sprint that are of no team that is known
}

// sprintTeam is what a team has in the Sprint.
type sprintTeam struct {
	Team, Goal string
	Says       string
	Items      []itemRow
	More       int
	counts     map[string]int // by state, of those that are not shown too
}

// sprintStates are those of an item in a Sprint, for a filter.
var sprintStates = []option{{"to do", "to do"}, {"under way", "under way"}, {"changes are Done", "changes are Done"}, {"closed", "closed"}}

func (d *dashboard) sprint(w http.ResponseWriter, r *http.Request) {
	s, f := d.standing(r)
	if f != nil {
		d.refuse(w, r, f)
		return
	}
	chosen, none := filterBy(r.URL, byTeam(s), byComponent(s), byState(sprintStates))
	if none != nil {
		d.refuseChoice(w, r, s, atSprint, none)
		return
	}
	now := d.options.Now()
	var b gate.Backlog
	if d.options.Backlog != nil {
		b = d.options.Backlog(s.Definition.Name)
	}
	title := "Sprint"
	if s.Sprint.Number > 0 {
		title = fmt.Sprintf("Sprint %d", s.Sprint.Number)
	}
	d.render(w, r, http.StatusOK, "sprint", d.within(s, page{
		Title: title, Here: atSprint, Live: seldom, Chart: true, Filter: chosen, Body: newSprintPage(s, b, d.history(s), chosen, now),
	}))
}

func newSprintPage(s gate.Standing, b gate.Backlog, was history, f *filter, now time.Time) sprintPage {
	p := sprintPage{Nexus: s.Definition.Name, Sprint: s.Sprint, Outlook: was.Outlook, Kept: s.Definition.Backlog != nil}
	if s.Sprint.Number == 0 {
		return p
	}
	p.Left = gate.InDays(s.Sprint.End.Sub(now))
	zone := cmp.Or(s.Definition.Zone, time.UTC)
	p.First, p.Last = s.Sprint.Start.In(zone).Format("2 Jan"), s.Sprint.End.Add(-time.Second).In(zone).Format("2 Jan")
	whole := int(s.Sprint.End.Sub(s.Sprint.Start).Hours()+12) / 24
	p.Passed = goalBar{min(whole, int(now.Sub(s.Sprint.Start).Hours()/24)), whole}
	if s.Sprint.Late {
		p.Late = "The Sprint has passed its middle without a done Increment."
	}
	p.Burn, p.Days = burnChart(was.Chronicle, s.Sprint, now)
	names, owners := newNames(s, b), repoComponents(s)
	for _, team := range s.Definition.Teams {
		if f.Team == "" || f.Team == team.Name {
			p.Teams = append(p.Teams, sprintTeam{Team: team.Name, Goal: team.Goal, counts: map[string]int{}})
		}
	}
	for i := range b.Items {
		item := &b.Items[i]
		if item.Sprint != s.Sprint.Number || !f.owns(item, owners) {
			continue
		}
		if row := newItemRow(item, b, names, now); f.in(row.State, stateOf(row.State)) {
			p.put(row)
		}
	}
	for i := range p.Teams {
		p.Teams[i].Says = sayTeam(p.Teams[i])
	}
	return p
}

// stateOf is a state of an item that the Sprint does not tell apart: one that is ready is to do.
func stateOf(state string) string {
	if state == "ready" {
		return "to do"
	}
	return state
}

// put files an item under its team, what is not done yet first.
func (p *sprintPage) put(row itemRow) {
	if to := stateOf(row.State); to != row.State {
		row.State, row.Shade = to, "empty"
	}
	at := slices.IndexFunc(p.Teams, func(t sprintTeam) bool { return t.Team == row.Team })
	if at < 0 {
		p.Strays = append(p.Strays, row)[:min(len(p.Strays)+1, itemsShown)]
		return
	}
	t := &p.Teams[at]
	t.counts[row.State]++
	if len(t.Items) == itemsShown {
		t.More++
		return
	}
	t.Items = append(t.Items, row)
	slices.SortStableFunc(t.Items, func(a, b itemRow) int { return cmp.Compare(progress(a.State), progress(b.State)) })
}

// progress is how far an item has come.
func progress(state string) int {
	return slices.IndexFunc(sprintStates, func(o option) bool { return o.Value == state })
}

// sayTeam sums up what a team has in the Sprint: "4 items: 1 to do, 2 under way, 1 closed".
func sayTeam(t sprintTeam) string {
	if len(t.Items) == 0 {
		return "no items"
	}
	var parts []string
	for _, o := range sprintStates {
		if n := t.counts[o.Value]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, o.Word))
		}
	}
	return counted(len(t.Items)+t.More, "item", "items") + ": " + strings.Join(parts, ", ")
}
