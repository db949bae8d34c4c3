package main_test

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	nexusgate "github.com/nexusgate/nexusgate/cmd/nexusgate"
	"github.com/nexusgate/nexusgate/definition"
)

func TestTimeWithoutAProcessorIsNoFaultOfAFile(t *testing.T) {
	asked, hold := 0, make(chan struct{})
	had := func() time.Duration {
		if asked++; asked == 4 { // the first time before it begins
			close(hold)
		}
		return time.Hour
	}
	compute := func(definition.File) (int, error) { <-hold; return 1, nil }
	if said, err := nexusgate.Bounded(time.Millisecond, 1<<40, had, definition.File{Name: "nexus.cue"}, compute); said != 1 || err != nil {
		t.Errorf("it says %d and %v, want what was computed", said, err)
	}
}

func TestWhatIsGivenAsAFileIsComputedWithinBounds(t *testing.T) {
	file := definition.File{Name: "nexus.cue", Source: []byte("x: 1")}
	hold := make(chan struct{})
	var computing sync.WaitGroup
	defer computing.Wait() // what it holds would else be let go of while it is measured what the next test takes
	defer close(hold)
	var over atomic.Bool
	defer over.Store(true)
	endless := func(definition.File) (n int, err error) {
		for !over.Load() { // it takes a processor, as what computes without an end does
			n++
		}
		return n, nil
	}
	greedy := func(definition.File) (int, error) {
		kept := make([]byte, 64<<20)
		for i := range kept {
			kept[i] = 1
		}
		<-hold
		return int(kept[0]), nil
	}
	for _, c := range []struct {
		name    string
		time    time.Duration
		memory  int64
		compute func(definition.File) (int, error)
		want    string
	}{
		{"endless", time.Millisecond, 1 << 40, endless, "nexus.cue:1:1: computing this file took more than 1ms; write it more simply"},
		{"greedy", time.Hour, 32 << 20, greedy, "nexus.cue:1:1: computing this file took more than 32 MiB of memory; write it more simply"},
	} {
		t.Run(c.name, func(t *testing.T) {
			computing.Add(1)
			_, err := nexusgate.Bounded(c.time, c.memory, nexusgate.ProcessorTime, file, func(f definition.File) (int, error) {
				defer computing.Done()
				return c.compute(f)
			})
			faults, are := errors.AsType[definition.Faults](err)
			if !are || len(faults) != 1 || faults[0].String() != c.want {
				t.Errorf("it says %v, want %s", err, c.want)
			}
		})
	}
	wrong := errors.New("wrong")
	if said, err := nexusgate.Bounded(time.Hour, 1<<40, nexusgate.ProcessorTime, file, func(f definition.File) (string, error) { return string(f.Source), wrong }); said != "x: 1" || !errors.Is(err, wrong) {
		t.Errorf("it says %q and %v, want what was computed and what is wrong", said, err)
	}
}
