package gate

import (
	"strings"
	"time"
)

// Undone is what one forge was asked to do and has not done: how many errands of a kind, since when the oldest
// waits, and what came of that one last.
type Undone struct {
	Forge   Forge      `json:"forge"`
	Kind    ErrandKind `json:"kind"`
	Errands int        `json:"errands"`
	Since   time.Time  `json:"since"`
	Reason  string     `json:"reason"`
	Brief   string     `json:"brief,omitempty"` // of a brief, the event that it is for
	To      string     `json:"to,omitempty"`    // and where it goes; "" of one that was missed
	Final   bool       `json:"final,omitempty"` // it is not tried again
}

// HeldBack begins the reason of an errand that we do not have run, since what it tells the forge is not so any more.
const HeldBack = "nexusgate holds it back: "

// Held says whether the oldest is one that we hold back ourselves, and why.
func (u Undone) Held() (why string, held bool) { return strings.CutPrefix(u.Reason, HeldBack) }
