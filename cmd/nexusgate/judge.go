package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/report"
)

// judgeCommand judges evidence in a file, as the service judges what the forges send.
type judgeCommand struct {
	layers
	Evidence  string `required:"" placeholder:"FILE" help:"What is known, as JSON; - reads the standard input."`
	Component string `xor:"subject" placeholder:"NAME" help:"Judge one component instead of the Increment."`
	Change    string `xor:"subject" placeholder:"REF" help:"Judge a change instead, written as in the evidence: github:acme/cart-api#17."`
	Format    string `enum:"text,json,markdown" default:"text" placeholder:"text|json|markdown" help:"How the verdict is written."`
}

// Help is what the command's help says besides its flags.
func (*judgeCommand) Help() string {
	return `The verdict names each criterion, what was wanted, what was found, whose rule it
is and what to do. It is the same that the service gives on the same evidence.

Exit codes: 0 done, 1 not done, 2 awaiting, 3 an error.

Examples:
  nexusgate judge nexus.cue --evidence evidence.json
  nexusgate judge nexus.cue --evidence evidence.json --component cart-api
  nexusgate judge nexus.cue --team cart=cart.cue --evidence - --format json

The evidence file:
  {"now": "2026-11-22T12:00:00Z",
   "since": {"9c1f…": "2026-11-22T11:50:00Z"},
   "composition": {"cart-api": "9c1f…"},
   "evidence": [
    {"component": "cart-api", "commit": "9c1f…", "kind": "junit",
     "producer": {"app": "github-actions", "workflow": "ci.yml"},
     "trust": "oidc", "observed": "2026-11-22T11:58:00Z",
     "facts": {"passed": 120, "failed": 0}}]}

since says when a commit, a change or a composition was first seen, and starts
the deadlines; without it nothing is overdue. A piece of evidence is about a
component's commit, a "change", or the "increment": true.`
}

// Run is the command.
func (c *judgeCommand) Run(_ context.Context, s streams) (answer, error) {
	n, err := c.nexus(s.err)
	if err != nil {
		return failed, err
	}
	evidence, err := c.evidence(s.in)
	if err != nil {
		return failed, err
	}
	if err := known(n.Definition, evidence); err != nil {
		return failed, fmt.Errorf("%s: %w", c.Evidence, err)
	}
	kase, err := c.subject(n, evidence)
	if err != nil {
		return failed, err
	}
	verdict := gate.Judge(kase, evidence.Now)
	return answerOf(verdict.Outcome), c.write(s.out, verdict)
}

// nexus is the definition with its teams' files laid over. One that is refused holds its component
// back, as it does in the service; what is wrong with it is told beside the verdict.
func (c *judgeCommand) nexus(beside io.Writer) (*gate.Nexus, error) {
	nexus, teams, err := c.read()
	if err != nil {
		return nil, err
	}
	d, err := load(nexus)
	if err != nil {
		if err := tell(beside, faultsIn(err), nil); err != nil {
			return nil, err
		}
		return nil, fmt.Errorf("there is nothing to judge by: mend %s, and vet it", nexus.Name)
	}
	files, err := byComponent(d, teams)
	if err != nil {
		return nil, err
	}
	n := inForce(d, string(nexus.Source), files)
	var faults, warnings definition.Faults
	for _, component := range d.All() {
		governed, _ := n.Component(component.Name)
		faults, warnings = append(faults, governed.Refused...), append(warnings, governed.Warnings...)
	}
	return n, tell(beside, faults, warnings)
}

func (c *judgeCommand) evidence(stdin io.Reader) (gate.EvidenceFile, error) {
	from := stdin
	if c.Evidence != "-" {
		file, err := os.Open(c.Evidence)
		if err != nil {
			return gate.EvidenceFile{}, fmt.Errorf("reading the evidence: %w", err)
		}
		defer file.Close()
		from = file
	}
	evidence, err := gate.ReadEvidence(from)
	if err != nil {
		return gate.EvidenceFile{}, placed(c.Evidence, err)
	}
	return evidence, nil
}

// placed puts the file before an error that may begin with its line and column.
func placed(file string, err error) error {
	if first := err.Error()[:1]; first >= "0" && first <= "9" {
		return fmt.Errorf("%s:%w", file, err)
	}
	return fmt.Errorf("%s: %w", file, err)
}

// known sees that the evidence names components of this Nexus. A misspelt one would be evidence
// lost, and its component would wait for ever.
func known(d *definition.Definition, f gate.EvidenceFile) error {
	all := d.All()
	isKnown := func(name string) bool {
		return slices.ContainsFunc(all, func(c definition.Component) bool { return c.Name == name })
	}
	for name := range f.Composition {
		if !isKnown(name) {
			return fmt.Errorf("the composition names %q, which is no component of %s; it has %s", name, d.Name, names(all, componentName))
		}
	}
	for i, e := range f.Evidence {
		if e.Component != "" && !isKnown(e.Component) {
			return fmt.Errorf("evidence[%d] names %q, which is no component of %s; it has %s", i, e.Component, d.Name, names(all, componentName))
		}
	}
	return nil
}

func (c *judgeCommand) subject(n *gate.Nexus, evidence gate.EvidenceFile) (gate.Case, error) {
	switch {
	case c.Component != "":
		return evidence.ComponentCase(n, c.Component)
	case c.Change != "":
		return evidence.ChangeCase(n, c.Change)
	default:
		return evidence.Case(n), nil
	}
}

func (c *judgeCommand) write(w io.Writer, v gate.Verdict) error {
	switch c.Format {
	case "json":
		text, err := report.JSON(v)
		if err != nil {
			return err
		}
		return show(w, text)
	case "markdown":
		return show(w, []byte(report.Markdown(v, report.Links{})))
	default:
		return report.Text(w, v)
	}
}

func show(w io.Writer, text []byte) error {
	if _, err := w.Write(text); err != nil {
		return fmt.Errorf("writing the verdict: %w", err)
	}
	return nil
}
