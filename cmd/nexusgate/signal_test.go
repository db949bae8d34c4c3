//go:build unix

package main_test

import (
	"errors"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"
)

func TestWhatIsNoServiceEndsAtOnceWhenItIsAskedTo(t *testing.T) {
	for _, asked := range []os.Signal{syscall.SIGINT, syscall.SIGTERM} {
		// A file that never ends stands for whatever a command can be held up by.
		endless := filepath.Join(t.TempDir(), "nexus.cue")
		if err := syscall.Mkfifo(endless, 0o600); err != nil {
			t.Fatal(err)
		}
		cmd := exec.CommandContext(t.Context(), "nexusgate", "vet", endless)
		// What is started in the background may have been told to ignore SIGINT, and so would the command.
		heard := make(chan os.Signal, 1)
		signal.Notify(heard, asked)
		defer signal.Stop(heard)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		writer, err := os.OpenFile(endless, os.O_WRONLY, 0) // opens once the command reads it
		if err != nil {
			t.Fatal(err)
		}
		defer writer.Close()
		if err := cmd.Process.Signal(asked); err != nil {
			t.Fatal(err)
		}
		ended, is := errors.AsType[*exec.ExitError](cmd.Wait())
		if !is || ended.Exited() {
			t.Errorf("%s: vet ends with %v, want it ended by the signal", asked, ended)
		}
	}
}
