package storetest

import (
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/gate"
)

func counts(t *testing.T, d Database) {
	clauses(t, d, map[string]func(*desk){
		"of each queue it is told since when its oldest waits": oldestTold,
		"of an empty queue it is not told since when":          emptyNotTold,
	})
}

func oldestTold(k *desk) {
	k.keep("one")
	k.at(time.Minute)
	second := delivery("two")
	second.Received = noon.Add(time.Minute)
	if _, err := k.Keep(k.Context(), second); err != nil {
		k.Fatal(err)
	}
	pending := k.pending()
	early, late := owed("cart-api", "digest-1"), owed("web", "digest-2")
	late.Received = early.Received.Add(time.Minute)
	lateErrand := errand("e2", "two")
	lateErrand.Made = noon.Add(time.Minute)
	k.step(gate.Step{Owed: []gate.Owed{late, early}, Errands: []gate.Errand{lateErrand, errand("e1", "one")}})
	same(k, must1(k.Counts(k.Context()))(k), gate.Counts{
		Pending: 2, Owed: 2, Errands: 2,
		PendingSince: pending[0].Received, OwedSince: early.Received, ErrandsSince: noon,
	})

	k.step(gate.Step{Delivery: pending[0].ID, Result: gate.Applied})
	same(k, must1(k.Counts(k.Context()))(k).PendingSince, second.Received)
}

func emptyNotTold(k *desk) {
	k.keep("one")
	k.step(gate.Step{Delivery: k.pending()[0].ID, Result: gate.Applied})
	same(k, must1(k.Counts(k.Context()))(k), gate.Counts{})
}
