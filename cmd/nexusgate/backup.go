package main

import (
	"context"
	"fmt"
	"io"

	"github.com/nexusgate/nexusgate/gate/store"
)

// backupCommand writes all that a store holds into a file.
type backupCommand struct {
	Store string `required:"" placeholder:"DSN" help:"The store of a service, as sqlite:nexusgate.db or postgres://…. Nothing is written to it."`
	To    string `required:"" variable:"to-file" placeholder:"FILE" help:"The file to write. It must not be there yet."`
}

// Help is what the command's help says besides its flags.
func (*backupCommand) Help() string {
	return `All that the store holds, as of one moment, is written into a SQLite file that
only its owner may read, checked and counted. A service may be at work on the
store meanwhile. The file is a store like any other: restore puts it back, and
replay and impact read it as it is.

Examples:
  nexusgate backup --store sqlite:nexusgate.db --to nexusgate-2026-11-23.db
  nexusgate backup --store postgres://nexusgate@db/nexusgate --to nexusgate.db
  nexusgate replay --store sqlite:nexusgate-2026-11-23.db`
}

// Run is the command.
func (c *backupCommand) Run(ctx context.Context, s streams) (answer, error) {
	ctx, stop := untilSignal(ctx)
	defer stop()
	copied := newCopied(s.err)
	if err := store.Backup(ctx, c.Store, c.To, copied.tell); err != nil {
		return failed, err
	}
	return copied.conclude(s.out, c.To)
}

// copied counts what was written, table by table.
type copied struct {
	rows     map[string]int64
	progress *progress
}

func newCopied(w io.Writer) *copied {
	return &copied{rows: map[string]int64{}, progress: newProgress(w)}
}

func (c *copied) tell(table string, rows int64) {
	c.rows[table] = rows
	c.progress.show(c.says())
}

func (c *copied) says() string {
	return count(int(c.rows["deliveries"]), "delivery", "deliveries") + ", " + count(int(c.rows["verdicts"]), "verdict", "verdicts") +
		", " + count(int(c.rows["owed"]), "report", "reports")
}

// conclude sums up: "12,345 deliveries, 678 verdicts, 90 reports: written to nexusgate.db and checked".
func (c *copied) conclude(out io.Writer, to string) (answer, error) {
	c.progress.clear()
	if _, err := fmt.Fprintf(out, "%s: written to %s and checked\n", c.says(), to); err != nil {
		return failed, fmt.Errorf("telling the answer: %w", err)
	}
	return yes, nil
}
