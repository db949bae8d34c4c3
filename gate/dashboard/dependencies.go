package dashboard

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/dashboard/graph"
	"github.com/nexusgate/nexusgate/gate/report"
)

// How many dependencies a table has, and how many boxes a drawing.
const (
	dependenciesShown = 200
	boxesShown        = 40
)

// dependenciesPage shows what needs what, by team and by item.
type dependenciesPage struct {
	Nexus   string
	Says    string
	Cycles  []string // in words
	Teams   drawing
	Items   drawing
	Between []betweenRow
	Rows    []dependencyRow
	More    int
	Recut   []dependencyRow
}

// drawing is a graph with the names that a page gives it.
type drawing struct {
	graph.Drawing
	ID, Says string
	More     int // boxes that there is no room for
}

// betweenRow is what one team needs of another.
type betweenRow struct {
	From, To        string
	Open, New       int
	Cyclic          bool
	FromPath, Shown string
}

// dependencyRow is a dependency in words.
type dependencyRow struct {
	gate.Dependency
	From, To         named
	FromName, ToName string
	FromOf, ToOf     string // whose, in words
	Lasts            string
	How              string
}

// dependencyStates are those of a dependency, for a filter.
var dependencyStates = []option{{"open", "open"}, {"new", "newly discovered"}, {"cyclic", "in a cycle"}, {"recut", "could be re-cut"}, {"met", "no longer open"}}

func (d *dashboard) dependencies(w http.ResponseWriter, r *http.Request) {
	s, f := d.standing(r)
	if f != nil || d.options.Backlog == nil {
		d.refuseOr(w, r, f)
		return
	}
	chosen, none := filterBy(r.URL, byTeam(s), byState(dependencyStates))
	if none != nil {
		d.refuseChoice(w, r, s, atDependencies, none)
		return
	}
	d.render(w, r, http.StatusOK, "dependencies", d.within(s, page{
		Title: "Dependencies", Here: atDependencies, Live: seldom, Filter: chosen, API: chosen.apiOf("/api/v1" + nexusPath(s.Definition.Name) + "/dependencies"),
		Body: newDependenciesPage(s, d.options.Backlog(s.Definition.Name), chosen, d.options.Now()),
	}))
}

// needs says whether a dependency of the team and in the state that were chosen was asked for.
func (f *filter) needs(e *gate.Dependency) bool {
	return (f.Team == "" || e.FromTeam == f.Team || e.ToTeam == f.Team) && f.in(dependencyIs(e)...)
}

// dependencyIs are the states that a dependency is in.
func dependencyIs(e *gate.Dependency) (states []string) {
	for _, is := range [...]struct {
		so   bool
		name string
	}{{e.Open, "open"}, {!e.Open, "met"}, {e.Discovered, "new"}, {e.Cyclic, "cyclic"}, {e.Recut, "recut"}} {
		if is.so {
			states = append(states, is.name)
		}
	}
	return states
}

func newDependenciesPage(s gate.Standing, b gate.Backlog, f *filter, now time.Time) dependenciesPage {
	p := dependenciesPage{Nexus: s.Definition.Name}
	names := newNames(s, b)
	var some []gate.Dependency
	for i := range b.Dependencies {
		e := &b.Dependencies[i]
		if f.needs(e) {
			some = append(some, *e)
		}
	}
	slices.SortStableFunc(some, func(a, b gate.Dependency) int { return cmp.Compare(weight(&b), weight(&a)) })
	for i := range some {
		row := newDependencyRow(&some[i], names, now)
		if some[i].Recut {
			p.Recut = append(p.Recut, row)
		}
		if len(p.Rows) == dependenciesShown {
			p.More++
			continue
		}
		p.Rows = append(p.Rows, row)
	}
	for _, ring := range b.Cycles {
		p.Cycles = append(p.Cycles, sayCycle(ring))
	}
	p.Recut = p.Recut[:min(len(p.Recut), dependenciesShown)]
	p.Between = between(s, some)
	p.Says = sayDependencies(some, len(b.Cycles))
	p.Teams, p.Items = drawTeams(p.Between), drawItems(some, names)
	return p
}

// weight brings forward what matters most: what waits in a circle, what is open between teams, what is new.
func weight(e *gate.Dependency) (w int) {
	if e.Cyclic {
		w += 8
	}
	if e.Between() {
		w += 4
	}
	if e.Open {
		w += 2
	}
	if e.Discovered {
		w++
	}
	return w
}

// sayDependencies sums them up.
func sayDependencies(all []gate.Dependency, cycles int) string {
	open, fresh := 0, 0
	for i := range all {
		if all[i].Between() {
			if open++; all[i].Discovered {
				fresh++
			}
		}
	}
	if open == 0 {
		return "No team waits for another, as far as the forges say and you have chosen."
	}
	said := counted(open, "dependency is", "dependencies are") + " open between teams"
	if fresh > 0 {
		said += fmt.Sprintf(", %d of them discovered since the Sprint began", fresh)
	}
	if cycles > 0 {
		said += "; " + counted(cycles, "cycle waits for itself", "cycles wait for themselves")
	}
	return said + "."
}

func sayCycle(ring []gate.Ref) string {
	var said []string
	for _, r := range ring[:min(len(ring), 12)] {
		said = append(said, refName(r))
	}
	if len(ring) > 12 {
		said = append(said, fmt.Sprintf("%d more", len(ring)-12))
	}
	return strings.Join(append(said, refName(ring[0])), " needs ")
}

func newDependencyRow(e *gate.Dependency, names names, now time.Time) dependencyRow {
	row := dependencyRow{Dependency: *e, From: names.of(e.From), To: names.of(e.To), FromName: refName(e.From), ToName: refName(e.To)}
	row.FromOf, row.ToOf = ofTeam(e.FromTeam), ofTeam(e.ToTeam)
	if !e.Since.IsZero() {
		row.Lasts = report.Left(now.Sub(e.Since))
	}
	switch e.By {
	case gate.ByForge:
		row.How = "linked on the forge"
	case gate.ByLanding:
		row.How = "a landing touched it"
	default:
		row.How = "declared"
	}
	return row
}

func ofTeam(team string) string {
	if team == "" {
		return "team not known"
	}
	return "team " + team
}

// between counts what is open between each two teams.
func between(s gate.Standing, all []gate.Dependency) (rows []betweenRow) {
	for i := range all {
		e := &all[i]
		if !e.Between() {
			continue
		}
		at := slices.IndexFunc(rows, func(r betweenRow) bool { return r.From == e.FromTeam && r.To == e.ToTeam })
		if at < 0 {
			at = len(rows)
			rows = append(rows, betweenRow{From: e.FromTeam, To: e.ToTeam, FromPath: nexusPath(s.Definition.Name) + "/dependencies?" + asked("team", e.FromTeam)})
		}
		rows[at].Open++
		rows[at].Cyclic = rows[at].Cyclic || e.Cyclic
		if e.Discovered {
			rows[at].New++
		}
	}
	slices.SortStableFunc(rows, func(a, b betweenRow) int { return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To)) })
	return rows
}

// drawTeams draws who waits for whom.
func drawTeams(rows []betweenRow) drawing {
	var nodes []graph.Node
	place := make(map[string]int)
	put := func(team string) int {
		if _, there := place[team]; !there {
			place[team] = len(nodes)
			name := team
			if name == "" {
				name = "not known"
			}
			nodes = append(nodes, graph.Node{Name: report.Cut(report.Plain(name), 22), Class: "team"})
		}
		return place[team]
	}
	var edges []graph.Edge
	for _, r := range rows {
		e := graph.Edge{From: put(r.From), To: put(r.To), Label: fmt.Sprint(r.Open)}
		switch {
		case r.New == r.Open:
			e.Label, e.Class = fmt.Sprintf("%d new", r.New), "new"
		case r.New > 0:
			e.Label, e.Class = fmt.Sprintf("%d, %d new", r.Open, r.New), "new"
		}
		if r.Cyclic {
			e.Class = "cyclic"
		}
		edges = append(edges, e)
	}
	return drawing{graph.Draw(nodes, edges), "graph-teams", "Teams, with an arrow from each that waits to the one that it waits for", 0}
}

// drawItems draws what waits for what, of what is open.
func drawItems(all []gate.Dependency, names names) drawing {
	var nodes []graph.Node
	place, left := make(map[gate.Ref]int), make(map[gate.Ref]bool)
	put := func(r gate.Ref, team string) bool {
		if _, there := place[r]; there {
			return true
		}
		if len(nodes) == boxesShown {
			left[r] = true
			return false
		}
		place[r] = len(nodes)
		note := report.Cut(report.Plain(names.of(r).Title), 28)
		nodes = append(nodes, graph.Node{Name: report.Cut(refName(r), 24), Note: cmp.Or(note, ofTeam(team)), Class: "item"})
		return true
	}
	var edges []graph.Edge
	for i := range all {
		e := &all[i]
		if !e.Open || !put(e.From, e.FromTeam) || !put(e.To, e.ToTeam) {
			continue
		}
		edges = append(edges, graph.Edge{From: place[e.From], To: place[e.To], Label: edgeWord(e), Class: edgeWord(e)})
	}
	return drawing{graph.Draw(nodes, edges), "graph-items", "Items and changes, with an arrow from each that waits to the one that it waits for", len(left)}
}

func edgeWord(e *gate.Dependency) string {
	switch {
	case e.Cyclic:
		return "cyclic"
	case e.Discovered:
		return "new"
	default:
		return ""
	}
}
