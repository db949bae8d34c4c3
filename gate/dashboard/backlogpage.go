package dashboard

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/report"
)

// itemsShown bounds the items in a table.
const itemsShown = 200

// backlogPage shows the Product Backlog, and what of it is not in a Sprint yet.
type backlogPage struct {
	Nexus, ProductGoal string
	Kept               bool // there are rules of a backlog
	Goal               goalBar
	Counts             []fact
	Title              string // of what is listed
	Items              []itemRow
	More               int
}

// goalBar is how far it is to the Product Goal.
type goalBar struct{ Closed, Items int }

// Says is the bar in words.
func (g goalBar) Says() string {
	return fmt.Sprintf("%d of %s toward it closed", g.Closed, counted(g.Items, "item", "items"))
}

// itemRow is an item, and what a reader needs beside it.
type itemRow struct {
	gate.BacklogItem
	Name   string // "acme/product#12"
	State  string // "ready", "not ready", "in Sprint 2", "closed"
	Shade  string
	Whose  string // "cart", or "likely web, cart"
	Needs  []neededRow
	Opened string // how long ago
}

// neededRow is what an item needs.
type neededRow struct {
	Name, URL string
	Team      string
	Open      bool
}

// itemStates are the states of an item, for a filter.
var itemStates = []option{{"ready", "ready"}, {"unready", "not ready"}, {"planned", "in a Sprint"}, {"closed", "closed"}}

func (d *dashboard) backlogPage(w http.ResponseWriter, r *http.Request) {
	s, f := d.standing(r)
	if f != nil || d.options.Backlog == nil {
		d.refuseOr(w, r, f)
		return
	}
	chosen, none := filterBy(r.URL, byTeam(s), byComponent(s), byState(itemStates))
	if none != nil {
		d.refuseChoice(w, r, s, atBacklog, none)
		return
	}
	d.render(w, r, http.StatusOK, "backlog", d.within(s, page{
		Title: "Product Backlog", Here: atBacklog, Live: seldom, Filter: chosen, API: chosen.apiOf("/api/v1" + nexusPath(s.Definition.Name) + "/backlog"),
		Body: newBacklogPage(s, d.options.Backlog(s.Definition.Name), chosen, d.options.Now()),
	}))
}

// refuseOr says what is wrong, or that there is no such page.
func (d *dashboard) refuseOr(w http.ResponseWriter, r *http.Request, f *fault) {
	if f == nil {
		f = noPage()
	}
	d.refuse(w, r, f)
}

func newBacklogPage(s gate.Standing, b gate.Backlog, f *filter, now time.Time) backlogPage {
	p := backlogPage{Nexus: s.Definition.Name, ProductGoal: s.Definition.ProductGoal, Kept: s.Definition.Backlog != nil}
	p.Goal = goalBar{b.Goal.Closed, b.Goal.Items}
	names, owners := newNames(s, b), repoComponents(s)
	p.Counts = itemCounts(s, b)
	p.Title = "Not yet in a Sprint"
	if f.State != "" {
		p.Title = "What you have chosen"
	}
	for i := range b.Items {
		item := &b.Items[i]
		state := itemState(item)
		listed := f.State == "" && (state == "ready" || state == "unready") || f.State == state
		if !listed || !f.owns(item, owners) {
			continue
		}
		if len(p.Items) == itemsShown {
			p.More++
			continue
		}
		p.Items = append(p.Items, newItemRow(item, b, names, now))
	}
	return p
}

// owns says whether an item of the team and the component that were chosen was asked for.
func (f *filter) owns(i *gate.BacklogItem, owners map[string][]string) bool {
	mine := f.Team == "" || i.Team == f.Team || i.Team == "" && slices.Contains(i.Likely, f.Team)
	return mine && (f.Component == "" || slices.Contains(owners[strings.ToLower(i.Repo.String())], f.Component))
}

// repoComponents are the components that live in each repository.
func repoComponents(s gate.Standing) map[string][]string {
	all := make(map[string][]string)
	for _, c := range s.Components {
		key := strings.ToLower(c.Forge + ":" + c.Repo)
		all[key] = append(all[key], c.Name)
	}
	return all
}

// itemState is the state of an item, as a filter names it.
func itemState(i *gate.BacklogItem) string {
	switch {
	case !i.Open:
		return "closed"
	case i.Sprint != 0:
		return "planned"
	case i.Ready:
		return "ready"
	default:
		return "unready"
	}
}

// itemCounts are the items by their state, each a way to them.
func itemCounts(s gate.Standing, b gate.Backlog) (facts []fact) {
	counts := make(map[string]int)
	for i := range b.Items {
		counts[itemState(&b.Items[i])]++
	}
	for _, o := range itemStates {
		f := fact{Name: strings.ToUpper(o.Word[:1]) + o.Word[1:], Text: fmt.Sprint(counts[o.Value])}
		if counts[o.Value] > 0 {
			f.Path = nexusPath(s.Definition.Name) + "/backlog?" + asked("state", o.Value)
		}
		facts = append(facts, f)
	}
	return facts
}

func newItemRow(i *gate.BacklogItem, b gate.Backlog, names names, now time.Time) itemRow {
	row := itemRow{BacklogItem: *i, Name: refName(i.Ref), Whose: i.Team, Opened: ago(i.Opened, now)}
	if row.Whose == "" && len(i.Likely) > 0 {
		row.Whose = "likely " + strings.Join(i.Likely, ", ")
	}
	row.State, row.Shade = sayItem(i)
	for k := range b.Dependencies {
		if e := &b.Dependencies[k]; e.From == i.Ref {
			row.Needs = append(row.Needs, neededRow{refName(e.To), names.of(e.To).URL, e.ToTeam, e.Open})
		}
	}
	return row
}

// sayItem is an item's state in words, and the class of its colour.
func sayItem(i *gate.BacklogItem) (words, shade string) {
	changes, done := 0, 0
	for _, c := range i.Changes {
		if c.State == gate.ChangeClosed {
			continue
		}
		if changes++; c.Done || c.State == gate.ChangeMerged {
			done++
		}
	}
	switch {
	case !i.Open:
		return "closed", "done"
	case changes > 0 && done == changes:
		return "changes are Done", "done"
	case changes > 0:
		return "under way", "awaiting"
	case i.Ready:
		return "ready", "ready"
	default:
		return "to do", "empty"
	}
}

// refName is a reference as people of a forge write it.
func refName(r gate.Ref) string {
	_, name, found := strings.Cut(r.String(), ":")
	if r.Forge == "" || !found {
		name = r.String()
	}
	return report.Cut(report.Plain(name), 80)
}

// names tell what references lead to.
type names map[string]named

type named struct{ Title, URL string }

func (n names) of(r gate.Ref) named { return n[strings.ToLower(r.String())] }

func newNames(s gate.Standing, b gate.Backlog) names {
	all := make(names)
	for i := range b.Items {
		item := &b.Items[i]
		for _, c := range item.Changes {
			all[strings.ToLower(c.Ref.String())] = named{c.Title, c.URL}
		}
		all[strings.ToLower(item.Ref.String())] = named{item.Title, item.URL}
	}
	for _, c := range s.Changes {
		for _, forge := range [...]gate.Forge{gate.GitHub, gate.GitLab} {
			all[strings.ToLower(string(forge)+":"+c.Subject.Name)] = named{c.Title, c.URL}
		}
	}
	return all
}
