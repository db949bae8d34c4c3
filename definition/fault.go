package definition

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Pos is a place in a definition. The zero Pos is no place.
type Pos struct {
	File   string `json:"file"`
	Line   int    `json:"line"`
	Column int    `json:"column"`
}

// String is FILE:LINE:COL, or "" for no place.
func (p Pos) String() string {
	if p.File == "" {
		return ""
	}
	return p.File + ":" + strconv.Itoa(p.Line) + ":" + strconv.Itoa(p.Column)
}

// Fault is one thing wrong with a definition, where it is and what to do about it.
type Fault struct {
	Pos     Pos    `json:"pos"`
	Message string `json:"message"`
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

// The bounds of what a file can make us say: messages go into reports and pages.
const (
	maxFaults    = 50
	maxFaultText = 300 // of each thing that a message names
)

// add notes a fault. The message says what is wrong and what to do about it.
func (f *Faults) add(at Pos, format string, args ...any) {
	for i, arg := range args {
		switch x := arg.(type) {
		case string:
			args[i] = short(x)
		case fmt.Stringer:
			args[i] = short(x.String())
		case error:
			args[i] = short(x.Error())
		}
	}
	*f = append(*f, Fault{Pos: at, Message: fmt.Sprintf(format, args...)})
}

// short leaves out the middle of a long text.
func short(s string) string {
	if len(s) <= maxFaultText {
		return s
	}
	const half = maxFaultText/2 - len("…")
	return strings.ToValidUTF8(s[:half], "") + "…" + strings.ToValidUTF8(s[len(s)-half:], "")
}

// sorted is each fault once, in the order of their places.
func (f Faults) sorted() Faults {
	slices.SortStableFunc(f, func(a, b Fault) int {
		return cmp.Or(
			cmp.Compare(a.Pos.File, b.Pos.File),
			cmp.Compare(a.Pos.Line, b.Pos.Line),
			cmp.Compare(a.Pos.Column, b.Pos.Column),
			cmp.Compare(a.Message, b.Message),
		)
	})
	return slices.Compact(f)
}

// err is the faults as an error, or nil where there is none.
func (f Faults) err() error {
	if len(f) == 0 {
		return nil
	}
	return f.bounded()
}

// bounded is the first of the faults, sorted, and how many more there are.
func (f Faults) bounded() Faults {
	f = f.sorted()
	if more := len(f) - maxFaults; more > 0 {
		f = f[:maxFaults:maxFaults]
		f.add(f[maxFaults-1].Pos, "and %d more; mend those above first", more)
	}
	return f
}
