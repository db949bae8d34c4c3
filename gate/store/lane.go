package store

import "errors"

// Common is the lane of the deliveries that belong to no Nexus, and of what is done once for all.
const Common = ""

// ErrFenced says that a lane is not, or no longer, the caller's: another holder has claimed it since.
// Nothing was written.
var ErrFenced = errors.New("the lane is held by another")

// Lane is the ordered work of one Nexus, and who does it. It needs no clock that two machines agree on:
// a holder raises Beat again and again, and whoever sees neither it nor Fence move for long enough, by
// a clock of their own, may claim the lane.
type Lane struct {
	Name   string // of the Nexus, or [Common]
	Holder string // "": nobody
	Fence  int64  // one more with each claim
	Beat   int64  // one more with each renewal
}

// Lease is the right to work in a lane, as long as its fence is the lane's.
type Lease struct {
	Lane, Holder string
	Fence        int64
}
