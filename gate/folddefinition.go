package gate

import (
	"slices"
	"time"

	"github.com/nexusgate/nexusgate/definition"
)

// foldNexus puts a Nexus-wide layer in force, and has all that is open judged by it. A home that is
// listened to is changed by what lands there, and by nothing else.
func (s *State) foldNexus(e NexusGiven, d *definition.Definition, received time.Time) (taken bool) {
	in := asGiven(e)
	stays := s.nexus != nil && !s.record.Retired && s.inForce.Home == in.Home
	if stays && (in.Home != "" || s.inForce.Source == in.Source) {
		return false
	}
	s.record.Retired = false
	s.touch(recordDoc, "")
	s.inForce.Home = in.Home
	s.settleIn(e, in.Origin, received)
	s.putInForce(in, d)
	return true
}

// putInForce has all that is open judged by another Nexus-wide layer. What was told of the one before
// is kept, so that the difference can be told.
func (s *State) putInForce(in inForce, d *definition.Definition) {
	in.Manifest, in.Granted = s.inForce.Manifest, s.inForce.Granted
	s.inForce, s.rerouted, s.unintegrated = in, true, true
	s.touch(inForceDoc, "")
	s.stirHome()
	s.define(d)
	s.keepComponents(d)
	s.govern()
	s.forgetBranches(func(key string) bool { return !s.listens(key) })
	s.stirAll()
}

func (s *State) foldRetired(e NexusRetired) bool {
	if e.Nexus != s.name || s.nexus == nil {
		return false
	}
	s.record.Retired, s.inForce.Manifest, s.rerouted = true, Manifest{}, true
	s.touch(recordDoc, "")
	s.touch(inForceDoc, "")
	for key := range s.repos {
		s.doubt(key) // it is listened to no more
	}
	return true
}

// define indexes a definition's components by repository.
func (s *State) define(d *definition.Definition) {
	s.nexus = &Nexus{Definition: d, components: map[string]*Governed{}}
	s.unbriefed = true
	clear(s.inRepo)
	for _, c := range d.All() {
		key := lowerRepo(c)
		s.inRepo[key] = append(s.inRepo[key], c.Name)
	}
}

// keepComponents records components that are new or stand for another repository now, and drops
// those that the definition no longer names.
func (s *State) keepComponents(d *definition.Definition) {
	named := map[string]bool{}
	s.bound = nil
	for _, c := range d.All() {
		named[c.Name] = true
		if known, ok := s.components[c.Name]; !ok || known.Defined != defined(c) {
			s.components[c.Name] = &component{Defined: defined(c), Repo: s.repoNamed(c)}
			s.touch(componentDoc, c.Name)
		}
	}
	for name := range s.components {
		if !named[name] {
			delete(s.components, name)
			s.touch(componentDoc, name)
			s.drop(Subject{Kind: OfComponent, ID: name}.Key())
		}
	}
}

// listens says whether a component, or the definition, lies on a branch. Pushes to any other are not kept, so that what
// is known of one would be out of date once a component comes back to it.
func (s *State) listens(branch string) bool {
	if h, ok := s.place(); ok && branchKey(s.home.Repo, h.Branch) == branch {
		return true
	}
	return slices.ContainsFunc(s.nexus.Definition.All(), func(c definition.Component) bool {
		return branchKey(s.components[c.Name].Repo, c.Branch) == branch
	})
}

// repoNamed is the key of a repository already heard of under a component's name.
func (s *State) repoNamed(c definition.Component) string {
	for _, key := range sortedKeys(s.repos) {
		if r := s.repos[key]; r.Repo.named(c.Forge, c.Repo) && !r.Gone {
			return key
		}
	}
	return ""
}

// govern works out the rules in force from the layers as they stand, and remembers which of the
// teams' layers were accepted: what is accepted once is overtaken by a later Nexus-wide layer, not refused.
func (s *State) govern() {
	d := s.nexus.Definition
	s.nexus = NewNexus(d, s.inForce.Source, s.layers(d, nil), s.void(d, s.inForce.Brought))
	for _, c := range d.All() {
		g, _ := s.nexus.Component(c.Name)
		file := &s.components[c.Name].File
		if file.Read && !file.Absent && g.Refused == nil {
			file.Accepted = definition.Digest([]byte(file.Source))
			s.touch(componentDoc, c.Name)
		}
	}
}

// drop forgets a subject that is no longer judged.
func (s *State) drop(key string) {
	s.unwatch(key)
	delete(s.wants, key)
	delete(s.due, key)
	delete(s.stirred, key)
	delete(s.reviews, key)
	delete(s.proposals, key)
	delete(s.subject, key)
	if _, ok := s.standings[key]; ok {
		delete(s.standings, key)
		s.touch(standingDoc, key)
	}
}

// sortedKeys gives a map's keys in order, so that what is made from them is made the same each time.
func sortedKeys[T any](m map[string]T) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}
