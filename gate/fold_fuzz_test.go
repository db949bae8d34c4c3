package gate_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// FuzzFold takes bytes for the order in which deliveries arrive, some several times, with the
// straight order after them so that none is missing; the end is the same as of the straight order.
func FuzzFold(f *testing.F) {
	deliveries := tale()
	straight := make([]int, len(deliveries))
	for i := range straight {
		straight[i] = i
	}
	f.Add([]byte{25, 24, 3, 3, 3, 0})
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, arrivals []byte) {
		var order []int
		for _, b := range arrivals[:min(len(arrivals), 64)] {
			order = append(order, int(b)%len(deliveries))
		}
		want := fold(t, straight, deliveries, nil)
		if diff := cmp.Diff(want, fold(t, append(order, straight...), deliveries, nil)); diff != "" {
			t.Errorf("order %v (-straight +shuffled):\n%s", order, diff)
		}
	})
}
