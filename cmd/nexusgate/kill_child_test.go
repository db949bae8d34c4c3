package main_test

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// child is the service as a process.
type child struct {
	t   *testing.T
	cmd *exec.Cmd
	out *bufio.Reader
	err string // file of what it says on stderr
}

func (k *killing) spawn(ctx context.Context) *child {
	k.t.Helper()
	c := &child{t: k.t, err: filepath.Join(k.t.TempDir(), "stderr")}
	stderr, err := os.Create(c.err)
	if err != nil {
		k.t.Fatal(err)
	}
	defer stderr.Close()
	// TestMain puts this test binary into the PATH under the program's name.
	arguments := []string{"serve", "--listen", "127.0.0.1:0", "--store", k.settings.Store}
	for _, config := range k.settings.Configs {
		arguments = append(arguments, "--config", config)
	}
	c.cmd = exec.CommandContext(ctx, "nexusgate", arguments...)
	c.cmd.Stderr = stderr
	c.cmd.Env = os.Environ()
	for name, value := range k.env {
		c.cmd.Env = append(c.cmd.Env, name+"="+value)
	}
	stdout, err := c.cmd.StdoutPipe()
	if err != nil {
		k.t.Fatal(err)
	}
	c.out = bufio.NewReader(stdout)
	if err := c.cmd.Start(); err != nil {
		k.t.Fatal(err)
	}
	return c
}

// ready waits until the service says where it is.
func (c *child) ready() (root string) {
	c.t.Helper()
	root, err := c.opens()
	if err != nil {
		c.t.Fatal(err)
	}
	return root
}

// opens waits until the service says where it is, or ends.
func (c *child) opens() (root string, err error) {
	line, err := c.out.ReadString('\n')
	_, root, found := strings.Cut(strings.TrimSpace(line), "pages at ")
	if err != nil || !found {
		return "", fmt.Errorf("the service says %q (%w) and\n%s", line, cmp.Or(err, io.EOF), c.complaint())
	}
	return root, nil
}

func (c *child) kill() {
	c.t.Helper()
	if err := c.cmd.Process.Kill(); err != nil {
		c.t.Fatalf("the service was gone before it was killed: %v\n%s", err, c.complaint())
	}
	if err := c.cmd.Wait(); err == nil || c.cmd.ProcessState.Exited() {
		c.t.Fatalf("the service ended by itself: %v\n%s", err, c.complaint())
	}
}

// end asks the service to end, which it does in good order.
func (c *child) end() {
	c.t.Helper()
	if err := c.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		c.t.Fatal(err)
	}
	if err := c.cmd.Wait(); err != nil {
		c.t.Fatalf("asked to end, the service says %v\n%s", err, c.complaint())
	}
}

func (c *child) complaint() string {
	text, err := os.ReadFile(c.err)
	if err != nil {
		return fmt.Sprint(err)
	}
	return string(text[max(0, len(text)-4000):])
}
