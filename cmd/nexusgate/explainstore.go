package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/store"
)

// fromStore explains what a service decided, as it was decided.
func (c *explainCommand) fromStore(ctx context.Context) (e gate.Explanation, err error) {
	kept, err := store.OpenToRead(ctx, c.Store)
	if err != nil {
		return e, err
	}
	defer func() { err = errors.Join(err, kept.Close()) }()
	verdict, err := c.decided(ctx, kept)
	if err != nil {
		return e, err
	}
	return newArchive(kept).Explain(ctx, verdict, c.Criterion, c.Component)
}

// decided is the verdict that is asked about: the one that is named, or the latest one on the
// Increment or the component.
func (c *explainCommand) decided(ctx context.Context, kept *store.Store) (verdict string, err error) {
	if c.Verdict != "" {
		return c.Verdict, nil
	}
	nexus, err := c.nexusIn(ctx, kept)
	if err != nil {
		return "", err
	}
	inc, err := c.increment(ctx, kept, nexus)
	if err != nil || c.Component == "" || c.Increment > 0 {
		return inc.Verdict, err
	}
	subject := gate.Subject{Kind: gate.OfComponent, ID: c.Component}
	latest, err := kept.Verdicts(ctx, nexus, subject.Key(), 1)
	if err != nil {
		return "", err
	}
	if len(latest) == 0 {
		if len(inc.Composition) == 0 {
			return "", fmt.Errorf("nothing was decided on a component %q of %s, which has no Increment yet", c.Component, nexus)
		}
		there := definition.NearestFirst(c.Component, slices.Collect(maps.Keys(inc.Composition)))
		return "", fmt.Errorf("nothing was decided on a component %q of %s; it has %s", c.Component, nexus, strings.Join(there, ", "))
	}
	return latest[0].ID, nil
}

// increment is the one that is named, or the latest.
func (c *explainCommand) increment(ctx context.Context, kept *store.Store, nexus string) (gate.Increment, error) {
	if c.Increment > 0 {
		inc, err := kept.Increment(ctx, nexus, c.Increment)
		if err == nil && inc.Verdict == "" {
			err = fmt.Errorf("nothing was decided on Increment %d yet", c.Increment)
		}
		return inc, err
	}
	latest, err := kept.Increments(ctx, nexus, 0, 1)
	switch {
	case err != nil:
		return gate.Increment{}, err
	case len(latest) == 0 && c.Component == "":
		return gate.Increment{}, fmt.Errorf("%s has no Increment yet; name a component", nexus)
	case len(latest) == 0:
		return gate.Increment{}, nil
	default:
		return latest[0], nil
	}
}

// nexusIn is the Nexus that is named, or the only one of the store.
func (c *explainCommand) nexusIn(ctx context.Context, kept *store.Store) (string, error) {
	docs, err := kept.DocsNamed(ctx, gate.InForceKey)
	if err != nil {
		return "", fmt.Errorf("looking for Nexuses: %w", err)
	}
	var all []string
	for _, d := range docs {
		all = append(all, d.Nexus)
	}
	switch {
	case len(all) == 0:
		return "", fmt.Errorf("%s keeps no Nexus yet", store.Redact(c.Store))
	case c.Nexus == "" && len(all) == 1:
		return all[0], nil
	case slices.Contains(all, c.Nexus):
		return c.Nexus, nil
	case c.Nexus == "":
		return "", fmt.Errorf("%s keeps several Nexuses; name one with --nexus: %s", store.Redact(c.Store), strings.Join(slices.Sorted(slices.Values(all)), ", "))
	default:
		return "", fmt.Errorf("%s keeps no Nexus %q; it has %s", store.Redact(c.Store), c.Nexus, strings.Join(definition.NearestFirst(c.Nexus, all), ", "))
	}
}
