package definition

import (
	"cmp"
	"fmt"
	"slices"
)

// add notes a fault. The message says what is wrong and what to do about it.
func (f *Faults) add(at Pos, format string, args ...any) {
	*f = append(*f, Fault{Pos: at, Message: fmt.Sprintf(format, args...)})
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
	return f.sorted()
}

// first is at most n of the faults as an error, and how many more there are.
func (f Faults) first(n int) error {
	f = f.sorted()
	if len(f) > n {
		more := len(f) - n
		f = f[:n:n]
		f.add(f[n-1].Pos, "and %d more faults; mend those above first", more)
	}
	return f.err()
}
