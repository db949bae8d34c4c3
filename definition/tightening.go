package definition

import (
	"fmt"
	"time"
)

// The bounds of a team's file, beside those of a file and of a leaf.
const (
	maxTeamCriteria = 200
	maxTeamAtoms    = 500 // constraints in all leaves
)

// Tightening is a team's layer that has passed the allow-list; it is not yet held against a Nexus.
type Tightening struct {
	File string

	drafts []*draft // by id
}

// LoadTightening reads a team's layer by syntax alone: nothing in it is evaluated.
// The error, if any, is Faults.
func LoadTightening(f File) (t *Tightening, err error) {
	if faults := f.legible(maxTeamFile, maxTeamTokens); len(faults) > 0 {
		return nil, faults.err()
	}
	defer func() {
		// The parser is CUE's own; what trips it is a fault of the file, not an end of the service.
		if tripped := recover(); tripped != nil {
			t, err = nil, Faults{{Pos{f.Name, 1, 1}, fmt.Sprintf("CUE cannot read this file (%v); write it more simply", tripped)}}
		}
	}()
	syntax, faults := f.parse()
	if len(faults) > 0 {
		return nil, faults.err()
	}
	team := teamFile{name: f.Name, drafts: map[string]*draft{}}
	drafts := team.read(syntax)
	for _, d := range drafts {
		// The zone is the Nexus's and does not matter to what is wrong.
		_, faults := d.criterion(TeamLayer, time.UTC)
		team.faults = append(team.faults, faults...)
		team.faults = append(team.faults, d.contradictions()...)
	}
	if len(team.faults) > 0 {
		return nil, team.faults.err()
	}
	return &Tightening{File: f.Name, drafts: drafts}, nil
}
