package main

import (
	"context"

	"github.com/nexusgate/nexusgate/gate/store"
)

// copyCommand moves a store to another engine or place.
type copyCommand struct {
	From string `required:"" variable:"from-store" placeholder:"DSN" help:"The store that is to be moved. Nothing is written to it, and no service may be at work on it."`
	To   string `required:"" variable:"to-store" placeholder:"DSN" help:"A store that holds nothing yet, as sqlite:nexusgate.db or postgres://…."`
}

// Help is what the command's help says besides its flags.
func (*copyCommand) Help() string {
	return `All that one store holds is written into another, counted, and then folded again
as replay does, to see that it says the same. Stop the services first: the
command refuses a store that one is at work on, for what came to it meanwhile
would be lost. Forges send again what they could not deliver, or nexusgate sweep
finds it.

Exit codes: 0 moved, and the same, 1 moved, and a verdict differs, 3 an error.

Examples:
  nexusgate copy --from sqlite:nexusgate.db --to postgres://nexusgate@db/nexusgate
  nexusgate copy --from postgres://nexusgate@db/nexusgate --to sqlite:nexusgate.db`
}

// Run is the command.
func (c *copyCommand) Run(ctx context.Context, s streams) (answer, error) {
	ctx, stop := untilSignal(ctx)
	defer stop()
	copied := newCopied(s.err)
	if err := store.Copy(ctx, c.From, c.To, copied.tell); err != nil {
		return failed, err
	}
	if said, err := copied.conclude(s.out, store.Redact(c.To)); err != nil {
		return said, err
	}
	return (&replayCommand{Store: c.To}).Run(ctx, s)
}
