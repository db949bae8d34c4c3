package gate_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
)

const threeDays = 72 * time.Hour

// silent names the components that have fallen silent.
func (h *house) silent() (names []string) {
	s := h.standing()
	s.Alarm(threeDays)
	for _, c := range s.Components {
		if c.Silent {
			names = append(names, c.Name)
		}
	}
	return names
}

func TestAComponentThatUsedToSendAndDoesNoMoreIsSilent(t *testing.T) {
	h := newHouse(t, storefront)
	for range 3 {
		h.tell(seen(cartRepo, 17, "aaa", h.now))
		h.after(24 * time.Hour)
	}
	h.tell(seen(payRepo, 3, "bbb", h.now)) // once does not make a habit
	h.after(47 * time.Hour)
	if got := h.silent(); len(got) != 0 {
		t.Errorf("%v are silent after less than three days; want none", got)
	}
	h.after(time.Hour)
	if diff := cmp.Diff([]string{"cart-api"}, h.silent()); diff != "" {
		t.Errorf("silent after three days (-want +got):\n%s", diff)
	}
	s := h.standing()
	s.Alarm(threeDays)
	if last := s.Warnings[len(s.Warnings)-1]; !strings.Contains(last, "cart-api: no delivery has come from github:acme/cart-api since 2026-11-25 09:00 UTC") {
		t.Errorf("the warning says %q", last)
	}
	h.restart()
	if diff := cmp.Diff([]string{"cart-api"}, h.silent()); diff != "" {
		t.Errorf("silent after a restart (-want +got):\n%s", diff)
	}
	own := gate.Delivery{ID: "00ff00", Source: gate.FromUs, Trust: definition.Webhook, Received: h.now}
	h.note(h.ledger.Apply(own, []gate.Event{gate.HeadRead{Repo: cartRepo, Branch: "main", Commit: "c1", At: h.now}}, h.now))
	if got := h.silent(); len(got) != 1 {
		t.Errorf("what we read ourselves ends the silence: %v are silent, want cart-api", got)
	}
	h.tell(seen(cartRepo, 17, "aaa", h.now))
	if got := h.silent(); len(got) != 0 {
		t.Errorf("%v are silent after a delivery; want none", got)
	}
}

func TestHearingCostsNoDocumentForEachDelivery(t *testing.T) {
	h := newHouse(t, storefront)
	h.tell(seen(cartRepo, 17, "aaa", h.now))
	for range 50 {
		h.now = h.now.Add(time.Minute)
		for _, doc := range h.tell(run(cartRepo, "aaa", "push", 1, 1, h.now, "")).Docs {
			if strings.HasPrefix(doc.Key, "repository ") {
				t.Fatalf("at %s %s is written; want it once an hour", h.now, doc.Key)
			}
		}
	}
}

func TestHearingIsTheSameInWhateverOrder(t *testing.T) {
	last := func(hours ...int) time.Time {
		h := newHouse(t, storefront)
		for _, hour := range hours {
			h.now = morning.Add(time.Duration(hour) * time.Hour)
			h.tell(seen(cartRepo, 17, "aaa", morning))
		}
		h.now = morning.Add(400 * time.Hour)
		if got := h.silent(); len(got) != 1 {
			t.Errorf("hours %v: %v are silent, want cart-api", hours, got)
		}
		return h.standing().Components[0].Heard
	}
	if a, b := last(0, 30, 60, 90), last(90, 0, 60, 30); !a.Equal(b) {
		t.Errorf("heard last at %s in one order and at %s in another", a, b)
	}
}
