package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/store"
)

// desk is where what the pages and the API show of a Nexus's work is read from its ledger: once for all who look, and
// again only when something has changed. However many ask, for however many moments, the lane is kept from judging for
// as long as it takes to copy what is read.
type desk struct {
	lanes *lanes
	nexus string

	backlog   drawer[gate.Backlog]
	chronicle drawer[gate.Chronicle]
	briefs    drawer[gate.Brief] // since the event before
	lookBacks drawer[gate.Brief] // since a moment that somebody asked for, so that they wait for one another alone
	asking    chan struct{}      // a place for each who asks for one
}

// mostAsking bounds who waits at a time for a brief since a moment of their own.
const mostAsking = 64

var errCrowd = errors.New("more people ask at a time what was since moments of their own than are told")

// desk is that of a Nexus. Each has its own, and none waits for another.
func (a *lanes) desk(nexus string) (*desk, error) {
	if !slices.Contains(a.every(), nexus) {
		return nil, fmt.Errorf("the Nexus %q: %w", nexus, store.ErrNotFound)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	d := a.desks[nexus]
	if d == nil {
		d = &desk{
			lanes: a, nexus: nexus, backlog: newDrawer[gate.Backlog](), chronicle: newDrawer[gate.Chronicle](),
			briefs: newDrawer[gate.Brief](), lookBacks: newDrawer[gate.Brief](), asking: make(chan struct{}, mostAsking),
		}
		a.desks[nexus] = d
	}
	return d, nil
}

// edition is the latest of the Nexus.
func (d *desk) edition() (e gate.Edition) {
	d.lanes.ask(d.nexus, func(l *gate.Ledger) { e = l.Edition(d.nexus) })
	return e
}

// readBacklog is the Product Backlog as it stands. All who ask want the same, so that nobody waits for long.
func (d *desk) readBacklog() gate.Backlog {
	wanted := gate.Edition{Backlog: d.edition().Backlog}
	b, _ := d.backlog.get(context.Background(), "", wanted, d.lanes.now, func() (gate.Backlog, gate.Edition, error) {
		var read func() gate.Backlog
		var of gate.Edition
		d.lanes.ask(d.nexus, func(l *gate.Ledger) {
			read, of.Backlog = l.TakeBacklog(d.nexus, d.lanes.now()), l.Edition(d.nexus).Backlog
		})
		return read(), of, nil
	})
	return b
}

// readChronicle is all that is kept of what the Nexus came to.
func (d *desk) readChronicle() gate.Chronicle {
	wanted := gate.Edition{Chronicle: d.edition().Chronicle}
	c, _ := d.chronicle.get(context.Background(), "", wanted, d.lanes.now, func() (gate.Chronicle, gate.Edition, error) {
		var read func() gate.Chronicle
		var of gate.Edition
		d.lanes.ask(d.nexus, func(l *gate.Ledger) {
			read, of.Chronicle = l.TakeChronicle(d.nexus), l.Edition(d.nexus).Chronicle
		})
		return read(), of, nil
	})
	return c
}

// brief is what people who meet at an event should know. It looks back from a whole minute on, so that all who ask in one
// minute for what was a day ago are told the same.
func (d *desk) brief(ctx context.Context, event gate.BriefEvent, since time.Time) (gate.Brief, error) {
	since = since.Truncate(time.Minute)
	makes := func() (gate.Brief, gate.Edition, error) { return d.makeBrief(event, since) }
	if since.IsZero() {
		return d.briefs.get(ctx, string(event), d.edition(), d.lanes.now, makes)
	}
	select {
	case d.asking <- struct{}{}:
		defer func() { <-d.asking }()
	default:
		return gate.Brief{}, errCrowd
	}
	return d.lookBacks.get(ctx, fmt.Sprintf("%s %d", event, since.Unix()), d.edition(), d.lanes.now, makes)
}

func (d *desk) makeBrief(event gate.BriefEvent, since time.Time) (gate.Brief, gate.Edition, error) {
	of := d.edition()
	standing, known := d.lanes.standing(d.nexus)
	if !known {
		return gate.Brief{}, of, noBriefOf(d.nexus, event)
	}
	return gate.BriefOf(gate.BriefCase{
		Standing: standing, Backlog: d.readBacklog(), Chronicle: d.readChronicle(), Event: event, Since: since, Now: d.lanes.now(),
	}), of, nil
}
