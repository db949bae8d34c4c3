package main_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/forge/forgetest"
	"github.com/nexusgate/nexusgate/gate/store"
)

// received puts what GitHub has told into the inbox, as a replica does that works in no lane: first the oldest of it very
// often, which says nothing new, and then the latest.
func (h *house) received(often int, latest []forgetest.Delivery) {
	h.t.Helper()
	kept, err := store.Open(h.t.Context(), h.settings.Store, time.Now)
	if err != nil {
		h.t.Fatal(err)
	}
	defer func() {
		if err := kept.Close(); err != nil {
			h.t.Error(err)
		}
	}()
	keep := func(told forgetest.Delivery, key string) {
		d := gate.Delivery{
			Source: gate.FromGitHub, Event: told.Event, Key: key, Trust: definition.Webhook, Received: h.soon(), Body: told.Body,
			Places: gate.Repo{Forge: gate.GitHub, ID: h.cart.ID, Name: h.cart.Name()}.Places(),
		}
		if _, err := kept.Keep(h.t.Context(), d); err != nil {
			h.t.Error(err)
		}
	}
	oldest := h.hub.Deliveries()[0]
	var all sync.WaitGroup
	for line := range 50 {
		all.Go(func() {
			for n := line; n < often; n += 50 {
				keep(oldest, fmt.Sprint("again-", n))
			}
		})
	}
	all.Wait()
	for _, told := range latest {
		keep(told, "late-"+told.ID)
	}
}

func TestABriefThatIsLateTellsWhatWasReceivedBeforeIt(t *testing.T) {
	t.Parallel()
	b := openBriefed(t)
	b.start()
	b.rest()
	b.green()
	b.rest()
	if err := b.stop(); err != nil {
		t.Fatal(err)
	}
	before := len(b.hub.Deliveries())
	b.later()
	build(b.cart, "push", b.cart.Head("main"), "failure")
	b.ahead.Add(int64(6 * time.Minute / time.Second))
	b.received(3000, b.hub.Deliveries()[before:])
	b.start()
	b.eachHas(1)
	if !strings.Contains(b.room[0], "is not done") {
		t.Errorf("the brief was made of what was known before: %s", b.room[0])
	}
}
