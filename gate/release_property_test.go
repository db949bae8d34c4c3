package gate_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/nexusgate/nexusgate/definition/definitiontest"
	"github.com/nexusgate/nexusgate/gate"
)

// releasing are tags and releases on both forges: lightweight and annotated ones, moved and deleted, published before
// and after they are told of.
func releasing() [][]gate.Event {
	at := func(minute int) time.Time { return morning.Add(time.Duration(minute) * time.Minute) }
	annotated := tagged(cartRepo, "v2.0.0", "", "t2", at(4))
	annotated.Commit = "c3"
	return [][]gate.Event{
		{push(cartRepo, "000", "c1", at(1), "a")},
		{push(cartRepo, "c1", "c2", at(2), "a")},
		{push(webRepo, "000", "w1", at(1), "a")},
		{tagged(cartRepo, "1.0", "", "c1", at(2))},
		{tagged(cartRepo, "1.0", "c1", "c2", at(3))},
		{published(cartRepo, "1.0", "", at(3))},
		{published(cartRepo, "1.1", "", at(5))},
		{gate.ReleaseSeen{Repo: cartRepo, Tag: "1.1", At: at(5), Withdrawn: true}},
		{annotated},
		{tagged(cartRepo, "v2.0.1", "", "c2", at(5))},
		{tagged(cartRepo, "v2.0.1", "c2", "", at(6))},
		{tagged(webRepo, "v1.0.0", "", "w1", at(4))},
		{published(webRepo, "v1.0.0", "w1", at(4))},
		{tagged(webRepo, "next", "w1", "w2", at(4))},
		{published(webRepo, "next", "w1", at(4))},
		{published(webRepo, "lost", "w1", at(4))},
	}
}

// releasesOf folds a story in an order, and answers what is to be read of tags as the forges would at the end.
func releasesOf(t *testing.T, order []int, random *rand.Rand) (found []string) {
	t.Helper()
	events := releasing()
	deliveries := asDeliveries(events, morning.Add(7*time.Minute))
	h := newHouse(t, watched)
	for _, i := range order {
		if random.IntN(10) == 0 {
			h.restart()
		}
		h.note(h.ledger.Apply(deliveries[i], events[i], morning.Add(8*time.Minute)))
	}
	stand := map[string]string{"1.1": "c2", "next": "w2", "1.0": "c2"}
	for _, w := range h.ledger.Wants() {
		if w.Kind == gate.WantTag {
			h.tell(gate.TagRead{Repo: w.Repo, Tag: w.Tag, Object: stand[w.Tag], Commit: stand[w.Tag], At: morning.Add(9 * time.Minute), Covers: w.Covers})
		}
	}
	for _, r := range h.ledger.Releases("storefront") {
		found = append(found, fmt.Sprintf("%s %s %s %v", r.Repo, r.Tag, r.Commit, r.Published.Format(time.TimeOnly)))
	}
	return found
}

func TestInWhateverOrderTagsAndReleasesAreToldTheyAreTheSame(t *testing.T) {
	want := []string{
		"github:acme/cart-api 1.0 c2 09:03:00",
		"github:acme/cart-api v2.0.0 c3 00:00:00",
		"gitlab:acme/web lost w1 09:04:00",
		"gitlab:acme/web next w2 09:04:00",
		"gitlab:acme/web v1.0.0 w1 09:04:00",
	}
	seed := rand.Uint64()
	random := rand.New(rand.NewPCG(seed, 1))
	for range definitiontest.Cases(300) {
		order := random.Perm(len(releasing()))
		for range 4 {
			order = append(order, random.IntN(len(releasing())))
		}
		if diff := cmp.Diff(want, releasesOf(t, order, random)); diff != "" {
			t.Fatalf("seed %d, order %v (-want +got):\n%s", seed, order, diff)
		}
	}
}
