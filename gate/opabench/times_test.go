//go:build unix

package opabench_test

import (
	"runtime"
	"slices"
	"syscall"
	"testing"
	"time"
)

// block is how many sets each judges before it is another's turn.
const block = 1024

// BenchmarkTimes has all judge the same blocks in turn, and says how many times the median of nexusgate's
// goes into that of each other. It counts the processor's time of the whole process, so that a garbage
// collection is in it and what else the machine is busy with is not.
func BenchmarkTimes(b *testing.B) {
	names, judges := contenders(b)
	blocks := make([][]time.Duration, len(judges))
	for b.Loop() {
		for i, judge := range judges {
			runtime.GC() // what the one before left is not this one's to clear away
			began := processor(b)
			for turn := range block {
				judge(turn % sets)
			}
			blocks[i] = append(blocks[i], (processor(b)-began)/block)
		}
	}
	ours := median(blocks[0])
	for i, name := range names {
		b.ReportMetric(median(blocks[i])/1e3, name+"-µs")
		if i > 0 {
			b.ReportMetric(median(blocks[i])/ours, name+"-times")
		}
	}
}

// processor is the time that the process has had of the processors so far.
func processor(b *testing.B) time.Duration {
	b.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

func median(all []time.Duration) float64 {
	slices.Sort(all)
	return float64(all[len(all)/2])
}
