package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/nexusgate/nexusgate/gate/store"
)

// replayCommand folds a kept log again, and says whether the verdicts are the same.
type replayCommand struct {
	Store string `required:"" placeholder:"DSN" help:"The store of a service, as sqlite:nexusgate.db. Nothing is written to it."`
}

// Help is what the command's help says besides its flags.
func (*replayCommand) Help() string {
	return `Every delivery is decoded, folded and judged again from the beginning, in the
recorded order and at the recorded moments. Where a verdict comes out another
than the one that was recorded, a line says which; a service may be at work on
the store meanwhile. Where the beginning is not kept any more, it goes on from a
checkpoint, at which nothing may come out another either.

Exit codes: 0 the same, 1 a verdict differs, 3 an error.

Example:
  nexusgate replay --store sqlite:nexusgate.db`
}

// Run is the command.
func (c *replayCommand) Run(ctx context.Context, s streams) (said answer, err error) {
	kept, err := store.OpenToRead(ctx, c.Store)
	if err != nil {
		return failed, err
	}
	defer func() { err = errors.Join(err, kept.Close()) }()
	if said, err = newRefolding(kept, s).all(ctx); err != nil {
		return failed, fmt.Errorf("replaying %s: %w", store.Redact(c.Store), err)
	}
	return said, nil
}
