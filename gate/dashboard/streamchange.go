package dashboard

import (
	"slices"
	"time"

	"github.com/nexusgate/nexusgate/gate"
)

// broughtIn is a change that landed, or a push that brought none, once for all components that it moved: it landed and
// went out with the first of them, and is done with the last.
type broughtIn struct {
	gate.Landed
	Moved []movedBy
}

// movedBy is a component that a change moved.
type movedBy struct{ Component, Team string }

// eachOnce puts together what a change moved, in the order in which the changes landed.
func eachOnce(all []gate.Landed) (once []*broughtIn) {
	type push struct {
		change gate.Ref
		commit string
	}
	of := map[push]*broughtIn{}
	for i := range all {
		l := &all[i]
		key := push{change: l.Change}
		if l.Change.IsZero() {
			key.commit = l.Commit
		}
		if was := of[key]; was != nil {
			was.add(l)
			continue
		}
		of[key] = &broughtIn{*l, []movedBy{{l.Component, l.Team}}}
		once = append(once, of[key])
	}
	return once
}

func (b *broughtIn) add(l *gate.Landed) {
	if moved := (movedBy{l.Component, l.Team}); !slices.Contains(b.Moved, moved) {
		b.Moved = append(b.Moved, moved)
	}
	if b.Done.IsZero() || l.Done.IsZero() {
		b.Done = time.Time{}
	} else if l.Done.After(b.Done) {
		b.Done = l.Done
	}
	if b.Released.IsZero() || !l.Released.IsZero() && l.Released.Before(b.Released) {
		b.Released = l.Released
	}
}
