package gate

import (
	"fmt"
	"slices"
	"time"

	"github.com/nexusgate/nexusgate/definition"
)

// soundNexus reads a Nexus-wide layer as it was read from the home, and says what keeps it from being
// in force for this Nexus.
func (s *State) soundNexus(f nexusFile) (*definition.Definition, definition.Faults) {
	at := definition.Pos{File: s.inForce.File, Line: 1, Column: 1}
	fault := func(message string) definition.Faults { return definition.Faults{{Pos: at, Message: message}} }
	switch {
	case f.Absent:
		return nil, fault("the file is gone; bring it back")
	case f.Cut:
		return nil, fault("the file is larger than is read; shorten it")
	case len(f.Faults) > 0:
		return nil, f.Faults
	case f.Settled == "":
		return nil, fault("nobody computed what it says")
	}
	d, faults := s.load(f.Source, f.Settled)
	if len(faults) == 0 && rulesIn(d) > mostRules {
		faults = fault(fmt.Sprintf("its components and criteria make %d rules, and at most %d are weighed; write fewer", rulesIn(d), mostRules))
	}
	if len(faults) == 0 {
		faults = s.fits(d, at, f.Claimed)
	}
	if len(faults) > 0 {
		return nil, faults
	}
	return d, nil
}

// mostRules bounds the rules that a layer may make, before anything is worked out from them: anybody may
// propose one. mostRehearsed bounds those that an impact is worked out for, which happens often.
const (
	mostRules     = 200_000
	mostRehearsed = 50_000
)

// rulesIn is at most how many rules a layer makes for its components.
func rulesIn(d *definition.Definition) int { return len(d.All()) * len(d.Criteria) }

// endOfTime is later than any exception ends: how far ahead one lies is asked apart, by when it was asked for.
var endOfTime = time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)

// fits says whether a layer may take the place of the one in force: it is of the same Nexus, leaves
// none of its components without a rule, and claims none of another Nexus's, as whoever read it saw.
func (s *State) fits(d *definition.Definition, at definition.Pos, claimed map[string]string) definition.Faults {
	if d.Name != s.name {
		return definition.Faults{{Pos: at, Message: "it defines the Nexus " + clip(d.Name, 100) + ", and this is the home of " + s.name + "; a Nexus keeps its name"}}
	}
	faults, _ := d.Vet(nil, endOfTime)
	for _, c := range d.All() {
		if owner := claimed[c.Name]; owner != "" {
			faults = append(faults, definition.Fault{
				Pos:     c.Pos,
				Message: c.Forge + ":" + c.Repo + " belongs to the Nexus " + owner + " already; a path of a repository belongs to one component of one Nexus",
			})
		}
	}
	return faults
}

// ClaimedFrom are the components of a definition whose place is another Nexus's, each with that Nexus.
// It is asked by whoever reads a definition from its home; what came of it is in the log.
func ClaimedFrom(d *definition.Definition, others map[string]*definition.Definition) map[string]string {
	var claimed map[string]string
	for _, c := range d.All() {
		for _, name := range sortedKeys(others) {
			if name == d.Name || claimed[c.Name] != "" || !slices.ContainsFunc(others[name].All(), func(theirs definition.Component) bool { return overlap(c, theirs) }) {
				continue
			}
			if claimed == nil {
				claimed = map[string]string{}
			}
			claimed[c.Name] = name
		}
	}
	return claimed
}

// overlap says whether two components claim a path of the same branch.
func overlap(a, b definition.Component) bool {
	return lowerRepo(a) == lowerRepo(b) && a.Branch == b.Branch && (under(a.Path, b.Path) || under(b.Path, a.Path))
}
