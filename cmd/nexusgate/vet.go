package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
)

// vetCommand tells every fault in a definition, and exits with no if there is one.
type vetCommand struct{ layers }

// Help is what the command's help says besides its flags.
func (*vetCommand) Help() string {
	return `A fault is a line FILE:LINE:COL: message, and all of them are told at once: what
does not read, what contradicts, what relaxes the Nexus's definition, and each
component, and the Increment, that is left without a required criterion. A
warning says so after its place, and leaves the answer at yes.

Exit codes: 0 sound, 1 faults, 3 an error.

Examples:
  nexusgate vet nexus.cue
  nexusgate vet nexus.cue --team cart=.nexus/done.cue
  nexusgate vet nexus.cue --team payment/ledger=services/ledger/.nexus/done.cue`
}

// Run is the command.
func (c *vetCommand) Run(_ context.Context, s streams) (answer, error) {
	nexus, teams, err := c.read()
	if err != nil {
		return failed, err
	}
	d, err := load(nexus)
	if err != nil {
		return no, tell(s.out, append(faultsIn(err), unread(teams)...), nil)
	}
	files, err := byComponent(d, teams)
	if err != nil {
		return failed, err
	}
	faults, warnings := d.Vet(files, time.Now())
	if err := tell(s.out, faults, warnings); err != nil {
		return failed, err
	}
	if len(faults) > 0 {
		return no, nil
	}
	return yes, sound(s.out, d, inForce(d, string(nexus.Source), files))
}

// unread are the faults that teams' files have by themselves, where there is nothing to hold them against.
func unread(teams []layer) definition.Faults {
	var faults definition.Faults
	for _, l := range teams {
		_, err := definition.LoadTightening(l.file)
		faults = append(faults, faultsIn(err)...)
	}
	return faults
}

// tell writes a line for each fault and warning, in the order of their places.
func tell(w io.Writer, faults, warnings definition.Faults) error {
	all := slices.Clone(faults)
	for _, f := range warnings {
		all = append(all, definition.Fault{Pos: f.Pos, Message: "warning: " + f.Message})
	}
	slices.SortStableFunc(all, byPlace)
	for _, f := range slices.Compact(all) {
		if _, err := fmt.Fprintln(w, f); err != nil {
			return fmt.Errorf("telling the faults: %w", err)
		}
	}
	return nil
}

func byPlace(a, b definition.Fault) int {
	return cmp.Or(
		cmp.Compare(a.Pos.File, b.Pos.File), cmp.Compare(a.Pos.Line, b.Pos.Line), cmp.Compare(a.Pos.Column, b.Pos.Column),
		cmp.Compare(a.Message, b.Message),
	)
}

// inForce is the Nexus with its teams' files laid over.
func inForce(d *definition.Definition, source string, files map[string]definition.File) *gate.Nexus {
	over := map[string]gate.Layer{}
	for component, file := range files {
		over[component] = gate.Layer{File: file.Name, Source: string(file.Source)}
	}
	return gate.NewNexus(d, source, over, nil)
}

// sound says in a line what was vetted: "storefront: 3 teams, 4 components, 9 criteria: sound".
func sound(w io.Writer, d *definition.Definition, n *gate.Nexus) error {
	_, err := fmt.Fprintf(w, "%s: %s, %s, %s: sound\n", d.Name,
		count(len(d.Teams), "team", "teams"), count(len(d.All()), "component", "components"), count(criteria(n), "criterion", "criteria"))
	if err != nil {
		return fmt.Errorf("telling the answer: %w", err)
	}
	return nil
}

// criteria counts those of the Nexus and those that teams have of their own, each once.
func criteria(n *gate.Nexus) int {
	own := map[definition.Pos]bool{}
	for _, c := range n.Definition.All() {
		governed, _ := n.Component(c.Name)
		for _, rule := range governed.Rules {
			if rule.Nexus == nil {
				own[rule.Team.Pos] = true
			}
		}
	}
	return len(n.Definition.Criteria) + len(own)
}
