package gate

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// thing is something that is needed and that nobody tells us of, as it was read.
type thing struct {
	Read     ThingRead `json:"read"`
	Received time.Time `json:"received"` // when, by our clock
}

// The bounds of what is read because somebody needs it: how many such things are kept, and how long one reading of
// what is not there yet serves.
const (
	mostThings = 2_000
	thingAge   = 10 * time.Minute
)

// foldThing takes in what was read of something needed. The later word by the forge's clock counts.
func (s *State) foldThing(e ThingRead, m moment) bool {
	if s.nexus == nil || e.Ref.Number <= 0 {
		return false
	}
	key := e.Ref.key()
	known, ok := s.things[key]
	if ok && cmp.Or(known.Read.At.Compare(e.At), strings.Compare(canonical(known.Read), canonical(e))) > 0 {
		return true
	}
	s.things[key] = &thing{Read: e, Received: m.received}
	s.touch(thingDoc, key)
	s.stirCommit(thingWatch(key))
	s.cutThings()
	return true
}

// hearThing takes in what a forge tells of something that had to be read before.
func (s *State) hearThing(r Ref, e ThingRead, m moment) bool {
	if _, ok := s.things[r.key()]; !ok {
		return false
	}
	e.Ref = r
	return s.foldThing(e, m)
}

// cutThings lets go of what was read longest ago. Where somebody needs it, it is read again.
func (s *State) cutThings() {
	for len(s.things) > mostThings {
		oldest := ""
		for _, key := range sortedKeys(s.things) {
			if oldest == "" || s.things[key].Received.Before(s.things[oldest].Received) {
				oldest = key
			}
		}
		delete(s.things, oldest)
		s.touch(thingDoc, oldest)
	}
}

// thingWatch is what is watched by who needs a thing.
func thingWatch(node string) string { return "thing " + node }

// stirThing has judged again who looked at an item or a change, by the name of its repository or by its id.
func (s *State) stirThing(r Ref, repo string) {
	s.stirCommit(thingWatch(r.key()))
	s.stirCommit(thingWatch(nodeIn(repo, r)))
}

// nodeIn is an item or a change of a repository that is known, by the repository's id, which outlives its name.
func nodeIn(repo string, r Ref) string {
	if r.Change && r.Forge == GitLab {
		return fmt.Sprintf("%s!%d", repo, r.Number)
	}
	return changeKey(repo, r.Number)
}

// plan is what needs what, as it is known of a Nexus's changes and items.
type plan struct {
	s     *State
	names map[string]string // of repositories, in lower case → their keys
}

func (s *State) newPlan() *plan {
	p := &plan{s: s, names: make(map[string]string, len(s.repos))}
	p.asDefined()
	borne := map[string]bool{}
	for _, key := range sortedKeys(s.repos) {
		name := strings.ToLower(s.repos[key].Repo.String())
		if !borne[name] || s.isGone(p.names[name]) {
			p.names[name], borne[name] = key, true
		}
	}
	return p
}

// asDefined takes in what the definition calls the repositories that are known, which may be a name that was: what
// was written before a repository was renamed still means it, until another bears the name.
func (p *plan) asDefined() {
	for name, components := range p.s.inRepo {
		if key := p.s.components[components[0]].Repo; key != "" {
			p.names[name] = key
		}
	}
	for name, key := range p.s.backlog.Keys {
		p.names[name] = key
	}
}

// node is where a change is in a plan, whatever its repository is called by now.
func (c *change) node() string { return nodeIn(c.Last.Repo.Key(), c.Last.ref()) }

// node is what a reference comes to: two that mean one thing come to one.
func (p *plan) node(r Ref) string {
	if repo, known := p.names[strings.ToLower(string(r.Forge)+":"+r.Repo)]; known && r.Number > 0 {
		return nodeIn(repo, r)
	}
	return r.key()
}

// listened says whether deliveries of a thing's repository come to us, or will: whether one has come is no matter.
func (p *plan) listened(r Ref) bool {
	name := strings.ToLower(string(r.Forge) + ":" + r.Repo)
	_, known := p.names[name]
	return known || len(p.s.inRepo[name]) > 0 || slices.Contains(backlogNames(p.s.nexus.Definition), name)
}

// at is the change or the item at a node; both are nil where neither is known.
func (p *plan) at(node string) (*change, *item) {
	key, ofChange := strings.Replace(node, "!", "#", 1), strings.Contains(node, "!")
	if c := p.s.changes[key]; c != nil && c.Last.Number != 0 && (ofChange || strings.HasPrefix(node, string(GitHub))) {
		return c, nil
	}
	if i := p.s.items[key]; i != nil && i.Last.Number != 0 && !ofChange {
		return nil, i
	}
	return nil, nil
}

// need is that one thing needs another.
type need struct {
	to    Ref
	by    string
	since time.Time
	weak  bool // anybody may have written it
}

// What dependencies are found by.
const (
	ByDeclaration = "declared"
	ByForge       = "forge"
	ByLanding     = "landing"
)

// needs are those of what is at a node, while it is open.
func (p *plan) needs(node string) (all []need) {
	switch c, i := p.at(node); {
	case c != nil && c.Last.State == ChangeOpen:
		said := map[string]bool{}
		for _, r := range c.Last.Needs {
			if to := p.node(r); !said[to] {
				said[to] = true
				all = append(all, need{r, ByDeclaration, c.Since[r.String()], c.foreign()})
			}
		}
	case i != nil && i.Last.Open && !i.Last.Gone:
		said := map[string]bool{}
		for _, r := range i.links(Blocks) {
			said[p.node(r)] = true
			all = append(all, need{r, ByForge, i.Since[r.String()], false})
		}
		for _, r := range i.Last.Needs {
			if to := p.node(r); !said[to] {
				said[to] = true
				all = append(all, need{r, ByDeclaration, i.Since[r.String()], i.Last.Outside})
			}
		}
	}
	return all
}

// foreign says whether a change comes from a fork, so that anybody may have written it.
func (c *change) foreign() bool { return c.Last.HeadRepo != c.Last.Repo.ID }
