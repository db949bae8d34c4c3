package storetest

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/gate/store"
)

func converge(t *testing.T, d Database) {
	for seed := range uint64(8) {
		t.Run(fmt.Sprintf("the forge shows the last report in the end, whatever fails (seed %d)", seed), func(t *testing.T) {
			t.Parallel()
			w := &world{desk: open(t, d), dice: rand.New(rand.NewPCG(seed, 1)), shows: map[string]string{}, wants: map[string]string{}}
			w.run()
		})
	}
}

// world is a forge that shows what it took, and what it ought to show.
type world struct {
	*desk
	dice         *rand.Rand
	shows, wants map[string]string // by key: digest
}

func (w *world) run() {
	for range 120 {
		w.at(time.Duration(w.dice.IntN(1000)) * time.Millisecond)
		if w.dice.IntN(2) == 0 {
			w.change()
		}
		for _, d := range must1(w.Due(w.Context(), noon.AddDate(1, 0, 0), 2))(w.desk) {
			w.attempt(d)
		}
		w.sound()
	}
	w.send(9)
	same(w.desk, len(w.all()), 0)
}

// send has the forge take all that is owed, with no faults.
func (w *world) send(remote int64) {
	for _, d := range w.all() {
		w.must(w.Try(w.Context(), d.Key(), d.Version))
		w.shows[d.Key()] = d.Digest
		w.must(w.Taken(w.Context(), d.Key(), d.Version, remote))
	}
	w.sound()
	same(w.desk, w.shows, w.wants)
}

// change owes one of three reports on one of three components.
func (w *world) change() {
	o := owed(fmt.Sprint("component-", w.dice.IntN(3)), fmt.Sprint("digest-", w.dice.IntN(3)))
	o.Urgent = w.dice.IntN(2) == 0
	w.owe(o)
	w.wants[o.Key()] = o.Digest
}

// attempt sends one report to a forge that may take it and lose the answer, refuse it, or see it
// change meanwhile.
func (w *world) attempt(d store.Debt) {
	if w.Try(w.Context(), d.Key(), d.Version) != nil {
		return
	}
	fate := w.dice.IntN(4)
	if fate > 0 {
		w.shows[d.Key()] = d.Digest
	}
	if w.dice.IntN(3) == 0 {
		w.change()
	}
	switch fate {
	case 0:
		w.must(w.Defer(w.Context(), d.Key(), w.now().Add(time.Minute), "refused"))
	case 1: // the process ends before it hears of it
	default:
		w.must(w.Taken(w.Context(), d.Key(), d.Version, 7))
	}
}

// sound says that nothing which the forge does not show is forgotten.
func (w *world) sound() {
	w.Helper()
	pending := map[string]string{}
	for _, d := range w.all() {
		pending[d.Key()] = d.Digest
	}
	for key, want := range w.wants {
		if digest, owes := pending[key]; owes && digest != want {
			w.Fatalf("%s owes %s, want %s", key, digest, want)
		} else if !owes && w.shows[key] != want {
			w.Fatalf("%s owes nothing and shows %q, want %s", key, w.shows[key], want)
		}
	}
}
