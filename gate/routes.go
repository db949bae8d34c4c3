package gate

import (
	"maps"
	"slices"
	"strings"

	"github.com/nexusgate/nexusgate/definition"
)

// PlacesOf are what a Nexus listens to by its definition alone: the names of its components' repositories,
// that of the Increment's own pipeline, and that of its home, as [ParseHome] reads it, if it has one.
func PlacesOf(d *definition.Definition, home string) []string {
	places := map[string]bool{}
	for _, c := range d.All() {
		places[lowerRepo(c)] = true
	}
	if h, err := ParseHome(home); err == nil {
		places[strings.ToLower(Repo{Forge: h.Forge, Name: h.Repo}.String())] = true
	}
	places[placeOfSum(d)] = true
	for _, name := range backlogNames(d) {
		places[name] = true
	}
	delete(places, "")
	return slices.Sorted(maps.Keys(places))
}

// Routes are all places that the ledger's Nexuses listen to, as [Repo.Places] writes them.
func (l *Ledger) Routes() []string {
	places := map[string]bool{}
	for _, s := range l.states {
		s.routes(places)
	}
	return append([]string{}, slices.Sorted(maps.Keys(places))...) // not nil: that a Nexus listens to nothing any more is said
}

// routes adds the names by which repositories are waited for, all that is known of those that were heard
// of, and those that took over a name: it has to be heard when one of these changes again.
func (s *State) routes(places map[string]bool) {
	if s.nexus == nil || s.record.Retired {
		return
	}
	for _, place := range PlacesOf(s.nexus.Definition, s.inForce.Home) {
		places[place] = true
	}
	for _, r := range s.repos {
		for _, place := range r.Repo.Places() {
			places[place] = true
		}
	}
	for _, c := range s.components {
		places[c.Rival] = true
	}
	places[s.home.Rival] = true
	delete(places, "")
}
