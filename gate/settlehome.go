package gate

import (
	"maps"
	"reflect"
	"time"

	"github.com/nexusgate/nexusgate/definition"
)

// homeWants is the key of what the home waits for, among those of subjects.
const homeWants = "home"

// settleHome puts in force what has landed on the home and is vouched for.
func (t *sitting) settleHome() {
	s := t.s
	h, ok := s.place()
	if !s.unsettled || !ok {
		s.unsettled = false
		return
	}
	s.unsettled = false
	w := s.weighHome(h, t.m.now)
	s.pending, s.homeDue = w.trouble, w.due
	s.wanting(homeWants, w.wants)
	switch {
	case w.d == nil || w.open && !w.passed:
	case w.Source != s.inForce.Source:
		t.land(w)
	case !reflect.DeepEqual(w.Brought, s.inForce.Brought):
		s.inForce.Brought = w.Brought
		s.touch(inForceDoc, "")
		s.regovern()
	}
}

// land puts in force what the landings come to.
func (t *sitting) land(w *walk) {
	s := t.s
	t.step.Definitions = append(t.step.Definitions, DefinitionSource{
		Digest: digestOf(w.Source), Nexus: s.name, File: s.inForce.File, Source: w.Source, Settled: w.Settled,
	})
	s.putInForce(inForce{
		File: s.inForce.File, Source: w.Source, Settled: w.Settled, Home: s.inForce.Home, Origin: w.Origin, Brought: w.Brought,
	}, w.d)
	s.unsettled = false
}

// grantAll notes the moment at which exceptions come into force, by which it may turn out that they
// lie too far ahead.
func (s *State) grantAll(now time.Time) {
	if s.grant(now) && !maps.Equal(s.nexus.Manifest.Void, s.void(s.nexus.Definition, s.inForce.Brought)) {
		s.regovern()
	}
}

func (s *State) regovern() {
	s.govern()
	s.stirAll()
}

// homeWarnings are what the Integration Team should know of the home.
func (s *State) homeWarnings() (all []string) {
	h, ok := s.place()
	if !ok {
		return nil
	}
	head, _ := s.homeHead(h)
	claim := ""
	if r := s.repos[s.home.Repo]; r != nil && r.Claim != "" {
		claim = r.claimed("when the service is started")
	}
	for _, w := range []string{s.homeTrouble(h, head), s.pending, claim} {
		if w != "" {
			all = append(all, w)
		}
	}
	return all
}

// loaded is a Nexus-wide layer that was read once.
type loaded struct {
	d      *definition.Definition
	faults definition.Faults
}

// mostLoaded and largestLoaded bound the layers kept at hand: the landings of a home, and what is proposed
// to it, by their number and by their text in bytes.
const (
	mostLoaded    = 2 * longestWalk
	largestLoaded = 16 << 20
)

// load reads a layer by the name of the one in force, each content once.
func (s *State) load(source, settled string) (*definition.Definition, definition.Faults) {
	key := s.inForce.File + " " + digestOf(source)
	if l, ok := s.loaded[key]; ok {
		return l.d, l.faults
	}
	size := len(source) + len(settled)
	if len(s.loaded) >= mostLoaded || s.loadedSize+size > largestLoaded {
		clear(s.loaded)
		s.loadedSize = 0
	}
	s.loadedSize += size
	d, err := loadLayer(s.inForce.File, source, settled)
	l := loaded{d: d, faults: faultsOf(err)}
	s.loaded[key] = l
	return l.d, l.faults
}
