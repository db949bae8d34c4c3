package main

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/store"
)

// pageOfIncrements are read at a time, and mostPages of them at most. Of those that hold all that is asked for,
// enoughHeld will do.
const (
	pageOfIncrements = 50
	mostPages        = 20
	enoughHeld       = 50
)

// sought is what was found for a question, so that who waits does not have all of it read again and again: what an
// Increment is made of never changes.
type sought struct {
	of        string           // the digest of what is asked for
	none      int64            // up to this Increment, none holds all of it
	witnesses []gate.Increment // one for each component that holds it
}

// increments are those that may hold what is asked for: all of it, or for each component one that holds that.
func (a *doorAsked) increments(ctx context.Context, components gate.Composition) (found []gate.Increment, err error) {
	if strings.HasPrefix(a.q.Increment, "sha256:") {
		i, err := a.s.store.IncrementOf(ctx, a.nexus, a.q.Increment)
		if errors.Is(err, store.ErrNotFound) {
			return nil, nil
		}
		return []gate.Increment{i}, err
	}
	if of := components.Digest(); a.sought.of != of {
		a.sought = sought{of: of}
	}
	if len(components) == 0 {
		return nil, a.reads(ctx)
	}
	newest, before := int64(0), int64(0)
	for range mostPages {
		page, err := a.s.store.Increments(ctx, a.nexus, before, pageOfIncrements)
		if err != nil {
			return nil, err
		}
		held := 0
		for _, i := range page {
			newest = max(newest, i.Number)
			if a.sought.hold(i, components) {
				found, held = append(found, i), held+1
			}
		}
		if len(page) < pageOfIncrements || page[len(page)-1].Number <= a.sought.none || len(found) >= enoughHeld || held == 0 && len(found) > 0 {
			break
		}
		before = page[len(page)-1].Number
	}
	if len(found) == 0 {
		a.sought.none = max(a.sought.none, newest)
	}
	return append(found, a.sought.witnesses...), nil
}

// reads says whether the store answers.
func (a *doorAsked) reads(ctx context.Context) error {
	_, err := a.s.store.Increments(ctx, a.nexus, 0, 1)
	return err
}

// hold says whether an Increment holds all that is asked for, and remembers one for each component that it holds.
func (f *sought) hold(i gate.Increment, components gate.Composition) (all bool) {
	all = true
	for name, commit := range components {
		if i.Composition[name] != commit {
			all = false
			continue
		}
		if !slices.ContainsFunc(f.witnesses, func(w gate.Increment) bool { return w.Composition[name] == commit }) {
			f.witnesses = append(f.witnesses, i)
		}
	}
	return all
}
