package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/report"
)

// manifestCommand writes what is to be deployed.
type manifestCommand struct {
	Nexus       string `arg:"" name:"NEXUS" help:"Of which Nexus."`
	Increment   string `default:"last-done" variable:"increment-which" placeholder:"WHICH" help:"last-done, head, a number, or the digest of a composition."`
	Environment string `placeholder:"NAME" help:"Where it is deployed: what the definition asks for there has to hold."`
	Format      string `enum:"json,lock" default:"json" variable:"format-manifest" placeholder:"json|lock" help:"lock writes a file for a deployment repository, a line for each component."`
	apiFlags    `embed:""`
}

// Help is what the command's help says besides its flags.
func (*manifestCommand) Help() string {
	return `The Increment is judged as of now: what was done once, and is not any more, is
written nowhere, and said. Keep the lock file where deployments are described;
verify-manifest says later whether it still is a done Increment.

Exit codes: 0 the Increment is done, 1 it is not, 2 it is awaited, 3 an error.

Examples:
  nexusgate manifest storefront --url https://done.example.com
  nexusgate manifest storefront --increment 128 --format lock > storefront.lock`
}

// Run is the command.
func (c *manifestCommand) Run(ctx context.Context, s streams) (answer, error) {
	client, err := c.client(s)
	if err != nil {
		return failed, err
	}
	m, err := client.manifest(ctx, c.Nexus, c.Increment, c.Environment)
	if err != nil {
		return failed, fmt.Errorf("asking for the manifest of %s: %w", c.Nexus, err)
	}
	if m.Outcome != gate.Done {
		return answerOf(m.Outcome), tellLine(s.err, report.Plain(m.Why))
	}
	if c.Format == "lock" {
		return yes, tellLine(s.out, strings.TrimSuffix(m.lock(), "\n"))
	}
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return failed, fmt.Errorf("writing the manifest: %w", err)
	}
	return yes, tellLine(s.out, string(text))
}

func tellLine(out io.Writer, text string) error {
	if _, err := fmt.Fprintln(out, text); err != nil {
		return fmt.Errorf("telling the answer: %w", err)
	}
	return nil
}

// verifyManifestCommand says whether what is deployed is a done Increment.
type verifyManifestCommand struct {
	File        string `arg:"" name:"FILE" help:"A lock file or a manifest, as manifest wrote it, or a JSON object of components and their commits; - reads the standard input."`
	Nexus       string `variable:"nexus-name" placeholder:"NAME" help:"Of which Nexus, where the file does not say it."`
	Environment string `placeholder:"NAME" help:"Where it is deployed: what the definition asks for there has to hold."`
	apiFlags    `embed:""`
}

// Help is what the command's help says besides its flags.
func (*verifyManifestCommand) Help() string {
	return `Asks the service whether the whole of it is one Increment, and whether that is
done as it is judged now. A file that was altered is refused before that.

Exit codes: 0 it is a done Increment, 1 it is not, 2 it is awaited, 3 an error.

Examples:
  nexusgate verify-manifest storefront.lock --url https://done.example.com
  kubectl get … -o json | jq … | nexusgate verify-manifest - --nexus storefront`
}

// Run is the command.
func (c *verifyManifestCommand) Run(ctx context.Context, s streams) (answer, error) {
	text, err := c.read(s.in)
	if err != nil {
		return failed, err
	}
	m, err := readManifest(c.File, text)
	if err != nil {
		return failed, err
	}
	if m.Nexus == "" {
		m.Nexus = c.Nexus
	}
	if m.Nexus == "" || c.Nexus != "" && c.Nexus != m.Nexus {
		return failed, errors.New("it is not said of which Nexus it is, or twice and differently: give --nexus as the file has it")
	}
	client, err := c.client(s)
	if err != nil {
		return failed, err
	}
	said, err := client.door(ctx, question{Nexus: m.Nexus, Environment: c.Environment, Increment: m.Composition.Digest()})
	if err != nil {
		return failed, fmt.Errorf("asking whether %s is done: %w", c.File, err)
	}
	if said.Increment == 0 {
		return no, tellLine(s.out, fmt.Sprintf("%s is no Increment of %s: its components never stood together at these commits.", c.File, m.Nexus))
	}
	if said.Outcome != gate.Done || len(m.Components) == 0 {
		return answerOf(said.Outcome), tellLine(s.out, report.Plain(said.Why))
	}
	return c.place(ctx, s, client, m)
}

// place holds where the components are said to lie against where they do: their commits alone do not tell.
func (c *verifyManifestCommand) place(ctx context.Context, s streams, client *apiClient, m manifest) (answer, error) {
	is, err := client.manifest(ctx, m.Nexus, m.Composition.Digest(), c.Environment)
	if err != nil {
		return failed, fmt.Errorf("asking where the components of %s lie: %w", m.Nexus, err)
	}
	if astray := m.astray(is); astray != "" {
		return no, tellLine(s.out, report.Plain(fmt.Sprintf("%s is not what is done: %s.", c.File, astray)))
	}
	return answerOf(is.Outcome), tellLine(s.out, report.Plain(is.Why))
}

func (c *verifyManifestCommand) read(in io.Reader) ([]byte, error) {
	if c.File == "-" {
		return readAllBounded(in, "the standard input")
	}
	return readBounded(c.File)
}
