package main_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"strings"
	"syscall"
	"testing"
	"time"

	nexusgate "github.com/nexusgate/nexusgate/cmd/nexusgate"
)

// hurriedClock goes so many times as fast as ours since its origin.
type hurriedClock struct {
	origin time.Time
	hurry  int
}

// Now is what it shows.
func (c hurriedClock) Now() time.Time {
	return c.origin.Add(time.Since(c.origin) * time.Duration(c.hurry)).Round(0)
}

// hurriedSettings are what the process of a hurried service is told.
type hurriedSettings struct {
	Origin  time.Time
	Hurry   int
	Store   string
	Configs []string
	Keep    int           // days; 0: for ever
	Hold    time.Duration // of the hurried time; 0: as serve does
	Sweep   time.Duration // of it too
	Heaps   string        // the folder for a profile of its heap every few minutes; "": none
}

// hurried is the program of such a process: the service as serve makes it, with a clock that hurries. Its
// windows are of our time, for so fast do the deliveries come.
func hurried() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	if err := serveHurried(ctx); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func serveHurried(ctx context.Context) error {
	var told hurriedSettings
	if err := json.Unmarshal([]byte(os.Args[1]), &told); err != nil {
		return err
	}
	server, err := nexusgate.NewServer(ctx, nexusgate.Settings{
		Configs: told.Configs, Getenv: os.Getenv, Listen: "127.0.0.1:0", Store: told.Store, URL: "https://done.example.test",
		Now: hurriedClock{told.Origin, told.Hurry}.Now, Hold: told.Hold, AsServe: told.Hold == 0,
		KeepDays: told.Keep, KeepSprints: 1, KeepLook: time.Second,
		Sweep: told.Sweep, Redeliver: 5 * time.Minute / time.Duration(told.Hurry), Silence: 72 * time.Hour,
		Log: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError})),
	})
	if err != nil {
		return err
	}
	fmt.Println(server.Root())
	if told.Heaps != "" {
		go weighHeap(ctx, told.Heaps)
	}
	return server.Run(ctx)
}

// weighHeap keeps profiles of the heap, to be held against each other with go tool pprof -base.
func weighHeap(ctx context.Context, folder string) {
	const often = 5 * time.Minute
	for n := 1; ; n++ {
		pauseFor(ctx, often)
		if ctx.Err() != nil {
			return
		}
		runtime.GC()
		var profile bytes.Buffer
		if err := pprof.WriteHeapProfile(&profile); err == nil {
			err = os.WriteFile(filepath.Join(folder, fmt.Sprintf("heap-%d.pprof", n)), profile.Bytes(), 0o600)
			if err != nil {
				fmt.Fprintln(os.Stderr, err)
			}
		}
	}
}

// hurriedProcess is such a process.
type hurriedProcess struct {
	cmd  *exec.Cmd
	root string
}

// startHurried starts it. What it says goes into a file.
func startHurried(b *testing.B, told hurriedSettings, env []string, saying string) *hurriedProcess {
	b.Helper()
	text, err := json.Marshal(told)
	if err != nil {
		b.Fatal(err)
	}
	h := &hurriedProcess{cmd: exec.CommandContext(b.Context(), "hurried", string(text))}
	said, err := os.OpenFile(saying, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		b.Fatal(err)
	}
	defer said.Close()
	h.cmd.Stderr, h.cmd.Env = said, append(os.Environ(), env...)
	out, err := h.cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := h.cmd.Start(); err != nil {
		b.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		b.Fatalf("the service does not say where it is (%v): see %s", err, saying)
	}
	h.root = strings.TrimSpace(line)
	return h
}

func (h *hurriedProcess) end(b *testing.B) {
	b.Helper()
	_ = h.cmd.Process.Signal(syscall.SIGTERM)
	if err := h.cmd.Wait(); err != nil {
		b.Error("the service ended: ", err)
	}
}
