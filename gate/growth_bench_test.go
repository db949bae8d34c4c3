package gate_test

import (
	"flag"
	"fmt"
	"runtime"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/gate"
)

// The sizes of growth, in components, and how many deliveries each takes before the next has its turn.
const growthTurn = 20

// BenchmarkGrowth measures deliveries that turn a verdict, in installations of 10, 100, 1,000 and 10,000
// components, each of which has a change under way: "nexuses" are of ten components each, up to a thousand of
// them, and the deliveries go from one to the next; "nexus" is a single one that grows to a thousand. A
// delivery is a check run on a component's head, which turns the component and so the Increment, or on that
// of its change. All sizes are there at once and take turns, so that the ratios of their medians to the
// least's hold on a machine that is shared. heap-KB is what the ledgers hold for each component, and alloc-KB
// what a delivery allocates.
//
// "warm" has one delivery follow the other, so that a single small Nexus lies in the processor's cache and a
// thousand do not. "cold" reads other memory before each delivery, as a service does between two deliveries
// that are a moment apart: so what is compared is what a delivery has to do.
func BenchmarkGrowth(b *testing.B) {
	for _, one := range []struct {
		name  string
		sizes []int
		made  func(components int) (nexuses, of int)
	}{
		{"nexuses", []int{10, 100, 1000, 10_000}, func(components int) (nexuses, of int) { return components / 10, 10 }},
		{"nexus", []int{10, 100, 1000}, func(components int) (nexuses, of int) { return 1, components }},
	} {
		var all []*installation
		for _, what := range []string{"component", "change"} {
			for _, cache := range []string{"cold", "warm"} {
				b.Run(one.name+"/"+what+"/"+cache, func(b *testing.B) {
					for _, size := range one.sizes[len(all):] {
						all = append(all, installed(b, size, one.made))
					}
					grow(b, all, what == "change", cache == "cold")
				})
			}
		}
	}
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
	took       []time.Duration // of a processor, by each delivery
	heap       uint64          // that it holds
	allocated  uint64          // by all deliveries
}

func grow(b *testing.B, all []*installation, change, cold bool) {
	var crowd []byte
	if cold {
		crowd = make([]byte, *crowdSize<<20)
	}
	for _, one := range all {
		one.took, one.allocated = nil, 0
	}
	for b.Loop() {
		for _, one := range all {
			one.take(b, change, crowd)
		}
	}
	least := float64(middle(all[0].took))
	for _, one := range all {
		name := fmt.Sprint("at-", one.components, "-")
		b.ReportMetric(float64(middle(one.took).Nanoseconds())/1000, name+"µs")
		b.ReportMetric(float64(middle(one.took))/least, name+"ratio")
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
			again.apply(again.checked("build", 1), again.proposed())
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
		ledger: gate.NewLedger(), now: h.now, told: h.told, repos: h.repos, heads: h.heads, proposals: h.proposals, failing: map[string]bool{},
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

// processor is the time of processors that this process has used: on a machine that is shared it tells more
// than a clock.
func processor(b *testing.B) time.Duration {
	b.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// take applies deliveries to one Nexus after the other.
func (i *installation) take(b *testing.B, change bool, crowd []byte) {
	b.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range growthTurn {
		h := i.nexuses[i.turn%len(i.nexuses)]
		i.turn++
		event := h.checked("build", 1)
		if change {
			event = h.proposed()
		}
		crowdOut(crowd)
		began := processor(b)
		step := h.apply(event)
		i.took = append(i.took, processor(b)-began)
		if len(step.Verdicts) == 0 {
			b.Fatal("a delivery turned nothing")
		}
	}
	runtime.ReadMemStats(&after)
	i.allocated += after.TotalAlloc - before.TotalAlloc
}

func middle(all []time.Duration) time.Duration {
	slices.Sort(all)
	return all[len(all)/2]
}

// BenchmarkGrowthStart measures how a Nexus of 10, 100 and 1,000 components starts, of none of which anything
// is known: for each the head that is read, that its team has no layer there, and a check run on it. The sizes
// take turns; reported is the processor's time for each component, and its ratio to that in the least Nexus.
func BenchmarkGrowthStart(b *testing.B) {
	sizes := []int{10, 100, 1000}
	took := make([][]time.Duration, len(sizes))
	for b.Loop() {
		for i, size := range sizes {
			for range 1000 / size {
				took[i] = append(took[i], startOf(b, size)/time.Duration(size))
			}
		}
	}
	for i, size := range sizes {
		name := fmt.Sprint("at-", size, "-")
		b.ReportMetric(float64(middle(took[i]).Nanoseconds())/1000, name+"µs")
		b.ReportMetric(float64(middle(took[i]))/float64(middle(took[0])), name+"ratio")
	}
	b.ReportMetric(0, "ns/op") // of all sizes together
}

// startOf is the processor's time that the start of a Nexus takes.
func startOf(b *testing.B, size int) time.Duration {
	b.Helper()
	h := newGrownHouse()
	h.docs = nil
	h.tell(b, gate.NexusGiven{File: "nexus.cue", Source: nexusOf(size)})
	runtime.GC() // what was there before is no part of it
	began := processor(b)
	for i := range size {
		repo, sha := componentRepo(i), fmt.Sprintf("%040x", i)
		h.tell(b, gate.HeadRead{Repo: repo, Branch: "main", Commit: sha, At: h.now})
		h.tell(b, gate.FileRead{Repo: repo, Commit: sha, Path: ".nexus/done.cue", Absent: true})
		h.tell(b, check(repo, sha, "builder", "build", 1, h.now, "success"))
	}
	return processor(b) - began
}
