package main

import (
	"context"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/forge/forgetest"
)

const (
	storyNexus = "storefront"
	storyPace  = 370 * time.Millisecond // between two things that people do
)

// storyHome is where the Nexus-wide definition lives.
var storyHome = gate.Home{Forge: gate.GitHub, Repo: "acme/nexus", Branch: "main", Path: "nexus.cue"}

// signsDocs is what people say in a comment who have read what a shopper will.
const signsDocs = "/nexus sign docs"

// story is what five teams do on the stand-in forges, and what nexusgate answers there.
type story struct {
	forges   *standIns
	view     view
	out      io.Writer
	pace     time.Duration
	today    time.Time
	mended   bool                      // the mobile team's hole
	alone    bool                      // nexusgate is not there: nobody waits for its answers
	root     string                    // of the pages
	passed   atomic.Pointer[time.Time] // when the suite of the whole passed last
	machines sync.Mutex                // that the suite runs on

	nexus, whole                     *forgetest.Repo  // the definition's home, and that of the suite of the whole
	product                          *forgetest.Repo  // the Product Backlog
	totals                           *forgetest.Issue // an item of it
	cart, checkout, payment, catalog *forgetest.Repo
	search, web, mobile              *forgetest.Project
}

// tell tells the story to its end, or until ctx ends.
func (t *story) tell(ctx context.Context) error {
	for _, chapter := range []func(context.Context) error{
		t.opening, t.firstPipelines, t.tightening, t.relaxation, t.otherForge, t.mending, t.demanding, t.breaking, t.releasing, t.hurrying,
	} {
		if err := chapter(ctx); err != nil {
			return err
		}
	}
	return nil
}

// found makes the seven repositories, and the one that the definition lives in.
func (t *story) found() {
	hub, lab := t.forges.hub, t.forges.lab
	t.cart, t.checkout = hub.AddRepo("acme/cart-api"), hub.AddRepo("acme/checkout")
	t.payment, t.catalog = hub.AddRepo("acme/payment"), hub.AddRepo("acme/catalog")
	t.search, t.web, t.mobile = lab.AddProject("acme/search"), lab.AddProject("acme/web"), lab.AddProject("acme/mobile")
	t.product = hub.AddRepo(storyShelf)
	t.nexus, t.whole = hub.AddRepo(storyHome.Repo), hub.AddRepo("acme/integration")
	t.offerSuite()
	t.nexus.Commit(storyHome.Branch, "What done means here", map[string]string{storyHome.Path: t.dated(nexusSource)})
}

// firstPipelines: every team has landed something; one component is red, and holds back the sum.
func (t *story) firstPipelines(ctx context.Context) error {
	t.say("Ana has ordered the Product Backlog, and planned the Sprint. Five teams land their first work of it.")
	t.plan()
	for _, repo := range []*forgetest.Repo{t.cart, t.checkout, t.payment, t.catalog} {
		repo.Commit("main", "First work of the Sprint", map[string]string{"main.go": "package main // " + repo.Name()})
	}
	for _, project := range []*forgetest.Project{t.search, t.web, t.mobile} {
		project.Commit("main", "First work of the Sprint", map[string]string{"index.ts": "// " + project.Name()})
	}
	if err := t.rest(ctx); err != nil {
		return err
	}
	for _, repo := range []*forgetest.Repo{t.cart, t.payment, t.catalog} {
		t.run(repo, "push", repo.Head("main"), "success")
	}
	t.run(t.checkout, "push", t.checkout.Head("main"), "failure")
	for _, project := range []*forgetest.Project{t.search, t.web, t.mobile} {
		t.pipeline(project)
	}
	return t.until(ctx, "checkout is red, and holds back the sum", func(s gate.Standing) bool {
		return s.Head.Outcome == gate.NotDone && component(s, "checkout").Says.Outcome == gate.NotDone
	})
}

// otherForge: a merge request lands on the other forge, in the same Increment.
func (t *story) otherForge(ctx context.Context) error {
	t.say("The web team lands the page itself, on the other forge.")
	t.web.Commit("page", "One page to buy on", map[string]string{"page.ts": "export const page = 1"})
	change := t.web.OpenChange("page", "main", "One page to buy on", "mia")
	t.finish(t.web, change.Pipeline(labJobs...))
	change.Approve("kim")
	if err := t.untilChange(ctx, "acme/web!1", "Awaiting 1 of 4"); err != nil {
		return err
	}
	t.say("Li has read what a shopper reads there, and signs it in a note: " + signsDocs)
	change.Comment("li", signsDocs)
	if err := t.untilChange(ctx, "acme/web!1", "Done"); err != nil {
		return err
	}
	landed := change.Merge("merge")
	t.pipeline(t.web)
	return t.until(ctx, "web is done; checkout still holds back the sum", func(s gate.Standing) bool {
		return component(s, "web").Commit == landed && component(s, "web").Says.Outcome == gate.Done
	})
}

// mending: the red component is fixed. Its pipeline runs on the change alone; the landed commit has
// the same tree, so the evidence is carried.
func (t *story) mending(ctx context.Context) error {
	t.say("The cart team mends checkout.")
	t.checkout.Commit("fix", "Round totals to the cent", map[string]string{"main.go": "package main // acme/checkout, mended"})
	change := t.checkout.OpenChange("fix", "main", "Round totals to the cent", "noor")
	change.Describe(closes(t.totals))
	t.run(t.checkout, "pull_request", change.Head(), "success")
	change.Review("li", "approved")
	if err := t.untilCheckSays(ctx, t.checkout, change.Head(), gate.DoneCheck, "in_progress", "Awaiting 1 of 4"); err != nil {
		return err
	}
	t.say("Kim has read it, and signs it in a comment: " + signsDocs)
	change.Comment("kim", signsDocs)
	if err := t.untilCheck(ctx, t.checkout, change.Head(), gate.DoneCheck, "success"); err != nil {
		return err
	}
	change.Merge("squash")
	t.totals.Close()
	return t.until(ctx, "checkout is done, by evidence carried from the change: so is the sum", func(s gate.Standing) bool {
		return component(s, "checkout").Says.Outcome == gate.Done && s.Head.Outcome == gate.Done
	})
}
