package webhook

// Option is a setting of an intake.
type Option func(*intake)

// Within has the intake share a room with others.
func Within(r *Room) Option { return func(i *intake) { i.room = r } }

// Telling has the intake tell of each delivery that was proved to be the forge's, or that found no room
// before it could be, what kept it from being taken: a [Full] or the keeper's error, and nil where
// nothing did. The key is the forge's id of a delivery that was proved, and "" of another.
func Telling(tell func(key string, err error)) Option { return func(i *intake) { i.tell = tell } }
