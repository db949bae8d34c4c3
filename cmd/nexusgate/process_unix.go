//go:build unix

package main

import (
	"os/exec"
	"syscall"
	"time"
)

// alone puts a process into a group of its own, and has all of the group ended when its time is over.
// What a terminal sends to the service does not reach it.
func alone(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}

// processorTime is how long this process has had a processor, all its threads together.
func processorTime() time.Duration {
	var had syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &had); err != nil {
		return time.Duration(time.Now().UnixNano()) // as if it had one all the time
	}
	return time.Duration(had.Utime.Nano() + had.Stime.Nano())
}
