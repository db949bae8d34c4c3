package main

import (
	"context"
	"sync"
	"time"

	"github.com/nexusgate/nexusgate/gate"
)

// drawer keeps what is costly to make. One thing is made at a time, and whoever made it rests for longer than it took: those
// who look have a part of a processor at the most.
type drawer[T any] struct {
	turn chan struct{} // taken while something is made, and for a while after

	mu   sync.Mutex
	kept map[string]keptThing[T]
}

type keptThing[T any] struct {
	what    T
	edition gate.Edition
	at      time.Time
}

const (
	keptFor     = time.Minute // time alone changes a little of what is told
	mostKept    = 16
	restFor     = 3 // times as long as it took
	longestRest = time.Second / 2
)

func newDrawer[T any]() drawer[T] {
	return drawer[T]{turn: make(chan struct{}, 1), kept: map[string]keptThing[T]{}}
}

// get is what is kept under a key, if that is of no older an edition than is wanted, or else made now. It fails where
// ctx ends before it is its turn.
func (d *drawer[T]) get(ctx context.Context, key string, wanted gate.Edition, now func() time.Time, makes func() (T, gate.Edition, error)) (what T, err error) {
	if what, is := d.look(key, wanted, now()); is {
		return what, nil
	}
	if err := occupy(ctx, d.turn); err != nil {
		return what, err
	}
	began := time.Now()
	defer func() { d.rest(time.Since(began)) }()
	if what, is := d.look(key, wanted, now()); is {
		return what, nil // somebody else wanted it too
	}
	what, edition, err := makes()
	if err == nil {
		d.keep(key, keptThing[T]{what, edition, now()})
	}
	return what, err
}

// rest gives the turn to the next, after a while.
func (d *drawer[T]) rest(worked time.Duration) {
	time.AfterFunc(min(restFor*worked, longestRest), func() { <-d.turn })
}

func (d *drawer[T]) look(key string, wanted gate.Edition, now time.Time) (what T, is bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	k, kept := d.kept[key]
	if !kept || !k.edition.NoOlder(wanted) || now.Before(k.at) || now.Sub(k.at) >= keptFor {
		return what, false
	}
	return k.what, true
}

// keep keeps one more in the place of the oldest.
func (d *drawer[T]) keep(key string, k keptThing[T]) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if _, known := d.kept[key]; !known && len(d.kept) >= mostKept {
		oldest := key
		for other, one := range d.kept {
			if oldest == key || one.at.Before(d.kept[oldest].at) {
				oldest = other
			}
		}
		delete(d.kept, oldest)
	}
	d.kept[key] = k
}
