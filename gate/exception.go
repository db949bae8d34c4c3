package gate

import (
	"time"

	"github.com/nexusgate/nexusgate/definition"
)

// Exception is one that the definition grants, and whether it is in force at all.
type Exception struct {
	definition.Exception
	Void string // why it never applies, in words: "asked for by ana, and the change that brought it is kim's"
}

// Applies is the one place that decides whether an exception applies to a criterion of a component at
// a moment. The verdict, the report, the impact, the replay and the command line all ask here.
func (e *Exception) Applies(criterion, component, team string, now time.Time) bool {
	return e.Void == "" && now.Before(e.Until) && e.Covers(criterion, component, team)
}

// Grant is what a verdict tells of an exception that it rests on, so that whoever reads the verdict
// alone knows what was left undone, on whose word and for how long.
type Grant struct {
	ID          string    `json:"id"`
	Criterion   string    `json:"criterion"`
	Reason      string    `json:"reason"`
	Ticket      string    `json:"ticket,omitempty"`
	RequestedBy string    `json:"requestedBy"`
	ApprovedBy  string    `json:"approvedBy"`
	Until       time.Time `json:"until"` // the first moment at which it applies no more
}

// Grant is the exception as a verdict tells it.
func (e *Exception) Grant() Grant {
	return Grant{
		ID: e.ID, Criterion: e.Criterion, Reason: e.Reason, Ticket: e.Ticket,
		RequestedBy: e.RequestedBy, ApprovedBy: e.ApprovedBy, Until: e.Until,
	}
}

// LastDay is the last day that the exception applies.
func (g Grant) LastDay() time.Time { return g.Until.AddDate(0, 0, -1) }
