package gate_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/definition/definitiontest"
	"github.com/nexusgate/nexusgate/gate"
)

// chronicle is all that is kept of the storefront.
func (h *house) chronicle() gate.Chronicle {
	return h.ledger.Chronicle("storefront", time.Time{}, time.Time{})
}

// mergedAs tells that a change was merged as a commit.
func (h *house) mergedAs(repo gate.Repo, number int, landed string) {
	e := seen(repo, number, "head-"+landed, h.now)
	e.State, e.Landed, e.OpenedAt = gate.ChangeMerged, landed, morning.Add(-time.Hour)
	e.URL, e.Closes = "https://forge.example/"+landed, []gate.Ref{{Forge: repo.Forge, Repo: repo.Name, Number: 3}}
	h.tell(e)
}

func TestTheChronicleTellsHowTheIncrementStood(t *testing.T) {
	h := newHouse(t, storefront)
	allGreen(h)
	h.after(time.Minute)
	done := h.now
	h.landed(cartRepo, "c1", "c2", "a")
	h.after(time.Minute)
	h.tell(run(cartRepo, "c2", "push", 9, 1, h.now, "failure"))
	red := h.now
	h.after(2 * time.Minute)
	h.tell(run(cartRepo, "c2", "push", 9, 2, h.now, "success"))
	c := h.chronicle()
	var told []string
	for _, p := range c.Points[len(c.Points)-4:] {
		told = append(told, fmt.Sprintf("%s %s %d/%d", p.At.Format(time.TimeOnly), p.Outcome, p.Met, p.Required))
	}
	if diff := cmp.Diff([]string{"09:00:00 done 3/3", "09:01:00 awaiting 2/3", "09:02:00 not-done 2/3", "09:04:00 done 3/3"}, told); diff != "" {
		t.Errorf("it stood (-want +got):\n%s", diff)
	}
	want := []gate.Hold{
		{Team: "cart", Component: "cart-api", Criterion: "ci", Outcome: gate.Awaiting, From: done, To: red},
		{Team: "cart", Component: "cart-api", Criterion: "ci", Outcome: gate.NotDone, From: red, To: h.now},
	}
	if diff := cmp.Diff(want, c.Holds); diff != "" {
		t.Errorf("what held it back (-want +got):\n%s", diff)
	}
	again := gate.Rerun{At: h.now, Team: "cart", Component: "cart-api", Producer: "ci", Criterion: "ci", Commit: "c2", From: "failure", To: "success"}
	if diff := cmp.Diff([]gate.Rerun{again}, c.Retried); diff != "" {
		t.Errorf("what was run again (-want +got):\n%s", diff)
	}
	if mid := h.ledger.Chronicle("storefront", red.Add(time.Second), h.now); len(mid.Points) != 1 || mid.Points[0].Outcome != gate.NotDone || len(mid.Holds) != 1 {
		t.Errorf("in between it is %+v, want it not done from before the span on", mid)
	}
}

func TestTheChronicleTellsWhatLandedAndWhatBecameOfIt(t *testing.T) {
	h := newHouse(t, watched)
	allGreen(h)
	h.after(time.Minute)
	h.mergedAs(cartRepo, 17, "c2")
	h.mergedAs(cartRepo, 18, "c3")
	h.landed(cartRepo, "c1", "c3", "a")
	landed := h.now
	h.after(time.Minute)
	h.landed(payRepo, "p1", "p2", "a")
	h.after(time.Minute)
	h.tell(run(cartRepo, "c3", "push", 9, 1, h.now, "success"))
	h.tell(run(payRepo, "p2", "push", 10, 1, h.now, "success"))
	done := h.now
	h.after(time.Minute)
	h.tell(published(cartRepo, "1.0", "c3", h.now))
	h.says(gate.Done, "It is done.")
	c := h.chronicle()
	cart := func(number int, commit string) gate.Landed {
		return gate.Landed{
			At: landed, Team: "cart", Component: "cart-api", Commit: commit, Change: gate.Ref{Forge: gate.GitHub, Repo: "acme/cart-api", Number: number, Change: true},
			Title: "Guest carts", URL: "https://forge.example/" + commit, Opened: morning.Add(-time.Hour), Done: done, Released: h.now, Increment: 4,
			Items: []gate.Ref{{Forge: gate.GitHub, Repo: "acme/cart-api", Number: 3}},
		}
	}
	want := []gate.Landed{
		cart(17, "c2"), cart(18, "c3"),
		{At: landed.Add(time.Minute), Team: "pay", Component: "pay", Commit: "p2", Done: done, Increment: 5},
	}
	byCommit := cmpopts.SortSlices(func(a, b gate.Landed) bool { return a.Commit < b.Commit })
	if diff := cmp.Diff(want, c.Landed, byCommit); diff != "" {
		t.Errorf("what landed (-want +got):\n%s", diff)
	}
	if len(c.Released) != 1 || c.Released[0].Tag != "1.0" || c.Released[0].Outcome != gate.Done || len(c.Done) != 2 || len(c.Versions) != 1 {
		t.Errorf("released %+v, done %+v, versions %+v; want one, two and one", c.Released, c.Done, c.Versions)
	}
}

// TestAReleaseOfAnUnknownCommitReleasesNoChange has the commit be told late: from then on what it holds is known.
func TestAReleaseOfAnUnknownCommitReleasesNoChange(t *testing.T) {
	h := newHouse(t, watched)
	allGreen(h)
	h.after(time.Minute)
	h.mergedAs(cartRepo, 17, "c2")
	h.landed(cartRepo, "c1", "c2", "a")
	h.after(time.Minute)
	h.tell(published(cartRepo, "1.0", "c3", h.now))
	r := h.release()
	e, _ := r.Judge(gate.Answer{Outcome: gate.Done, Increment: 4, Why: "It is done."}, "https://done.example.com", h.now)
	h.tell(e)
	c := h.chronicle()
	if len(c.Landed) != 1 || c.Landed[0].Increment != 4 || !c.Landed[0].Released.IsZero() {
		t.Errorf("by a release of another commit it landed, and went out, as %+v", c.Landed)
	}
	if len(c.Released) != 1 || !c.Released[0].Unknown {
		t.Errorf("what was released is %+v", c.Released)
	}
	b, said := h.brief(gate.DailyBrief, time.Time{})
	if want := "released: 1.0 of acme/cart-api, of an unknown commit: no integration branch is known to have come to c3"; !strings.Contains(fmt.Sprint(said), want) {
		t.Errorf("the daily does not say %q: %+v", want, b.Sections)
	}
	h.after(time.Minute)
	h.landed(cartRepo, "c2", "c3", "a")
	c = h.chronicle()
	if c.Released[0].Unknown {
		t.Errorf("what landed since is still unknown: %+v", c.Released)
	}
}

func TestAnAlarmOfAReleaseIsToldUntilItIsMended(t *testing.T) {
	h := newHouse(t, watched)
	h.landed(cartRepo, "000", "c1")
	h.tell(published(cartRepo, "1.0", "c1", h.now))
	h.says(gate.NotDone, "It is red.")
	h.after(time.Hour)
	h.says(gate.Done, "It is done.")
	want := gate.Released{
		At: morning, Key: "github:1 1.0 2026-11-23T09:00:00Z", Repo: cartRepo, Tag: "1.0", Commit: "c1", Components: []string{"cart-api"},
		Increment: 3, Outcome: gate.Done, Alarmed: morning, Mended: h.now,
	}
	if diff := cmp.Diff([]gate.Released{want}, h.chronicle().Released); diff != "" {
		t.Errorf("what was released (-want +got):\n%s", diff)
	}
}

func TestATagThatIsAReleaseByItsNameAndIsThenPublishedWentOutOnce(t *testing.T) {
	h := newHouse(t, watched)
	h.landed(cartRepo, "000", "c1")
	h.tell(tagged(cartRepo, "v1.0.0", "", "c1", h.now))
	h.says(gate.NotDone, "It is red.")
	h.after(time.Second)
	h.tell(published(cartRepo, "v1.0.0", "c1", h.now))
	h.says(gate.NotDone, "It is red.")
	h.after(time.Hour)
	h.tell(published(cartRepo, "v1.0.0", "c1", h.now)) // anew
	h.says(gate.NotDone, "It is red.")
	var keys []string
	for _, r := range h.chronicle().Released {
		keys = append(keys, r.Key)
	}
	want := []string{"github:1 v1.0.0 2026-11-23T09:00:01Z", "github:1 v1.0.0 2026-11-23T10:00:01Z"}
	if diff := cmp.Diff(want, keys); diff != "" {
		t.Errorf("what was released (-want +got):\n%s", diff)
	}
}

func TestARetriedJobOnGitLabIsToldAsThePipelineThatItIsOf(t *testing.T) {
	h := newHouse(t, storefront)
	h.landed(webRepo, "000", "w1")
	h.tell(pipeline(webRepo, "w1", "push", 31, h.now, map[string]string{"build": "success", "test": "failure"})...)
	h.after(time.Minute)
	h.tell(labJob(webRepo, "w1", "test", 31, 3199, h.now, ""))
	h.tell(labJob(webRepo, "w1", "test", 31, 3199, h.now, "success"))
	h.tell(labJob(webRepo, "w1", "test", 31, 3199, h.now, "success"))
	want := []gate.Rerun{{At: h.now, Team: "web", Component: "web", Producer: "test", Criterion: "ci", Commit: "w1", From: "failure", To: "success"}}
	if diff := cmp.Diff(want, h.chronicle().Retried); diff != "" {
		t.Errorf("what was run again (-want +got):\n%s", diff)
	}
}

func TestWhatIsUnderAnExceptionHoldsNothingBackAndIsTold(t *testing.T) {
	h := newHouse(t, payExcepted)
	payRed(h)
	c := h.chronicle()
	var pay []gate.Hold
	for _, e := range c.Excepted {
		if e.To.IsZero() {
			pay = append(pay, e)
		}
	}
	want := []gate.Hold{{Team: "pay", Component: "pay", Criterion: "ci", Outcome: gate.NotDone, Exception: "pay-ci", From: morning}}
	if diff := cmp.Diff(want, pay); diff != "" {
		t.Errorf("what is under exceptions (-want +got):\n%s", diff)
	}
	if last := c.Points[len(c.Points)-1]; last.Met != 3 || last.Required != 3 {
		t.Errorf("the last point is %+v, want all of 3 to hold nothing back", last)
	}
}

func TestTheChronicleIsTheSameAfterEachRestartAndBounded(t *testing.T) {
	through, restarting := newHouse(t, storefront), newHouse(t, storefront)
	for _, h := range []*house{through, restarting} {
		allGreen(h)
		for i := range 80 {
			h.after(26 * time.Hour * time.Duration(1+i%5))
			h.landed(cartRepo, fmt.Sprintf("c%d", i+1), fmt.Sprintf("c%d", i+2), "a")
			h.tell(run(cartRepo, fmt.Sprintf("c%d", i+2), "push", int64(100+i), 1, h.now, "success"))
			if i%20 == 0 {
				h.tell(gate.Pruned{Before: h.now.AddDate(0, 0, -60)})
			}
			if h == restarting {
				h.restart()
			}
		}
	}
	want, got := through.chronicle(), restarting.chronicle()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("after restarts it is (-without +with):\n%s", diff)
	}
	if age := through.now.Sub(got.Kept); age < 100*24*time.Hour || age > 250*24*time.Hour || got.Points[0].At.Before(got.Kept) {
		t.Errorf("it is kept for %v, since %v, and begins at %v", age, got.Kept, got.Points[0].At)
	}
	chapters := 0
	for key := range restarting.docs {
		if len(key) > 8 && key[:8] == "chapter " {
			chapters++
		}
	}
	if chapters > 12 || chapters < 2 {
		t.Errorf("%d chapters are kept", chapters)
	}
}

func TestWhateverHappensTheChronicleHangsTogether(t *testing.T) {
	deliveries := tale()
	seed := rand.Uint64()
	random := rand.New(rand.NewPCG(seed, 17))
	given := gate.NexusGiven{File: "nexus.cue", Source: storefront}
	for range definitiontest.Cases(100) {
		order := random.Perm(len(deliveries))
		end := morning.Add(21 * time.Minute)
		through := foldAll(t, given, order, deliveries, taleEvents, end, nil)
		restarting := foldAll(t, given, order, deliveries, taleEvents, end, random)
		c := through.Chronicle("storefront", time.Time{}, time.Time{})
		if diff := cmp.Diff(c, restarting.Chronicle("storefront", time.Time{}, time.Time{})); diff != "" {
			t.Fatalf("seed %d, order %v: after restarts the chronicle is another (-without +with):\n%s", seed, order, diff)
		}
		since := morning.Add(time.Duration(random.IntN(44)) * 30 * time.Second)
		if diff := cmp.Diff(through.Chronicle("storefront", since, time.Time{}), through.TakeChronicle("storefront")().From(since)); diff != "" {
			t.Fatalf("seed %d, order %v: since %v it is cut otherwise than it is read (-read +cut):\n%s", seed, order, since, diff)
		}
		if diff := cmp.Diff(through.Backlog("storefront", end), through.TakeBacklog("storefront", end)()); diff != "" {
			t.Fatalf("seed %d, order %v: the backlog is read otherwise later (-now +later):\n%s", seed, order, diff)
		}
		standing, _ := through.Standing("storefront", end)
		hangsTogether(t, c, standing, fmt.Sprintf("seed %d, order %v", seed, order))
	}
}

// hangsTogether holds a chronicle to how the Nexus stands at its end.
func hangsTogether(t *testing.T, c gate.Chronicle, s gate.Standing, where string) {
	t.Helper()
	last, known := c.At(s.At)
	if !known || last.Verdict != s.HeadSays.ID || last.Outcome != s.Head.Outcome || last.Increment != s.Head.Number {
		t.Fatalf("%s: it ends with %+v, and the head is %+v", where, last, s.Head)
	}
	open := map[string]bool{}
	for _, h := range c.Holds {
		if h.To.IsZero() {
			open[h.Component+" "+h.Criterion] = true
		} else if !h.From.Before(h.To) {
			t.Fatalf("%s: %+v ends before it begins", where, h)
		}
	}
	for _, f := range s.HeadSays.Findings {
		holds := f.Level == definition.Required && f.State != gate.Met && f.Exception == ""
		if open[f.Component+" "+f.Criterion] != holds {
			t.Fatalf("%s: %s of %s is %s, and the chronicle says that it holds back: %v", where, f.Criterion, f.Component, f.State, !holds)
		}
	}
	for _, l := range c.Landed {
		if l.Increment > s.Head.Number || !l.Done.IsZero() && l.Done.Before(c.Kept) {
			t.Fatalf("%s: %+v", where, l)
		}
	}
}

func TestWhoIsHeldBackIsTheSameAfterARestartWhereAComponentWentToAnotherTeam(t *testing.T) {
	h := newHouse(t, storefront)
	allGreen(h)
	h.after(time.Minute)
	h.tell(run(cartRepo, "c1", "push", 9, 1, h.now, "failure"))
	h.after(time.Minute)
	h.tell(gate.NexusGiven{File: "nexus.cue", Source: strings.Replace(storefront, "cart: components", "basket: components", 1)})
	want := h.chronicle().Holds
	h.restart()
	if diff := cmp.Diff(want, h.chronicle().Holds); diff != "" || want[len(want)-1].Team != "basket" {
		t.Errorf("after a restart it is (-without +with):\n%s", diff)
	}
}
