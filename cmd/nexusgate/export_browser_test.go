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

// backlog is what the definition says of the Product Backlog, once there is one.
const backlog = `
backlog: {repos: ["github:acme/product"], team: "label:team/*", sprint: "milestone", ready: "label:ready"}
`

// Plan gives the Nexus a Product Backlog: some of it is in the Sprint, some is ready, and some waits for others.
func (d *demo) Plan() {
	t := d.tale
	product := t.forges.hub.AddRepo("acme/product")
	sprint := product.AddMilestone("Sprint 1", time.Time{})
	guest := product.OpenIssue("Buy as a guest", "", "ana", "team/cart", "ready")
	guest.Plan(sprint)
	wallet := product.OpenIssue("Pay by a wallet", "Blocked-By: acme/product#1", "ana", "team/payment", "ready")
	wallet.Plan(sprint)
	page := product.OpenIssue("All of it on one page", "", "ana", "team/web")
	page.Plan(sprint)
	page.BlockedBy(wallet)
	told := product.OpenIssue("Suggest while they type", "", "ana", "team/catalog", "ready")
	told.Plan(sprint)
	told.Close()
	product.OpenIssue("Gifts in paper", "", "ana", "team/cart", "ready").BlockedBy(page)
	product.OpenIssue("The same on a watch", "", "ana", "team/mobile")
	t.nexus.CommitAs("kim", storyHome.Branch, "One Product Backlog", map[string]string{storyHome.Path: t.landed() + backlog})
}
