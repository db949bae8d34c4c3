package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/store"
)

// brief is what people who meet at an event of a Nexus should know. It is written while the lane goes on.
func (a *lanes) brief(_ context.Context, nexus string, event gate.BriefEvent, since time.Time) (gate.Brief, error) {
	var c gate.BriefCase
	known := false
	if slices.Contains(a.every(), nexus) {
		a.ask(nexus, func(l *gate.Ledger) { c, known = l.BriefCase(nexus, event, since, a.now()) })
	}
	if !known {
		return gate.Brief{}, fmt.Errorf("a brief for the %s of the Nexus %q: %w", event, nexus, store.ErrNotFound)
	}
	return gate.BriefOf(c), nil
}
