package store_test

import (
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/gate/store"
)

func TestIdsAscendAndAreUniqueWhateverTheClockDoes(t *testing.T) {
	const makers, each = 8, 2000
	clock := make(chan time.Time, makers*each+1)
	start := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	for i := range makers*each + 1 {
		clock <- start.Add(time.Duration(i%7-3) * time.Millisecond) // stands still and steps back
	}
	s, err := store.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "ids.db"), func() time.Time { return <-clock })
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()

	made := make([][]string, makers)
	var all sync.WaitGroup
	for maker := range makers {
		all.Go(func() {
			for range each {
				made[maker] = append(made[maker], s.NewID())
			}
		})
	}
	all.Wait()
	for maker, ids := range made {
		if !slices.IsSorted(ids) {
			t.Errorf("maker %d got ids that do not ascend", maker)
		}
	}
	together := slices.Sorted(slices.Values(slices.Concat(made...)))
	if unique := len(slices.Compact(together)); unique != makers*each {
		t.Errorf("%d ids are unique, want %d", unique, makers*each)
	}
	for _, id := range together {
		if len(id) != 32 {
			t.Fatalf("the id %q has %d digits, want 32", id, len(id))
		}
	}
}
