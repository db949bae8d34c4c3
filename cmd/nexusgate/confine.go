package main

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// The exit codes of a process that has kept to its bounds by ending.
const (
	exitMemory = 12
	exitTime   = 13
)

// confine bounds this process: by the system where that can be, and by a watch of its own everywhere.
func confine(seconds int, bytes int64) error {
	runtime.GOMAXPROCS(1) // it is to take no more than one processor from the service
	debug.SetMemoryLimit(bytes / 4 * 3)
	debug.SetMaxStack(int(min(bytes/4, 256<<20)))
	go watch(time.Now().Add(time.Duration(seconds)*time.Second), bytes)
	return restrict(seconds, bytes)
}

// watch ends the process when it has taken too much. The collector alone would rather be slow than end.
func watch(deadline time.Time, bytes int64) {
	for {
		time.Sleep(5 * time.Millisecond)
		if memoryTaken() > bytes {
			os.Exit(exitMemory)
		}
		if time.Now().After(deadline) {
			os.Exit(exitTime)
		}
	}
}

// memoryTaken is what this process has of the system's memory, in bytes.
func memoryTaken() int64 {
	taken := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	metrics.Read(taken)
	return int64(taken[0].Value.Uint64() - taken[1].Value.Uint64())
}
