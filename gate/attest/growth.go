package attest

import (
	"fmt"

	"golang.org/x/mod/sumdb/tlog"
)

// Growth says that the log of a signed head begins with the log of an older head: that in between it only
// grew.
type Growth struct {
	From int64       `json:"from"` // leaves of the older one
	Path []tlog.Hash `json:"path"` // as RFC 6962 has it
	Head string      `json:"head"` // the later one, signed
}

// ProveGrowth makes the proof for an older size.
func ProveGrowth(from int64, head Head, signed string, hashes tlog.HashReader) (Growth, error) {
	if from < 1 || from > head.Size {
		return Growth{}, fmt.Errorf("a log of %d leaves is not under the head of %d", from, head.Size)
	}
	path, err := tlog.ProveTree(head.Size, from, hashes)
	if err != nil {
		return Growth{}, fmt.Errorf("proving how the log of %s grew: %w", head.Nexus, err)
	}
	return Growth{From: from, Path: path, Head: signed}, nil
}

// Write writes a proof for people too.
func (g Growth) Write() ([]byte, error) { return write(g) }

// ReadGrowth reads what [Growth.Write] has written.
func ReadGrowth(text []byte) (g Growth, err error) {
	err = read(text, &g)
	return g, err
}

// Check checks the proof against the older head, with the keys that count, and gives the later head.
func (g Growth) Check(older Head, trusted Verifiers) (Head, error) {
	later, err := ReadHead(g.Head, trusted)
	if err != nil {
		return later, err
	}
	if later.Nexus != older.Nexus {
		return later, fmt.Errorf("the later head is of %s, and the older of %s", later.Nexus, older.Nexus)
	}
	if g.From != older.Size || older.Size < 1 || later.Size < older.Size {
		return later, fmt.Errorf("it proves how %d leaves grew to %d, and the older head tells of %d", g.From, later.Size, older.Size)
	}
	if err := tlog.CheckTree(g.Path, later.Size, later.Hash, older.Size, older.Hash); err != nil {
		return later, fmt.Errorf("the log of %d leaves does not begin with the %d that the older head tells of: it was rewritten", later.Size, older.Size)
	}
	return later, nil
}
