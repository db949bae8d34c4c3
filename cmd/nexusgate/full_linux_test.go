package main_test

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"github.com/nexusgate/nexusgate/gate/store"
)

// bound bounds how large a process may make any file: to it, the disk is full beyond that.
func (c *child) bound(bytes uint64) {
	c.t.Helper()
	const anySize = ^uint64(0)
	limit := [2]uint64{bytes, anySize} // the soft one can be raised again
	_, _, code := syscall.RawSyscall6(syscall.SYS_PRLIMIT64, uintptr(c.cmd.Process.Pid), syscall.RLIMIT_FSIZE, uintptr(unsafe.Pointer(&limit)), 0, 0, 0)
	if code != 0 {
		c.t.Fatalf("bounding the files of process %d: %v", c.cmd.Process.Pid, code)
	}
}

const unbounded = ^uint64(0)

// largest is the size of the larger of a SQLite database and its log.
func largest(t *testing.T, dsn string) (size uint64) {
	t.Helper()
	path := strings.TrimPrefix(dsn, "sqlite:")
	for _, name := range []string{path, path + "-wal"} {
		about, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		size = max(size, uint64(about.Size()))
	}
	return size
}

func TestAFullDiskTurnsDeliveriesAwayAndLosesNoneThatWasTaken(t *testing.T) {
	t.Parallel()
	k := &killing{house: furnish(t, shop)}
	ctx, stop := context.WithTimeout(t.Context(), 4*patience)
	defer stop()
	c := k.spawn(ctx)
	at := c.ready()
	t.Cleanup(func() {
		if t.Failed() {
			t.Log(c.complaint())
		}
	})
	answers := func(path string) int { status, _ := fetch(t, at+path); return status }
	k.eventually("it is ready", func() bool { return answers("/readyz") == http.StatusOK })

	kept, posted := []string{}, 0
	send := func() (status int) {
		posted++
		id := fmt.Sprintf("guid-%d", posted)
		body := fmt.Appendf(nil, `{"zen": %q}`, strings.Repeat("z", 30_000))
		switch status = post(t, at+"/webhook/github", body, hubHeaders(id, "ping", body, hubSecret)); status {
		case http.StatusAccepted:
			kept = append(kept, id)
		case http.StatusServiceUnavailable:
		default:
			t.Errorf("a delivery is answered %d, want 202 or 503", status)
		}
		return status
	}
	send()
	c.bound(largest(t, k.settings.Store) + 100_000)
	for send() == http.StatusAccepted {
		if posted > 1000 {
			t.Fatal("a thousand deliveries of 30 KB went into 100 KB")
		}
	}
	c.bound(1) // until now a small one may still have gone in
	k.eventually("every delivery is turned away, and readyz says it", func() bool {
		return send() == http.StatusServiceUnavailable && answers("/readyz") == http.StatusServiceUnavailable
	})
	if status := answers("/healthz"); status != http.StatusOK {
		t.Errorf("healthz answers %d: to start it again would help nobody", status)
	}
	c.bound(unbounded)
	k.eventually("it recovers", func() bool { return answers("/readyz") == http.StatusOK && send() == http.StatusAccepted })
	c.end()

	s, err := store.Open(t.Context(), k.settings.Store, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	for _, id := range kept {
		if again := again(t, s, id); !again {
			t.Errorf("%s was taken, and is not kept", id)
		}
	}
	if said := commanded(t, "replay", "--store", k.settings.Store); !strings.HasSuffix(said, ": the same\n") {
		t.Errorf("replay says %s", said)
	}
}
