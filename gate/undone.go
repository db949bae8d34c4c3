package gate

import "time"

// Undone is what one forge was asked to do and has not done: how many errands of a kind, since when the oldest
// waits, and what the forge said of that one.
type Undone struct {
	Forge   Forge      `json:"forge"`
	Kind    ErrandKind `json:"kind"`
	Errands int        `json:"errands"`
	Since   time.Time  `json:"since"`
	Reason  string     `json:"reason"`
}
