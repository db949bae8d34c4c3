package forge

import (
	"errors"

	"github.com/nexusgate/nexusgate/gate"
)

// How much of a file is read: as much as a definition may be, a team's and the Nexus's.
const (
	fileBound  = 64 << 10
	nexusBound = 1 << 20
)

var errCut = errors.New("the file is larger than we read")

// capped keeps the first bytes written to it, up to a bound, and refuses the rest, which ends the
// download.
type capped struct {
	bound int
	kept  []byte
	cut   bool
}

// room is a capped for the file that is wanted.
func room(w gate.Want) *capped {
	if w.Kind == gate.WantNexus {
		return &capped{bound: nexusBound}
	}
	return &capped{bound: fileBound}
}

// Write keeps what fits.
func (c *capped) Write(chunk []byte) (int, error) {
	room := c.bound - len(c.kept)
	if len(chunk) <= room {
		c.kept = append(c.kept, chunk...)
		return len(chunk), nil
	}
	c.kept = append(c.kept, chunk[:room]...)
	c.cut = true
	return room, errCut
}
