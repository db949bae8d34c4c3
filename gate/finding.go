package gate

import (
	"time"

	"github.com/nexusgate/nexusgate/definition"
)

// FindingState is where one criterion stands.
type FindingState string

// The states of a finding, worst first.
const (
	Error     FindingState = "error"     // it cannot be judged: a refused definition, a branch that is gone
	Unmet     FindingState = "unmet"     // the evidence says no
	Untrusted FindingState = "untrusted" // there is evidence, and it is not proved far enough
	Empty     FindingState = "empty"     // the evidence says nothing: no tests, no lines, no criterion
	Stale     FindingState = "stale"     // it was met, too long ago
	Missing   FindingState = "missing"   // the deadline passed and nothing came
	Waiting   FindingState = "waiting"   // a producer has started, or the deadline has not passed
	Met       FindingState = "met"
)

// FindingStates lists the states, worst first.
var FindingStates = [...]FindingState{Error, Unmet, Untrusted, Empty, Stale, Missing, Waiting, Met}

// Finding says of one criterion what was wanted, what was found, whose rule it is and what to do.
type Finding struct {
	Criterion string           `json:"criterion"`
	Component string           `json:"component,omitempty"` // "" for the Increment itself
	Team      string           `json:"team,omitempty"`
	State     FindingState     `json:"state"`
	Level     definition.Level `json:"level"`
	Layer     definition.Layer `json:"layer"`
	Why       string           `json:"why"`
	Want      string           `json:"want"`
	Got       string           `json:"got"`
	At        string           `json:"at"` // FILE:LINE:COL of the rule
	Fix       string           `json:"fix,omitempty"`
	SignOff   string           `json:"signOff,omitempty"` // the name that a sign-off is given by, where that is asked for
	Carried   string           `json:"carried,omitempty"` // the commit whose evidence counts here
	URL       string           `json:"url,omitempty"`     // of the evidence
	Delivery  string           `json:"delivery,omitempty"`
	Exception string           `json:"exception,omitempty"` // the id of the one that excepts it; the state stays what it is
	// RequiredFrom is the day from which the criterion is required, while that is yet to come.
	RequiredFrom time.Time `json:"requiredFrom,omitzero"`
	Due          time.Time `json:"due,omitzero"`  // while waiting: the deadline; once met: when it grows stale
	Wake         time.Time `json:"wake,omitzero"` // when time may change the finding all the same, by what is not shown
}

// Outcome is the answer to "is it done?".
type Outcome string

// The outcomes.
const (
	Done     Outcome = "done"
	NotDone  Outcome = "not-done"
	Awaiting Outcome = "awaiting"
)

// Decided says whether it is a yes or a no: one that awaits is neither, nor is one that is not known.
func (o Outcome) Decided() bool { return o == Done || o == NotDone }
