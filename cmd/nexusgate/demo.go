package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/nexusgate/nexusgate/gate"
)

// demoCommand is the whole service against stand-ins for both forges.
type demoCommand struct {
	Listen string        `default:"127.0.0.1:8080" placeholder:"ADDR" help:"Address of the pages, the API, the metrics and the webhooks."`
	For    time.Duration `placeholder:"DURATION" help:"End after so long, as 20s; without it, on Ctrl-C."`
}

// Help is shown below the flags.
func (demoCommand) Help() string {
	return `A Nexus of five teams and seven repositories on both forges is at work: real HTTP, real signatures, an
embedded database that is thrown away. Its Definition of Done lives in a repository too. The story: a
component turns red, a team tightens the definition for itself, another tries to relax it and is refused
at its line, people sign what no machine can tell, the red one is mended and the Increment is done. Then the
definition asks for more, with an exception for one component. Three teams land what does not work together:
the landing that broke it is found, and mended. A release is held until the Increment that holds it is done,
and goes out by itself. A change to the definition waits for the Nexus Integration Team, with its impact.
With --for the exit code says whether the Increment became done: 0, or 1.

  nexusgate demo
  nexusgate demo --for 20s --listen 127.0.0.1:0`
}

// Run plays the demo.
func (c *demoCommand) Run(ctx context.Context, s streams) (answer, error) {
	ctx, stop := untilSignal(ctx)
	defer stop()
	if c.For < 0 {
		return failed, fmt.Errorf("--for is %s; give a positive duration, as 20s", c.For)
	}
	if c.For > 0 {
		var over context.CancelFunc
		ctx, over = context.WithTimeout(ctx, c.For)
		defer over()
	}
	dir, err := os.MkdirTemp("", "nexusgate-demo-")
	if err != nil {
		return failed, fmt.Errorf("making a directory for the demo's database: %w", err)
	}
	said, err := c.play(ctx, dir, s)
	return said, errors.Join(err, os.RemoveAll(dir))
}

func (c *demoCommand) play(ctx context.Context, dir string, s streams) (answer, error) {
	d, err := newDemo(ctx, serverConfig{
		listen: c.Listen, store: "sqlite:" + filepath.Join(dir, "nexusgate.db"), now: time.Now,
		log: logFlags{}.logger(s.err, slog.LevelWarn),
	}, s.out, storyPace)
	if err != nil {
		return failed, err
	}
	defer d.forges.close()
	d.greet(s.out)
	said := no
	err = d.beside(ctx, func(ctx context.Context) error {
		err := d.tale.tell(ctx)
		if err == nil {
			err = d.tale.goOn(ctx)
		}
		said = d.tale.ending()
		if ctx.Err() != nil {
			return nil // the end of the demo, and not of the story
		}
		return err
	})
	if said == no && err == nil {
		fmt.Fprintln(s.out, "\nThe Increment did not become done in this time.")
	}
	return said, err
}

// demo is the service between its stand-in forges, and the story that is told there.
type demo struct {
	forges *standIns
	server *server
	tale   *story
}

// newDemo founds what the story is about, and makes the service. Who has it closes its forges.
func newDemo(ctx context.Context, c serverConfig, out io.Writer, pace time.Duration) (*demo, error) {
	forges, err := startStandIns(ctx, c.now)
	if err != nil {
		return nil, err
	}
	tale := &story{forges: forges, out: out, pace: pace, today: c.now().UTC()}
	tale.found()
	c.forges, c.homes = forges.settings(), []gate.Home{storyHome}
	if c.attests, err = freshKeys(); err != nil {
		forges.close()
		return nil, err
	}
	srv, err := newServer(ctx, c)
	if err != nil {
		forges.close()
		return nil, err
	}
	srv.linkTo(srv.root())
	forges.hook(srv.root())
	tale.view, tale.root = srv.view(), srv.root()
	return &demo{forges: forges, server: srv, tale: tale}, nil
}

// greet says where to look.
func (d *demo) greet(out io.Writer) {
	root := d.server.root()
	fmt.Fprintf(out, "The Nexus %s is at work. See it at %s\n", storyNexus, root)
	fmt.Fprintf(out, "What done means there, what is excepted, proposed and ever was in force: %s/nexus/%s/definition\n\n", root, storyNexus)
}

// beside runs the service, and the suite of the whole, while something goes on beside them.
func (d *demo) beside(ctx context.Context, goesOn func(context.Context) error) error {
	inner, stop := context.WithCancel(ctx)
	defer stop()
	served := make(chan error, 1)
	go func() {
		served <- d.server.Run(inner)
		stop()
	}()
	var suite sync.WaitGroup
	suite.Go(func() { d.tale.suite(inner) })
	err := goesOn(inner)
	stop()
	suite.Wait()
	return errors.Join(err, <-served)
}
