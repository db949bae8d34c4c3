package gate

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Known is what is known of one repository of a Nexus, for a sweep to hold against what its forge says.
type Known struct {
	Repo     Repo
	Branches []KnownBranch // those that something of the Nexus lies on, by name
	Changes  []KnownChange // the open ones, the latest first, at most 500
	Groups   []KnownGroup  // those that are queued, by head, at most 500
	Runs     []int64       // of a workflow, or pipelines, by the forge's ids: they are waited for
	Deploys  bool          // its deployments to some environments are ours to answer
	Releases bool          // that are published there are watched
	Backlog  bool          // its issues are items of the Product Backlog
	Items    []KnownItem   // those that are taken for open, by number
	Heard    time.Time     // when a delivery last came from it, to the hour; zero: never
}

// KnownBranch is a branch as it is known. Head is "" while it is not.
type KnownBranch struct {
	Name   string
	Head   string
	Covers []string // the pushes that are known, for a [HeadRead] to name
}

// KnownChange is an open change as it is known.
type KnownChange struct {
	Number    int
	Head      string
	UpdatedAt time.Time
	Approvers []string // by name: those whose last word approves it, of whatever head
	Against   []string // by name: those whose last word asks for changes
}

// KnownGroup is a merge group or a train's car as it is known.
type KnownGroup struct{ Head, Base, Ref string }

// KnownItem is an open item as it is known.
type KnownItem struct {
	Number int
	Linked time.Time // as of when all that blocks it is known; zero: that was never told
}

// mostKnown bounds the open changes, and the groups, of one repository that a sweep is told of.
const mostKnown = 500

// Known lists the repositories that deliveries are expected from, by key. A repository that is gone, or
// whose installation is suspended, is not among them: nothing can be asked of it.
func (l *Ledger) Known() []Known {
	byKey := map[string]*Known{}
	for _, name := range l.Nexuses() {
		l.states[name].known(byKey)
	}
	list := make([]Known, 0, len(byKey))
	for _, key := range sortedKeys(byKey) {
		k := *byKey[key]
		slices.SortFunc(k.Changes, func(a, b KnownChange) int {
			return cmp.Or(b.UpdatedAt.Compare(a.UpdatedAt), cmp.Compare(a.Number, b.Number))
		})
		slices.SortFunc(k.Items, func(a, b KnownItem) int { return cmp.Compare(a.Number, b.Number) })
		slices.SortFunc(k.Groups, func(a, b KnownGroup) int { return cmp.Compare(a.Head, b.Head) })
		k.Changes, k.Groups = k.Changes[:min(len(k.Changes), mostKnown)], k.Groups[:min(len(k.Groups), mostKnown)]
		list = append(list, k)
	}
	return list
}

// Repos lists them alone.
func (l *Ledger) Repos() []Repo {
	byKey := map[string]Repo{}
	for _, name := range l.Nexuses() {
		s := l.states[name]
		add := func(key string) {
			if r, ok := s.repos[key]; ok && !r.Gone && !r.Inactive {
				byKey[key] = r.Repo
			}
		}
		for _, c := range s.components {
			add(c.Repo)
		}
		add(s.home.Repo)
		for _, key := range s.backlog.Keys {
			if s.backlogIn(key) {
				add(key)
			}
		}
	}
	list := make([]Repo, 0, len(byKey))
	for _, key := range sortedKeys(byKey) {
		list = append(list, byKey[key])
	}
	return list
}

func (s *State) known(byKey map[string]*Known) {
	for _, name := range sortedKeys(s.components) {
		if g, ok := s.nexus.Component(name); ok {
			s.knowBranch(byKey, s.components[name].Repo, g.Branch)
			if k := byKey[s.components[name].Repo]; k != nil && !s.releases.Since.IsZero() {
				k.Releases = true
			}
		}
	}
	if h, ok := s.place(); ok {
		s.knowBranch(byKey, s.home.Repo, h.Branch)
	}
	for _, c := range s.changes {
		if k, ok := byKey[c.Last.Repo.Key()]; ok && c.Last.State == ChangeOpen {
			k.Changes = append(k.Changes, KnownChange{
				Number: c.Last.Number, Head: c.Last.Head, UpdatedAt: c.Last.UpdatedAt, Approvers: c.saying(Approved), Against: c.saying(ChangesRequested),
			})
		}
	}
	for _, g := range s.groups {
		if k, ok := byKey[g.Last.Repo.Key()]; ok && !g.Last.Destroyed {
			k.Groups = append(k.Groups, KnownGroup{Head: g.Last.Head, Base: g.Last.Base, Ref: g.Last.Ref})
		}
	}
	s.knowRun(byKey)
	s.knowItems(byKey)
}

// knowItems says of which repositories the issues are looked at, and which of them are taken for open.
func (s *State) knowItems(byKey map[string]*Known) {
	if s.rules() == nil {
		return
	}
	for key := range s.repos {
		if !s.keepsItems(key) {
			continue
		}
		if k := s.know(byKey, key); k != nil {
			k.Backlog = true
		}
	}
	for _, i := range s.items {
		if k := byKey[i.Last.Repo.Key()]; k != nil && i.Last.Open && !i.Last.Gone {
			k.Items = append(k.Items, KnownItem{i.Last.Number, i.Whole})
		}
	}
}

// knowRun names the run of the Increment's pipeline that is under way.
func (s *State) knowRun(byKey map[string]*Known) {
	u := s.integrating.Under
	if u == nil || u.Run == "" {
		return
	}
	repo, holder, _ := strings.Cut(u.Run, " ")
	_, number, _ := strings.Cut(holder, "/")
	id, err := strconv.ParseInt(number, 10, 64)
	if k := s.know(byKey, repo); k != nil && err == nil {
		k.Runs = append(k.Runs, id)
	}
}

// saying are those whose last word on a change is this one.
func (c *change) saying(word ReviewState) []string {
	var names []string
	for _, r := range lastWords(c.Reviews) {
		if r.State == word {
			names = append(names, r.Reviewer)
		}
	}
	slices.Sort(names)
	return names
}

// know is what is known of a repository; nil where nothing can be asked of it.
func (s *State) know(byKey map[string]*Known, repo string) *Known {
	r, ok := s.repos[repo]
	if !ok || r.Gone || r.Inactive {
		return nil
	}
	if byKey[repo] == nil {
		byKey[repo] = &Known{Repo: r.Repo, Heard: r.Heard}
	}
	return byKey[repo]
}

func (s *State) knowBranch(byKey map[string]*Known, repo, name string) {
	k := s.know(byKey, repo)
	if k == nil {
		return
	}
	k.Deploys = k.Deploys || len(s.nexus.Definition.Release.Environments) > 0
	if slices.ContainsFunc(k.Branches, func(b KnownBranch) bool { return b.Name == name }) {
		return
	}
	known := KnownBranch{Name: name}
	if b := s.branches[branchKey(repo, name)]; b != nil {
		known.Head, known.Covers = b.head().Commit, b.keys()
	}
	k.Branches = append(k.Branches, known)
}
