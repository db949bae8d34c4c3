package definition

import (
	"fmt"
	"strings"
)

// Pos is a place in a definition. The zero Pos is no place.
type Pos struct {
	File         string
	Line, Column int
}

// String is FILE:LINE:COL, or "" for no place.
func (p Pos) String() string {
	if p.File == "" {
		return ""
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
}

// Fault is one thing wrong with a definition, where it is and what to do about it.
type Fault struct {
	Pos     Pos
	Message string
}

// String is FILE:LINE:COL: message.
func (f Fault) String() string {
	if f.Pos.File == "" {
		return f.Message
	}
	return f.Pos.String() + ": " + f.Message
}

// Faults are all that is wrong with a definition, in the order of their places.
type Faults []Fault

// Error is one line per fault.
func (f Faults) Error() string {
	lines := make([]string, len(f))
	for i, fault := range f {
		lines[i] = fault.String()
	}
	return strings.Join(lines, "\n")
}
