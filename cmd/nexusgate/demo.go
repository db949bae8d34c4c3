package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// demoCommand is the whole service against stand-ins for both forges.
type demoCommand struct {
	Listen string        `default:"127.0.0.1:8080" placeholder:"ADDR" help:"Address of the pages, the API, the metrics and the webhooks."`
	For    time.Duration `placeholder:"DURATION" help:"End after so long, as 20s; without it, on Ctrl-C."`
}

// Help is shown below the flags.
func (demoCommand) Help() string {
	return `A Nexus of five teams and seven repositories on both forges is at work: real HTTP, real signatures, an
embedded database that is thrown away. The story: a component turns red, a team tightens its Definition
of Done, another tries to relax it and is refused, the red one is mended, the Increment is done.
With --for the exit code says whether the Increment became done: 0, or 1.

  nexusgate demo
  nexusgate demo --for 20s --listen 127.0.0.1:0`
}

// Run plays the demo.
func (c *demoCommand) Run(ctx context.Context, s streams) (answer, error) {
	if c.For < 0 {
		return failed, fmt.Errorf("--for is %s; give a positive duration, as 20s", c.For)
	}
	if c.For > 0 {
		var stop context.CancelFunc
		ctx, stop = context.WithTimeout(ctx, c.For)
		defer stop()
	}
	dir, err := os.MkdirTemp("", "nexusgate-demo-")
	if err != nil {
		return failed, fmt.Errorf("making a directory for the demo's database: %w", err)
	}
	said, err := c.play(ctx, dir, s)
	return said, errors.Join(err, os.RemoveAll(dir))
}

func (c *demoCommand) play(ctx context.Context, dir string, s streams) (answer, error) {
	forges, err := startStandIns(ctx, time.Now)
	if err != nil {
		return failed, err
	}
	defer forges.close()
	source, err := storyFiles.ReadFile("story/nexus.cue")
	if err != nil {
		return failed, fmt.Errorf("reading the demo's definition: %w", err)
	}
	d, err := vetted("nexus.cue", source)
	if err != nil {
		return failed, err
	}
	srv, err := newServer(ctx, serverConfig{
		nexuses: []nexusFile{{name: storyNexus, file: "nexus.cue", source: string(source), definition: d}},
		forges:  forges.settings(), listen: c.Listen, store: "sqlite:" + filepath.Join(dir, "nexusgate.db"),
		log: slog.New(slog.NewTextHandler(s.err, &slog.HandlerOptions{Level: slog.LevelWarn})), now: time.Now,
	})
	if err != nil {
		return failed, err
	}
	srv.linkTo(srv.root())
	forges.hook(srv.root())
	fmt.Fprintf(s.out, "The Nexus %s is at work. See it at %s\n\n", storyNexus, srv.root())
	return c.tell(ctx, srv, forges, s)
}

// tell runs the service and the story beside it, and says at the end whether the Increment was done.
func (c *demoCommand) tell(ctx context.Context, srv *server, forges *standIns, s streams) (answer, error) {
	inner, stop := context.WithCancel(ctx)
	defer stop()
	served := make(chan error, 1)
	var work sync.WaitGroup
	work.Go(func() {
		served <- srv.Run(inner)
		stop()
	})
	tale := &story{forges: forges, view: srv.view(), out: s.out, pace: storyPace}
	err := tale.play(inner)
	said := tale.ending()
	stop()
	work.Wait()
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		err = nil
	}
	if said == no && err == nil {
		fmt.Fprintln(s.out, "\nThe Increment did not become done in this time.")
	}
	return said, errors.Join(err, <-served)
}
