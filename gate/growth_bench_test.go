package gate_test

import (
	"flag"
	"fmt"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/gate"
)

// The sizes of growth, in components, and how many deliveries each takes before the next has its turn.
const growthTurn = 20

// BenchmarkGrowth measures a delivery that turns a component, in an installation of 10, 100, 1,000 and 10,000
// components: "nexuses" are of ten components each, up to a thousand of them, and the deliveries go from one
// to the next; "nexus" is a single one that grows to a thousand. All sizes are there at once and take turns,
// so that the ratios of their medians to the least's hold on a machine that is shared. heap-KB is what the
// ledgers hold for each component, and alloc-KB what a delivery allocates.
//
// "warm" has one delivery follow the other, so that a single small Nexus lies in the processor's cache and a
// thousand do not. "cold" reads other memory before each delivery, as a service does between two deliveries
// that are a moment apart: so what is compared is what a delivery has to do.
func BenchmarkGrowth(b *testing.B) {
	nexuses := func(components int) (nexuses, of int) { return components / 10, 10 }
	for _, cache := range []string{"cold", "warm"} {
		b.Run("nexuses/"+cache, func(b *testing.B) { grow(b, []int{10, 100, 1000, 10_000}, cache == "cold", nexuses) })
	}
	b.Run("nexus/warm", func(b *testing.B) {
		grow(b, []int{10, 100, 1000}, false, func(components int) (nexuses, of int) { return 1, components })
	})
}

var crowdSize = flag.Int("crowd", 96, "how many MiB BenchmarkGrowth reads before each cold delivery: more than the processor's cache has")

// crowdOut reads a word of each line of other memory.
func crowdOut(crowd []byte) (sum byte) {
	for i := 0; i < len(crowd); i += 64 {
		crowd[i]++
		sum += crowd[i]
	}
	return sum
}

// installation is all the Nexuses of a size.
type installation struct {
	components int
	nexuses    []*grownHouse
	turn       int
	took       []time.Duration
	heap       uint64 // that it holds
	allocated  uint64 // by all deliveries
}

func grow(b *testing.B, sizes []int, cold bool, made func(components int) (nexuses, of int)) {
	var all []*installation
	for _, size := range sizes {
		all = append(all, installed(b, size, made))
	}
	var crowd []byte
	if cold {
		crowd = make([]byte, *crowdSize<<20)
	}
	for b.Loop() {
		for _, one := range all {
			one.take(b, crowd)
		}
	}
	least := float64(all[0].median())
	for _, one := range all {
		name := fmt.Sprint("at-", one.components, "-")
		b.ReportMetric(float64(one.median().Nanoseconds())/1000, name+"µs")
		b.ReportMetric(float64(one.median())/least, name+"ratio")
		b.ReportMetric(float64(one.allocated)/1000/float64(len(one.took)), name+"alloc-KB")
		b.ReportMetric(float64(one.heap)/1000/float64(one.components), name+"heap-KB")
	}
	b.ReportMetric(0, "ns/op") // of all sizes together
}

// installed builds one and weighs it.
func installed(b *testing.B, components int, made func(int) (nexuses, of int)) *installation {
	b.Helper()
	nexuses, of := made(components)
	one := &installation{components: components}
	first := grown(b, of)
	first.ledger = nil
	before := held()
	for range nexuses {
		again := first.restored(b)
		for range min(of, 100) { // what follows a start is remembered by then
			again.apply(again.checked("build", 1))
		}
		one.nexuses = append(one.nexuses, again)
	}
	one.heap = held() - before
	runtime.KeepAlive(first) // it is weighed neither time
	return one
}

// restored is another Nexus with the same day behind it, as a service has it that was started since.
func (h *grownHouse) restored(b *testing.B) *grownHouse {
	b.Helper()
	again := &grownHouse{
		ledger: gate.NewLedger(), now: h.now, told: h.told, repos: h.repos, heads: h.heads, failing: map[string]bool{},
	}
	for _, doc := range h.docs {
		if doc.Body == nil {
			continue // it is gone
		}
		if err := again.ledger.Restore(doc); err != nil {
			b.Fatal(err)
		}
	}
	if err := again.ledger.Begin(int64(h.told), h.now); err != nil {
		b.Fatal(err)
	}
	return again
}

// held is what the heap holds when there is no garbage in it.
func held() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// take applies deliveries to one Nexus after the other.
func (i *installation) take(b *testing.B, crowd []byte) {
	b.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range growthTurn {
		h := i.nexuses[i.turn%len(i.nexuses)]
		i.turn++
		event := h.checked("build", 1)
		crowdOut(crowd)
		began := time.Now()
		step := h.apply(event)
		i.took = append(i.took, time.Since(began))
		if len(step.Verdicts) == 0 {
			b.Fatal("a delivery turned nothing")
		}
	}
	runtime.ReadMemStats(&after)
	i.allocated += after.TotalAlloc - before.TotalAlloc
}

func (i *installation) median() time.Duration {
	slices.Sort(i.took)
	return i.took[len(i.took)/2]
}
