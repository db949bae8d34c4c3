package main

import (
	"context"

	"github.com/nexusgate/nexusgate/gate/store"
)

// restoreCommand puts a backup into a store.
type restoreCommand struct {
	From string `required:"" variable:"from-file" placeholder:"FILE" help:"What backup has written."`
	To   string `required:"" variable:"to-store" placeholder:"DSN" help:"A store that holds nothing yet, as sqlite:nexusgate.db or postgres://…."`
}

// Help is what the command's help says besides its flags.
func (*restoreCommand) Help() string {
	return `All that a backup holds is written into an empty store and counted. A service
that is started on it goes on where the backup was made: what the forges show
already is known, and is not sent again. Deliveries since then are the forges' to
send again; nexusgate sweep finds what they told.

Examples:
  nexusgate restore --from nexusgate-2026-11-23.db --to sqlite:nexusgate.db
  nexusgate restore --from nexusgate.db --to postgres://nexusgate@db/nexusgate`
}

// Run is the command.
func (c *restoreCommand) Run(ctx context.Context, s streams) (answer, error) {
	ctx, stop := untilSignal(ctx)
	defer stop()
	copied := newCopied(s.err)
	if err := store.Restore(ctx, c.From, c.To, copied.tell); err != nil {
		return failed, err
	}
	return copied.conclude(s.out, store.Redact(c.To))
}
