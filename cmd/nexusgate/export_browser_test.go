//go:build browser

package main

import (
	"context"
	"io"
	"log/slog"
	"path/filepath"
	"time"

	"github.com/nexusgate/nexusgate/gate/store"
)

// NewDemoAt makes a demo that goes by a clock of its own, at a pace of a test's.
func NewDemoAt(ctx context.Context, dir string, now func() time.Time, log *slog.Logger, out io.Writer) (*Demo, error) {
	return newDemo(ctx, serverConfig{
		listen: "127.0.0.1:0", store: "sqlite:" + filepath.Join(dir, "nexusgate.db"), now: now, log: log,
		storeOptions: []store.Option{store.Windows(20*time.Millisecond, 20*time.Millisecond, 200*time.Millisecond)},
	}, out, time.Millisecond)
}

// Hold has the catalog be red, and the search team's pipeline be under way: something holds the Increment back.
func (d *demo) Hold() {
	t := d.tale
	landed := t.propose(t.catalog, "suggestions", "Suggest while they type", "raj", map[string]string{"suggest.go": "package main"}).Merge("squash")
	t.run(t.catalog, "push", landed, "failure")
	t.search.Commit("main", "Index what is suggested", map[string]string{"suggest.ts": "export const suggest = 1"})
	t.search.Pipeline("main", t.search.Head("main"), labJobs...)
}

// Land has the cart team land a change.
func (d *demo) Land(ctx context.Context, round int) { d.tale.more(ctx, d.tale.cart, round) }

// Rests says whether nothing is under way.
func (d *demo) Rests(ctx context.Context) (bool, error) {
	counts, reads, err := d.server.Backlog(ctx)
	return counts.Pending+counts.Owed+counts.Errands == 0 && reads == 0, err
}
