package webhook

import (
	"context"

	"github.com/nexusgate/nexusgate/gate"
)

// Keeper keeps a delivery durably before it is answered.
type Keeper interface {
	// Keep returns once d is on disk; duplicate says that its key was kept before. The delivery has
	// no ID yet: ids ascend in the order of keeping, which only the keeper knows.
	// An error that is [Full] is told to the caller.
	Keep(ctx context.Context, d gate.Delivery) (duplicate bool, err error)
}

// Observer counts a delivery: who sent it, the forge's word for it, and what became of it.
// The event is one that a decoder knows, or "other": a caller without a secret cannot grow the set.
type Observer func(source, event, result string)

// The results that an Observer is told.
const (
	Kept        = "kept"        // on disk: 202
	Duplicate   = "duplicate"   // it was on disk already: 202
	Refused     = "refused"     // not proved to be the forge's: 401
	TooLarge    = "too-large"   // over MaxBody: 413
	Unavailable = "unavailable" // the keeper did not take it: 503
	TurnedAway  = "turned-away" // there was no room for it: 503
	NotAllowed  = "not-allowed" // not a POST: 405
	Cut         = "cut"         // the body ended early: 400
)

// Other stands for every event that no decoder knows.
const Other = "other"
