package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/nexusgate/nexusgate/gate/attest"
	"github.com/nexusgate/nexusgate/gate/store"
)

// deletions are those of a Nexus's verdicts to which retention has put its name.
type deletions struct {
	nexus string
	kept  *store.Store
	read  func(nexus string, n store.LetGo) []attest.Span
	notes map[store.LetGo]bool // that were read
	spans []attest.Span        // of leaves, apart and ascending
	err   error
}

// tellOf says whether a leaf is among them. A service may be at work meanwhile: where there are more notes
// than were read, they are read too.
func (d *deletions) tellOf(ctx context.Context, leaf int64) bool {
	if d.has(leaf) {
		return true
	}
	n, err := d.kept.CountLetGo(ctx, d.nexus)
	if err == nil && n != int64(len(d.notes)) {
		err = d.readOn(ctx)
	}
	d.err = errors.Join(d.err, err)
	return d.has(leaf)
}

func (d *deletions) has(leaf int64) bool {
	_, is := slices.BinarySearchFunc(d.spans, leaf, func(s attest.Span, leaf int64) int {
		switch {
		case s.Last < leaf:
			return -1
		case s.First > leaf:
			return 1
		default:
			return 0
		}
	})
	return is
}

func (d *deletions) readOn(ctx context.Context) error {
	err := d.kept.LetGo(ctx, d.nexus, func(n store.LetGo) error {
		if !d.notes[n] {
			d.notes[n] = true
			d.spans = append(d.spans, d.read(d.nexus, n)...)
		}
		return nil
	})
	slices.SortFunc(d.spans, func(a, b attest.Span) int { return cmp.Compare(a.First, b.First) })
	apart := d.spans[:0]
	for _, s := range d.spans {
		if last := len(apart) - 1; last >= 0 && apart[last].Last+1 >= s.First {
			apart[last].Last = max(apart[last].Last, s.Last)
			continue
		}
		apart = append(apart, s)
	}
	d.spans = apart
	return err
}

// readLetGo are the leaves that a note tells of. One that cannot be read, or that a stranger has signed, is
// told, and counts for nothing.
func (v *verifying) readLetGo(nexus string, n store.LetGo) []attest.Span {
	from := "the note kept on " + n.Made.Format("2006-01-02 15:04:05") + " UTC of what retention deleted"
	l, err := attest.ReadLetGo(n.Note, v.trusted)
	switch {
	case err != nil && (len(v.trusted) > 0 || !errors.Is(err, attest.ErrForeign)):
		v.tell(fmt.Sprintf("%s: %s: %v", nexus, from, err))
	case l.Nexus != nexus:
		v.tell(fmt.Sprintf("%s: %s tells of %s", nexus, from, l.Nexus))
	default:
		return l.Leaves
	}
	return nil
}
