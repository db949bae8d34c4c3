package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/nexusgate/nexusgate/gate/attest"
	"github.com/nexusgate/nexusgate/gate/store"
)

// logProveCommand writes a proof.
type logProveCommand struct {
	Verdict string `arg:"" name:"ID" help:"The verdict."`
	Store   string `required:"" placeholder:"DSN" help:"The store of a service, as sqlite:nexusgate.db. Nothing is written to it."`
	Out     string `variable:"out-file" placeholder:"FILE" help:"Where the proof is written; without it, to the standard output."`
}

// Help is what the command's help says besides its flags.
func (*logProveCommand) Help() string {
	return `The proof holds the verdict, its leaf, the path up to a signed head, and that head.
It is checked with the key alone. A service gives the same at
/api/v1/nexus/NAME/log/ID.

Exit codes: 0 proved, 2 no head tells of it yet, 3 an error.

Example:
  nexusgate log prove 5f0c2e… --store sqlite:nexusgate.db --out proof.json
  nexusgate log check proof.json --key KEY`
}

// Run is the command.
func (c *logProveCommand) Run(ctx context.Context, s streams) (said answer, err error) {
	kept, err := store.OpenToRead(ctx, c.Store)
	if err != nil {
		return failed, fmt.Errorf("opening the store: %w", err)
	}
	defer func() { err = errors.Join(err, kept.Close()) }()
	p, err := prove(ctx, kept, c.Verdict)
	if errors.Is(err, errNotSigned) {
		fmt.Fprintln(s.err, "nexusgate:", err)
		return notYet, nil
	}
	if err != nil {
		return failed, err
	}
	text, err := p.Write()
	if err != nil {
		return failed, err
	}
	if c.Out != "" {
		if err := os.WriteFile(c.Out, text, 0o600); err != nil {
			return failed, fmt.Errorf("writing the proof: %w", err)
		}
		return yes, nil
	}
	if _, err := s.out.Write(text); err != nil {
		return failed, fmt.Errorf("writing the proof: %w", err)
	}
	return yes, nil
}

// errNotSigned says that no signed head tells of a verdict yet.
var errNotSigned = errors.New("no signed head tells of it yet: a service signs one within a minute")

// prove makes the proof of a verdict against the last head of its log.
func prove(ctx context.Context, kept *store.Store, verdict string) (attest.Proof, error) {
	nexus, number, body, err := kept.Logged(ctx, verdict)
	if errors.Is(err, store.ErrNotFound) {
		return attest.Proof{}, fmt.Errorf("%w; its id is at the end of the address of its page", err)
	}
	if err != nil {
		return attest.Proof{}, err
	}
	head, signed, err := lastHead(ctx, kept, nexus)
	if errors.Is(err, store.ErrNotFound) || err == nil && number >= head.Size {
		return attest.Proof{}, fmt.Errorf("verdict %s is leaf %d of %s: %w", verdict, number, nexus, errNotSigned)
	}
	if err != nil {
		return attest.Proof{}, err
	}
	_, hashes, err := kept.Hashes(ctx, nexus)
	if err != nil {
		return attest.Proof{}, err
	}
	return attest.Prove(number, body, head, signed, hashes)
}
