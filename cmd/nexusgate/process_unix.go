//go:build unix

package main

import (
	"os/exec"
	"syscall"
)

// alone puts a process into a group of its own, and has all of the group ended when its time is over.
// What a terminal sends to the service does not reach it.
func alone(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}
