package main

import (
	"fmt"
	"runtime"
	"runtime/metrics"
	"time"

	"github.com/nexusgate/nexusgate/definition"
)

// bounds are what computing a definition may take.
type bounds struct {
	time   time.Duration
	memory int64                // bytes
	had    func() time.Duration // for how long this process has had a processor
}

// ofFiles bounds what is given as a file as what comes from a repository is bounded, so that nothing is
// sound to vet that a service would not finish.
var ofFiles = bounds{time: settleTimeout, memory: settleMemory, had: processorTime}

// load computes a definition that was given as a file.
func load(f definition.File) (*definition.Definition, error) {
	return computeWithin(ofFiles, f, definition.Load)
}

// computeWithin computes what a file says. CUE cannot be cancelled: where the bounds are passed it goes on until
// the process ends, which the fault has it do soon. Time in which this process was kept from a processor says nothing
// of the file.
func computeWithin[T any](b bounds, f definition.File, compute func(definition.File) (T, error)) (said T, err error) {
	runtime.GC() // what was let go of before would hide what is taken now
	before := memoryHeld()
	ended := make(chan struct{})
	var computed T
	var wrong error
	go func() {
		defer close(ended)
		computed, wrong = compute(f)
	}()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	late, used := time.NewTicker(b.time), b.had()
	defer late.Stop()
	for {
		select {
		case <-ended:
			return computed, wrong
		case <-late.C:
			if (b.had() - used).Seconds() >= leastShare*b.time.Seconds() {
				return said, passed(f, b.time.String())
			}
		case <-tick.C:
			if memoryHeld()-before > b.memory {
				return said, passed(f, fmt.Sprintf("%d MiB of memory", b.memory>>20))
			}
		}
	}
}

func passed(f definition.File, bound string) error {
	return definition.Faults{{Pos: beginning(f.Name), Message: "computing this file took more than " + bound + "; write it more simply"}}
}

// memoryHeld is what this process holds in objects, in bytes, those with it that nobody has collected yet.
func memoryHeld() int64 {
	taken := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(taken)
	return int64(taken[0].Value.Uint64())
}
