package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/report"
)

// explainCommand says why a criterion stands as it does: on evidence in a file, or as a service decided it.
type explainCommand struct {
	Criterion string   `arg:"" name:"CRITERION" help:"The criterion, by its id in the definition."`
	File      string   `arg:"" optional:"" name:"nexus.cue" help:"The Nexus-wide definition, for evidence in a file."`
	Team      []string `sep:"none" placeholder:"NAME=FILE" help:"A team's done.cue, laid over the Nexus's for all components of the team; NAME/COMPONENT=FILE for one of them. May be repeated."`
	Evidence  string   `xor:"from" placeholder:"FILE" help:"What is known, as JSON, as judge reads it; - reads the standard input."`
	Change    string   `placeholder:"REF" help:"With evidence in a file: of a change, written as there: github:acme/cart-api#17."`
	Store     string   `xor:"from" placeholder:"DSN" help:"The store of a service, as sqlite:nexusgate.db, to explain what that decided."`
	Nexus     string   `variable:"nexus-name" placeholder:"NAME" help:"Which Nexus of the store, where it keeps several."`
	Verdict   string   `xor:"verdict" placeholder:"ID" help:"Which verdict of the store, where it is not the latest."`
	Increment int64    `xor:"verdict" placeholder:"N" help:"The verdict on an Increment of the store, by its number."`
	Component string   `placeholder:"NAME" help:"Of which component; none for a criterion on the Increment."`
	Format    string   `enum:"text,json" default:"text" placeholder:"text|json" help:"How the explanation is written."`
}

// Help is what the command's help says besides its flags.
func (*explainCommand) Help() string {
	return `It tells where each part of the rule comes from, which evidence was heard, what
of it counts and why, why the state is what it is, and what would change it. The
page of a verdict shows the same text.

With evidence in a file it is explained as judge would judge it; with the store of
a service, as that decided: the latest verdict on the component or, without one,
on the Increment.

Exit codes: 0 met, 1 not met, 2 waiting, 3 an error.

Examples:
  nexusgate explain coverage nexus.cue --evidence evidence.json --component cart-api
  nexusgate explain e2e nexus.cue --evidence evidence.json
  nexusgate explain coverage --store sqlite:nexusgate.db --component cart-api`
}

// Run is the command.
func (c *explainCommand) Run(ctx context.Context, s streams) (answer, error) {
	e, err := c.explain(ctx, s)
	if err != nil {
		return failed, err
	}
	return answerOfState(e.Finding.State), c.write(s, e)
}

func (c *explainCommand) explain(ctx context.Context, s streams) (gate.Explanation, error) {
	switch {
	case c.Store != "" && c.File == "" && len(c.Team) == 0 && c.Change == "":
		return c.fromStore(ctx)
	case c.Store == "" && c.Evidence != "" && c.File != "" && c.Nexus == "" && c.Verdict == "" && c.Increment == 0:
		kase, v, err := c.judged(s)
		if err != nil {
			return gate.Explanation{}, err
		}
		return gate.Explain(kase, v, c.Criterion, c.Component)
	default:
		return gate.Explanation{}, errors.New("name either nexus.cue and --evidence, or --store; nexusgate explain --help shows what goes with which")
	}
}

// judged is the verdict on the evidence in a file, and the case that it was made of.
func (c *explainCommand) judged(s streams) (gate.Case, gate.Verdict, error) {
	judge := judgeCommand{layers: layers{Nexus: c.File, Team: c.Team}, Evidence: c.Evidence, Change: c.Change}
	n, err := judge.nexus(s.err)
	if err != nil {
		return gate.Case{}, gate.Verdict{}, err
	}
	evidence, err := judge.evidence(s.in)
	if err != nil {
		return gate.Case{}, gate.Verdict{}, err
	}
	if err := c.known(n.Definition, evidence); err != nil {
		return gate.Case{}, gate.Verdict{}, err
	}
	if c.Change == "" {
		judge.Component = c.Component
	}
	kase, err := judge.subject(n, evidence)
	if err != nil {
		return gate.Case{}, gate.Verdict{}, err
	}
	return kase, gate.Judge(kase, evidence.Now), nil
}

// known sees that the evidence and the flags name components that there are.
func (c *explainCommand) known(d *definition.Definition, evidence gate.EvidenceFile) error {
	if err := known(d, evidence); err != nil {
		return fmt.Errorf("%s: %w", c.Evidence, err)
	}
	if _, ok := d.Component(c.Component); c.Component != "" && !ok {
		return noComponent(d, c.Component)
	}
	return nil
}

// noComponent names the components that there are, the nearest first.
func noComponent(d *definition.Definition, name string) error {
	var all []string
	for _, c := range d.All() {
		all = append(all, c.Name)
	}
	return fmt.Errorf("the Nexus %s has no component %q; it has %s", d.Name, name, strings.Join(definition.NearestFirst(name, all), ", "))
}

func (c *explainCommand) write(s streams, e gate.Explanation) error {
	text := []byte(report.Explanation(e))
	if c.Format == "json" {
		var err error
		if text, err = report.ExplanationJSON(e); err != nil {
			return err
		}
	}
	return show(s.out, text)
}

// answerOfState is the exit code of a finding's state.
func answerOfState(state gate.FindingState) answer {
	switch state {
	case gate.Met:
		return yes
	case gate.Waiting:
		return notYet
	case gate.Error, gate.Unmet, gate.Untrusted, gate.Empty, gate.Stale, gate.Missing:
		return no
	default:
		return no
	}
}
