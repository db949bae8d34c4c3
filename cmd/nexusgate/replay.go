package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

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
the store meanwhile.

Exit codes: 0 the same, 1 a verdict differs, 3 an error.

Example:
  nexusgate replay --store sqlite:nexusgate.db`
}

// Run is the command.
func (c *replayCommand) Run(ctx context.Context, s streams) (said answer, err error) {
	if err := seeStore(c.Store); err != nil {
		return failed, err
	}
	kept, err := store.Open(ctx, c.Store, time.Now)
	if err != nil {
		return failed, fmt.Errorf("opening the log: %w", err)
	}
	defer func() { err = errors.Join(err, kept.Close()) }()
	r := newRefolding(kept, s)
	if err := kept.Log(ctx, func(e store.LogEntry) error { return r.visit(ctx, e) }); err != nil {
		return failed, fmt.Errorf("replaying %s: %w", c.Store, err)
	}
	return r.conclude()
}

// seeStore keeps a misspelt path from becoming a new and empty store, which would agree with itself.
func seeStore(dsn string) error {
	path, ok := strings.CutPrefix(dsn, "sqlite:")
	if !ok {
		return nil // the store says itself what it does not know
	}
	if _, err := os.Stat(path); err != nil {
		return fmt.Errorf("there is no store: %w; name the one that serve was given", err)
	}
	return nil
}
