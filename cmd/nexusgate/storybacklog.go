package main

import (
	"fmt"

	"github.com/nexusgate/nexusgate/gate/forge/forgetest"
)

// storyShelf is where the Product Backlog lives.
const storyShelf = "acme/product"

// inSprint is the label of what is planned. Each item has its labels from the beginning, for what a forge tells of one
// second comes in any order.
const inSprint = "sprint/1"

// plan is what Ana, the Product Owner, has ordered before the story begins: what is in the Sprint, what comes after,
// and what in it waits for what of another team.
func (t *story) plan() {
	open := func(title string, labels ...string) *forgetest.Issue {
		return t.product.OpenIssue(title, "", "ana", labels...)
	}
	guest := open("A cart for a guest", "team/cart", "ready", "goal", inSprint)
	t.totals = open("Totals to the cent", "team/cart", "ready", "goal", inSprint)
	page := open("One page to buy on", "team/web", "ready", "goal", inSprint)
	tap := open("Pay with one tap", "team/payment", "ready", "goal", inSprint)
	phone := open("The same page on a phone", "team/mobile", "goal", inSprint)
	page.BlockedBy(guest)
	page.BlockedBy(tap)
	phone.BlockedBy(page)
	wrapping := open("Wrap a gift", "team/web")
	open("Give a gift on a phone", "team/mobile").BlockedBy(wrapping)
	open("Find it by a picture", "goal")
	open("Remember what was looked at", "team/catalog", "ready")
}

// closes is a change's text that says which item it is for.
func closes(item *forgetest.Issue) string {
	return fmt.Sprintf("Closes %s#%d\n", storyShelf, item.Number)
}
