package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/nexusgate/nexusgate/gate/attest"
	"github.com/nexusgate/nexusgate/gate/report"
)

// verifyCommand checks a statement, as what releases on its word does.
type verifyCommand struct {
	File       string        `arg:"" name:"FILE" help:"The statement, as /api/v1/verdicts/ID/attestation gave it; - reads the standard input."`
	Key        []string      `sep:"none" required:"" variable:"key-public" placeholder:"FILE|URL" help:"Public keys that count: a file with PEM or a key set, or the address of a service, which publishes its own. May be repeated."`
	Verifier   string        `placeholder:"URL" help:"Who must have decided: the address of the service, as its --url is."`
	Nexus      string        `variable:"nexus-name" placeholder:"NAME" help:"On whose Increment."`
	Component  []string      `sep:"none" variable:"component-at" placeholder:"NAME=COMMIT" help:"What is to go out: it must be in the Increment at exactly that commit. May be repeated."`
	Expect     string        `placeholder:"FILE" help:"All that is to go out, as JSON: {\"cart-api\": \"9c1f…\"}, or an object whose composition that is. Nothing more and nothing less may be in the Increment."`
	Exceptions string        `enum:"refused,allowed" default:"refused" placeholder:"refused|allowed" help:"Whether an Increment will do that is done under exceptions."`
	Fresh      time.Duration `placeholder:"DURATION" help:"How long ago it may have been decided, as 24h; without it, at any time."`
	Format     string        `enum:"text,json" default:"text" variable:"format-signed" placeholder:"text|json" help:"json writes the statement as it was signed, if nothing stands against it."`
}

// Help is what the command's help says besides its flags.
func (*verifyCommand) Help() string {
	return `Says what the statement is about, and what stands against a release on its word.
With keys from files nobody is asked and nothing else is read: check it wherever
it was carried to. It says what was decided at one moment; an exception that has
ended since is refused, and whether a later verdict says otherwise is for the
service to say, or for --fresh.

Exit codes: 0 the Increment is done and is what was asked for, 1 it is not, or
none of the keys has signed it, 3 an error.

Examples:
  nexusgate verify storefront-increment-128.json --key attest.pem
  nexusgate verify attestation.json --key attest.pem --nexus storefront \
    --component cart-api=9c1f… --component web=77ab…
  nexusgate verify - --key https://done.example.com --expect deployed.json`
}

// Run is the command.
func (c *verifyCommand) Run(ctx context.Context, s streams) (answer, error) {
	asked, err := c.asked(time.Now())
	if err != nil {
		return failed, err
	}
	ring, err := readKeyring(ctx, c.Key)
	if err != nil {
		return failed, fmt.Errorf("--key: %w", err)
	}
	text, err := c.read(s.in)
	if err != nil {
		return failed, fmt.Errorf("reading a statement: %w", err)
	}
	envelope, err := attest.ReadEnvelope(text)
	if err != nil {
		return failed, fmt.Errorf("%s: %w", c.File, err)
	}
	statement, key, err := envelope.Open(ring)
	if err != nil {
		return no, c.tell(s.out, fmt.Sprintf("%s proves nothing: %s", c.File, report.Plain(err.Error())))
	}
	against := statement.Against(asked)
	switch {
	case c.Format == "json" && len(against) == 0:
		return yes, c.tell(s.out, envelope.Payload())
	case c.Format == "json":
		return c.refuse(s.err, against) // what is to be refused is not handed to a script
	}
	if err := c.tell(s.out, statementText(statement, key)); err != nil {
		return failed, err
	}
	return c.refuse(s.out, against)
}

// refuse tells what stands against a release; nothing does: yes.
func (c *verifyCommand) refuse(out io.Writer, against []string) (answer, error) {
	for _, what := range against {
		if err := c.tell(out, "refused: "+report.Plain(what)); err != nil {
			return failed, err
		}
	}
	if len(against) > 0 {
		return no, nil
	}
	return yes, nil
}

func (c *verifyCommand) tell(out io.Writer, text string) error {
	if _, err := fmt.Fprintln(out, text); err != nil {
		return fmt.Errorf("telling the answer: %w", err)
	}
	return nil
}

func (c *verifyCommand) read(in io.Reader) ([]byte, error) {
	if c.File == "-" {
		return readAllBounded(in, "the standard input")
	}
	return readBounded(c.File)
}

// asked is what the flags ask of a statement.
func (c *verifyCommand) asked(now time.Time) (a attest.Asked, err error) {
	a = attest.Asked{Now: now, Verifier: c.Verifier, Nexus: c.Nexus, Exceptions: c.Exceptions == "allowed", Fresh: c.Fresh}
	if c.Fresh < 0 {
		return a, errors.New("--fresh: give a positive duration, as 24h")
	}
	if a.Components, err = componentCommits(c.Component); err != nil {
		return a, fmt.Errorf("--component: %w", err)
	}
	if c.Expect != "" {
		if a.Exactly, err = readExpected(c.Expect); err != nil {
			return a, fmt.Errorf("--expect: %w", err)
		}
	}
	return a, nil
}
