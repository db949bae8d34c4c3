package forge_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/forge"
	"github.com/nexusgate/nexusgate/webhook"
)

// seenItems are the items that a sweep found, as the webhooks' own decoder reads them.
func seenItems(t *testing.T, swept forge.Swept) map[int]gate.ItemSeen {
	t.Helper()
	items := map[int]gate.ItemSeen{}
	for _, f := range swept.Found {
		events, err := webhook.Decode(gate.Delivery{ID: "d", Source: f.Source, Event: f.Event, Trust: definition.Webhook, Body: f.Body})
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range events {
			if i, is := e.(gate.ItemSeen); is {
				items[i.Number] = i
			}
		}
	}
	return items
}

func TestASweepTellsGitHubsIssuesWithWhatBlocksThem(t *testing.T) {
	w := newHubWorld(t)
	pay := w.hub.AddRepo("acme/pay")
	other := pay.OpenIssue("Pay", "", "li")
	old := w.cart.OpenIssue("Old", "", "ana")
	old.Close()
	one := w.cart.OpenIssue("Guest carts", "Depends-On: acme/pay#7", "ana", "team/cart")
	one.Plan(w.cart.AddMilestone("Sprint 2", time.Date(2026, 12, 13, 8, 0, 0, 0, time.UTC)))
	one.BlockedBy(other)
	one.PartOf(other)
	w.cart.Commit("guest", "Guest carts", map[string]string{"a": "1"})
	w.cart.OpenChange("guest", "main", "Guest carts", "ana")

	swept := sweep(t, w.client, forge.SweepOf{Repo: w.repo(), Items: true, AllItems: true})
	items := seenItems(t, swept)
	if !swept.Items || len(items) != 1 {
		t.Fatalf("looked through: %v, found %+v", swept.Items, items)
	}
	got := items[one.Number]
	want := gate.ItemSeen{
		Repo: got.Repo, Number: 2, Title: "Guest carts", URL: got.URL, Open: true, Labels: []string{"team/cart"}, Milestone: got.Milestone,
		Opened: w.Now(), UpdatedAt: w.Now(), Parent: gate.ParseRef("github:acme/pay#1"), Needs: []gate.Ref{gate.ParseRef("github:acme/pay#7")},
		Links: []gate.Ref{gate.ParseRef("github:acme/pay#1")}, LinksAt: w.Now(),
	}
	if diff := cmp.Diff(want, got); diff != "" || got.Milestone.Title != "Sprint 2" {
		t.Errorf("the item (-want +got):\n%s", diff)
	}

	w.Pass(time.Hour)
	since := w.Now()
	old.Edit("Still old")
	swept = sweep(t, w.client, forge.SweepOf{Repo: w.repo(), Items: true, ItemsSince: since})
	if items := seenItems(t, swept); len(items) != 1 || items[old.Number].Open {
		t.Errorf("since then it tells %+v", items)
	}
	if items := seenItems(t, sweep(t, w.client, forge.SweepOf{Repo: w.repo()})); len(items) != 0 {
		t.Errorf("without a backlog it tells %+v", items)
	}
}

func TestASweepTellsGitLabsIssuesWithWhatBlocksThem(t *testing.T) {
	w := newLabWorld(t)
	core := w.lab.AddProject("acme/core")
	other := core.OpenIssue("Core", "", "li")
	one := w.web.OpenIssue("Guest form", "Blocked-By: core!3", "ana", "team/web")
	one.Plan(w.web.AddMilestone("Sprint 2", time.Date(2026, 12, 13, 0, 0, 0, 0, time.UTC)))
	one.BlockedBy(other)

	swept := sweep(t, w.client, forge.SweepOf{Repo: w.repo(), Items: true, AllItems: true})
	got := seenItems(t, swept)[one.Number]
	want := gate.ItemSeen{
		Repo: got.Repo, Number: 1, Title: "Guest form", URL: got.URL, Open: true, Labels: []string{"team/web"}, Milestone: got.Milestone,
		Opened: w.Now(), UpdatedAt: w.Now(), Needs: []gate.Ref{gate.ParseRef("gitlab:acme/shop/core!3")}, Outside: true,
		Links: []gate.Ref{gate.ParseRef("gitlab:acme/core#1")}, LinksAt: w.Now(),
	}
	if diff := cmp.Diff(want, got); diff != "" || got.Milestone.Title != "Sprint 2" || got.Milestone.Due.Day() != 13 {
		t.Errorf("the item, on %+v (-want +got):\n%s", got.Milestone, diff)
	}
}

func TestASweepOfAllOpenIssuesTellsWhatBecameOfTheOthers(t *testing.T) {
	hub, lab := newHubWorld(t), newLabWorld(t)
	stays, closes, goes := hub.cart.OpenIssue("Stays", "", "ana"), hub.cart.OpenIssue("Closes", "", "ana"), hub.cart.OpenIssue("Goes", "", "ana")
	closes.Close()
	goes.Delete()
	hub.Pass(time.Hour)
	of := forge.SweepOf{
		Repo: hub.repo(), Items: true, AllItems: true, ItemsSince: hub.Now(),
		Open: []forge.Item{{Number: stays.Number}, {Number: closes.Number}, {Number: goes.Number}},
	}
	items := seenItems(t, sweep(t, hub.client, of))
	if len(items) != 3 || !items[stays.Number].Open || items[closes.Number].Open || items[closes.Number].Gone || !items[goes.Number].Gone {
		t.Errorf("GitHub's issues are %+v", items)
	}
	of.AllItems = false
	if items := seenItems(t, sweep(t, hub.client, of)); len(items) != 0 {
		t.Errorf("of what was updated it tells %+v", items)
	}

	left, done, away := lab.web.OpenIssue("Stays", "", "ana"), lab.web.OpenIssue("Closes", "", "ana"), lab.web.OpenIssue("Goes", "", "ana")
	done.Close()
	away.Delete()
	lab.Pass(time.Hour)
	of = forge.SweepOf{
		Repo: lab.repo(), Items: true, AllItems: true, ItemsSince: lab.Now(),
		Open: []forge.Item{{Number: left.Number}, {Number: done.Number}, {Number: away.Number}},
	}
	items = seenItems(t, sweep(t, lab.client, of))
	if len(items) != 3 || !items[left.Number].Open || items[done.Number].Open || items[done.Number].Gone || !items[away.Number].Gone {
		t.Errorf("GitLab's issues are %+v", items)
	}
}

func TestTheLinksOfAllIssuesAreReadInTurn(t *testing.T) {
	lab := newLabWorld(t)
	of := forge.SweepOf{Repo: lab.repo(), Items: true, AllItems: true}
	other := lab.web.OpenIssue("Needed", "", "ana")
	for range 300 {
		lab.web.OpenIssue("Needs", "", "ana").BlockedBy(other)
	}
	linked := map[int]bool{}
	for range 2 {
		for number, i := range seenItems(t, sweep(t, lab.client, of)) {
			linked[number] = linked[number] || !i.LinksAt.IsZero()
		}
		lab.Pass(24 * time.Hour)
		of.Open, of.ItemsSince = nil, lab.Now()
		for number := range 301 {
			i := forge.Item{Number: number + 1}
			if linked[i.Number] {
				i.Linked = lab.Now()
			}
			of.Open = append(of.Open, i)
		}
	}
	for number, read := range linked {
		if !read {
			t.Fatalf("what blocks #%d was never asked for", number)
		}
	}
}

func TestWhatTheForgeDoesNotShowOfIssuesEndsNoSweep(t *testing.T) {
	hub := newHubWorld(t)
	hub.hub.Fail("list_items", 403, nil, 0)
	lab := newLabWorld(t)
	lab.lab.Fail("list_items", 403, nil, 0)
	for name, swept := range map[string]forge.Swept{
		"github": sweep(t, hub.client, forge.SweepOf{Repo: hub.repo(), Items: true, AllItems: true}),
		"gitlab": sweep(t, lab.client, forge.SweepOf{Repo: lab.repo(), Items: true, AllItems: true}),
	} {
		if !swept.Items || len(swept.Hidden) != 1 {
			t.Errorf("%s: %+v", name, swept)
		}
	}
}

// thingReader is what both clients are to who reads what is needed.
type thingReader interface {
	Read(context.Context, gate.Want) (gate.Event, error)
}

func TestWhatIsNeededIsReadOnEitherForge(t *testing.T) {
	hub, lab := newHubWorld(t), newLabWorld(t)
	issue := hub.cart.OpenIssue("Guest carts", "", "ana")
	hub.cart.Commit("guest", "Guest carts", map[string]string{"a": "1"})
	change := hub.cart.OpenChange("guest", "main", "Guests", "ana")
	change.Merge("merge")
	closed := lab.web.OpenIssue("Form", "", "ana")
	closed.Close()
	lab.web.Commit("guest", "Guest form", map[string]string{"a": "1"})
	lab.web.OpenChange("guest", "main", "Forms", "ana")
	if issue.Number != 1 || change.Number != 2 {
		t.Fatalf("GitHub counts them together: %d and %d", issue.Number, change.Number)
	}
	for _, c := range []struct {
		with thingReader
		name string
		want gate.ThingRead
	}{
		{hub.client, "github:acme/cart-api#1", gate.ThingRead{State: gate.ChangeOpen, Title: "Guest carts"}},
		{hub.client, "github:acme/cart-api#2", gate.ThingRead{State: gate.ChangeMerged, Title: "Guests", Change: true}},
		{hub.client, "github:acme/cart-api#9", gate.ThingRead{Absent: true}},
		{hub.client, "github:nowhere/at-all#9", gate.ThingRead{Absent: true}},
		{hub.client, "github:ghe.example/acme/cart-api#1", gate.ThingRead{Absent: true}},
		{lab.client, "gitlab:acme/shop/web#1", gate.ThingRead{State: gate.ChangeClosed, Title: "Form"}},
		{lab.client, "gitlab:acme/shop/web!1", gate.ThingRead{State: gate.ChangeOpen, Title: "Forms", Change: true}},
		{lab.client, "gitlab:acme/shop/web!7", gate.ThingRead{Change: true, Absent: true}},
		{lab.client, "gitlab:elsewhere.example/acme/web#1", gate.ThingRead{Absent: true}},
	} {
		of := gate.ParseRef(c.name)
		event, err := c.with.Read(t.Context(), gate.Want{Kind: gate.WantThing, Repo: gate.Repo{Forge: of.Forge, Name: of.Repo}, Number: of.Number, Path: c.name})
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		got := event.(gate.ThingRead)
		c.want.Ref, c.want.At = of, got.At
		if got.Absent {
			c.want.State, c.want.Title = got.State, got.Title
		}
		if diff := cmp.Diff(c.want, got); diff != "" || got.At.IsZero() {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestWhatAChangeNeedsIsInWhatASweepTellsOfIt(t *testing.T) {
	hub, lab := newHubWorld(t), newLabWorld(t)
	hub.cart.Commit("guest", "Guest carts", map[string]string{"a": "1"})
	hub.cart.OpenChange("guest", "main", "Guests", "ana").Describe("Depends-On: acme/web!4")
	lab.web.Commit("guest", "Guest form", map[string]string{"a": "1"})
	lab.web.OpenChange("guest", "main", "Forms", "ana").Describe("Depends-On: acme/web!4")
	for name, swept := range map[string]forge.Swept{
		"github": sweep(t, hub.client, ofMain(hub.repo())), "gitlab": sweep(t, lab.client, ofMain(lab.repo())),
	} {
		var needs []gate.Ref
		for _, f := range swept.Found {
			events, err := webhook.Decode(gate.Delivery{ID: "d", Source: f.Source, Event: f.Event, Trust: definition.Webhook, Body: f.Body})
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range events {
				if c, is := e.(gate.ChangeSeen); is {
					needs = c.Needs
				}
			}
		}
		if diff := cmp.Diff([]gate.Ref{gate.ParseRef("gitlab:acme/web!4")}, needs); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
