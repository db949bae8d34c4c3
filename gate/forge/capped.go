package forge

import "errors"

// fileBound is how much of a file is read: as much as a team's definition may be.
const fileBound = 64 << 10

var errCut = errors.New("the file is larger than we read")

// capped keeps the first fileBound bytes written to it and refuses the rest, which ends the download.
type capped struct {
	kept []byte
	cut  bool
}

// Write keeps what fits.
func (c *capped) Write(chunk []byte) (int, error) {
	room := fileBound - len(c.kept)
	if len(chunk) <= room {
		c.kept = append(c.kept, chunk...)
		return len(chunk), nil
	}
	c.kept = append(c.kept, chunk[:room]...)
	c.cut = true
	return room, errCut
}
