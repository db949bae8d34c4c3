package gate_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/nexusgate/nexusgate/definition/definitiontest"
	"github.com/nexusgate/nexusgate/gate"
)

// landingRead is what the forge says of who brought a landing on the home.
func landingRead(base, commit string, changes ...gate.LandedChange) gate.LandingRead {
	return gate.LandingRead{Repo: homeRepo, Base: base, Commit: commit, Path: "nexus.cue", Changes: changes}
}

func landedChange(number int, author, head, landed string, at time.Time, reviews ...gate.LandedReview) gate.LandedChange {
	return gate.LandedChange{
		Number: number, Title: "Guest carts", Author: author, Head: head, Base: "main", Landed: landed, MergedAt: at, Reviews: reviews,
	}
}

func approval(login, head string, at time.Time) gate.LandedReview {
	return gate.LandedReview{Reviewer: login, State: gate.Approved, Commit: head, At: at}
}

// touchesNexus is what the forge says of the paths of a change to the home.
func touchesNexus(number int, head string) gate.ChangeRead {
	return gate.ChangeRead{Repo: homeRepo, Number: number, Head: head, Paths: []string{"nexus.cue"}, Complete: true}
}

// wantLanding says whether the forge is to be asked who brought a landing, and after which commit.
func (h *house) wantLanding(when, base, commit string, want bool) {
	h.t.Helper()
	got := slices.ContainsFunc(h.ledger.Wants(), func(w gate.Want) bool {
		return w.Kind == gate.WantLanding && w.Base == base && w.Commit == commit && w.Path == "nexus.cue" && w.Branch == "main"
	})
	if got != want {
		h.t.Errorf("%s it is %v that the landing %s after %s is to be read; wants: %v", when, got, commit, base, h.ledger.Wants())
	}
}

func TestALandingWhoseChangeNobodyToldOfIsAskedForAfterAGraceAndComesIntoForce(t *testing.T) {
	for _, c := range []struct {
		name, author string
		reviews      []gate.LandedReview
	}{
		{"written by a member", "kim", nil},
		{"approved by the Product Owner", "ana", []gate.LandedReview{approval("lee", "aaa", morning)}},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHome(t, first)
			h.tell(push(homeRepo, "h0", "h1", h.now, "nexus.cue"))
			h.tell(homeRead(t, "h1", governedBy(`"kim"`, "2h")))
			h.wantLanding("at once", "h0", "h1", false)
			if due, ok := h.ledger.NextDue(); !ok || !due.Equal(h.now.Add(time.Minute)) {
				t.Errorf("the next look is due %s (%v), want in a minute", due, ok)
			}
			h.after(time.Minute)
			h.wantLanding("after a minute", "h0", "h1", true)
			h.tell(landingRead("h0", "h1", landedChange(3, c.author, "aaa", "h1", h.now, c.reviews...)))
			if !wants(h, gate.WantChange, "aaa") {
				t.Errorf("the paths of the change are not read; wants: %v", h.ledger.Wants())
			}
			h.tell(touchesNexus(3, "aaa"))
			h.wantWithin("after the read", 2*time.Hour)
			h.wantLanding("after the read", "h0", "h1", false)
			h.wantNoWarning(unspoken)
			if v := h.versions[len(h.versions)-1]; v.Change != "acme/nexus#3" || v.Author != c.author || len(v.Approvers) != len(c.reviews) {
				t.Errorf("its version is %+v", v)
			}
		})
	}
}

func TestAStrangersLandingStaysOutAndIsAskedForOnce(t *testing.T) {
	for name, changes := range map[string][]gate.LandedChange{
		"a bare push":              nil,
		"a stranger's change":      {landedChange(3, "mallory", "aaa", "h1", morning)},
		"an approval of the past":  {landedChange(3, "mallory", "aaa", "h1", morning, approval("kim", "a00", morning))},
		"a change to another line": {{Number: 3, Author: "kim", Head: "aaa", Base: "release", Landed: "h1", MergedAt: morning}},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHome(t, first)
			h.tell(push(homeRepo, "h0", "h1", h.now, "nexus.cue"))
			h.tell(homeRead(t, "h1", governedBy(`"mallory"`, "9h")))
			h.after(time.Minute)
			h.tell(landingRead("h0", "h1", changes...))
			h.tell(touchesNexus(3, "aaa"))
			h.wantWithin("after the read", time.Hour)
			h.wantWarning("nexus.cue at h1 " + unspoken)
			h.wantLanding("after the read", "h0", "h1", false)
			h.restart()
			h.after(time.Hour)
			h.wantLanding("after a restart", "h0", "h1", false)
			h.wantWithin("after a restart", time.Hour)
		})
	}
}

func TestALandingIsNotAskedForWhereItIsVouchedForOrBringsNoChange(t *testing.T) {
	h := newHome(t, first)
	h.tell(push(homeRepo, "h0", "h1", h.now, "README.md"))
	h.proposes(3, "kim", "aaa", governedBy(`"kim"`, "2h"))
	h.lands(3, "kim", "aaa", "h1", "h2", governedBy(`"kim"`, "2h"))
	forced := push(homeRepo, "h2", "h0", h.now.Add(time.Second))
	forced.Forced = true
	h.tell(forced)
	h.after(time.Hour)
	for _, w := range h.ledger.Wants() {
		if w.Kind == gate.WantLanding {
			t.Errorf("there is the want %v", w)
		}
	}
	h.wantWithin("after the branch was forced back", 2*time.Hour)
}

func TestWhatLandedWhileNobodyListenedComesIntoForce(t *testing.T) {
	h := newHome(t, first)
	h.tell(gate.HeadRead{Repo: homeRepo, Branch: "main", Commit: "h3", At: h.now})
	h.wantLanding("at once", "h0", "h3", true)
	h.tell(landingRead("h0", "h3",
		landedChange(3, "kim", "aaa", "h1", h.now), landedChange(4, "mallory", "bbb", "h2", h.now.Add(2*time.Minute))))
	h.tell(touchesNexus(3, "aaa"))
	h.tell(touchesNexus(4, "bbb"))
	if !wants(h, gate.WantNexus, "h1") {
		t.Fatalf("the definition that a member brought is not read; wants: %v", h.ledger.Wants())
	}
	h.tell(homeRead(t, "h1", governedBy(`"kim"`, "2h")))
	h.tell(homeRead(t, "h3", governedBy(`"mallory"`, "9h")))
	h.wantWithin("after the reads", 2*time.Hour)
	h.wantWarning("nexus.cue at h3 " + unspoken)
	h.now = h.now.Add(time.Minute)
	h.lands(5, "kim", "ccc", "h3", "h4", governedBy(`"kim"`, "3h"))
	h.wantWithin("after the next landing", 3*time.Hour)
	h.wantNoWarning(unspoken)
}

func TestALandingThatLeavesTheDefinitionAloneHidesNoneThatWasMissed(t *testing.T) {
	h := newHome(t, first)
	h.tell(gate.HeadRead{Repo: homeRepo, Branch: "main", Commit: "h2", At: h.now})
	h.tell(landingRead("h0", "h2", landedChange(3, "kim", "aaa", "h1", h.now)))
	h.tell(touchesNexus(3, "aaa"))
	h.tell(homeRead(t, "h1", governedBy(`"kim"`, "2h")))
	h.tell(homeRead(t, "h2", governedBy(`"kim"`, "2h")))
	h.wantWithin("under somebody's README", 2*time.Hour)
	h.wantNoWarning(unspoken)
}

func TestAMissedLandingTakesNothingBack(t *testing.T) {
	h := newHome(t, first)
	h.proposes(3, "kim", "aaa", governedBy(`"kim"`, "2h"))
	h.lands(3, "kim", "aaa", "h0", "h1", governedBy(`"kim"`, "2h"))
	h.now = h.now.Add(time.Hour)
	h.tell(gate.HeadRead{Repo: homeRepo, Branch: "main", Commit: "h2", At: h.now})
	h.wantWithin("after a landing that nobody told of", 2*time.Hour)
	h.wantLanding("then", "h1", "h2", true)
	h.tell(homeRead(t, "h2", governedBy(`"mallory"`, "9h")))
	h.tell(landingRead("h1", "h2"))
	h.wantWithin("once it is known as nobody's", 2*time.Hour)
	h.now = h.now.Add(time.Minute)
	h.tell(push(homeRepo, "h2", "h3", h.now, "README.md"))
	h.wantWithin("after the next", 2*time.Hour)
	h.wantWarning("nexus.cue at h2 " + unspoken)
}

func TestAChangesOwnDeliveriesAfterTheReadChangeNothing(t *testing.T) {
	h := newHome(t, first)
	at := h.now
	h.tell(push(homeRepo, "h0", "h1", at, "nexus.cue"))
	h.tell(homeRead(t, "h1", governedBy(`"kim"`, "2h")))
	h.after(time.Minute)
	h.tell(landingRead("h0", "h1", landedChange(3, "ana", "aaa", "h1", at, approval("kim", "aaa", at))))
	h.tell(touchesNexus(3, "aaa"))
	versions, verdicts := len(h.versions), len(h.verdicts)
	h.tell(gate.Reviewed{Repo: homeRepo, Number: 3, Reviewer: "kim", State: gate.Approved, Commit: "aaa", At: at})
	h.tell(mergedAs(3, "ana", "aaa", "h1", at))
	h.wantWithin("afterwards", 2*time.Hour)
	if len(h.versions) != versions || len(h.verdicts) != verdicts {
		t.Errorf("%d versions and %d verdicts came of it", len(h.versions)-versions, len(h.verdicts)-verdicts)
	}
}

// missedTale is a home's story of which much was missed: a member's approval and the merge that it was for,
// who pushed the next landing, and altogether what landed before a head was read. Some of it comes late.
func missedTale(t *testing.T) [][]gate.Event {
	at := func(minute int) time.Time { return morning.Add(time.Duration(minute) * time.Minute) }
	kims := governedBy(`"kim"`, "3h")
	return [][]gate.Event{
		{gate.HeadRead{Repo: homeRepo, Branch: "main", Commit: "h0", At: at(0)}},
		{push(homeRepo, "h0", "h1", at(2), "nexus.cue")},
		{landingRead("h0", "h1", landedChange(3, "ana", "aaa", "h1", at(2), approval("kim", "aaa", at(1))))},
		{touchesNexus(3, "aaa")},
		{homeRead(t, "h1", governedBy(`"kim"`, "2h"))},
		{gate.Reviewed{Repo: homeRepo, Number: 3, Reviewer: "kim", State: gate.Approved, Commit: "aaa", At: at(1)}},
		{mergedAs(3, "ana", "aaa", "h1", at(2))},
		{push(homeRepo, "h1", "h2", at(3), "nexus.cue")},
		{landingRead("h1", "h2")},
		{homeRead(t, "h2", governedBy(`"mallory"`, "9h"))},
		{gate.HeadRead{Repo: homeRepo, Branch: "main", Commit: "h4", At: at(6)}},
		{landingRead("h2", "h4", landedChange(5, "kim", "ccc", "h3", at(5)))},
		{touchesNexus(5, "ccc")},
		{homeRead(t, "h3", kims)},
		{homeRead(t, "h4", kims)},
	}
}

func TestAnyOrderOfAStoryOfWhichMuchWasMissedFoldsToTheSameDefinitionInForce(t *testing.T) {
	events, seed := missedTale(t), rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 5))
	end := morning.Add(9 * time.Minute)
	fold := func(order []int) (told struct {
		Within   time.Duration
		Warnings []string
		Wants    []gate.Want
	},
	) {
		l := foldAll(t, givenHome(t, first), order, asDeliveries(events, end), events, end, random)
		l.Wake(end.Add(time.Hour))
		s, _ := l.Standing("storefront", end)
		told.Within, told.Warnings = s.Definition.Criteria[0].Within, s.Warnings
		told.Wants = slices.DeleteFunc(l.Wants(), func(w gate.Want) bool { return w.Repo.ID != homeRepo.ID })
		return told
	}
	order := make([]int, len(events))
	for i := range order {
		order[i] = i
	}
	want := fold(order)
	if want.Within != 3*time.Hour || len(want.Wants) > 0 {
		t.Fatalf("the story ends with %+v; want kim's definition, and nothing to read", want)
	}
	for range definitiontest.Cases(200) {
		again := append(slices.Clone(order), random.IntN(len(events)), random.IntN(len(events)))
		random.Shuffle(len(again), func(i, j int) { again[i], again[j] = again[j], again[i] })
		if diff := cmp.Diff(want, fold(again)); diff != "" {
			t.Fatalf("seed %d, order %v (-in order +shuffled):\n%s", seed, again, diff)
		}
	}
}

// TestWhatLandedIsReadBeforeWhatIsProposed: anybody may open changes to a home, and each of their heads
// takes a while to compute.
func TestWhatLandedIsReadBeforeWhatIsProposed(t *testing.T) {
	h := newHome(t, first)
	for i, head := range []string{"aaa", "bbb", "zzz"} {
		h.tell(seen(homeRepo, 3+i, head, h.now))
		h.tell(touchesNexus(3+i, head))
	}
	h.tell(push(homeRepo, "h0", "h1", h.now.Add(time.Minute), "nexus.cue"))
	var read []string
	for _, w := range h.ledger.Wants() {
		if w.Kind == gate.WantNexus {
			read = append(read, w.Commit)
		}
	}
	if diff := cmp.Diff([]string{"h1", "aaa", "bbb", "zzz"}, read); diff != "" {
		t.Errorf("definitions are read in another order (-want +got):\n%s", diff)
	}
}
