package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/store"
)

// brief is what people who meet at an event of a Nexus should know, as pages show it.
func (a *lanes) brief(ctx context.Context, nexus string, event gate.BriefEvent, since time.Time) (gate.Brief, error) {
	d, err := a.desk(nexus)
	if err != nil {
		return gate.Brief{}, err
	}
	return d.brief(ctx, event, since)
}

// briefNow is the same as of this very moment. It is written while the lane goes on.
func (a *lanes) briefNow(nexus string, event gate.BriefEvent, since time.Time) (gate.Brief, error) {
	c := gate.BriefCase{Event: event, Since: since, Now: a.now()}
	known := false
	var backlog func() gate.Backlog
	var chronicle func() gate.Chronicle
	if slices.Contains(a.every(), nexus) {
		a.ask(nexus, func(l *gate.Ledger) {
			if c.Standing, known = l.Standing(nexus, c.Now); known {
				backlog, chronicle = l.TakeBacklog(nexus, c.Now), l.TakeChronicle(nexus)
			}
		})
	}
	if !known {
		return gate.Brief{}, noBriefOf(nexus, event)
	}
	c.Backlog, c.Chronicle = backlog(), chronicle()
	return gate.BriefOf(c), nil
}

func noBriefOf(nexus string, event gate.BriefEvent) error {
	return fmt.Errorf("a brief for the %s of the Nexus %q: %w", event, nexus, store.ErrNotFound)
}

// chronicle is what a Nexus came to since a moment; nothing of one that there is not.
func (a *lanes) chronicle(nexus string, since time.Time) (c gate.Chronicle) {
	if d, err := a.desk(nexus); err == nil {
		c = d.readChronicle()
	}
	return c.From(since)
}

// backlog is the Product Backlog of a Nexus as it stands now; that of one that there is not is empty.
func (a *lanes) backlog(nexus string) (b gate.Backlog) {
	if d, err := a.desk(nexus); err == nil {
		b = d.readBacklog()
	}
	return b
}
