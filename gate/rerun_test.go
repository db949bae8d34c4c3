package gate_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/nexusgate/nexusgate/gate"
)

// end is how a run ends that ends otherwise than the one before it.
func end(n int) string {
	if n%2 == 0 {
		return "failure"
	}
	return "success"
}

func TestAProducerThatFlickersAllDayPushesNothingOutOfTheChronicle(t *testing.T) {
	h := newHouse(t, storefront)
	allGreen(h)
	h.tell(run(cartRepo, "c1", "push", 9, 1, h.now, "success"))
	for i := range 2 * 60 { // of two days
		h.after(24 * time.Minute)
		h.tell(run(cartRepo, "c1", "push", 9, 2+i, h.now, end(i)))
		if i%10 == 0 {
			h.restart()
		}
	}
	c := h.chronicle()
	told := 0
	for _, r := range c.Retried {
		told += 1 + r.More
	}
	if told != 120 || len(c.Retried) < 20 || len(c.Retried) > 3*20 {
		t.Errorf("of 120 times %d are told by %d entries", told, len(c.Retried))
	}
	if last := c.Retried[len(c.Retried)-1]; last.To != end(119) || h.now.Sub(last.At) > 24*time.Hour {
		t.Errorf("the last entry is %+v", last)
	}
	_, said := h.brief(gate.RetrospectiveBrief, morning.Add(-time.Hour))
	if want := "ci of cart-api, which ci rests on: 120 times"; !strings.HasPrefix(said["Flaky producers"], want) {
		t.Errorf("the retrospective says %q, want %q", said["Flaky producers"], want)
	}
}

func TestWhoHasTakenTheChronicleReadsItAsItWasWhileAProducerFlickersOn(t *testing.T) {
	h := newHouse(t, storefront)
	allGreen(h)
	h.tell(run(cartRepo, "c1", "push", 9, 1, h.now, "success"))
	flicker := func(from, to int) {
		for i := from; i < to; i++ {
			h.after(time.Minute)
			h.tell(run(cartRepo, "c1", "push", 9, 2+i, h.now, end(i)))
		}
	}
	flicker(0, 30)
	taken, was := h.ledger.TakeChronicle("storefront"), h.chronicle()
	flicker(30, 40)
	if diff := cmp.Diff(was, taken()); diff != "" {
		t.Errorf("what was taken is another by now (-was +taken):\n%s", diff)
	}
	if diff := cmp.Diff(was, h.chronicle()); diff == "" {
		t.Error("ten times more are not told")
	}
}

// TestAProducerThatIsKnownIsFollowedBesideManyOthers has a check run anew often, and a hundred others once.
func TestAProducerThatIsKnownIsFollowedBesideManyOthers(t *testing.T) {
	h := newHouse(t, storefront)
	allGreen(h)
	again := func(name string, id int64, attempt int, conclusion string) {
		e := run(cartRepo, "c1", "push", id, attempt, h.now, conclusion)
		e.Evidence.Name = name
		h.tell(e)
	}
	reruns := func() int { return len(h.chronicle().Retried) }
	again("ci", 9, 1, "success")
	before := reruns()
	h.after(time.Minute)
	again("ci", 9, 2, "failure")
	if reruns() != before+1 {
		t.Fatalf("%d are told, want one more than %d", reruns(), before)
	}
	for i := range 300 { // each run of the noisy one is another object
		again("noisy", int64(1000+i), 1, "failure")
		again("noisy", int64(1000+i), 2, "")
	}
	for i := range 120 {
		again(fmt.Sprintf("other %d", i), int64(2000+i), 1, "failure")
		again(fmt.Sprintf("other %d", i), int64(2000+i), 2, "")
	}
	h.after(time.Minute)
	again("ci", 9, 3, "")
	again("ci", 9, 3, "success")
	h.after(time.Minute)
	again("ci", 9, 4, "")
	again("ci", 9, 4, "success") // as before
	h.after(time.Minute)
	again("ci", 9, 5, "")
	again("ci", 9, 5, "failure")
	var ends []string
	for _, r := range h.chronicle().Retried[before:] {
		ends = append(ends, r.At.Format("15:04 ")+r.To)
	}
	if diff := cmp.Diff([]string{"09:01 failure", "09:02 success", "09:04 failure"}, ends); diff != "" {
		t.Errorf("to what it came (-want +got):\n%s", diff)
	}
}
