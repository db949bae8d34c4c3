package main

import (
	"context"
	"fmt"

	"github.com/nexusgate/nexusgate/gate/attest"
)

// logCheckCommand checks a proof.
type logCheckCommand struct {
	File string   `arg:"" name:"FILE" help:"The proof: that a verdict was logged or, with --head, that a log only grew."`
	Key  []string `required:"" variable:"key-verifier" placeholder:"VERIFIER" help:"The public side of the key that signs, as log key prints it. May be repeated."`
	Head string   `variable:"head-kept" placeholder:"FILE" help:"The older head, of a proof that the log only grew since."`
}

// Help is what the command's help says besides its flags.
func (*logCheckCommand) Help() string {
	return `Nothing else is read, and nobody is asked. The line that is printed is what the
proof proves: read there which verdict it is.

Exit codes: 0 proved, 1 not proved, 3 an error.

Example:
  nexusgate log check proof.json --key KEY
  curl -o grown.json done.example.com/api/v1/nexus/storefront/log/from/1204
  nexusgate log check grown.json --head head.txt --key KEY`
}

// Run is the command.
func (c *logCheckCommand) Run(_ context.Context, s streams) (answer, error) {
	trusted, err := attest.ParseVerifiers(c.Key...)
	if err != nil {
		return failed, fmt.Errorf("--key: %w", err)
	}
	text, err := readBounded(c.File)
	if err != nil {
		return failed, fmt.Errorf("reading a proof: %w", err)
	}
	check := c.verdict
	if c.Head != "" {
		check = c.growth
	}
	line, wrong, err := check(text, trusted)
	if err != nil {
		return failed, err
	}
	said := yes
	if wrong != nil {
		said, line = no, fmt.Sprintf("%s proves nothing: %v", c.File, wrong)
	}
	if _, err := fmt.Fprintln(s.out, line); err != nil {
		return failed, fmt.Errorf("telling the answer: %w", err)
	}
	return said, nil
}

// verdict says what a proof of a verdict proves, or why it proves nothing.
func (c *logCheckCommand) verdict(text []byte, trusted attest.Verifiers) (line string, wrong, err error) {
	p, err := attest.ReadProof(text)
	if err != nil {
		return "", nil, fmt.Errorf("%s: %w", c.File, err)
	}
	head, v, wrong := p.Check(trusted)
	return fmt.Sprintf("verdict %s of %s, %s: %s at %s; leaf %d of %d",
		v.ID, v.Nexus, v.Subject.Name, v.Outcome, v.At.Format("2006-01-02T15:04:05Z07:00"), p.Number, head.Size), wrong, nil
}

// growth says what a proof of a log's growth proves, or why it proves nothing.
func (c *logCheckCommand) growth(text []byte, trusted attest.Verifiers) (line string, wrong, err error) {
	older, err := readBounded(c.Head)
	if err != nil {
		return "", nil, fmt.Errorf("--head: %w", err)
	}
	head, err := attest.ReadHead(string(older), trusted)
	if err != nil {
		return "", nil, fmt.Errorf("--head %s: %w", c.Head, err)
	}
	g, err := attest.ReadGrowth(text)
	if err != nil {
		return "", nil, fmt.Errorf("%s: %w", c.File, err)
	}
	later, wrong := g.Check(head, trusted)
	return fmt.Sprintf("the log of %s only grew, from %d leaves to %d", head.Nexus, head.Size, later.Size), wrong, nil
}
