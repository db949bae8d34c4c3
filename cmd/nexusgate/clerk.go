package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
)

// clerk makes the briefs of a lane's Nexus when their times have come. Each enters the log once, whoever makes it.
type clerk struct {
	s    *server
	lane *lane

	made   map[gate.BriefEvent]time.Time // what is on its way into the ledger
	found  map[gate.BriefDue]time.Time   // when what is due was first found to be
	warned map[string]bool               // addresses that were said to lack something
}

// briefAgain is when a brief is made again that could not be made, and foldedWithin how long it waits at most until what
// came before is folded: after an outage much of that may be in the inbox.
const (
	briefAgain   = 10 * time.Second
	foldedWithin = 10 * time.Minute
)

// run makes briefs until ctx ends.
func (c *clerk) run(ctx context.Context) {
	c.made, c.found, c.warned = map[gate.BriefEvent]time.Time{}, map[gate.BriefDue]time.Time{}, map[string]bool{}
	changed, stop := c.lane.bell.listen()
	defer stop()
	for ctx.Err() == nil {
		c.warn()
		now := c.s.config.now()
		var due []gate.BriefDue
		var next time.Time
		c.lane.ask(func(l *gate.Ledger) { due, next = l.BriefsDue(c.lane.name(), now) })
		if c.makeAll(ctx, due) {
			next = now.Add(briefAgain)
		}
		c.wait(ctx, next, changed)
	}
}

// makeAll has briefs enter the log, and says whether one has to be looked at again. What is not due any more is forgotten.
func (c *clerk) makeAll(ctx context.Context, due []gate.BriefDue) (again bool) {
	found := map[gate.BriefDue]time.Time{}
	for _, one := range due {
		found[one] = c.s.config.now()
		if since, known := c.found[one]; known {
			found[one] = since
		}
	}
	c.found = found
	for _, one := range due {
		made, err := c.make(ctx, one)
		if err != nil && ctx.Err() == nil {
			c.s.log.ErrorContext(ctx, "a brief cannot be made; trying again", "nexus", c.lane.name(), "event", one.Event, "error", err)
		}
		again = again || !made
	}
	return again
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

// make has one brief enter the log, or that it was missed. It waits until that can tell all that came before.
func (c *clerk) make(ctx context.Context, due gate.BriefDue) (made bool, err error) {
	if c.made[due.Event].Equal(due.At) {
		return true, nil
	}
	nexus, now := c.lane.name(), c.s.config.now()
	folded, err := c.folded(ctx, due)
	if err != nil || !folded && !due.Late && now.Sub(c.found[due]) < foldedWithin {
		return false, err
	}
	e := gate.BriefMade{Nexus: nexus, Event: due.Event, At: due.At}
	if due.Late {
		e.Missed = "it could not be made within " + short(gate.BriefGrace) + " of its time"
		c.s.log.WarnContext(ctx, "a brief was missed", "nexus", nexus, "event", due.Event, "at", due.At)
	} else {
		b, err := c.s.lanes.briefNow(nexus, due.Event, due.Since)
		if err != nil {
			return false, err
		}
		if !folded {
			c.s.log.WarnContext(ctx, "a brief is made of less than was received by its time: the inbox has not been folded", "nexus", nexus, "event", due.Event)
			b.Sections = slices.Insert(b.Sections, 0, unfolded)
		}
		b = atMost(b, briefBytes)
		e.Brief = &b
	}
	own, err := gate.Own(c.s.store.NewID(), e, now)
	if err != nil {
		return false, err
	}
	own.Lane, own.Key = nexus, fmt.Sprintf("brief/%s/%s/%d", nexus, due.Event, due.At.Unix())
	if _, err := c.s.inbox.Keep(ctx, own); err != nil {
		return false, err
	}
	c.made[due.Event] = due.At
	return true, nil
}

// folded says whether all is that was received until a brief was first found to be due.
func (c *clerk) folded(ctx context.Context, due gate.BriefDue) (bool, error) {
	oldest, err := c.s.store.Pending(ctx, c.lane.name(), 1)
	return len(oldest) == 0 || oldest[0].Received.After(c.found[due]), err
}

// unfolded is what a brief says first that could wait no longer.
var unfolded = gate.BriefSection{
	Title: "Not all is known yet", Lines: []gate.BriefLine{},
	Empty: "What the forges have told is still being read: what follows may be older than it says. The pages show it as it is read.",
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
