package main

import (
	"context"
	"fmt"
	"time"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
)

// clerk makes the briefs of a lane's Nexus when their times have come. Each enters the log once, whoever makes it.
type clerk struct {
	s    *server
	lane *lane

	made   map[gate.BriefEvent]time.Time // what is on its way into the ledger
	warned map[string]bool               // addresses that were said to lack something
}

// briefAgain is when a brief is made again that could not be made.
const briefAgain = 10 * time.Second

// run makes briefs until ctx ends.
func (c *clerk) run(ctx context.Context) {
	c.made, c.warned = map[gate.BriefEvent]time.Time{}, map[string]bool{}
	changed, stop := c.lane.bell.listen()
	defer stop()
	for ctx.Err() == nil {
		c.warn()
		now := c.s.config.now()
		var due []gate.BriefDue
		var next time.Time
		c.lane.ask(func(l *gate.Ledger) { due, next = l.BriefsDue(c.lane.name(), now) })
		for _, one := range due {
			if err := c.make(ctx, one); err != nil && ctx.Err() == nil {
				c.s.log.ErrorContext(ctx, "a brief cannot be made; trying again", "nexus", c.lane.name(), "event", one.Event, "error", err)
				next = now.Add(briefAgain)
			}
		}
		c.wait(ctx, next, changed)
	}
}

// wait sleeps until the next time, or until something has changed. Clocks are set: no sleep is long.
func (c *clerk) wait(ctx context.Context, next time.Time, changed <-chan struct{}) {
	pause(ctx, askedSoon)
	sleep := longestWait
	if !next.IsZero() {
		sleep = min(max(next.Sub(c.s.config.now()), 0), longestWait)
	}
	timer := time.NewTimer(sleep)
	defer timer.Stop()
	select {
	case <-changed:
	case <-timer.C:
	case <-ctx.Done():
	}
}

// make has one brief enter the log, or that it was missed.
func (c *clerk) make(ctx context.Context, due gate.BriefDue) error {
	if c.made[due.Event].Equal(due.At) {
		return nil
	}
	nexus, now := c.lane.name(), c.s.config.now()
	e := gate.BriefMade{Nexus: nexus, Event: due.Event, At: due.At}
	if due.Late {
		e.Missed = "it could not be made within " + short(gate.BriefGrace) + " of its time"
		c.s.log.WarnContext(ctx, "a brief was missed", "nexus", nexus, "event", due.Event, "at", due.At)
	} else {
		b, err := c.s.lanes.briefNow(nexus, due.Event, due.Since)
		if err != nil {
			return err
		}
		b = atMost(b, briefBytes)
		e.Brief = &b
	}
	own, err := gate.Own(c.s.store.NewID(), e, now)
	if err != nil {
		return err
	}
	own.Lane, own.Key = nexus, fmt.Sprintf("brief/%s/%s/%d", nexus, due.Event, due.At.Unix())
	if _, err := c.s.inbox.Keep(ctx, own); err != nil {
		return err
	}
	c.made[due.Event] = due.At
	return nil
}

func short(d time.Duration) string { return fmt.Sprintf("%d hours", int(d.Hours())) }

// warn says once which addresses lack something: nothing will ever come there.
func (c *clerk) warn() {
	var d *definition.Definition
	c.lane.ask(func(l *gate.Ledger) { d, _ = l.Definition(c.lane.name()) })
	if d == nil {
		return
	}
	for _, b := range d.Briefs {
		for _, to := range b.To {
			if c.warned[to.String()] {
				continue
			}
			c.warned[to.String()] = true
			if lacks := c.s.config.briefs.lacks(to, c.s.clients); lacks != "" {
				c.s.log.Warn("briefs are to be sent where nothing comes", "nexus", d.Name, "event", b.Event, "to", to.String(), "why", lacks)
			}
		}
	}
}
