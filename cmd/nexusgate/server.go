package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/attest"
	"github.com/nexusgate/nexusgate/gate/courier"
	"github.com/nexusgate/nexusgate/gate/forge"
	"github.com/nexusgate/nexusgate/gate/login"
	"github.com/nexusgate/nexusgate/gate/metrics"
	"github.com/nexusgate/nexusgate/gate/store"
	"github.com/nexusgate/nexusgate/gate/trace"
)

// serverConfig is all that the service is made with.
type serverConfig struct {
	nexuses                           []nexusFile
	homes                             []gate.Home
	forges                            forgeSettings
	listen, webhookListen, store, url string
	metricsListen                     string
	look                              lookSettings
	callers                           callerSettings
	briefs                            briefSettings
	storeOptions                      []store.Option
	computeWithin                     time.Duration // of a definition that comes from a repository; 0: settleTimeout
	inboxLimit, intakeBytes           int64         // what may wait, and what the bodies under way may take; 0: as serve does
	logKey                            *attest.Key   // nil: the store keeps one
	headsEvery                        time.Duration // 0: headsEvery
	attests                           attestKeys
	keeping                           keeping
	trace                             *trace.Tracer // nil: nothing is traced
	decode                            decoder       // nil: decode
	sweep, redeliver, silence         time.Duration // how often each is done, and after what it is told; 0: never
	log                               *slog.Logger
	now                               func() time.Time
	setUp                             func(root string) http.Handler // the set-up page; nil: there is none
}

// server is the service: intake, the lanes that judge, send and read, and the pages.
type server struct {
	config  serverConfig
	store   *store.Store
	inbox   *inbox
	lanes   *lanes
	clients map[gate.Forge]client
	sites   forge.Sites
	settler *settler
	turns   *turns        // of senders, over all lanes
	slots   chan struct{} // of readers, over all lanes
	budgets *sweepBudgets
	asked   *sweepRequests
	homes   *homes
	links   string // how people reach the pages; "" where they have none
	heads   *heads
	archive *archive
	attests *attestor // nil: statements are not signed
	metrics *metrics.Metrics
	people  *login.Login // nil: nobody logs in
	atDoor  *doorman
	courier *courier.Courier
	log     *slog.Logger

	publicAt, hooksAt, metricsAt net.Listener // the latter two nil where they share the public address
	doors                        []door
}

// newServer takes the addresses, opens the store and restores the state. Close releases them; Run does so too.
// Whatever may be wrong with what it is made with is found before there is a store.
func newServer(ctx context.Context, c serverConfig) (s *server, err error) {
	s = &server{config: c, log: c.log, links: c.url, courier: courier.New(courier.Options{}), turns: newTurns(), slots: make(chan struct{}, readsOfAll)}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.Close())
		}
	}()
	s.metrics = metrics.New(lazily{s}, thisBuild().version)
	if err := s.connect(); err != nil {
		return s, err
	}
	if s.people, err = c.look.login(c.url, c.now, c.log); err != nil {
		return s, err
	}
	if err := s.open(ctx); err != nil {
		return s, err
	}
	if s.store, err = store.Open(ctx, c.store, c.now, c.storeOptions...); err != nil {
		return s, err
	}
	s.inbox = &inbox{keeper: keeper{s.store, c.trace}, most: cmp.Or(c.inboxLimit, defaultInboxLimit)}
	s.lanes = newLanes(s.store, s.metrics, c.log, c.now)
	s.lanes.work, s.lanes.trace = s.work, c.trace
	if c.decode != nil {
		s.lanes.decode = c.decode
	}
	if err := s.lanes.claim(ctx); err != nil {
		return s, err
	}
	s.budgets, s.asked = newSweepBudgets(), &sweepRequests{store: s.store, log: s.log, bell: newBell()}
	s.homes = &homes{
		given: c.homes, lanes: s.lanes, clients: s.clients, settler: s.settler, log: s.log, now: c.now,
		keep: s.keep, retire: s.retire, files: c.nexuses,
	}
	if s.heads, err = newHeads(ctx, s.store, c); err != nil {
		return s, err
	}
	if err := s.attest(); err != nil {
		return s, err
	}
	if err := s.give(ctx); err != nil {
		return s, err
	}
	return s, s.route()
}

// lazily lets the metrics be made before what they show.
type lazily struct{ s *server }

// Standings are how those Nexuses stand that this process works for: what all replicas export is there once.
func (l lazily) Standings() []gate.Standing {
	all := l.s.lanes.ours()
	for i := range all {
		all[i].Alarm(l.s.config.silence)
	}
	return all
}

// Counts are the sizes of the queues.
func (l lazily) Counts(ctx context.Context) (gate.Counts, error) { return l.s.view().Counts(ctx) }

// Untaken is what the forges do not take.
func (l lazily) Untaken(ctx context.Context) ([]gate.Untaken, error) {
	return l.s.view().Untaken(ctx, "")
}

// Hearing is what the sweeps of a Nexus came to.
func (l lazily) Hearing(ctx context.Context, nexus string) (gate.Hearing, error) {
	return l.s.view().Hearing(ctx, nexus)
}

// Redelivered is what GitHub was asked to deliver again, where this process asks.
func (l lazily) Redelivered(ctx context.Context) (gate.Redelivered, bool) {
	_, ours := l.s.lanes.lane(store.Common)
	again, err := l.s.view().Redelivered(ctx)
	return again, ours && err == nil
}

func (s *server) view() view { return view{lanes: s.lanes, store: s.store, silence: s.config.silence} }

// connect makes what speaks to the forges.
func (s *server) connect() error {
	clients, err := s.config.forges.clients(s.config.now, s.metrics, s.config.trace, func() int { return s.lanes.replicas() })
	if err != nil {
		return err
	}
	if s.sites, err = s.config.forges.sites(); err != nil {
		return err
	}
	for _, n := range s.config.nexuses {
		warnOff(s.log, clients, n.name, n.definition.All())
	}
	settler, err := newSettler()
	if err != nil {
		return err
	}
	settler.timeout = cmp.Or(s.config.computeWithin, settler.timeout)
	s.clients, s.settler = clients, settler
	return nil
}

// work is done in a lane until ctx ends or the lane is lost: judging, sending and reading for its Nexus.
func (s *server) work(ctx context.Context, l *lane) {
	ctx, stop := context.WithCancel(ctx)
	keep := keeper{s.store, s.config.trace}
	sender := &sender{
		keeper: keep, lane: l, turns: s.turns, among: s.lanes.among, clients: s.clients, metrics: s.metrics, log: s.log, now: s.config.now, root: s.links, sites: s.sites,
	}
	reader := &reader{
		keeper: keep, lane: l, others: s.lanes.definitions, all: s.slots, clients: s.clients, settler: s.settler,
		log: s.log, now: s.config.now,
	}
	runner := &runner{
		keeper: keep, lane: l, turns: s.turns, among: s.lanes.among, clients: s.clients, log: s.log, now: s.config.now,
		opens: (&gatekeeper{s: s, lane: l}).opens, carrier: s.carrier(),
	}
	var work sync.WaitGroup
	work.Go(func() { sender.run(forge.Guarded(ctx, l.tenure.holds)) })
	work.Go(func() { runner.run(forge.Guarded(ctx, l.tenure.holds)) })
	work.Go(func() { reader.run(ctx) })
	work.Go(func() { (&gatekeeper{s: s, lane: l}).run(ctx) })
	work.Go(func() { (&watchman{s: s, lane: l}).run(ctx) })
	work.Go(func() { (&clerk{s: s, lane: l}).run(ctx) })
	work.Go(func() { s.hear(l)(ctx) })
	work.Go(func() { s.retention(l).run(ctx) })
	l.run(ctx)
	stop()
	work.Wait()
}

// warnOff tells of components on a forge that is off: nothing will ever be known of them.
func warnOff(log *slog.Logger, clients map[gate.Forge]client, nexus string, components []definition.Component) {
	for _, c := range components {
		if clients[gate.Forge(c.Forge)] == nil {
			log.Warn("a component lies on a forge that is off; give the forge its settings",
				"nexus", nexus, "component", c.Name, "forge", c.Forge)
		}
	}
}

// give enters the definitions that are files into the log where they differ from those in force, and
// takes up the homes of the others.
func (s *server) give(ctx context.Context) error {
	if err := s.homes.takeUp(); err != nil {
		return err
	}
	inForce := s.lanes.sources()
	for _, n := range s.config.nexuses {
		if inForce[n.name] != n.source {
			if err := s.keep(ctx, n.name, gate.PlacesOf(n.definition, ""), gate.NexusGiven{File: n.file, Source: n.source}); err != nil {
				return err
			}
		}
	}
	if !s.homes.known() {
		return nil // whose definitions they are is not known yet, so neither is what is given no more
	}
	return s.retire(ctx, s.homes.names)
}

// retire ends the Nexuses that are no longer given, neither as a file nor by a home.
func (s *server) retire(ctx context.Context, homes map[string]string) error {
	given := slices.Collect(maps.Values(homes))
	for _, n := range s.config.nexuses {
		given = append(given, n.name)
	}
	for _, name := range s.view().Nexuses() {
		if slices.Contains(given, name) {
			continue
		}
		if err := s.keep(ctx, name, nil, gate.NexusRetired{Nexus: name}); err != nil {
			return err
		}
	}
	return nil
}

// keep enters an event of our own into a lane, which listens to places from now on.
type keep func(ctx context.Context, lane string, places []string, e gate.Event) error

func (s *server) keep(ctx context.Context, lane string, places []string, e gate.Event) error {
	d, err := gate.Own(s.store.NewID(), e, s.config.now())
	if err != nil {
		return err
	}
	d.Lane, d.Places = lane, places
	if _, err := s.inbox.keeper.Keep(ctx, d); err != nil {
		return fmt.Errorf("keeping a definition: %w", err)
	}
	return nil
}

// root is where the pages are.
func (s *server) root() string { return "http://" + s.publicAt.Addr().String() }

// linkTo says how people reach the pages, where that is known only now.
func (s *server) linkTo(root string) { s.links = root }

// Run serves until ctx ends, then lets what is under way end and closes the store.
func (s *server) Run(ctx context.Context) error {
	inner, stop := context.WithCancel(ctx)
	defer stop()
	var work sync.WaitGroup
	for _, run := range []func(context.Context){s.inbox.run, s.lanes.run, s.homes.run, s.heads.run, s.asked.run, s.attestDone} {
		work.Go(func() { run(inner) })
	}
	err := s.serve(inner)
	stop()
	work.Wait()
	return errors.Join(err, s.Close())
}

// Close releases what newServer took.
func (s *server) Close() error {
	var errs []error
	for _, at := range []net.Listener{s.publicAt, s.hooksAt, s.metricsAt} {
		if at != nil {
			if err := at.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
				errs = append(errs, err)
			}
		}
	}
	if s.lanes != nil {
		s.lanes.leave()
	}
	if s.store != nil {
		errs = append(errs, s.store.Close())
	}
	return errors.Join(errs...)
}
