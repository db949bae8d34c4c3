package gate

import (
	"fmt"
	"iter"
	"time"

	"github.com/nexusgate/nexusgate/definition"
)

// Ground is what a verdict rests on besides the rules: with other rules, the same ground gives another
// verdict. It is kept beside the verdict, so that history can be judged again under a changed
// definition, and any verdict explained.
type Ground struct {
	Verdict    string           `json:"-"` // id
	Nexus      string           `json:"-"`
	Subject    Subject          `json:"subject"`
	Commit     string           `json:"commit,omitempty"`
	Increment  string           `json:"increment,omitempty"` // digest of the composition
	Components GroundComponents `json:"-"`                   // that an Increment is the sum of
	Definition string           `json:"definition"`          // digest of the Manifest
	Outcome    Outcome          `json:"outcome"`
	At         time.Time        `json:"at"`
	Parts      []GroundPart     `json:"parts"`
	// Said are the states and levels that the verdict found, so that a difference is told without reading
	// it; of an Increment its own alone, since its components' verdicts have theirs.
	Said []Said `json:"-"`
	// Evidence is what the parts refer to, by reference; the store keeps each body once for all grounds.
	Evidence map[string]Evidence `json:"-"`
}

// Refs are the references of all its parts; one may come again.
func (g *Ground) Refs() iter.Seq[string] {
	return func(yield func(string) bool) {
		for refs := range g.lists() {
			for _, ref := range *refs {
				if !yield(ref) {
					return
				}
			}
		}
	}
}

// Find is the evidence behind one of the ground's references.
func (g *Ground) Find(ref string) (*Evidence, error) {
	e, ok := g.Evidence[ref]
	if !ok {
		return nil, fmt.Errorf("the ground of verdict %s does not hold the evidence %s", g.Verdict, ref)
	}
	return &e, nil
}

// GroundPart is one part of the case. Evidence is by reference: see Evidence.Ref.
type GroundPart struct {
	Component string          `json:"component,omitempty"`
	Team      string          `json:"team,omitempty"`
	On        []definition.On `json:"on,omitempty"` // which criteria judge it
	Since     time.Time       `json:"since,omitzero"`
	Refs      []string        `json:"-"` // of the evidence
	Held      []Finding       `json:"held,omitempty"`
	// Scopes tell, of the paths that criteria watched, what became of them. Other paths were not asked
	// for, and what would have become of them is not known.
	Scopes []GroundScope `json:"scopes,omitempty"`
}

// GroundScope is what counted for the criteria that watch some paths: the part's own evidence, or what
// was carried to them.
type GroundScope struct {
	Paths   []string  `json:"paths,omitempty"`   // globs as the criteria name them; empty: the component's whole
	Dropped bool      `json:"dropped,omitempty"` // a criterion on the change itself was not asked: nothing carries to it
	Carried bool      `json:"carried,omitempty"`
	Refs    []string  `json:"-"` // of what was carried
	Since   time.Time `json:"since,omitzero"`
}
