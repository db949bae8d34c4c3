package main_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
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
	Keep    int // days
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
		Now: hurriedClock{told.Origin, told.Hurry}.Now, Hold: time.Duration(told.Hurry) * time.Second,
		KeepDays: told.Keep, KeepSprints: 1, KeepLook: time.Second, Sweep: 24 * time.Hour, Silence: 72 * time.Hour,
		Log: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError})),
	})
	if err != nil {
		return err
	}
	fmt.Println(server.Root())
	return server.Run(ctx)
}

// hurriedService is such a process.
type hurriedService struct {
	cmd  *exec.Cmd
	root string
}

// serve starts it on the soak's store.
func (s *soak) serve() *hurriedService {
	s.b.Helper()
	told, err := json.Marshal(hurriedSettings{
		Origin: s.began.Origin, Hurry: soakHurry, Store: "sqlite:" + s.db(), Configs: s.forges.configs, Keep: soakKeeping,
	})
	if err != nil {
		s.b.Fatal(err)
	}
	h := &hurriedService{cmd: exec.CommandContext(s.b.Context(), "hurried", string(told))}
	said, err := os.OpenFile(filepath.Join(s.folder, "service.log"), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		s.b.Fatal(err)
	}
	defer said.Close()
	h.cmd.Stderr, h.cmd.Env = said, append(os.Environ(), s.forges.env...)
	out, err := h.cmd.StdoutPipe()
	if err != nil {
		s.b.Fatal(err)
	}
	if err := h.cmd.Start(); err != nil {
		s.b.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		s.b.Fatalf("the service does not say where it is (%v): see %s", err, said.Name())
	}
	h.root = strings.TrimSpace(line)
	return h
}

func (s *soak) db() string { return filepath.Join(s.folder, "soak.db") }

func (h *hurriedService) end(b *testing.B) {
	b.Helper()
	_ = h.cmd.Process.Signal(syscall.SIGTERM)
	if err := h.cmd.Wait(); err != nil {
		b.Error("the service ended: ", err)
	}
}
