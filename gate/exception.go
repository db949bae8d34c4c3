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
