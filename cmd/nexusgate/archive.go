package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/store"
)

// archive is what a store keeps of definitions and of what verdicts rested on. What is worked out from
// it is kept under its digests, which never change their meaning.
type archive struct {
	store *store.Store
	turn  chan struct{} // anybody may ask for pages: what costs much is worked out one at a time, and once

	mu          sync.Mutex
	nexuses     map[string]*gate.Nexus // by the digest of their manifests
	differences map[[2]string][]string // by the digests of two layers
}

// How much is kept of what was worked out. When that is reached, it is begun anew.
const (
	nexusesKept     = 16
	differencesKept = 2000
)

func newArchive(s *store.Store) *archive {
	return &archive{store: s, turn: make(chan struct{}, 1), nexuses: map[string]*gate.Nexus{}, differences: map[[2]string][]string{}}
}

// Versions lists every layer that ever came into force, the newest first.
func (a *archive) Versions(ctx context.Context, nexus string) ([]gate.Version, error) {
	return a.store.Versions(ctx, nexus)
}

// Source is a layer, or a manifest, by its digest.
func (a *archive) Source(ctx context.Context, digest string) (gate.DefinitionSource, error) {
	return a.store.Definition(ctx, digest)
}

// Explain says why a finding of a verdict is what it is. Of an Increment's verdict, a component's
// finding is explained by the component's own verdict, which it was taken over from.
func (a *archive) Explain(ctx context.Context, verdict, criterion, component string) (gate.Explanation, error) {
	v, err := a.store.Verdict(ctx, verdict)
	if err != nil {
		return gate.Explanation{}, err
	}
	alone, err := gate.Explain(gate.Case{}, v, criterion, component)
	if err != nil {
		return gate.Explanation{}, err
	}
	ground, err := a.store.Ground(ctx, verdict)
	if errors.Is(err, store.ErrNotFound) {
		return alone, nil // a change to a definition, or a verdict of before grounds were kept
	}
	if err != nil {
		return gate.Explanation{}, err
	}
	for _, c := range ground.Components {
		if of := alone.Finding.Component; c.Verdict != "" && c.Component == of {
			return a.Explain(ctx, c.Verdict, criterion, of)
		}
	}
	kase, err := a.caseOf(ctx, ground)
	if err != nil {
		// Not wrapped: the verdict is there, and what it rests on being lost is no answer of "not found".
		return gate.Explanation{}, fmt.Errorf("finding what verdict %s rests on: %s", verdict, err.Error())
	}
	return gate.Explain(kase, v, criterion, component)
}

func (a *archive) caseOf(ctx context.Context, g gate.Ground) (gate.Case, error) {
	n, err := a.nexus(ctx, g.Definition)
	if err != nil {
		return gate.Case{}, err
	}
	return gate.CaseOf(g, n, g.Find, func(verdict string) ([]gate.Finding, error) {
		v, err := a.store.Verdict(ctx, verdict)
		return v.Findings, err
	})
}

// nexus is the Nexus as it was when a manifest was in force.
func (a *archive) nexus(ctx context.Context, digest string) (*gate.Nexus, error) {
	find := func() (*gate.Nexus, bool) { n, known := a.nexuses[digest]; return n, known }
	work := func() (*gate.Nexus, error) { return a.rebuild(ctx, digest) }
	keep := func(n *gate.Nexus) {
		if len(a.nexuses) >= nexusesKept {
			clear(a.nexuses)
		}
		a.nexuses[digest] = n
	}
	return once(ctx, a, find, work, keep)
}

func (a *archive) rebuild(ctx context.Context, digest string) (*gate.Nexus, error) {
	kept, err := a.store.Definition(ctx, digest)
	if err != nil {
		return nil, err
	}
	var m gate.Manifest
	if err := json.Unmarshal([]byte(kept.Source), &m); err != nil {
		return nil, fmt.Errorf("reading the manifest %s: %w", digest, err)
	}
	return gate.Rebuild(m, func(digest string) (gate.DefinitionSource, error) { return a.store.Definition(ctx, digest) })
}

// once is what was worked out before, or works it out when its turn has come, and keeps it.
func once[T any](ctx context.Context, a *archive, find func() (T, bool), work func() (T, error), keep func(T)) (T, error) {
	if found, known := locked(a, find); known {
		return found, nil
	}
	select {
	case a.turn <- struct{}{}:
		defer func() { <-a.turn }()
	case <-ctx.Done():
		var none T
		return none, ctx.Err()
	}
	if found, known := locked(a, find); known {
		return found, nil // by whoever had the turn before
	}
	made, err := work()
	if err == nil {
		a.mu.Lock()
		defer a.mu.Unlock()
		keep(made)
	}
	return made, err
}

func locked[T any](a *archive, find func() (T, bool)) (T, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return find()
}

// Differences says in words what a layer changed of the one before it.
func (a *archive) Differences(ctx context.Context, before, after gate.Version) ([]string, error) {
	key := [2]string{before.Digest, after.Digest}
	find := func() ([]string, bool) { says, known := a.differences[key]; return says, known }
	work := func() ([]string, error) { return a.compare(ctx, before, after) }
	keep := func(says []string) {
		if len(a.differences) >= differencesKept {
			clear(a.differences)
		}
		a.differences[key] = says
	}
	return once(ctx, a, find, work, keep)
}

func (a *archive) compare(ctx context.Context, before, after gate.Version) ([]string, error) {
	old, err := a.layer(ctx, before)
	if err != nil {
		return uncompared(err)
	}
	new, err := a.layer(ctx, after)
	if err != nil {
		return uncompared(err)
	}
	if after.Component != "" {
		return definition.CompareTightenings(old.team, new.team), nil
	}
	if old.nexus == nil || new.nexus == nil {
		return begun(new.nexus), nil
	}
	return definition.Compare(old.nexus, new.nexus), nil
}

// begun says what a Nexus-wide layer holds that has none before it.
func begun(d *definition.Definition) []string {
	if d == nil {
		return nil
	}
	return []string{fmt.Sprintf("the first one: %s of %s, %s",
		count(len(d.All()), "component", "components"), count(len(d.Teams), "team", "teams"), count(len(d.Criteria), "criterion", "criteria"))}
}

// uncompared says so where a layer cannot be compared; what the store does not answer is an error.
func uncompared(err error) ([]string, error) {
	var faults definition.Faults
	switch {
	case errors.Is(err, store.ErrNotFound):
		return []string{"one of the two is not kept, so that they cannot be compared"}, nil
	case errors.As(err, &faults):
		return []string{"one of the two cannot be read any more, so that they cannot be compared"}, nil
	default:
		return nil, err
	}
}

// keptLayer is a layer of either kind; neither, where there was none.
type keptLayer struct {
	nexus *definition.Definition
	team  *definition.Tightening
}

func (a *archive) layer(ctx context.Context, v gate.Version) (read keptLayer, err error) {
	if v.Digest == "" {
		return read, nil
	}
	kept, err := a.store.Definition(ctx, v.Digest)
	if err != nil {
		return read, err
	}
	file := definition.File{Name: v.File, Source: []byte(kept.Source)}
	switch {
	case v.Component != "":
		read.team, err = definition.LoadTightening(file)
	case kept.Settled != "":
		read.nexus, err = definition.LoadSettled(file, kept.Settled)
	default:
		read.nexus, err = definition.Load(file)
	}
	return read, err
}
