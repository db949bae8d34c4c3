package gate

import (
	"time"

	"github.com/nexusgate/nexusgate/definition"
)

// Ground is what a verdict rests on besides the rules: with other rules, the same ground gives another
// verdict. It is kept beside the verdict, so that history can be judged again under a changed
// definition, and any verdict explained.
type Ground struct {
	Verdict    string       `json:"-"` // id
	Nexus      string       `json:"-"`
	Subject    Subject      `json:"subject"`
	Commit     string       `json:"commit,omitempty"`
	Definition string       `json:"definition"` // digest of the Manifest
	Outcome    Outcome      `json:"outcome"`
	At         time.Time    `json:"at"`
	Parts      []GroundPart `json:"parts"`
	// Said are the states and levels that the verdict found, so that a difference is told without reading it.
	Said []Said `json:"said,omitempty"`
	// Evidence is what the parts refer to, each once; the store keeps each reference's body once for all.
	Evidence []Evidence `json:"-"`
}

// GroundPart is one part of the case. Evidence is by reference: see Evidence.Ref.
type GroundPart struct {
	Component string          `json:"component,omitempty"`
	Team      string          `json:"team,omitempty"`
	On        []definition.On `json:"on,omitempty"`      // which criteria judge it
	Verdict   string          `json:"verdict,omitempty"` // of the component, where the part is a judged component of an Increment
	Since     time.Time       `json:"since,omitzero"`
	Refs      []string        `json:"refs,omitempty"` // of the evidence
	Held      []Finding       `json:"held,omitempty"`
	// Dropped are criteria that were not asked: their paths are not touched and nothing carries.
	Dropped []string `json:"dropped,omitempty"`
	// Carried is the evidence that stood in for the part's own, by criterion.
	Carried map[string]GroundCarried `json:"carried,omitempty"`
}

// GroundCarried is evidence that was carried to a criterion.
type GroundCarried struct {
	Refs  []string  `json:"refs,omitempty"`
	Since time.Time `json:"since,omitzero"`
}

// Said is one finding in short.
type Said struct {
	Criterion string           `json:"c"`
	Component string           `json:"m,omitempty"`
	Team      string           `json:"t,omitempty"`
	State     FindingState     `json:"s"`
	Level     definition.Level `json:"l"`
}
