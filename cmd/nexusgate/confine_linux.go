package main

import (
	"fmt"
	"os"
	"strings"
	"syscall"
)

// niceness is how far the child stands back behind the service.
const niceness = 10

// restrict has the kernel hold the bounds too. What the runtime has reserved before is not counted.
func restrict(seconds int, bytes int64) error {
	space, err := reserved()
	if err != nil {
		return err
	}
	_ = syscall.Setpriority(syscall.PRIO_PROCESS, 0, niceness) // a wish; the bounds hold without it
	for resource, limit := range map[int]uint64{
		syscall.RLIMIT_AS:   space + 4*uint64(bytes), // the runtime reserves more than it takes
		syscall.RLIMIT_CPU:  uint64(seconds) + 1,
		syscall.RLIMIT_CORE: 0,
	} {
		if err := syscall.Setrlimit(resource, &syscall.Rlimit{Cur: limit, Max: limit}); err != nil {
			return fmt.Errorf("setting limit %d: %w", resource, err)
		}
	}
	return nil
}

// reserved is the size of this process's address space, in bytes.
func reserved() (uint64, error) {
	statm, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0, fmt.Errorf("measuring the process: %w", err)
	}
	var pages uint64
	if _, err := fmt.Fscan(strings.NewReader(string(statm)), &pages); err != nil {
		return 0, fmt.Errorf("measuring the process: %w", err)
	}
	return pages * uint64(os.Getpagesize()), nil
}
