package main_test

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	nexusgate "github.com/nexusgate/nexusgate/cmd/nexusgate"
	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/store"
)

// shelf is a store with a long history: of ten components one moves with each Increment, and one never.
type shelf struct {
	t    testing.TB
	file string
	kept *store.Store
	last int64
}

func newShelf(t testing.TB) *shelf {
	t.Helper()
	file := filepath.Join(t.TempDir(), "nexusgate.db")
	kept, err := store.Open(t.Context(), "sqlite:"+file, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = kept.Close() })
	s := &shelf{t, file, kept, 0}
	s.grow(1200)
	return s
}

// grow makes more Increments.
func (s *shelf) grow(n int64) {
	s.t.Helper()
	db, err := sql.Open("sqlite", s.file)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	for range n {
		s.last++
		sum := gate.Composition{"still": at(0)}
		for i := range int64(9) {
			sum[fmt.Sprintf("component-%d", i)] = at(s.last / (i + 1))
		}
		body, err := json.Marshal(gate.Increment{Nexus: "shop", Number: s.last, Digest: sum.Digest(), Composition: sum})
		if err != nil {
			s.t.Fatal(err)
		}
		if _, err := db.ExecContext(s.t.Context(), "INSERT INTO increments (nexus, number, digest, body) VALUES ('shop', ?, ?, ?)", s.last, sum.Digest(), string(body)); err != nil {
			s.t.Fatal(err)
		}
	}
}

func at(n int64) string { return fmt.Sprintf("%040d", n) }

func TestTheIncrementsThatHoldWhatIsAskedForAreFoundHoweverOftenItIsAsked(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	for name, c := range map[string]struct {
		sum   gate.Composition
		whole []int64 // that hold all of it, of those found
		any   bool    // some hold one of the components
	}{
		"never landed":         {gate.Composition{"component-0": strings.Repeat("f", 40)}, nil, false},
		"one of two landed":    {gate.Composition{"component-0": strings.Repeat("f", 40), "still": at(0)}, nil, true},
		"never together":       {gate.Composition{"component-0": at(700), "component-1": at(450)}, nil, true},
		"a while ago":          {gate.Composition{"component-0": at(700), "component-1": at(350)}, []int64{700}, true},
		"for three Increments": {gate.Composition{"component-2": at(300)}, []int64{902, 901, 900}, true},
	} {
		asked := nexusgate.Sought(s.kept, "shop", c.sum)
		for time := range 3 {
			found, err := asked(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			var whole []int64
			for _, i := range found {
				if holdsAll(i.Composition, c.sum) && !slices.Contains(whole, i.Number) {
					whole = append(whole, i.Number)
				}
			}
			if !slices.Equal(whole, c.whole) || (len(found) > 0) != c.any {
				t.Errorf("%s, asked for the time %d: it is in %v of %d, want %v", name, time, whole, len(found), c.whole)
			}
		}
	}
	landing := gate.Composition{"component-0": at(s.last + 3), "still": at(0)}
	asked := nexusgate.Sought(s.kept, "shop", landing)
	for range 3 {
		if found, err := asked(t.Context()); err != nil || slices.ContainsFunc(found, func(i gate.Increment) bool { return holdsAll(i.Composition, landing) }) {
			t.Fatalf("before it lands it is in %d Increments: %v", len(found), err)
		}
	}
	s.grow(60)
	if found, err := asked(t.Context()); err != nil || !slices.ContainsFunc(found, func(i gate.Increment) bool { return holdsAll(i.Composition, landing) }) {
		t.Errorf("once it has landed, and much since, it is in none of %d: %v", len(found), err)
	}
}

func holdsAll(held, asked gate.Composition) bool {
	for name, commit := range asked {
		if held[name] != commit {
			return false
		}
	}
	return true
}

// BenchmarkAskingOnceMoreForWhatNeverLanded tells how much less it takes than to ask for the first time.
func BenchmarkAskingOnceMoreForWhatNeverLanded(b *testing.B) {
	s, sum := newShelf(b), gate.Composition{"component-0": strings.Repeat("f", 40), "still": at(0)}
	ask := func(asked func() error) time.Duration {
		began := time.Now()
		if err := asked(); err != nil {
			b.Fatal(err)
		}
		return time.Since(began)
	}
	var first, more time.Duration
	for b.Loop() {
		found := nexusgate.Sought(s.kept, "shop", sum)
		asked := func() error { _, err := found(b.Context()); return err }
		first += ask(asked)
		more += ask(asked)
	}
	b.ReportMetric(float64(first)/float64(more), "times-less")
}
