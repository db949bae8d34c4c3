package gate

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// Backlog is the Product Backlog of a Nexus as the forges tell it, and what in it needs what.
type Backlog struct {
	Items        []BacklogItem `json:"items"`        // the open ones first, each by their references; at most 5,000
	Dependencies []Dependency  `json:"dependencies"` // by what needs; at most 5,000
	Cycles       [][]Ref       `json:"cycles"`       // of those that wait for one another
	Goal         Progress      `json:"goal"`         // toward the Product Goal
}

// Progress counts items.
type Progress struct {
	Items  int `json:"items"`
	Closed int `json:"closed"` // of them
}

// BacklogItem is an item of the Product Backlog.
type BacklogItem struct {
	Ref       Ref          `json:"ref"`
	Repo      Repo         `json:"repo"`
	Title     string       `json:"title"`
	URL       string       `json:"url,omitempty"`
	Team      string       `json:"team,omitempty"`   // whose it is; "": that is not known
	Likely    []string     `json:"likely,omitempty"` // of one in no Sprint that is nobody's: whose it may become, the likeliest first
	Sprint    int          `json:"sprint,omitempty"` // the number of its Sprint; 0: in none
	Ready     bool         `json:"ready"`
	Goal      bool         `json:"goal"` // it leads toward the Product Goal
	Open      bool         `json:"open"`
	Labels    []string     `json:"labels,omitempty"`
	Assignees []string     `json:"assignees,omitempty"`
	Opened    time.Time    `json:"opened,omitzero"`
	Closed    time.Time    `json:"closed,omitzero"`
	Planned   time.Time    `json:"planned,omitzero"` // when it was first seen in its Sprint
	Changes   []ItemChange `json:"changes,omitempty"`
	Parent    Ref          `json:"parent,omitzero"`
}

// ItemChange is a change that says it is for an item.
type ItemChange struct {
	Ref   Ref         `json:"ref"`
	Title string      `json:"title"`
	URL   string      `json:"url,omitempty"`
	Team  string      `json:"team,omitempty"`
	State ChangeState `json:"state"`
	Done  bool        `json:"done"` // as it was judged last, at its head
}

// Dependency is that an open item or change needs another. One that was found in a landing has no number in To: it
// leads to what the other team owns in that repository.
type Dependency struct {
	From       Ref       `json:"from"`
	To         Ref       `json:"to"`
	FromTeam   string    `json:"fromTeam,omitempty"`
	ToTeam     string    `json:"toTeam,omitempty"`
	By         string    `json:"by"` // ByDeclaration, ByForge or ByLanding
	Since      time.Time `json:"since,omitzero"`
	Open       bool      `json:"open"`       // what is needed is not there
	Discovered bool      `json:"discovered"` // after the current Sprint began
	Cyclic     bool      `json:"cyclic"`     // they wait for one another
	// Recut says that refinement could remove it: it is between two items of two teams, neither of which is in a
	// Sprint, and what is needed needs nothing itself and is needed by nobody else. Given to the team that needs
	// it, or made a part of what needs it, it is a dependency no more, and no other comes of that.
	Recut bool `json:"recut"`
}

// Between says whether a dependency is open between teams: it is not one team's own affair.
func (d *Dependency) Between() bool { return d.Open && (d.FromTeam != d.ToTeam || d.ToTeam == "") }

// Backlog says what a Nexus's Product Backlog holds and what needs what in it, as it stands. It is empty of a Nexus
// that there is not; without rules of a backlog it holds the dependencies of changes alone.
func (l *Ledger) Backlog(nexus string, now time.Time) Backlog {
	s, ok := l.states[nexus]
	if !ok || s.nexus == nil || s.record.Retired {
		return Backlog{Items: []BacklogItem{}, Dependencies: []Dependency{}, Cycles: [][]Ref{}}
	}
	r := newReadout(s, now)
	b := Backlog{Items: r.items(), Dependencies: r.dependencies(), Cycles: r.rings()}
	for i := range b.Items {
		if b.Items[i].Goal {
			b.Goal.Items++
			if !b.Items[i].Open {
				b.Goal.Closed++
			}
		}
	}
	return b
}

// between counts the open dependencies of teams on one another.
func (s *State) between(now time.Time) []TeamDependencies {
	r := &readout{plan: s.newPlan(), now: now, refs: map[string]Ref{}}
	open := map[[2]string]int{}
	count := func(from string) {
		for _, n := range r.needs(from) {
			to := r.node(n.to)
			r.refs[to] = n.to
			d := Dependency{FromTeam: r.team(from), ToTeam: r.team(to), Open: !r.there(to)}
			if d.Between() {
				open[[2]string{d.FromTeam, d.ToTeam}]++
			}
		}
	}
	for _, c := range s.changes {
		if c.Last.Number != 0 {
			count(c.node())
		}
	}
	for key, i := range s.items {
		if s.inBacklog(i) {
			count(key)
		}
	}
	var all []TeamDependencies
	for teams, n := range open {
		all = append(all, TeamDependencies{From: teams[0], To: teams[1], Open: n})
	}
	slices.SortFunc(all, func(a, b TeamDependencies) int {
		return cmp.Or(strings.Compare(a.From, b.From), strings.Compare(a.To, b.To))
	})
	return all
}

// readout is one look at what a state holds of items and dependencies.
type readout struct {
	*plan
	now     time.Time
	sprint  SprintStanding
	nodes   []string // of all that is open and needs something, in order
	edges   map[string][]string
	refs    map[string]Ref            // of nodes
	cyclic  map[string]int            // node → its cycle, from 1 on
	cycles  [][]string                // as found
	closers map[string][]ItemChange   // node of an item → the changes for it
	habits  map[string]map[string]int // label → teams of what was done with it
}

func newReadout(s *State, now time.Time) *readout {
	r := &readout{
		plan: s.newPlan(), now: now, sprint: SprintAt(s.nexus.Definition, now),
		edges: map[string][]string{}, refs: map[string]Ref{}, cyclic: map[string]int{}, closers: map[string][]ItemChange{},
	}
	for _, key := range sortedKeys(s.changes) {
		c := s.changes[key]
		if c.Last.Number == 0 {
			continue
		}
		r.add(c.node(), c.Last.ref(), true)
		r.close(c)
	}
	for _, key := range sortedKeys(s.items) {
		if i := s.items[key]; i.Last.Number != 0 {
			r.add(key, i.Last.ref(), s.inBacklog(i))
		}
	}
	r.cycles = cycles(r.edges)
	for n, together := range r.cycles {
		for _, node := range together {
			r.cyclic[node] = n + 1
		}
	}
	return r
}

// add takes in what is at a node. What is not of the Product Backlog may be on the way of a cycle, and is not told of
// otherwise. What anybody may have written is told of, and is no part of what others wait for.
func (r *readout) add(node string, ref Ref, told bool) {
	r.refs[node] = ref
	needs := r.needs(node)
	for _, n := range needs {
		to := r.node(n.to)
		if _, known := r.refs[to]; !known {
			r.refs[to] = n.to
		}
		if !n.weak {
			r.edges[node] = append(r.edges[node], to)
		}
	}
	if told && len(needs) > 0 {
		r.nodes = append(r.nodes, node)
	}
}

// close ties a change to the items that it is for.
func (r *readout) close(c *change) {
	for _, item := range c.Last.Closes {
		node := r.node(item)
		r.closers[node] = append(r.closers[node], ItemChange{
			Ref: c.Last.ref(), Title: c.Last.Title, URL: c.Last.URL, Team: single(r.s.teamsTouched(c)),
			State: c.Last.State, Done: c.DoneAt != "" && c.DoneAt == c.Last.Head,
		})
	}
}

// rings are the cycles by their names.
func (r *readout) rings() [][]Ref {
	rings := make([][]Ref, len(r.cycles))
	for n, together := range r.cycles {
		for _, node := range together {
			rings[n] = append(rings[n], r.refs[node])
		}
	}
	return rings
}

// dependencies are those of all that is open, and those that landed in this Sprint.
func (r *readout) dependencies() []Dependency {
	all := []Dependency{}
	needed := map[string]int{}
	for _, to := range r.edges {
		for _, node := range to {
			needed[node]++
		}
	}
	for _, from := range r.nodes {
		for _, n := range r.needs(from) {
			d := r.dependency(from, n)
			d.Recut = d.Open && !n.weak && needed[r.node(n.to)] == 1 && r.removable(from, r.node(n.to), &d)
			all = append(all, d)
		}
	}
	all = append(all, r.landed()...)
	return all[:min(len(all), mostItems)]
}

func (r *readout) dependency(from string, n need) Dependency {
	to := r.node(n.to)
	d := Dependency{From: r.refs[from], To: r.refs[to], By: n.by, Since: n.since, Open: !r.there(to), FromTeam: r.team(from), ToTeam: r.team(to)}
	d.Discovered = r.sprint.Number > 0 && n.since.After(r.sprint.Start)
	d.Cyclic = !n.weak && r.cyclic[from] != 0 && r.cyclic[from] == r.cyclic[to]
	return d
}

// there says whether what is at a node is what who needs it waits for.
func (r *readout) there(node string) bool {
	switch c, i := r.at(node); {
	case c != nil:
		return c.Last.State == ChangeMerged && r.s.integrates(c)
	case i != nil:
		return !i.Last.Gone && !i.Last.Open
	default:
		t := r.s.things[r.refs[node].key()]
		return t != nil && !t.Read.Absent && lacks(t.Read.State, t.Read.Change, nil, "") == ""
	}
}

// team is whose the thing at a node is; "" where that is not known, or several have a part in it.
func (r *readout) team(node string) string {
	switch c, i := r.at(node); {
	case c != nil:
		return single(r.s.teamsTouched(c))
	case i != nil:
		return r.s.teamOf(i)
	default:
		return ""
	}
}

func single(teams []string) string {
	if len(teams) != 1 {
		return ""
	}
	return teams[0]
}

// removable says whether a dependency is one that refinement could remove: see [Dependency.Recut].
func (r *readout) removable(from, to string, d *Dependency) bool {
	_, needing := r.at(from)
	_, needed := r.at(to)
	return needing != nil && needed != nil && d.FromTeam != d.ToTeam && len(r.edges[to]) == 0 &&
		r.sprintOf(needing) == 0 && r.sprintOf(needed) == 0
}

// landed are the landings of this Sprint by which one team changed what another owns in a repository that they share.
// Without a calendar they are those of a fortnight.
func (r *readout) landed() (all []Dependency) {
	since := r.sprint.Start
	if r.sprint.Number == 0 {
		since = r.now.AddDate(0, 0, -14)
	}
	for _, key := range sortedKeys(r.s.changes) {
		c := r.s.changes[key]
		by := single(c.teamsOf(r.s.nexus.Definition, c.Author))
		if by == "" || c.Last.State != ChangeMerged || c.MergedAt.Before(since) {
			continue
		}
		for _, team := range r.s.foreignTo(c, by) {
			all = append(all, Dependency{
				From: c.Last.ref(), To: Ref{Forge: c.Last.Repo.Forge, Repo: c.Last.Repo.Name}, FromTeam: by, ToTeam: team,
				By: ByLanding, Since: c.MergedAt, Discovered: r.sprint.Number > 0,
			})
		}
	}
	return all
}

// foreignTo are the other teams whose folders a change is known to touch.
func (s *State) foreignTo(c *change, by string) (teams []string) {
	touched, known := c.touched()
	if !known || !touched.Complete {
		return nil
	}
	for _, g := range s.governed(c.Last.Repo.Key(), c.Last.Base) {
		if g.Team != by && g.Path != "" && !slices.Contains(teams, g.Team) &&
			anyPath(touched.Paths, func(path string) bool { return under(g.Path, path) }) {
			teams = append(teams, g.Team)
		}
	}
	return teams
}
