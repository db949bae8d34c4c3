package dashboard_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
)

// keepsBacklog gives the storefront rules of a backlog.
func keepsBacklog(s *gate.Standing) {
	d := *s.Definition
	d.Backlog = &definition.Backlog{}
	s.Definition = &d
	s.Dependencies = []gate.TeamDependencies{{From: "cart", To: "web", Open: 2}}
}

func item(ref, title, team string, sprint int, mutate ...func(*gate.BacklogItem)) gate.BacklogItem {
	r := gate.ParseRef(ref)
	i := gate.BacklogItem{
		Ref: r, Repo: gate.Repo{Forge: r.Forge, ID: 9, Name: r.Repo}, Title: title, URL: "https://" + string(r.Forge) + ".example/" + r.Repo,
		Team: team, Sprint: sprint, Open: true, Goal: true, Opened: ago(60 * 24 * 3),
	}
	for _, m := range mutate {
		m(&i)
	}
	return i
}

// shelf is the Product Backlog of the storefront.
func shelf(string) gate.Backlog {
	cart := gate.ParseRef("github:acme/cart-api#20")
	done := gate.ItemChange{Ref: gate.ParseRef("github:acme/payments#101"), Title: "Accept wallets", Team: "payments", State: gate.ChangeOpen, Done: true}
	under := gate.ItemChange{Ref: gate.ParseRef("gitlab:acme/web!91"), Title: "One page", URL: "https://gitlab.example/acme/web/-/merge_requests/91", Team: "web", State: gate.ChangeOpen}
	b := gate.Backlog{
		Items: []gate.BacklogItem{
			item("github:acme/cart-api#20", "A cart without an account <b>", "cart", 14, func(i *gate.BacklogItem) { i.Ready = true }),
			item("gitlab:acme/web#7", "One page to buy on", "web", 14, func(i *gate.BacklogItem) { i.Changes = []gate.ItemChange{under} }),
			item("github:acme/payments#31", "Wallets in Portugal", "payments", 14, func(i *gate.BacklogItem) { i.Changes = []gate.ItemChange{done} }),
			item("github:acme/product#2", "Who owns this?", "", 14),
			item("github:acme/product#3", "A gift to somebody else", "", 0, func(i *gate.BacklogItem) { i.Likely = []string{"cart", "web"}; i.URL = "javascript:alert(1)" }),
			item("gitlab:acme/mobile-app#8", "A gift on a phone", "mobile", 0, func(i *gate.BacklogItem) { i.Ready = true }),
			item("github:acme/search-api#4", "Synonyms", "search", 14, func(i *gate.BacklogItem) { i.Open, i.Closed = false, ago(300) }),
		},
		Cycles: [][]gate.Ref{{cart, gate.ParseRef("gitlab:acme/web#7")}}, Goal: gate.Progress{Items: 7, Closed: 1},
	}
	needs := func(from, to, fromTeam, toTeam string, mutate func(*gate.Dependency)) {
		d := gate.Dependency{From: gate.ParseRef(from), To: gate.ParseRef(to), FromTeam: fromTeam, ToTeam: toTeam, By: gate.ByDeclaration, Since: ago(90), Open: true}
		mutate(&d)
		b.Dependencies = append(b.Dependencies, d)
	}
	needs("github:acme/cart-api#20", "gitlab:acme/web#7", "cart", "web", func(d *gate.Dependency) { d.Cyclic = true })
	needs("gitlab:acme/web#7", "github:acme/cart-api#20", "web", "cart", func(d *gate.Dependency) { d.Cyclic, d.By = true, gate.ByForge })
	needs("gitlab:acme/web#7", "github:acme/payments#31", "web", "payments", func(d *gate.Dependency) { d.Discovered = true })
	needs("gitlab:acme/mobile-app#8", "github:acme/product#3", "mobile", "", func(d *gate.Dependency) { d.Recut = true })
	needs("github:acme/search-api#5", "github:acme/elsewhere", "search", "web", func(d *gate.Dependency) { d.Open, d.By, d.Since = false, gate.ByLanding, time.Time{} })
	return b
}

// told is what the storefront came to.
func told(_ string, since time.Time) gate.Chronicle {
	at := func(minutes int, n int64, o gate.Outcome, met int) gate.Point {
		return gate.Point{At: ago(minutes), Increment: n, Outcome: o, Required: 38, Met: met, Verdict: fmt.Sprintf("01JD9Y1%d", n)}
	}
	return gate.Chronicle{
		Since: since, Kept: ago(60 * 24 * 4),
		Points: []gate.Point{at(60*24*3, 124, gate.NotDone, 20), at(60*24*2, 125, gate.NotDone, 31), at(160, 126, gate.Done, 38), at(41, 127, gate.Awaiting, 36), at(18, 128, gate.NotDone, 33)},
		Holds: []gate.Hold{
			{Team: "search", Component: "search-index", Criterion: "definition", Outcome: gate.NotDone, From: ago(60 * 24 * 3), To: ago(170)},
			{Team: "cart", Component: "cart-api", Criterion: "coverage", Outcome: gate.NotDone, From: ago(18)},
			{Criterion: "e2e", Outcome: gate.Awaiting, From: ago(41)},
		},
		Excepted: []gate.Hold{{Team: "mobile", Component: "mobile-app", Criterion: "scan", Outcome: gate.NotDone, Exception: "mobile-scan", From: ago(160), To: ago(50)}},
		Landed: []gate.Landed{
			{At: ago(160), Team: "payments", Component: "payments", Commit: "f7d3f2a1b9c1", Change: gate.ParseRef("github:acme/payments#97"), Title: "Wallets", URL: "https://github.example/acme/payments/pull/97", Opened: ago(600), Done: ago(150), Released: ago(100), Increment: 126},
			{At: ago(150), Team: "payments", Component: "payments", Commit: "a7d3f2a1b9c1", Change: gate.ParseRef("github:acme/payments#98"), Title: "Half-cents", Opened: ago(210), Done: ago(140), Increment: 126},
			{At: ago(120), Team: "payments", Component: "payments", Commit: "b7d3f2a1b9c1", Change: gate.ParseRef("github:acme/payments#99"), Title: "Out under an exception", Opened: ago(180), Released: ago(100), Increment: 126},
			{At: ago(18), Team: "cart", Component: "cart-api", Commit: "77ab3c40f1d2", Increment: 128},
		},
	}
}

var errBrief = errors.New("no brief")

// briefed is what is told at an event; of what began with the year there is nothing.
func briefed(_ context.Context, nexus string, event gate.BriefEvent, since time.Time) (gate.Brief, error) {
	if since.YearDay() == 1 && !since.IsZero() {
		return gate.Brief{}, errBrief
	}
	if since.IsZero() {
		since = ago(60 * 24)
	}
	return gate.Brief{
		Event: event, Nexus: nexus, Title: "Nexus " + string(event) + " of " + nexus, Since: since, Until: noon, At: noon,
		Sections: []gate.BriefSection{
			{Title: "Is it done?", Note: "As it was judged last", Lines: []gate.BriefLine{
				{Text: "Not done <i>", Of: "cart", URL: "https://github.example/acme", Since: ago(18), Lines: []gate.BriefLine{{Text: "coverage", URL: "javascript:alert(1)"}}},
			}},
			{Title: "New dependencies", Empty: "None was found."},
		},
	}, nil
}
