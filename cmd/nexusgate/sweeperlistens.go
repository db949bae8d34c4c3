package main

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/store"
)

// listen tells once in the log of each component that used to send and does no more.
func (s *sweeper) listen() {
	if s.silence <= 0 || s.now().Before(s.listens) {
		return
	}
	s.listens = s.now().Add(time.Minute)
	standing, ok := s.lane.standing()
	if !ok {
		return
	}
	standing.Alarm(s.silence)
	for _, c := range standing.Components {
		if c.Silent && !s.silent[c.Name] {
			s.log.Warn("a component used to send and has fallen silent; look at its webhook, or at the App's deliveries",
				"nexus", s.nexus, "component", c.Name, "repository", c.Forge+":"+c.Repo, "heard", c.Heard)
		}
		s.silent[c.Name] = c.Silent
	}
}

// sweeper makes the one of a lane.
func (s *server) sweeper(l *lane) *sweeper {
	return &sweeper{
		nexus: l.name(), lane: l, store: s.store, clients: s.clients, budgets: s.budgets, replicas: s.lanes.replicas, asked: s.asked,
		every: s.config.sweep, spread: rand.Float64, silence: s.config.silence, hooksAt: s.links,
		log: s.log, now: s.config.now, hearing: gate.Hearing{Nexus: l.name()},
	}
}

// hear does in a lane what hears of missed deliveries: in a Nexus's the sweeps, in the common one the
// redeliveries for all.
func (s *server) hear(l *lane) func(context.Context) {
	if l.name() != store.Common {
		return s.sweeper(l).run
	}
	from, ok := s.clients[gate.GitHub].(deliveryLog)
	if !ok || s.config.redeliver == 0 {
		return func(context.Context) {}
	}
	return (&redelivery{lane: l, store: s.store, from: from, every: s.config.redeliver, log: s.log, now: s.config.now}).run
}
