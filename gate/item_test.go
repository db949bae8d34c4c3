package gate_test

import (
	"slices"
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/gate"
)

// Forges tell whole seconds, and people click faster.
func TestTheLastWordOfASecondCounts(t *testing.T) {
	h := newHouse(t, apart)
	at := h.now
	next := func(i gate.ItemSeen) {
		h.after(100 * time.Millisecond)
		h.tell(i)
	}
	next(closedItem(issue(productRepo, 1, at, "bug")))
	next(issue(productRepo, 1, at, "bug"))
	next(issue(productRepo, 1, at, "bug", "team/pay"))
	if got := h.item("github:acme/product#1"); !got.Open || got.Team != "pay" {
		t.Errorf("opened again and labelled within a second it is %+v", got)
	}
	next(issue(productRepo, 1, at, "bug"))
	h.restart()
	if got := h.item("github:acme/product#1"); got.Team != "" {
		t.Errorf("without its label it is %+v", got)
	}
	gone := issue(productRepo, 1, at, "bug")
	gone.Gone = true
	next(gone)
	next(issue(productRepo, 1, at, "bug"))
	if items := h.backlog().Items; len(items) != 0 {
		t.Errorf("what was deleted is %+v", items)
	}
}

func TestWhenALinkWasFirstSeenRestsOnNoOrder(t *testing.T) {
	link := gate.ItemLinked{Repo: cartRepo, Kind: gate.Blocks, From: ref("github:acme/cart-api#1"), To: ref("github:acme/pay#2"), At: morning}
	again := link
	again.At = morning.Add(time.Hour)
	for name, order := range map[string][]gate.Event{"in order": {link, again}, "the later first": {again, link}} {
		h := newHouse(t, apart)
		h.tell(issue(cartRepo, 1, h.now))
		h.tell(order[0])
		h.tell(order[1])
		if all := h.backlog().Dependencies; len(all) != 1 || !all[0].Since.Equal(morning) {
			t.Errorf("%s: %+v", name, all)
		}
	}
}

func TestAnIterationIsNoMilestoneOfTheSameNumber(t *testing.T) {
	h := newHouse(t, apart)
	i := issue(webRepo, 1, h.now)
	i.Milestone = gate.Milestone{ID: 5, Title: "Sprint 2", At: morning}
	i.Iteration = gate.Milestone{ID: 5, Title: "Sprint 7", At: morning.Add(time.Hour)}
	h.tell(i)
	if got := h.item("gitlab:acme/web#1").Sprint; got != 2 {
		t.Errorf("its milestone is of Sprint 2, and it is in Sprint %d", got)
	}
}

func TestWhatIsPlannedForNeverIsInNoSprint(t *testing.T) {
	h := newHouse(t, apart)
	named, due := issue(cartRepo, 1, h.now), issue(cartRepo, 2, h.now)
	named.Milestone = gate.Milestone{ID: 5, Title: "9999-12-31", At: morning}
	due.Milestone = gate.Milestone{ID: 6, Title: "Some day", Due: time.Date(9999, 12, 31, 8, 0, 0, 0, time.UTC), At: morning}
	h.tell(named, due)
	for _, i := range h.backlog().Items {
		if i.Sprint != 0 {
			t.Errorf("%s is in Sprint %d", i.Ref, i.Sprint)
		}
	}
}

func TestAnIssueThatBecameAPullRequestIsNoItem(t *testing.T) {
	h := newHouse(t, apart)
	h.tell(issue(cartRepo, 1, h.now), issue(webRepo, 1, h.now))
	h.needs(cartRepo, 1)
	h.needs(webRepo, 1) // GitLab counts both apart
	items := h.backlog().Items
	if len(items) != 1 || items[0].Ref.String() != "gitlab:acme/web#1" {
		t.Errorf("the items are %+v", items)
	}
}

func TestWhatIsNoItemAnyMoreMakesRoomFirst(t *testing.T) {
	h := newHouse(t, apart)
	events := []gate.Event{closedItem(issue(cartRepo, 1, h.now))}
	for n := range 4_999 {
		gone := issue(cartRepo, 10+n, h.now.Add(time.Hour))
		gone.Gone = true
		events = append(events, gone)
	}
	events = append(events, issue(cartRepo, 2, h.now))
	h.tell(events...)
	left := func() (all []int) {
		for _, i := range h.backlog().Items {
			all = append(all, i.Ref.Number)
		}
		return all
	}
	if !slices.Equal(left(), []int{2, 1}) {
		t.Errorf("left are %v", left())
	}
	h.after(400 * 24 * time.Hour)
	step := h.tell(gate.Pruned{Before: h.now.AddDate(0, -6, 0)})
	forgotten := 0
	for _, d := range step.Docs {
		if d.Body == nil {
			forgotten++
		}
	}
	if forgotten < 4_999 || !slices.Equal(left(), []int{2}) {
		t.Errorf("%d were forgotten, and left are %v", forgotten, left())
	}
}

func TestAnItemThatASweepFindsAsItIsIsNoNews(t *testing.T) {
	h := newHouse(t, apart)
	i := issue(productRepo, 1, h.now, "bug")
	h.tell(i)
	h.after(time.Hour)
	if h.ledger.News(h.next(), []gate.Event{i}) {
		t.Error("an item that is as it was told is news")
	}
	i.Labels = append(i.Labels, "team/pay")
	if !h.ledger.News(h.next(), []gate.Event{i}) {
		t.Error("another label within the second is no news")
	}
}
