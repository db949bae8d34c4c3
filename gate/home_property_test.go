package gate_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/definition/definitiontest"
	"github.com/nexusgate/nexusgate/gate"
)

// homeTale is a home's story: a member's change that makes joe a member and excepts pay, one of a
// stranger, one that joe writes, a landing that touches something else, and a proposal that stays open.
func homeTale(t *testing.T) [][]gate.Event {
	at := func(minute int) time.Time { return morning.Add(time.Duration(minute) * time.Minute) }
	next := excepting(governedBy(`"kim", "joe"`, "2h"), "ana", "kim", "2026-12-10")
	strangers := governedBy(`"mallory"`, "9h")
	joes := excepting(governedBy(`"kim", "joe"`, "3h"), "ana", "kim", "2026-12-10")
	opened := func(number int, author, head string, minute int) gate.ChangeSeen {
		c := seen(homeRepo, number, head, at(minute))
		c.Author = author
		return c
	}
	touching := func(number int, head string) gate.ChangeRead {
		return gate.ChangeRead{Repo: homeRepo, Number: number, Head: head, Paths: []string{"nexus.cue"}, Complete: true}
	}
	return [][]gate.Event{
		{gate.HeadRead{Repo: homeRepo, Branch: "main", Commit: "h0", At: at(0)}},
		{opened(3, "ana", "aaa", 1)},
		{touching(3, "aaa")},
		{gate.Reviewed{Repo: homeRepo, Number: 3, Reviewer: "kim", State: gate.Approved, Commit: "aaa", At: at(2)}},
		{mergedAs(3, "ana", "aaa", "h1", at(3))},
		{push(homeRepo, "h0", "h1", at(3), "nexus.cue")},
		{gate.Reviewed{Repo: homeRepo, Number: 3, Reviewer: "kim", State: gate.Withdrawn, Commit: "aaa", At: at(4)}},
		{homeRead(t, "h1", next)},
		{mergedAs(4, "mallory", "bbb", "h2", at(4))},
		{push(homeRepo, "h1", "h2", at(4), "nexus.cue")},
		{homeRead(t, "h2", strangers)},
		{opened(5, "joe", "ccc", 5)},
		{touching(5, "ccc")},
		{homeRead(t, "ccc", joes)},
		{mergedAs(5, "joe", "ccc", "h3", at(6))},
		{push(homeRepo, "h2", "h3", at(6), "nexus.cue")},
		{homeRead(t, "h3", joes)},
		{push(homeRepo, "h3", "h4", at(7), "README.md")},
		{opened(6, "lee", "ddd", 8)},
		{touching(6, "ddd")},
		{homeRead(t, "ddd", governedBy(`"kim"`, "4h"))},
		{push(payRepo, "000", "p1", at(2), "a")},
		{gate.FileRead{Repo: payRepo, Commit: "p1", Path: ".nexus/done.cue", Absent: true}},
		{run(payRepo, "p1", "push", 2, 1, at(4), "failure")},
	}
}

// homeTold is what must not depend on order.
type homeTold struct {
	Within     time.Duration
	Digest     string
	Warnings   []string
	Void       string
	Pay        gate.Outcome
	Proposal   []gate.Finding
	Would      *gate.Impact
	Exceptions []string
}

func foldHome(t *testing.T, order []int, events [][]gate.Event, restarts *rand.Rand) homeTold {
	t.Helper()
	end := morning.Add(9 * time.Minute)
	l := foldAll(t, givenHome(t, first), order, asDeliveries(events, end), events, end, restarts)
	s, ok := l.Standing("storefront", end)
	if !ok || len(s.Proposals) != 1 {
		t.Fatalf("there are %d proposals, want 1", len(s.Proposals))
	}
	told := homeTold{
		Within: s.Definition.Criteria[0].Within, Digest: s.Digest, Warnings: s.Warnings,
		Proposal: s.Proposals[0].Says.Findings, Would: s.Proposals[0].Says.Proposal.Impact,
	}
	for _, e := range s.Exceptions {
		told.Void = e.Void
	}
	for _, c := range s.Components {
		if c.Name == "pay" {
			told.Pay, told.Exceptions = c.Says.Outcome, c.Says.Exceptions
		}
	}
	return told
}

func TestAnyOrderOfAHomesStoryFoldsToTheSameDefinitionInForce(t *testing.T) {
	events := homeTale(t)
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 3))
	straight := make([]int, len(events))
	for i := range straight {
		straight[i] = i
	}
	want := foldHome(t, straight, events, nil)
	if want.Within != 3*time.Hour || want.Void != "" || want.Pay != gate.Done {
		t.Fatalf("the story ends with %+v; want joe's definition and pay done under its exception", want)
	}
	for range definitiontest.Cases(200) {
		order := slices.Clone(straight)
		for range 4 {
			order = append(order, random.IntN(len(events)))
		}
		random.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		if diff := cmp.Diff(want, foldHome(t, order, events, random)); diff != "" {
			t.Fatalf("seed %d, order %v (-in order +shuffled):\n%s", seed, order, diff)
		}
	}
}

// logged is an entry of a log: a delivery, or a moment at which time alone was looked at.
type logged struct {
	events   []gate.Event
	delivery gate.Delivery
	now      time.Time
	verdicts []string
	versions []gate.Version
}

func (e *logged) take(step gate.Step) gate.Step {
	for _, v := range step.Verdicts {
		e.verdicts = append(e.verdicts, v.ID)
	}
	e.versions = step.Versions
	return step
}

func TestAReplayOfAHomesStoryMakesTheVerySameVerdictsThatAServiceWithRestartsMade(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 4))
	given := givenHome(t, first)
	for i := range definitiontest.Cases(80) {
		events := [][][]gate.Event{homeTale(t), missedTale(t)}[i%2]
		random.Shuffle(len(events), func(i, j int) { events[i], events[j] = events[j], events[i] })
		log := serveHome(t, append([][]gate.Event{{given}}, events...), random)
		l := gate.NewLedger()
		for i, e := range log {
			again := logged{}
			if e.events != nil {
				again.take(l.Apply(e.delivery, e.events, e.now))
			} else {
				step, _ := l.Wake(e.now)
				again.take(step)
			}
			if diff := cmp.Diff(e.verdicts, again.verdicts); diff != "" {
				t.Fatalf("seed %d, entry %d of %d (-service +replay):\n%s", seed, i, len(log), diff)
			}
			if diff := cmp.Diff(e.versions, again.versions); diff != "" {
				t.Fatalf("seed %d, the versions of entry %d (-service +replay):\n%s", seed, i, diff)
			}
		}
	}
}

// serveHome is a service that takes a home's story in some order over some days, and is restarted at times.
func serveHome(t *testing.T, events [][]gate.Event, random *rand.Rand) (log []logged) {
	t.Helper()
	l, docs, now := gate.NewLedger(), map[string]gate.Doc{}, morning.Add(10*time.Minute)
	for i, some := range events {
		now = now.Add(time.Duration(random.IntN(24)) * time.Hour)
		d := gate.Delivery{ID: fmt.Sprintf("%06d", i), Source: gate.FromGitHub, Trust: definition.Webhook, Received: now}
		e := logged{events: some, delivery: d, now: now}
		last := keepDocs(docs, e.take(l.Apply(d, some, now)))
		log = append(log, e)
		if random.IntN(4) == 0 {
			l = restored(t, docs, last)
		}
		now = now.Add(time.Duration(random.IntN(24)) * time.Hour)
		woken := logged{now: now}
		if step, empty := l.Wake(now); !empty {
			keepDocs(docs, woken.take(step))
			log = append(log, woken)
		}
	}
	return log
}
