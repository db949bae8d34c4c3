package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"sync"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/trace"
)

// serving is one run of the service, or of the set-up in its place.
type serving struct {
	config serverConfig
	kept   *envFile
}

// prepare reads all that the service is told, and what an earlier set-up has kept.
func (c *serveCommand) prepare(s streams) (*serving, error) {
	kept, err := readEnvFile(c.EnvFile)
	if err != nil {
		return nil, err
	}
	kept.settled(&c.Config, &c.Nexus, &c.URL)
	config, err := c.config(s, kept)
	return &serving{config, kept}, err
}

// defined says whether there is something to serve, and connected whether there is a forge.
func (r *serving) defined() bool   { return len(r.config.nexuses)+len(r.config.homes) > 0 }
func (r *serving) connected() bool { return r.config.forges.gitHub.on || r.config.forges.gitLab.on }

// mayShow says whether the set-up page may be shown: to others than who is on this machine only where that was asked for.
func (c *serveCommand) mayShow() bool { return c.SetUp || onlyHere(c.Listen) }

// run serves until ctx ends or the set-up was finished: then it is to be run again, with what was set up.
func (r *serving) run(ctx context.Context, c *serveCommand, s streams) (again bool, err error) {
	needed := c.SetUp || !r.defined() || !r.connected()
	if needed && !r.defined() && !c.mayShow() {
		return false, fmt.Errorf("%w; the page on which it is set up by clicks is shown on this machine alone: listen on 127.0.0.1, or ask for it with --setup", errNoDefinition)
	}
	if needed && c.mayShow() {
		if err := r.kept.writable(); err != nil {
			return false, err
		}
	}
	inner, stop := context.WithCancel(ctx)
	defer stop()
	var once sync.Once
	finished := false
	finish := func() { once.Do(func() { finished = true; stop() }) }
	switch {
	case !r.defined() || c.SetUp:
		err = r.setUpAlone(inner, c, s, finish)
	default:
		err = r.serve(inner, c, s, needed && c.mayShow(), finish)
	}
	stop()
	once.Do(func() {}) // what comes after this changes nothing
	return finished, err
}

// serve is the service, with the set-up page beside it where no forge is configured.
func (r *serving) serve(ctx context.Context, c *serveCommand, s streams, beside bool, finish func()) error {
	config := r.config
	link := ""
	if beside {
		u, err := newSetUp(c, s, r.kept, config.log, finish)
		if err != nil {
			return err
		}
		config.setUp = func(root string) (h http.Handler) {
			h, link = u.page(root)
			return h
		}
	}
	traces, err := trace.New(ctx, s.getenv, thisBuild().version, config.log)
	if err != nil {
		return err
	}
	defer r.endTraces(ctx, traces)
	config.trace = traces
	srv, err := newServer(ctx, config)
	if err != nil {
		return err
	}
	c.Listen = r.at(c.Listen, srv.publicAt)
	fmt.Fprintf(s.out, "nexusgate %s: pages at %s\n", thisBuild().version, srv.root())
	switch {
	case beside && srv.recalls():
		fmt.Fprint(s.out, "No forge is configured: nothing will be heard. What the store holds is shown as it was judged.\nA forge is set up by clicks when it is started with --setup.\n")
	case beside:
		invite(s.out, "No forge is configured: nothing will be heard.", link)
	}
	return srv.Run(ctx)
}

// recalls says whether the store holds a Nexus that was judged before: then this is a look at it, on trial or after
// its settings were lost, and nothing to be set up for the first time.
func (s *server) recalls() bool {
	return slices.ContainsFunc(s.lanes.ours(), func(n gate.Standing) bool { return n.Head.Number > 0 })
}

// endTraces sends what is left of them, within a bound.
func (r *serving) endTraces(ctx context.Context, traces *trace.Tracer) {
	if err := traces.Close(ctx); err != nil {
		r.config.log.WarnContext(ctx, "the last traces are lost", "error", err)
	}
}

// at is the address that was taken, where any port would do: what comes after the set-up is found at the same.
func (*serving) at(asked string, taken net.Listener) string {
	if _, port, err := net.SplitHostPort(asked); err == nil && port == "0" {
		return taken.Addr().String()
	}
	return asked
}

// setUpAlone shows nothing but the set-up page until it was finished.
func (r *serving) setUpAlone(ctx context.Context, c *serveCommand, s streams, finish func()) error {
	srv := &server{config: r.config, log: r.config.log}
	var err error
	if srv.publicAt, err = take(ctx, c.Listen, "--listen"); err != nil {
		return err
	}
	c.Listen = r.at(c.Listen, srv.publicAt)
	u, err := newSetUp(c, s, r.kept, r.config.log, finish)
	if err != nil {
		return errors.Join(err, srv.publicAt.Close())
	}
	page, link := u.page(srv.root())
	mux := http.NewServeMux()
	mux.Handle("/setup", page)
	mux.Handle("/setup/", page)
	mux.HandleFunc("GET /healthz", healthy)
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) {
		say(w, http.StatusServiceUnavailable, "nothing is set up yet; the link is on the terminal on which the service was started")
	})
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/setup", http.StatusSeeOther) })
	srv.doors = []door{newDoor(srv.publicAt, srv.hosts(c.Listen).guard(mux))}
	fmt.Fprintf(s.out, "nexusgate %s: set-up at %s\n", thisBuild().version, srv.root())
	invite(s.out, "Nothing is served yet.", link)
	return srv.serve(ctx)
}
