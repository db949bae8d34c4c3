package store_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/store"
)

const victim = "STORE_TEST_VICTIM"

// TestMain runs the tests, or the process that one of them kills.
func TestMain(m *testing.M) {
	if dsn := os.Getenv(victim); dsn != "" {
		keepForEver(dsn, os.Getpid())
	}
	os.Exit(m.Run())
}

// keepForEver prints each key once it is acknowledged, until it is killed.
func keepForEver(dsn string, pid int) {
	s, err := store.Open(context.Background(), dsn, time.Now)
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	var all sync.WaitGroup
	for sender := range 16 {
		all.Go(func() {
			for i := 0; ; i++ {
				key := fmt.Sprintf("%d-%d-%d", pid, sender, i)
				if _, err := s.Keep(context.Background(), gate.Delivery{Key: key, Body: make([]byte, 10<<10)}); err != nil {
					fmt.Println(err)
					os.Exit(1)
				}
				fmt.Println(key)
			}
		})
	}
	all.Wait()
}

func TestWhatWasAcknowledgedOutlivesAKill(t *testing.T) {
	path := filepath.Join(t.TempDir(), "killed.db")
	var acknowledged []string
	for _, after := range []int{1, 100, 1000} { // the last is past a checkpoint
		acknowledged = append(acknowledged, killAfter(t, "sqlite:"+path, after)...)
	}
	s, err := store.Open(t.Context(), "sqlite:"+path, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	for _, key := range acknowledged {
		duplicate, err := s.Keep(t.Context(), gate.Delivery{Key: key})
		if err != nil || !duplicate {
			t.Fatalf("%s was acknowledged and is not there (error %v)", key, err)
		}
	}
	var sound string
	if err := rawFile(t, path).QueryRow("PRAGMA integrity_check").Scan(&sound); err != nil || sound != "ok" {
		t.Errorf("the check of the file says %q (error %v)", sound, err)
	}
}

// killAfter runs the victim, kills it after so many lines, and returns all that it printed.
func killAfter(t *testing.T, dsn string, lines int) (printed []string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	process := exec.CommandContext(ctx, os.Args[0])
	process.Env = append(os.Environ(), victim+"="+dsn)
	out, err := process.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := process.Start(); err != nil {
		t.Fatal(err)
	}
	in := bufio.NewScanner(out)
	for in.Scan() {
		printed = append(printed, in.Text())
		if len(printed) == lines {
			if err := process.Process.Kill(); err != nil {
				t.Error(err)
			}
		}
	}
	if err := process.Wait(); err == nil || len(printed) < lines {
		t.Fatalf("it ended after %d lines, by itself: %v", len(printed), printed[max(0, len(printed)-1):])
	}
	return printed
}
