package gate_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/definition/definitiontest"
	"github.com/nexusgate/nexusgate/gate"
)

// untimed is what of a change's document a later word may set without being news.
var untimed = regexp.MustCompile(`"(UpdatedAt|until)":"[^"]*"`)

func TestNewsIsWhatChangesTheState(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 3))
	told := map[bool]int{}
	for range definitiontest.Cases(60) {
		h := newHouse(t, storefront)
		for i := range 60 {
			e := anyEvent(random, i)
			news := h.ledger.News(h.next(), []gate.Event{e})
			told[news]++
			before, heads := bodies(h), headsOf(h)
			step := h.tell(e)
			if _, isHead := e.(gate.HeadRead); isHead {
				if changed := cmp.Diff(heads, headsOf(h)); (changed != "") != news {
					t.Fatalf("seed %d: the head %+v is news: %t; what it changed:\n%s", seed, e, news, changed)
				}
				continue
			}
			changed := cmp.Diff(before, bodies(h))
			if (changed != "") != news {
				t.Fatalf("seed %d: %T %+v is news: %t; what it changed:\n%s", seed, e, e, news, changed)
			}
			if !news && len(step.Verdicts)+len(step.Owed)+len(step.Increments) > 0 {
				t.Fatalf("seed %d: %T %+v is no news, and makes %d verdicts and owes %d reports", seed, e, e, len(step.Verdicts), len(step.Owed))
			}
		}
	}
	if enough := definitiontest.Cases(100); told[true] < enough || told[false] < enough {
		t.Errorf("%d events were news and %d were not; there should be many of both", told[true], told[false])
	}
}

// next is the delivery that tell will bring.
func (h *house) next() gate.Delivery {
	return gate.Delivery{ID: fmt.Sprintf("%06d", h.told+1), Source: gate.FromUs, Trust: definition.Webhook, Received: h.now}
}

func bodies(h *house) map[string]string {
	all := map[string]string{}
	for key, doc := range maps.Clone(h.docs) {
		all[key] = untimed.ReplaceAllString(string(doc.Body), "")
	}
	return all
}

func headsOf(h *house) map[string]string {
	all := map[string]string{}
	for _, k := range h.ledger.Known() {
		for _, b := range k.Branches {
			all[k.Repo.Key()+" "+b.Name] = b.Head
		}
	}
	return all
}

// anyEvent is what a sweep or a webhook may tell, out of so few things that much of it repeats.
func anyEvent(random *rand.Rand, n int) gate.Event {
	repo := pick(random, cartRepo, webRepo)
	at := morning.Add(-time.Duration(random.IntN(4)) * time.Minute)
	head := pick(random, "aaa", "bbb")
	number := 1 + random.IntN(2)
	switch random.IntN(6) {
	case 0:
		e := seen(repo, number, head, at)
		e.State = pick(random, gate.ChangeOpen, gate.ChangeOpen, gate.ChangeClosed, gate.ChangeMerged)
		if e.State == gate.ChangeMerged {
			e.Landed = "c1"
		}
		return e
	case 1:
		state := pick(random, gate.Approved, gate.ChangesRequested, gate.Withdrawn)
		return gate.Reviewed{Repo: repo, Number: number, Reviewer: pick(random, "li", "kim"), State: state, Commit: head, At: at}
	case 2:
		ref := fmt.Sprintf("refs/merge-requests/%d/train", number)
		return gate.GroupSeen{Repo: repo, Head: pick(random, "g1", "g2"), Base: "main", Ref: ref, Destroyed: random.IntN(4) == 0, At: at}
	case 3:
		// Reads are made one after the other.
		return gate.HeadRead{Repo: repo, Branch: "main", Commit: pick(random, "c1", "c2"), At: morning.Add(time.Duration(n) * time.Minute)}
	case 4:
		return run(cartRepo, head, "push", 1, 1+random.IntN(2), at, pick(random, "", "success", "failure"))
	default:
		e := labJob(webRepo, pick(random, "w1", "w2"), "test", 31, 3100+int64(random.IntN(2)), at, pick(random, "", "success"))
		e.Evidence.Change = random.IntN(3)
		return e
	}
}

func TestWhatIsToldAnewInOtherWordsIsNoNews(t *testing.T) {
	h := newHouse(t, storefront)
	h.landed(cartRepo, "000", "c1", "a")
	h.opened(cartRepo, 17, "aaa", "a")
	token := gate.Delivery{ID: "0000ff", Source: gate.FromGitHub, Trust: definition.Token, Received: h.now}
	report, word := run(cartRepo, "c1", "push", 1, 1, h.now, "success"), gate.Reviewed{
		Repo: cartRepo, Number: 17, Reviewer: "li", State: gate.Approved, Commit: "aaa", At: h.now,
	}
	report.Evidence.Trust = definition.Token
	h.note(h.ledger.Apply(token, []gate.Event{report, word}, h.now))

	later := seen(cartRepo, 17, "aaa", h.now.Add(time.Minute)) // somebody wrote a comment
	later.Repo.Installation, later.Pipeline = 0, 31
	report.Evidence.Trust = definition.Webhook
	other := later
	other.Title = "Guest carts, at last"
	unread := gate.HeadRead{Repo: cartRepo, Branch: "main", Commit: "c1", At: h.now.Add(time.Minute)}
	moved := unread
	moved.Commit = "c2"
	stale := gate.HeadRead{Repo: cartRepo, Branch: "main", Commit: "000", At: h.now.Add(-time.Hour)}
	for _, c := range []struct {
		what string
		e    gate.Event
		want bool
	}{
		{"a change with a later time", later, false},
		{"a change with another title", other, true},
		{"evidence that is proved better", report, false},
		{"a word that is proved better", word, false},
		{"the head as it is known", unread, false},
		{"another head", moved, true},
		{"a head from before the push that is known", stale, false},
		{"a repository that is none of ours", seen(gate.Repo{Forge: gate.GitHub, ID: 99, Name: "acme/other"}, 1, "x", h.now), false},
		{"a repository that is heard of for the first time", seen(payRepo, 1, "x", h.now), true},
	} {
		if got := h.ledger.News(h.next(), []gate.Event{c.e}); got != c.want {
			t.Errorf("%s is news: %t, want %t", c.what, got, c.want)
		}
	}
}

func TestWhoTakesTheNameOfARepositoryThatIsGoneIsNews(t *testing.T) {
	h := newHouse(t, storefront)
	h.landed(payRepo, "000", "p1", "a")
	rival := payRepo
	rival.ID = 99
	h.tell(push(rival, "000", "r1", h.now, "a"))
	h.tell(gate.RepositorySeen{Repo: payRepo, Gone: true, At: h.now})
	later := push(rival, "r1", "r2", h.now, "a")
	if !h.ledger.News(h.next(), []gate.Event{later}) {
		t.Error("what it tells is no news")
	}
	if got := h.standing().Head.Composition["pay"]; got != "p1" {
		t.Errorf("to ask has put pay at %q, want still p1", got)
	}
	if step := h.tell(later); len(step.Routes) == 0 || step.Result != gate.Applied {
		t.Errorf("told, it is %s and changes the routes to %v", step.Result, step.Routes)
	}
	if got := h.standing().Components; !slices.ContainsFunc(got, func(c gate.ComponentStanding) bool { return c.Name == "pay" && c.Commit == "r2" }) {
		t.Errorf("then pay stands at none of the rival's commits: %+v", got)
	}
}

func TestAMissedLandingThatASweepFindsMakesItsIncrement(t *testing.T) {
	h := newHouse(t, storefront)
	h.landed(cartRepo, "000", "c1", "a")
	number := h.standing().Head.Number
	covers := h.ledger.Known()[0].Branches[0].Covers
	h.after(time.Hour)
	h.tell(gate.HeadRead{Repo: cartRepo, Branch: "main", Commit: "c2", At: h.now, Covers: covers})
	if head := h.standing().Head; head.Number != number+1 || head.Composition["cart-api"] != "c2" {
		t.Fatalf("Increment %d holds %v; want cart-api at c2 in Increment %d", head.Number, head.Composition, number+1)
	}
	h.tell(push(cartRepo, "c1", "c2", h.now.Add(-30*time.Minute), "a")) // it comes after all
	if got := h.standing().Head.Number; got != number+1 {
		t.Errorf("after the push that came late the head is Increment %d, want %d", got, number+1)
	}
}

func TestKnownIsWhatASweepCompares(t *testing.T) {
	h := newHouse(t, storefront)
	h.landed(cartRepo, "000", "c1", "a")
	h.opened(cartRepo, 17, "aaa", "a")
	h.tell(gate.Reviewed{Repo: cartRepo, Number: 17, Reviewer: "li", State: gate.Approved, Commit: "aaa", At: h.now})
	closed := seen(cartRepo, 18, "bbb", h.now)
	closed.State = gate.ChangeClosed
	h.tell(closed, gate.GroupSeen{Repo: cartRepo, Head: "g1", Base: "main", Ref: "refs/heads/q", At: h.now})
	h.landed(webRepo, "000", "w1", "a")
	want := []gate.Known{
		{
			Repo: cartRepo, Branches: []gate.KnownBranch{{Name: "main", Head: "c1", Covers: []string{"000002"}}},
			Changes: []gate.KnownChange{{Number: 17, Head: "aaa", UpdatedAt: h.now, Approvers: []string{"li"}}},
			Groups:  []gate.KnownGroup{{Head: "g1", Base: "main", Ref: "refs/heads/q"}}, Heard: h.now,
		},
		{Repo: webRepo, Branches: []gate.KnownBranch{{Name: "main", Head: "w1", Covers: []string{"000008"}}}, Heard: h.now},
	}
	if diff := cmp.Diff(want, h.ledger.Known()); diff != "" {
		t.Errorf("what is known (-want +got):\n%s", diff)
	}
	h.tell(gate.InstallationSeen{Installation: 7, Active: false, At: h.now})
	if got := len(h.ledger.Known()); got != 1 {
		t.Errorf("of %d repositories something is asked, want 1: the installation of the other is suspended", got)
	}
}
