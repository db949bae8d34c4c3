package gate_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/nexusgate/nexusgate/definition/definitiontest"
	"github.com/nexusgate/nexusgate/gate"
)

func (h *house) backlog() gate.Backlog { return h.ledger.Backlog("storefront", h.now) }

// item finds an item by its reference.
func (h *house) item(name string) gate.BacklogItem {
	h.t.Helper()
	for _, i := range h.backlog().Items {
		if i.Ref.String() == name {
			return i
		}
	}
	h.t.Fatalf("there is no item %s among %+v", name, h.backlog().Items)
	return gate.BacklogItem{}
}

func TestAnItemIsWhoseItsLabelOrItsRepositorySays(t *testing.T) {
	h := newHouse(t, apart)
	planned := issue(productRepo, 1, h.now, "Team/Web", "READY", "goal")
	planned.Milestone = gate.Milestone{ID: 5, Title: "Sprint 2", At: morning}
	h.tell(planned)
	h.tell(issue(cartRepo, 2, h.now))
	h.tell(issue(productRepo, 3, h.now, "team/nobody"))
	fixing := seen(webRepo, 4, "aaa", h.now)
	fixing.Closes = []gate.Ref{ref("github:acme/product#1")}
	h.tell(fixing)

	got := h.item("github:acme/product#1")
	want := gate.BacklogItem{
		Ref: got.Ref, Repo: got.Repo, Title: "An item", Team: "web", Sprint: 2, Ready: true, Goal: true, Open: true,
		Labels: []string{"Team/Web", "READY", "goal"}, Opened: morning, Planned: morning,
		Changes: []gate.ItemChange{{Ref: ref("gitlab:acme/web!4"), Title: "Guest carts", Team: "web", State: gate.ChangeOpen}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the item (-want +got):\n%s", diff)
	}
	if i := h.item("github:acme/cart-api#2"); i.Team != "cart" || i.Sprint != 0 || i.Ready {
		t.Errorf("an item of a team's repository: %+v", i)
	}
	if i := h.item("github:acme/product#3"); i.Team != "" {
		t.Errorf("an item with a label of no team is of %q", i.Team)
	}
	if goal := h.backlog().Goal; goal != (gate.Progress{Items: 1}) {
		t.Errorf("toward the goal: %+v", goal)
	}
}

func TestASprintIsMeantByADateANumberOrItsEnd(t *testing.T) {
	day := func(d int) time.Time { return time.Date(2026, 12, d, 8, 0, 0, 0, time.UTC) }
	for _, c := range []struct {
		title string
		due   time.Time
		want  int
	}{
		{"Sprint 2", time.Time{}, 2},
		{"Sprint of 2026-12-01", time.Time{}, 2},
		{"2026-12-14", time.Time{}, 3},
		{"Release 1.4", day(13), 2},
		{"Release 1.4", time.Time{}, 0},
		{"Sprint 12 of 2026", day(14), 3},
		{"", day(13), 2},
		{"Some day", time.Time{}, 0},
	} {
		h := newHouse(t, apart)
		i := issue(cartRepo, 1, h.now)
		i.Milestone = gate.Milestone{ID: 5, Title: c.title, Due: c.due, At: morning}
		h.tell(i)
		if got := h.item("github:acme/cart-api#1").Sprint; got != c.want {
			t.Errorf("%q, due %v, means Sprint %d; want %d", c.title, c.due, got, c.want)
		}
	}
}

func TestWhatIsRenamedIsRenamedOnItsItems(t *testing.T) {
	h := newHouse(t, apart)
	i := issue(cartRepo, 1, h.now, "team/basket", "bug")
	i.Milestone = gate.Milestone{ID: 5} // as GitLab's webhooks tell it
	h.tell(i)
	h.after(time.Minute)
	h.tell(gate.LabelRenamed{Repo: cartRepo, From: "team/basket", To: "team/pay"})
	h.tell(gate.LabelRenamed{Repo: cartRepo, From: "bug"})
	h.tell(gate.MilestoneSeen{Repo: cartRepo, Milestone: gate.Milestone{ID: 5, Title: "Sprint 3", At: h.now}})
	h.tell(gate.MilestoneSeen{Repo: cartRepo, Milestone: gate.Milestone{ID: 5, Title: "Sprint 9", At: h.now.Add(-time.Hour)}})
	h.restart()
	got := h.item("github:acme/cart-api#1")
	if got.Team != "pay" || got.Sprint != 3 || !slices.Equal(got.Labels, []string{"team/pay"}) {
		t.Errorf("the item is %+v", got)
	}
}

func TestAForgesOwnLinksAreDependencies(t *testing.T) {
	h := newHouse(t, apart)
	one, two := ref("github:acme/cart-api#1"), ref("github:acme/pay#2")
	h.tell(issue(cartRepo, 1, h.now))
	h.tell(issue(payRepo, 2, h.now))
	link := gate.ItemLinked{Repo: cartRepo, Kind: gate.Blocks, From: one, To: two, At: h.now}
	h.tell(link)
	h.tell(gate.ItemLinked{Repo: payRepo, Kind: gate.Blocks, From: one, To: two, At: h.now}) // the other side says it as well
	h.tell(gate.ItemLinked{Repo: cartRepo, Kind: gate.Parent, From: one, To: ref("github:acme/product#9"), At: h.now})
	want := []gate.Dependency{{From: one, To: two, FromTeam: "cart", ToTeam: "pay", By: gate.ByForge, Since: h.now, Open: true, Discovered: true, Recut: true}}
	if diff := cmp.Diff(want, h.backlog().Dependencies); diff != "" {
		t.Errorf("the dependencies (-want +got):\n%s", diff)
	}
	if parent := h.item("github:acme/cart-api#1").Parent; parent != ref("github:acme/product#9") {
		t.Errorf("it is a part of %s", parent)
	}
	removed := link
	removed.Removed, removed.At = true, h.now.Add(time.Minute)
	h.tell(removed)
	if left := h.backlog().Dependencies; len(left) != 0 {
		t.Errorf("a link that was removed is %+v", left)
	}
	listed := issue(cartRepo, 1, h.now)
	listed.Links, listed.LinksAt = []gate.Ref{ref("github:acme/product#9")}, h.now.Add(time.Hour)
	h.tell(listed)
	if all := h.backlog().Dependencies; len(all) != 1 || all[0].To != ref("github:acme/product#9") || !all[0].Open {
		t.Errorf("once all links are told they are %+v", all)
	}
}

func TestDependenciesSayWhenTheyWereFoundAndWhichAreACycle(t *testing.T) {
	h := newHouse(t, apart)
	before := issue(cartRepo, 1, time.Date(2026, 11, 10, 9, 0, 0, 0, time.UTC))
	before.Needs = []gate.Ref{ref("github:acme/pay#2")}
	h.tell(before)
	after := issue(payRepo, 2, h.now)
	after.Needs = []gate.Ref{ref("github:acme/cart-api#1")}
	h.tell(after)
	h.tell(closedItem(issue(webRepo, 3, h.now)))
	last := issue(payRepo, 4, h.now)
	last.Needs = []gate.Ref{ref("gitlab:acme/web#3")}
	h.tell(last)

	var told []string
	for _, d := range h.backlog().Dependencies {
		told = append(told, fmt.Sprintf("%s→%s open %v discovered %v cyclic %v recut %v", d.From, d.To, d.Open, d.Discovered, d.Cyclic, d.Recut))
	}
	want := []string{
		"github:acme/cart-api#1→github:acme/pay#2 open true discovered false cyclic true recut false",
		"github:acme/pay#2→github:acme/cart-api#1 open true discovered true cyclic true recut false",
		"github:acme/pay#4→gitlab:acme/web#3 open false discovered true cyclic false recut false",
	}
	if diff := cmp.Diff(want, told); diff != "" {
		t.Errorf("the dependencies (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([][]gate.Ref{{ref("github:acme/cart-api#1"), ref("github:acme/pay#2")}}, h.backlog().Cycles); diff != "" {
		t.Errorf("the cycles (-want +got):\n%s", diff)
	}
}

func TestAnItemOfNobodyIsLikelyOfThoseWhoDidTheLike(t *testing.T) {
	h := newHouse(t, apart)
	for n, repo := range []gate.Repo{payRepo, payRepo, cartRepo} {
		number := 10 + n
		h.tell(closedItem(issue(productRepo, number, h.now, "checkout")))
		c := seen(repo, number, "aaa", h.now)
		c.Closes = []gate.Ref{ref(fmt.Sprintf("github:acme/product#%d", number))}
		h.tell(merged(c, h.now))
	}
	h.tell(issue(productRepo, 1, h.now, "checkout"))
	h.tell(issue(productRepo, 2, h.now, "checkout"))
	c := seen(webRepo, 5, "aaa", h.now)
	c.Closes = []gate.Ref{ref("github:acme/product#2")}
	h.tell(c)
	if got := h.item("github:acme/product#1").Likely; !slices.Equal(got, []string{"pay", "cart"}) {
		t.Errorf("by its label it is likely of %q", got)
	}
	if got := h.item("github:acme/product#2").Likely; !slices.Equal(got, []string{"web", "pay", "cart"}) {
		t.Errorf("by a change that is for it it is likely of %q", got)
	}
}

func TestALandingInAnothersFolderIsADependency(t *testing.T) {
	h := newHouse(t, strings.NewReplacer(
		`cart: components: "cart-api": {repo: "github:acme/cart-api", branch: "main"}`,
		`cart: {members: ["ana"], components: "cart-api": {repo: "github:acme/cart-api", path: "cart"}}`,
		`pay: components: pay: {repo: "github:acme/pay", branch: "main"}`,
		`pay: components: pay: {repo: "github:acme/cart-api", path: "pay"}`,
	).Replace(apart))
	c := seen(cartRepo, 7, "aaa", h.now)
	h.tell(c)
	h.tell(gate.ChangeRead{Repo: cartRepo, Number: 7, Head: "aaa", Paths: []string{"cart/a", "pay/b"}, Complete: true})
	h.tell(merged(c, h.now.Add(time.Minute)))
	want := []gate.Dependency{{
		From: ref("github:acme/cart-api#7"), To: ref("github:acme/cart-api"), FromTeam: "cart", ToTeam: "pay",
		By: gate.ByLanding, Since: h.now.Add(time.Minute), Discovered: true,
	}}
	want[0].From.Change = true
	if diff := cmp.Diff(want, h.backlog().Dependencies); diff != "" {
		t.Errorf("the dependencies (-want +got):\n%s", diff)
	}
}

func TestWithoutRulesNoItemIsKept(t *testing.T) {
	h := newHouse(t, storefront)
	if step := h.tell(issue(cartRepo, 1, h.now)); step.Result != gate.Unused {
		t.Errorf("an issue is %s", step.Result)
	}
	if items := h.backlog().Items; len(items) != 0 {
		t.Errorf("there are items: %+v", items)
	}
}

func TestItemsAreBoundedAndWhatIsClosedGoesFirst(t *testing.T) {
	h := newHouse(t, apart)
	h.tell(issue(cartRepo, 1, h.now))
	events := []gate.Event{closedItem(issue(cartRepo, 2, h.now))}
	for n := range 5_000 {
		events = append(events, closedItem(issue(cartRepo, 10+n, h.now.Add(time.Duration(n+1)*time.Second))))
	}
	h.tell(events...)
	items := h.backlog().Items
	if len(items) != 5_000 || !items[0].Open || items[1].Ref.Number != 11 {
		t.Errorf("of 5,002 items %d are left, %s and %s first", len(items), items[0].Ref, items[1].Ref)
	}
}

func TestWhatIsClosedLongAgoIsForgottenUnlessItIsNeeded(t *testing.T) {
	h := newHouse(t, apart)
	h.tell(closedItem(issue(productRepo, 1, h.now)), closedItem(issue(productRepo, 2, h.now)), issue(productRepo, 3, h.now))
	h.tell(merged(needing(payRepo, 8, h.now), h.now))
	h.needs(cartRepo, 17, "github:acme/product#1", "github:acme/pay#8")
	h.after(400 * 24 * time.Hour)
	h.tell(gate.Pruned{Before: h.now.AddDate(0, -6, 0)})
	h.after(time.Minute)
	var left []int
	for _, i := range h.backlog().Items {
		left = append(left, i.Ref.Number)
	}
	if !slices.Equal(left, []int{3, 1}) {
		t.Errorf("left are %v", left)
	}
	h.restart()
	h.after(time.Minute)
	h.wantNeeds("what rests on it", h.change(cartRepo, 17), gate.Met, "open 0")
}

func TestARepositoryOfItemsIsLookedForUntilItIsKnown(t *testing.T) {
	h := newHouse(t, apart)
	var wanted []gate.Want
	for _, w := range h.wantsOf(gate.WantHead) {
		if w.Repo.Name == "acme/product" {
			wanted = append(wanted, w)
		}
	}
	if len(wanted) != 1 {
		t.Fatalf("wanted are %+v", h.ledger.Wants())
	}
	h.tell(gate.HeadRead{Repo: productRepo, Branch: "main", Commit: "aaa", At: h.now})
	known := slices.ContainsFunc(h.ledger.Known(), func(k gate.Known) bool { return k.Repo == productRepo && k.Backlog && len(k.Branches) == 0 })
	if !known || !slices.Contains(h.ledger.Repos(), productRepo) {
		t.Errorf("known are %+v", h.ledger.Known())
	}
	for _, w := range h.wantsOf(gate.WantHead) {
		if w.Repo.Name == "acme/product" {
			t.Errorf("it is wanted still: %+v", w)
		}
	}
	other := productRepo
	other.ID = 99
	h.tell(issue(other, 1, h.now))
	if items := h.backlog().Items; len(items) != 0 {
		t.Errorf("another repository of its name tells of %+v", items)
	}
}

// story is a day of items, links and changes that need one another, in both forges.
func storyOfItems() []gate.Event {
	at := func(minute int) time.Time { return morning.Add(time.Duration(minute) * time.Minute) }
	item := func(repo gate.Repo, number, minute int, open bool, labels ...string) gate.ItemSeen {
		i := issue(repo, number, at(minute), labels...)
		i.Open = open
		return i
	}
	planned := item(cartRepo, 1, 9, true, "team/cart")
	planned.Milestone, planned.Needs = gate.Milestone{ID: 5, Title: "Sprint 1", At: at(1)}, []gate.Ref{ref("github:acme/pay#2"), ref("gitlab:acme/web!4")}
	listed := item(webRepo, 3, 12, true)
	listed.Links, listed.LinksAt = []gate.Ref{ref("github:acme/cart-api#1")}, at(13)
	gone := item(productRepo, 6, 5, true)
	gone.Gone = true
	linked := func(minute int, removed bool) gate.ItemLinked {
		return gate.ItemLinked{Repo: payRepo, Kind: gate.Blocks, From: ref("github:acme/pay#2"), To: ref("gitlab:acme/web#3"), Removed: removed, At: at(minute)}
	}
	return []gate.Event{
		item(cartRepo, 1, 1, true), item(cartRepo, 1, 5, false), planned,
		item(payRepo, 2, 2, true), item(payRepo, 2, 8, false), item(payRepo, 2, 8, true),
		listed, item(webRepo, 3, 11, true, "team/web"), item(productRepo, 6, 5, true), gone,
		linked(3, false), linked(6, true), linked(9, false), linked(9, true),
		gate.ItemLinked{Repo: cartRepo, Kind: gate.Parent, From: ref("github:acme/cart-api#1"), To: ref("github:acme/product#6"), At: at(4)},
		gate.MilestoneSeen{Repo: cartRepo, Milestone: gate.Milestone{ID: 5, Title: "Sprint 2", At: at(7)}},
		gate.MilestoneSeen{Repo: cartRepo, Milestone: gate.Milestone{ID: 5, Title: "Sprint 3", At: at(6)}},
		gate.LabelRenamed{Repo: webRepo, From: "team/web", To: "team/pay"},
		needing(cartRepo, 17, at(3), "gitlab:acme/web!4", "github:acme/pay#2"),
		needing(cartRepo, 17, at(8), "gitlab:acme/web!4"),
		needing(webRepo, 4, at(4), "github:acme/cart-api#17"),
		needing(webRepo, 4, at(9), "github:acme/product#6"),
		gate.ChangeRead{Repo: cartRepo, Number: 17, Head: "aaa", Paths: []string{"a"}, Complete: true},
		gate.ChangeRead{Repo: webRepo, Number: 4, Head: "aaa", Paths: []string{"a"}, Complete: true},
	}
}

// planned is what must not depend on the order of a story: the backlog, and what is said of the changes.
type planned struct {
	Backlog gate.Backlog
	Says    map[string][]gate.Finding
}

// plans folds a story of one event a delivery in an order.
func plans(t *testing.T, story []gate.Event, order []int, restarts *rand.Rand) planned {
	t.Helper()
	events := make([][]gate.Event, len(story))
	for i, e := range story {
		events[i] = []gate.Event{e}
	}
	end := morning.Add(21 * time.Minute)
	l := foldAll(t, gate.NexusGiven{File: "nexus.cue", Source: apart}, order, asDeliveries(events, end), events, end, restarts)
	p := planned{Backlog: l.Backlog("storefront", end), Says: map[string][]gate.Finding{}}
	standing, _ := l.Standing("storefront", end)
	for _, c := range standing.Changes {
		p.Says[c.Subject.Name] = c.Says.Findings
	}
	return p
}

// disorder is an order of a story in which some of it comes twice.
func disorder(random *rand.Rand, length int) []int {
	order := upTo(length)
	for range 5 {
		order = append(order, random.IntN(length))
	}
	random.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
	return order
}

func upTo(length int) []int {
	order := make([]int, length)
	for i := range order {
		order[i] = i
	}
	return order
}

func TestAnyOrderOfItemsAndLinksComesToTheSame(t *testing.T) {
	story := storyOfItems()
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 3))
	want := plans(t, story, upTo(len(story)), nil)
	if len(want.Backlog.Items) != 3 || len(want.Backlog.Dependencies) < 4 || len(want.Says) != 2 {
		t.Fatalf("the story comes to %+v", want)
	}
	for range definitiontest.Cases(100) {
		order := disorder(random, len(story))
		if diff := cmp.Diff(want, plans(t, story, order, random)); diff != "" {
			t.Fatalf("seed %d, order %v (-in order +shuffled):\n%s", seed, order, diff)
		}
	}
}

func TestAnyOrderOfWhatChanceTellsOfItemsComesToTheSame(t *testing.T) {
	for n := range definitiontest.Cases(60) {
		seed := rand.Uint64()
		c := chance{rand.New(rand.NewPCG(seed, uint64(n))), []gate.Repo{cartRepo, payRepo, webRepo, productRepo}, nil}
		story := make([]gate.Event, 30)
		for i := range story {
			story[i] = c.planning()
		}
		want := plans(t, story, upTo(len(story)), nil)
		order := disorder(c.Rand, len(story))
		if diff := cmp.Diff(want, plans(t, story, order, c.Rand)); diff != "" {
			t.Fatalf("seed %d (-in order +shuffled):\n%s", seed, diff)
		}
	}
}

// planning is an event about an item, a link, or a change that needs something.
func (c chance) planning() gate.Event {
	repo := c.repo()
	at := morning.Add(time.Duration(c.IntN(8)) * time.Minute)
	thing := func() gate.Ref {
		return gate.Ref{Forge: repo.Forge, Repo: c.repo().Name, Number: 1 + c.IntN(3), Change: repo.Forge == gate.GitLab && c.flip()}
	}
	some := func() (refs []gate.Ref) {
		for range c.IntN(3) {
			refs = append(refs, thing())
		}
		return refs
	}
	milestone := gate.Milestone{ID: int64(c.IntN(3)), Title: pick(c.Rand, "", "Sprint 1", "Sprint 2"), At: morning.Add(time.Duration(c.IntN(3)) * time.Minute)}
	switch c.IntN(8) {
	case 0:
		return gate.ItemLinked{
			Repo: repo, Kind: pick(c.Rand, gate.Blocks, gate.Parent), From: gate.Ref{Forge: repo.Forge, Repo: repo.Name, Number: 1 + c.IntN(3)},
			To: thing(), Removed: c.flip(), At: at,
		}
	case 1:
		return gate.MilestoneSeen{Repo: repo, Milestone: milestone}
	case 2, 3:
		change := seen(repo, 1+c.IntN(3), "aaa", at)
		change.Needs, change.Closes = some(), some()
		change.HeadRepo = pick(c.Rand, repo.ID, repo.ID, 4711)
		change.State = pick(c.Rand, gate.ChangeOpen, gate.ChangeOpen, gate.ChangeClosed)
		return change
	default:
		i := issue(repo, 1+c.IntN(3), at, pick(c.Rand, "team/cart", "team/pay", "ready"))
		i.Open, i.Gone, i.Outside, i.Needs, i.Milestone = c.flip(), c.IntN(8) == 0, c.flip(), some(), milestone
		if c.flip() {
			i.Links, i.LinksAt = some(), at.Add(time.Duration(c.IntN(3))*time.Minute)
		}
		return i
	}
}

func TestOpenDependenciesAreCountedBetweenTeams(t *testing.T) {
	h := newHouse(t, apart)
	h.needs(cartRepo, 17, "gitlab:acme/web!4", "gitlab:acme/web!5", "github:acme/cart-api#16", "github:other/core#1")
	h.needs(cartRepo, 16)
	h.needs(webRepo, 4)
	h.needs(webRepo, 5)
	h.tell(merged(needing(webRepo, 5, h.now), h.now))
	want := []gate.TeamDependencies{{From: "cart", Open: 1}, {From: "cart", To: "web", Open: 1}}
	if diff := cmp.Diff(want, h.standing().Dependencies); diff != "" {
		t.Errorf("between teams (-want +got):\n%s", diff)
	}
}
