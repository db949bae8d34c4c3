package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/store"
)

// impactCommand judges a kept history again under another definition.
type impactCommand struct {
	Store  string   `required:"" placeholder:"DSN" help:"The store of a service, as sqlite:nexusgate.db. Nothing is written to it."`
	Nexus  string   `required:"" variable:"nexus-file" placeholder:"FILE" help:"The candidate: a Nexus-wide definition. Its name says which Nexus of the store it is for."`
	Team   []string `sep:"none" placeholder:"NAME=FILE" help:"A team's done.cue, laid over the candidate for all components of the team; NAME/COMPONENT=FILE for one of them. May be repeated. What is not named stays as it is in force."`
	Since  string   `placeholder:"DATE" help:"Judge again what was decided from a day on, as 2026-11-01, or from a moment, as 2026-11-01T12:00:00Z."`
	Format string   `enum:"text,json" default:"text" placeholder:"text|json" help:"How the answer is written."`
}

// Help is what the command's help says besides its flags.
func (*impactCommand) Help() string {
	return `Every verdict that the store keeps is judged again under the candidate, on what it
rested on and for the moment at which it was made. What would have been
different is told by team and criterion: how often a finding would have been
another, how often an outcome would have turned, and a verdict for an example.
What cannot be known from what was kept is said, and not guessed: criteria whose
paths nothing watched, and components that the candidate brings. A service may
be at work on the store meanwhile.

Exit codes: 0 nothing would have been different, 1 something would, or cannot be
known, 3 an error.

Examples:
  nexusgate impact --store sqlite:nexusgate.db --nexus nexus.cue
  nexusgate impact --store sqlite:nexusgate.db --nexus nexus.cue --since 2026-11-01
  nexusgate impact --store sqlite:nexusgate.db --nexus nexus.cue --team cart=cart.cue --format json`
}

// Run is the command.
func (c *impactCommand) Run(ctx context.Context, s streams) (said answer, err error) {
	kept, err := store.OpenToRead(ctx, c.Store)
	if err != nil {
		return failed, err
	}
	defer func() { err = errors.Join(err, kept.Close()) }()
	p, err := c.propose(ctx, kept, s.err)
	if err != nil {
		return failed, err
	}
	since, err := sinceWhen(c.Since, p.candidate.Definition.Zone)
	if err != nil {
		return failed, err
	}
	i := impact{Nexus: p.candidate.Definition.Name, Candidate: c.Nexus}
	i.compare(p.now, p.candidate)
	if err := i.rejudge(ctx, kept, p.candidate, since, newProgress(s.err)); err != nil {
		return failed, fmt.Errorf("judging the history of %s again: %w", i.Nexus, err)
	}
	if c.Format == "json" {
		return i.answer(), i.json(s.out)
	}
	return i.answer(), i.text(s.out)
}

// sinceWhen reads a day of the Nexus's calendar, or a moment. Nothing is the beginning.
func sinceWhen(text string, zone *time.Location) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if day, err := definition.ParseDay(text, zone); err == nil {
		return day, nil
	}
	moment, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return time.Time{}, fmt.Errorf("--since %s: write a day, as 2026-11-01, or a moment, as 2026-11-01T12:00:00Z", text)
	}
	return moment, nil
}

// proposed is what is in force, and the candidate.
type proposed struct {
	now, candidate *gate.Nexus
}

// propose reads the candidate and lays teams' layers over it: those that are given, else those in force.
func (c *impactCommand) propose(ctx context.Context, kept *store.Store, beside io.Writer) (p proposed, err error) {
	nexus, teams, err := (&layers{Nexus: c.Nexus, Team: c.Team}).read()
	if err != nil {
		return p, err
	}
	d, err := vetted(nexus.Name, nexus.Source)
	if err != nil {
		return p, err
	}
	given, err := byComponent(d, teams)
	if err != nil {
		return p, err
	}
	manifest, err := manifestOf(ctx, kept, store.Redact(c.Store), d.Name)
	if err != nil {
		return p, err
	}
	find := func(digest string) (gate.DefinitionSource, error) { return kept.Definition(ctx, digest) }
	if p.now, err = gate.Rebuild(manifest, find); err != nil {
		return p, fmt.Errorf("what is in force in %s: %w", d.Name, err)
	}
	over, err := layersUnder(manifest, given, find)
	if err != nil {
		return p, err
	}
	p.candidate = gate.NewNexus(d, string(nexus.Source), over, manifest.Void)
	return p, tellRefused(beside, p.candidate)
}

// layersUnder are the teams' layers in force, and in their place those that are given. One that was
// accepted is overtaken by a candidate, and not refused.
func layersUnder(
	m gate.Manifest, given map[string]definition.File, find func(digest string) (gate.DefinitionSource, error),
) (map[string]gate.Layer, error) {
	over := map[string]gate.Layer{}
	for component, ref := range m.Layers {
		source, err := find(ref.Digest)
		if err != nil {
			return nil, fmt.Errorf("the layer in force of %s: %w", component, err)
		}
		over[component] = gate.Layer{File: ref.File, Source: source.Source, Accepted: true}
	}
	for component, file := range given {
		same := over[component].Source == string(file.Source)
		over[component] = gate.Layer{File: file.Name, Source: string(file.Source), Accepted: same}
	}
	return over, nil
}

// tellRefused tells of the layers that the candidate would refuse or overtake: their components are
// judged accordingly.
func tellRefused(beside io.Writer, n *gate.Nexus) error {
	var faults, warnings definition.Faults
	for _, component := range n.Definition.All() {
		governed, _ := n.Component(component.Name)
		faults, warnings = append(faults, governed.Refused...), append(warnings, governed.Warnings...)
	}
	return tell(beside, faults, warnings)
}
