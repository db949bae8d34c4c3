package gate

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/nexusgate/nexusgate/definition"
)

// dependenciesKind is the kind of evidence on what a change needs of other teams. It is worked out from what is
// known, and only where a rule asks for it.
const dependenciesKind = "dependencies"

func asksForDependencies(r definition.Rule) bool {
	return r.Main().Evidence == dependenciesKind && r.Main().On == definition.OnChange
}

// The bounds of one look at what a change needs: how far it goes, and how much of it is put into words.
const (
	mostNodes = 500
	mostLacks = 5
)

// dependencies tell what a change needs of other teams than the component's and what is not there, and whether it
// waits for itself.
func (b *brief) dependencies(c *change, g *Governed) []Evidence {
	if !slices.ContainsFunc(g.Rules, asksForDependencies) {
		return nil
	}
	p := b.s.newPlan()
	e := Evidence{Object: dependenciesKind, Kind: dependenciesKind, Status: Completed, Trust: definition.Webhook, Observed: c.Heads[c.Last.Head]}
	var words []string
	open := 0
	for _, n := range p.needs(c.node()) {
		if state := b.needed(p, n, g.Team); state != "" {
			open++
			words = append(words, n.to.String()+" "+state)
		}
	}
	ring := b.ring(p, c)
	e.Facts = Facts{"open": open, "cyclic": min(len(ring), 1)}
	if more := len(words) - mostLacks; more > 0 {
		words = append(words[:mostLacks], fmt.Sprintf("%d more", more))
	}
	if len(ring) > 0 {
		words = append(words, "in a cycle: "+strings.Join(ring, ", "))
	}
	e.Remark = strings.Join(words, "; ")
	return []Evidence{e}
}

// needed says in words what something still lacks that a change of a team needs; "" where it is there, or is the
// team's own.
func (b *brief) needed(p *plan, n need, team string) string {
	node := p.node(n.to)
	b.watch(thingWatch(node))
	c, i := p.at(node)
	switch {
	case n.to.Number == 0:
		return "names nothing that can be found"
	case c != nil:
		return p.s.lacked(c, team)
	case i != nil && i.Last.Gone:
		return "was deleted or moved"
	case i != nil:
		return lacks(i.Last.state(), false, listOf(p.s.teamOf(i)), team)
	case n.weak && !p.listened(n.to):
		return "is not looked for, since the change comes from a fork"
	default:
		return b.read(p, n.to, node)
	}
}

// lacks says what is not there yet.
func lacks(state ChangeState, isChange bool, teams []string, team string) string {
	switch {
	case slices.Equal(teams, []string{team}), state == ChangeMerged, !isChange && state == ChangeClosed:
		return ""
	case state == ChangeClosed:
		return "was closed without being merged" + whose(teams)
	case isChange:
		return "is not merged" + whose(teams)
	default:
		return "is open" + whose(teams)
	}
}

func whose(teams []string) string {
	if len(teams) == 0 {
		return ""
	}
	return " (team " + strings.Join(teams, ", ") + ")"
}

// lacked says what is not there yet of a change. One that was merged into another branch than those that components
// come from is in no Increment.
func (s *State) lacked(c *change, team string) string {
	teams := s.teamsTouched(c)
	if c.Last.State == ChangeMerged && !s.integrates(c) && !slices.Equal(teams, []string{team}) {
		return fmt.Sprintf("was merged into %s, which is no integration branch%s", clip(c.Last.Base, 80), whose(teams))
	}
	return lacks(c.Last.State, true, teams, team)
}

// integrates says whether a change goes where components come from, or where none of them could.
func (s *State) integrates(c *change) bool {
	repo := c.Last.Repo.Key()
	return len(s.componentsIn(repo)) == 0 || len(s.governed(repo, c.Last.Base)) > 0 || s.isHome(repo, c.Last.Base)
}

// read says what is known of a thing that nobody tells us of, and has it read where that is nothing, or is old.
func (b *brief) read(p *plan, r Ref, node string) string {
	t := b.s.things[r.key()]
	b.watch(thingWatch(r.key()))
	w := Want{Kind: WantThing, Repo: Repo{Forge: r.Forge, Name: r.Repo}, Number: r.Number, Path: r.String()}
	if repo, known := p.names[strings.ToLower(w.Repo.String())]; known {
		w.Repo = b.s.repos[repo].Repo
	}
	if t == nil {
		b.want(w)
		return "is being read"
	}
	says := "cannot be found"
	if !t.Read.Absent {
		says = lacks(t.Read.State, t.Read.Change, nil, "")
	}
	if says == "" {
		return ""
	}
	if again := t.Received.Add(thingAge); b.now.Before(again) {
		b.wake = earliest(b.wake, again)
	} else {
		b.want(w)
	}
	return says
}

// ring are those in a cycle with a change, by name, itself first; none where it is in none. What anybody may have
// written leads on from their own change alone.
func (b *brief) ring(p *plan, c *change) []string {
	own := c.node()
	edges, names := map[string][]string{}, map[string]string{own: c.Last.ref().String()}
	for next := []string{own}; len(next) > 0 && len(edges) < mostNodes; next = next[1:] {
		node := next[0]
		if _, seen := edges[node]; seen {
			continue
		}
		edges[node] = []string{}
		b.watch(thingWatch(node))
		for _, n := range p.needs(node) {
			if n.weak && node != own {
				continue
			}
			to := p.node(n.to)
			edges[node], names[to] = append(edges[node], to), n.to.String()
			next = append(next, to)
		}
	}
	for _, together := range cycles(edges) {
		if at := slices.Index(together, own); at >= 0 {
			ring := []string{names[own]}
			for _, node := range slices.Delete(together, at, at+1) {
				ring = append(ring, names[node])
			}
			return ring
		}
	}
	return nil
}

// teamsTouched are the teams whose components a change touches, as far as that is known: else all that it may.
// Onto a branch that no component comes from it is of those who have components in the repository.
func (s *State) teamsTouched(c *change) (teams []string) {
	touched, known := c.touched()
	on := s.governed(c.Last.Repo.Key(), c.Last.Base)
	if len(on) == 0 {
		on = s.lying(c.Last.Repo.Key())
	}
	for _, g := range on {
		if known && touched.Complete && !anyPath(touched.Paths, func(path string) bool { return under(g.Path, path) }) {
			continue
		}
		if !slices.Contains(teams, g.Team) {
			teams = append(teams, g.Team)
		}
	}
	slices.Sort(teams)
	return teams
}

// lying are the components in a repository, of whatever branch.
func (s *State) lying(repo string) (all []*Governed) {
	for _, name := range s.componentsIn(repo) {
		if g, ok := s.nexus.Component(name); ok {
			all = append(all, g)
		}
	}
	return all
}

// teamOf is whose an item is: by its label, else by the repository where that is one team's.
func (s *State) teamOf(i *item) string {
	if rules := s.rules(); rules != nil && rules.Team.By != "" {
		if name, found := rules.Team.Named(s.labelsOf(i)); found {
			if team := s.teamNamed(name); team != "" {
				return team
			}
		}
	}
	team := ""
	for _, name := range s.componentsIn(i.Last.Repo.Key()) {
		g, _ := s.nexus.Component(name)
		if team != "" && g.Team != team {
			return ""
		}
		team = g.Team
	}
	return team
}

func (s *State) teamNamed(name string) string {
	for _, t := range s.nexus.Definition.Teams {
		if strings.EqualFold(t.Name, name) {
			return t.Name
		}
	}
	return ""
}

func listOf(name string) []string {
	if name == "" {
		return nil
	}
	return []string{name}
}

// heldThings are the nodes, and the keys, of all that something open needs.
func (s *State) heldThings() map[string]bool {
	p, held := s.newPlan(), map[string]bool{}
	hold := func(node string) {
		for _, n := range p.needs(node) {
			held[p.node(n.to)], held[n.to.key()] = true, true
		}
	}
	for _, c := range s.changes {
		hold(c.node())
	}
	for key := range s.items {
		hold(key)
	}
	return held
}

// holdNeeded holds what open changes and items need, and with it all that was decided by it.
func (p *pruning) holdNeeded() {
	for node := range p.s.heldThings() {
		if key := strings.Replace(node, "!", "#", 1); p.s.changes[key] != nil {
			p.holdChange(key)
		}
	}
}

// forgetItems forgets items that were closed long ago and that nothing open needs, and what was read long ago.
func (p *pruning) forgetItems() {
	held, kept := p.s.heldThings(), map[string]bool{}
	for key, i := range p.s.items {
		if p.s.matters(key, i, kept) < openItem && i.heard().Before(p.before) && !held[key] {
			delete(p.s.items, key)
			p.s.touch(itemDoc, key)
		}
	}
	for key, t := range p.s.things {
		if t.Received.Before(p.before) && !held[key] {
			delete(p.s.things, key)
			p.s.touch(thingDoc, key)
		}
	}
}

// heard is the last word on an item.
func (i *item) heard() time.Time {
	last := i.Last.UpdatedAt
	for _, word := range i.Links {
		last = latest(last, word.At)
	}
	return last
}
