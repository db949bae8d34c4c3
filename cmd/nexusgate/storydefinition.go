package main

import (
	"context"
	_ "embed" // of the story's definition
	"slices"
	"strings"
	"time"

	"github.com/nexusgate/nexusgate/gate"
)

//go:embed story/nexus.cue
var nexusSource string

//go:embed story/scan.cue
var scanSource string

// dated says the days of a definition from today: an exception may not lie far ahead, what is required
// later must not be required yet, and the Sprint has passed its middle without a done Increment.
func (t *story) dated(source string) string {
	return strings.NewReplacer("EIGHT-DAYS-AGO", t.day(-8), "IN-TWO-WEEKS", t.day(14), "IN-THREE-WEEKS", t.day(21)).Replace(source)
}

// day is the day so many days from today, as a definition writes it.
func (t *story) day(ahead int) string { return t.today.AddDate(0, 0, ahead).Format(time.DateOnly) }

// landed is the Nexus-wide definition as it is on its branch.
func (t *story) landed() string { return t.nexus.Files(t.nexus.Head(storyHome.Branch))[storyHome.Path] }

// opening: the definition is read from the repository that it lives in.
func (t *story) opening(ctx context.Context) error {
	t.say("The Definition of Done is read from its repository, " + storyHome.String() + ".")
	return t.until(ctx, "it is in force", func(gate.Standing) bool { return true })
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
	if err := t.seeCheck(ctx, t.cart, change.Head(), gate.DefinitionCheck, "success", ""); err != nil {
		return err
	}
	if err := t.untilCheck(ctx, t.cart, change.Head(), gate.DoneCheck, "success"); err != nil {
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
	if err := t.seeCheck(ctx, t.payment, change.Head(), gate.DoneCheck, "failure", ""); err != nil {
		return err
	}
	return t.untilCheck(ctx, t.payment, change.Head(), gate.DefinitionCheck, "failure")
}

// demanding: somebody asks for more of all, and for time for the own team. Both are in force once one of
// the Integration Team has said so.
func (t *story) demanding(ctx context.Context) error {
	t.say("Joao asks for a clean scan of everybody, for a suite that tests the whole, and for two weeks for his mobile team.")
	t.nexus.CommitAs("joao", "scan", "A clean scan", map[string]string{storyHome.Path: t.landed() + "\n" + t.dated(scanSource)})
	change := t.nexus.OpenChange("scan", storyHome.Branch, "A clean scan, of everybody", "joao")
	if err := t.untilCheck(ctx, t.nexus, change.Head(), gate.DefinitionCheck, "in_progress"); err != nil {
		return err
	}
	t.say("Kim of the Integration Team approves, and it lands.")
	change.Review("kim", "approved")
	if err := t.untilCheck(ctx, t.nexus, change.Head(), gate.DefinitionCheck, "success"); err != nil {
		return err
	}
	change.Merge("squash")
	if err := t.until(ctx, "a clean scan is asked of everybody", func(s gate.Standing) bool {
		return isUnder(component(s, "mobile").Says, "mobile-scan")
	}); err != nil {
		return err
	}
	landed := t.mobile.Commit("main", "Messages from the shop", map[string]string{"messages.ts": "export const messages = 1"})
	t.pipeline(t.mobile)
	return t.until(ctx, "mobile lands more, and is done under its exception: so is the sum", func(s gate.Standing) bool {
		return component(s, "mobile").Commit == landed && isUnder(s.HeadSays, "mobile-scan")
	})
}

func isUnder(v gate.Verdict, exception string) bool {
	return v.Outcome == gate.Done && slices.Contains(v.Exceptions, exception)
}

// hurrying: somebody would have at once what is required in three weeks. The check says whom that would
// hold back, and waits for the Integration Team.
func (t *story) hurrying(ctx context.Context) error {
	t.say("Raj would have the contract tests required today, and not in three weeks.")
	t.nexus.CommitAs("raj", "contracts", "Contracts from today", map[string]string{
		storyHome.Path: strings.Replace(t.landed(), t.day(21), t.day(0), 1),
	})
	change := t.nexus.OpenChange("contracts", storyHome.Branch, "Contracts are kept from today on", "raj")
	return t.untilCheckSays(ctx, t.nexus, change.Head(), gate.DefinitionCheck, "in_progress", "2 components and the Increment would no longer be done")
}
