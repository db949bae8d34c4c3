package webhook

import "errors"

// Full is an error of a Keeper that takes nothing more for now, and says why: the caller is told so,
// and to come again.
type Full string

func (f Full) Error() string { return string(f) }

// What an intake finds full by itself.
const (
	noBytes Full = "the bodies under way take all the room there is for them"
	noPlace Full = "as many deliveries are under way as may be at once"
)

// refusal is the result of what was not taken for a lack of room or of a store, and the line for the caller.
func (i *intake) refusal(key string, err error) (result, why string) {
	i.tell(key, err)
	var full Full
	if errors.As(err, &full) {
		return TurnedAway, string(full)
	}
	return Unavailable, "the store did not take it" // what exactly ails it is not the caller's affair
}
