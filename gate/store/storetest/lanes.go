package storetest

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/store"
)

func lanes(t *testing.T, d Database) {
	clauses(t, d, map[string]func(*desk){
		"a lane is claimed by one of those who saw it":          claimedOnce,
		"a holder that gave a sign of life keeps its lane":      staysHeld,
		"a lane that was let go is claimed without a wait":      letGo,
		"a holder that was fenced off and wakes writes nothing": fencedOff,
		"a delivery waits in the lanes that listen to it":       listened,
		"what is listened to for one that waits stays so":       listenedAhead,
	})
}

// seen is the desk's lane as it stands.
func (k *desk) seen() store.Lane {
	k.Helper()
	for _, lane := range must1(k.Lanes(k.Context()))(k) {
		if lane.Name == nexus {
			return lane
		}
	}
	k.Fatal("the desk has no lane")
	return store.Lane{}
}

func claimedOnce(k *desk) {
	seen := k.seen()
	var all sync.WaitGroup
	var claimed, fenced atomic.Int64
	for range 16 {
		all.Go(func() {
			switch _, err := k.Claim(k.Context(), seen, "another"); {
			case err == nil:
				claimed.Add(1)
			case errors.Is(err, store.ErrFenced):
				fenced.Add(1)
			default:
				k.Error(err)
			}
		})
	}
	all.Wait()
	same(k, claimed.Load(), 1)
	same(k, fenced.Load(), 15)
	same(k, k.seen().Fence, seen.Fence+1)
}

func staysHeld(k *desk) {
	seen := k.seen()
	same(k, must1(k.Renew(k.Context(), k.lease))(k), []store.Lease{k.lease})
	if _, err := k.Claim(k.Context(), seen, "another"); !errors.Is(err, store.ErrFenced) {
		k.Errorf("claimed as it was before the sign of life: got %v", err)
	}
	k.step(gate.Step{})
}

func letGo(k *desk) {
	k.must(k.Release(k.Context(), k.lease))
	if err := k.Record(k.Context(), []gate.Step{k.next(gate.Step{})}); !errors.Is(err, store.ErrFenced) {
		k.Errorf("recorded after it was let go: got %v", err)
	}
	seen := k.seen()
	same(k, seen.Holder, "")
	lease := must1(k.Claim(k.Context(), seen, "another"))(k)
	k.must(k.Release(k.Context(), k.lease)) // it is not the desk's any more
	k.must(k.Store.Record(k.Context(), lease, []gate.Step{{Seq: 1, Now: noon}}))
}

func fencedOff(k *desk) {
	k.keep("one", "two")
	k.step(full(k.pending()[0].ID))
	before, debts, docs := k.pending(), k.all(), k.docs()
	lease := must1(k.Claim(k.Context(), k.seen(), "another"))(k)
	after := k.seen()

	key := debts[0].Key()
	late := k.next(gate.Step{Delivery: before[0].ID, Result: gate.Applied, Docs: []gate.Doc{{Nexus: nexus, Key: "late", Body: []byte("x")}}})
	for what, err := range map[string]error{
		"record": k.Record(k.Context(), []gate.Step{late}),
		"try":    k.Try(k.Context(), key, 1),
		"taken":  k.Taken(k.Context(), key, 1, 7),
		"defer":  k.Defer(k.Context(), key, noon, "late"),
		"mark":   k.SetMark(k.Context(), k.lease, "late", []byte("x")),
		"route":  k.Route(k.Context(), k.lease, []string{"elsewhere"}),
	} {
		if !errors.Is(err, store.ErrFenced) {
			k.Errorf("%s: got %v, want that it is fenced off", what, err)
		}
	}
	same(k, len(must1(k.Renew(k.Context(), k.lease))(k)), 0)
	k.must(k.Release(k.Context(), k.lease))

	same(k, k.pending(), before)
	same(k, k.all(), debts)
	same(k, k.docs(), docs)
	same(k, k.seen(), after)
	if _, err := k.Mark(k.Context(), "late"); !errors.Is(err, store.ErrNotFound) {
		k.Errorf("a mark was written: %v", err)
	}
	k.must(k.Store.Record(k.Context(), lease, []gate.Step{late}))
}

func listened(k *desk) {
	other := must1(k.Claim(k.Context(), store.Lane{Name: "other"}, "desk"))(k)
	k.must(k.Route(k.Context(), other, []string{"github:2", "github:acme/both"}))
	k.must(k.Route(k.Context(), k.lease, []string{"github:1", "github:acme/both"}))
	for key, places := range map[string][]string{
		"one": {"github:1"}, "two": {"github:2"}, "both": {"github:acme/both", "github:1"}, "nobody's": {"github:3"}, "nowhere": {}, "unknown": nil,
	} {
		d := delivery(key)
		d.Places = places
		must1(k.Keep(k.Context(), d))(k)
	}
	for lane, want := range map[string]map[string]bool{
		nexus:        {"one": true, "both": true, "unknown": true},
		"other":      {"two": true, "both": true, "unknown": true},
		store.Common: {"nobody's": true, "nowhere": true},
	} {
		got := map[string]bool{}
		for _, d := range must1(k.Store.Pending(k.Context(), lane, 10))(k) {
			got[d.Key] = true
		}
		same(k, got, want)
	}
}

// listenedAhead gives a definition with a place that the lane does not know of until it is applied, while the
// lane tells anew what it listens to.
func listenedAhead(k *desk) {
	k.keep("before")
	given := must1(gate.Own("", gate.NexusGiven{File: "nexus.cue"}, noon))(k)
	given.Lane, given.Places = nexus, []string{"github:acme/new"}
	must1(k.Keep(k.Context(), given))(k)
	k.step(gate.Step{Delivery: k.pending()[0].ID, Result: gate.Applied, Routes: []string{"github:1296269", "github:acme/renamed"}})
	k.must(k.Route(k.Context(), k.lease, []string{"github:1296269", "github:acme/renamed"})) // as whoever takes the lane over

	d := delivery("meanwhile")
	d.Places = given.Places
	must1(k.Keep(k.Context(), d))(k)
	same(k, len(k.pending()), 2)

	k.step(gate.Step{Delivery: k.pending()[0].ID, Result: gate.Applied, Routes: []string{"github:acme/new"}})
	gone := delivery("gone")
	gone.Places = []string{"github:acme/renamed"}
	must1(k.Keep(k.Context(), gone))(k)
	same(k, keys(k.pending()), []string{"meanwhile"})
}
