package main

import (
	"context"
	"embed"
	"fmt"
	"io"
	"time"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/forge/forgetest"
)

//go:embed story/nexus.cue
var storyFiles embed.FS

const (
	storyNexus = "storefront"
	storyPace  = 400 * time.Millisecond // between two things that people do
)

// story is what five teams do on the stand-in forges, and what nexusgate answers there.
type story struct {
	forges *standIns
	view   view
	out    io.Writer
	pace   time.Duration

	cart, checkout, payment, catalog *forgetest.Repo
	search, web, mobile              *forgetest.Project
}

// play tells the story to its end, or until ctx ends.
func (t *story) play(ctx context.Context) error {
	t.found()
	for _, chapter := range []func(context.Context) error{
		t.firstPipelines, t.tightening, t.relaxation, t.otherForge, t.mending,
	} {
		if err := chapter(ctx); err != nil {
			return err
		}
	}
	return t.goOn(ctx)
}

// goOn keeps the teams at work once the story is told: now and then one lands a change. It is slow
// enough for what a forge allows in an hour.
func (t *story) goOn(ctx context.Context) error {
	t.say("The teams go on. The page is live; Ctrl-C ends the demo.")
	repos := []*forgetest.Repo{t.catalog, t.cart, t.payment, t.checkout}
	for round := 1; ; round++ {
		pause(ctx, t.pace*75)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		repo, branch := repos[round%len(repos)], fmt.Sprintf("work-%d", round)
		repo.Commit(branch, "More work", map[string]string{"work.go": fmt.Sprintf("package main // round %d", round)})
		change := repo.OpenChange(branch, "main", fmt.Sprintf("More work, round %d", round), "noor")
		t.run(repo, "pull_request", change.Head(), "success")
		change.Review("li", "approved")
		change.Review("kim", "approved")
		pause(ctx, t.pace*5)
		t.run(repo, "push", change.Merge("squash"), "success")
	}
}

// found makes the seven repositories.
func (t *story) found() {
	hub, lab := t.forges.hub, t.forges.lab
	t.cart, t.checkout = hub.AddRepo("acme/cart-api"), hub.AddRepo("acme/checkout")
	t.payment, t.catalog = hub.AddRepo("acme/payment"), hub.AddRepo("acme/catalog")
	t.search, t.web, t.mobile = lab.AddProject("acme/search"), lab.AddProject("acme/web"), lab.AddProject("acme/mobile")
}

// firstPipelines: every team has landed something; one component is red, and holds back the sum.
func (t *story) firstPipelines(ctx context.Context) error {
	t.say("Five teams land their first work of the Sprint.")
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
		project.Pipeline("main", project.Head("main"), forgetest.Job{Name: "test"}).Finish("success")
	}
	return t.until(ctx, "checkout is red, and holds back the sum", func(s gate.Standing) bool {
		return s.Head.Outcome == gate.NotDone && component(s, "checkout").Says.Outcome == gate.NotDone
	})
}

// tightening: the cart team asks for more than the Nexus does.
func (t *story) tightening(ctx context.Context) error {
	t.say("The cart team asks for two approvals where the Nexus asks for one.")
	t.cart.Commit("two-pairs-of-eyes", "Two approvals", map[string]string{
		".nexus/done.cue": "done: reviewed: must: approvals: >=2\n",
	})
	change := t.cart.OpenChange("two-pairs-of-eyes", "main", "Two approvals for what touches money", "ana")
	t.run(t.cart, "pull_request", change.Head(), "success")
	change.Review("kim", "approved")
	if err := t.untilCheck(ctx, t.cart, change.Head(), "success"); err != nil {
		return err
	}
	t.run(t.cart, "push", change.Merge("squash"), "success")
	return t.until(ctx, "the tightening is in force for cart-api", func(s gate.Standing) bool {
		return component(s, "cart-api").File == "in force"
	})
}

// relaxation: a team tries to ask for less, and is refused with both places.
func (t *story) relaxation(ctx context.Context) error {
	t.say("The payment team tries to make its pipeline advisory.")
	t.payment.Commit("hurry", "Ship it", map[string]string{".nexus/done.cue": "done: ci: level: \"advisory\"\n"})
	change := t.payment.OpenChange("hurry", "main", "Only this once", "raj")
	t.run(t.payment, "pull_request", change.Head(), "success")
	change.Review("kim", "approved")
	return t.untilCheck(ctx, t.payment, change.Head(), "failure")
}

// otherForge: a merge request lands on the other forge, in the same Increment.
func (t *story) otherForge(ctx context.Context) error {
	t.say("The web team lands the page itself, on the other forge.")
	t.web.Commit("page", "One page to buy on", map[string]string{"page.ts": "export const page = 1"})
	change := t.web.OpenChange("page", "main", "One page to buy on", "mia")
	change.Pipeline(forgetest.Job{Name: "test"}).Finish("success")
	change.Approve("kim")
	if err := t.rest(ctx); err != nil {
		return err
	}
	landed := change.Merge("merge")
	t.web.Pipeline("main", landed, forgetest.Job{Name: "test"}).Finish("success")
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
	t.run(t.checkout, "pull_request", change.Head(), "success")
	change.Review("li", "approved")
	if err := t.untilCheck(ctx, t.checkout, change.Head(), "success"); err != nil {
		return err
	}
	change.Merge("squash")
	return t.until(ctx, "checkout is done, by evidence carried from the change: so is the sum", func(s gate.Standing) bool {
		return component(s, "checkout").Says.Outcome == gate.Done && s.Head.Outcome == gate.Done
	})
}

// ending says whether the Increment became done.
func (t *story) ending() answer {
	if s, ok := t.view.Standing(storyNexus); ok && s.LastDone.Number > 0 {
		return yes
	}
	return no
}

func (t *story) say(what string) { fmt.Fprintf(t.out, "▸ %s\n", what) }

func (t *story) run(repo *forgetest.Repo, trigger, commit, conclusion string) {
	run := repo.Run(forgetest.Workflow{Name: "ci", Path: ".github/workflows/ci.yml", Trigger: trigger, Jobs: []string{"test"}}, commit)
	run.Start()
	run.Finish(conclusion)
}
