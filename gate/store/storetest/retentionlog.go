package storetest

import (
	"errors"
	"fmt"
	"time"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/store"
)

// checkpoint keeps one as of the last step, with the documents as they are.
func (k *desk) checkpoint() store.Checkpoint {
	k.Helper()
	c := store.Checkpoint{Lane: nexus, Seq: k.seq, Now: k.now(), Made: k.now()}
	k.must(k.AddCheckpoint(k.Context(), k.lease, c, k.docs()))
	return c
}

// cut keeps a checkpoint, and drops the log before it.
func (k *desk) cut() (steps int64) {
	k.Helper()
	return must1(k.ForgetLog(k.Context(), k.lease, k.checkpoint()))(k)
}

// taken records what waits in the desk's lane, a step for each delivery.
func (k *desk) taken() {
	k.Helper()
	for _, d := range k.pending() {
		k.step(gate.Step{Delivery: d.ID, Result: gate.Applied})
	}
}

// forgetDeliveries forgets those that were received more than two days ago, as who holds the common lane does.
func (k *desk) forgetDeliveries() int64 {
	k.Helper()
	lanes := must1(k.Lanes(k.Context()))(k)
	lease := must1(k.Claim(k.Context(), lanes[0], "desk"))(k)
	return must1(k.ForgetDeliveries(k.Context(), lease, k.now().Add(-2*aDay)))(k)
}

func foldedFromTheBeginning(k *desk) {
	k.keep("one", "two")
	k.taken()
	k.checkpoint()
	_, cut, err := k.FoldedFrom(k.Context(), nexus)
	k.must(err)
	same(k, cut, false)
	k.at(10 * aDay)
	same(k, k.forgetDeliveries(), 0)
	same(k, len(k.entries()), 2)
}

func foldedFromACheckpoint(k *desk) {
	k.keep("one", "two", "three", "four")
	pending := k.pending()
	for i, d := range pending[:3] {
		doc := gate.Doc{Nexus: nexus, Key: "heads", Body: fmt.Appendf(nil, "%d", i)}
		k.step(gate.Step{Delivery: d.ID, Result: gate.Applied, Docs: []gate.Doc{doc, {Nexus: nexus, Key: fmt.Sprint("of ", i), Body: []byte{}}}})
		if i == 1 {
			k.checkpoint() // an older one
		}
	}
	k.step(gate.Step{Docs: []gate.Doc{{Nexus: nexus, Key: "of 0"}}}) // is gone
	made := k.docs()
	c := k.checkpoint()
	k.step(gate.Step{Delivery: pending[3].ID, Result: gate.Applied, Docs: []gate.Doc{{Nexus: nexus, Key: "heads", Body: []byte("3")}}})
	same(k, must1(k.ForgetLog(k.Context(), k.lease, c))(k), 3)
	same(k, must1(k.ForgetLog(k.Context(), k.lease, c))(k), 0)

	from, cut, err := k.FoldedFrom(k.Context(), nexus)
	k.must(err)
	same(k, cut, true)
	same(k, from, c)
	same(k, must1(k.Checkpoints(k.Context(), nexus))(k), []store.Checkpoint{c})
	var docs []gate.Doc
	k.must(k.CheckpointDocs(k.Context(), from, func(d gate.Doc) error {
		docs = append(docs, d)
		return nil
	}))
	same(k, docs, made)
	k.at(10 * aDay)
	same(k, k.forgetDeliveries(), 3)
	var seqs []int64
	for _, e := range k.entries() {
		seqs = append(seqs, e.Seq)
	}
	same(k, seqs, []int64{4, 5})
	k.reopen()
	seq, _, err := k.LastStep(k.Context())
	k.must(err)
	same(k, seq, 5)
}

func keptWhileItWaits(k *desk) {
	other := must1(k.Claim(k.Context(), store.Lane{Name: "backoffice"}, "desk"))(k)
	k.must(k.Route(k.Context(), other, []string{"github:1296269"}))
	d := delivery("both")
	d.Places = []string{"github:1296269"}
	if again := must1(k.Keep(k.Context(), d))(k); again {
		k.Fatal("it was there before")
	}
	id := k.pending()[0].ID
	k.taken()
	k.step(gate.Step{})
	same(k, k.cut(), 1)
	k.at(1000 * aDay)
	same(k, k.forgetDeliveries(), 0)
	same(k, keys(must1(k.Store.Pending(k.Context(), "backoffice", 10))(k)), []string{"both"})

	k.must(k.Store.Record(k.Context(), other, []gate.Step{{Seq: 1, Now: k.now(), Delivery: id, Result: gate.Unused}}))
	same(k, k.forgetDeliveries(), 0) // that log begins with it
	k.must(k.Store.Record(k.Context(), other, []gate.Step{{Seq: 2, Now: k.now()}}))
	c := store.Checkpoint{Lane: "backoffice", Seq: 2, Now: k.now(), Made: k.now()}
	k.must(k.AddCheckpoint(k.Context(), other, c, nil))
	same(k, must1(k.ForgetLog(k.Context(), other, c))(k), 1)
	same(k, k.forgetDeliveries(), 1)
	_, err := k.Delivery(k.Context(), id)
	k.missing("the delivery", err)
	if again := must1(k.Keep(k.Context(), d))(k); again {
		k.Error("what was let go of is a duplicate when it is sent again")
	}
}

func keptForTheLog(k *desk) {
	k.keep("one", "two", "three")
	pending := k.pending()
	for _, n := range []int{1, 2, 0} { // not in the order in which they came
		k.step(gate.Step{Delivery: pending[n].ID, Result: gate.Applied})
		if n == 1 {
			k.cut()
		}
	}
	k.at(1000 * aDay)
	same(k, k.forgetDeliveries(), 0) // the oldest is needed last, and none after it goes before it
	same(k, len(k.entries()), 3)
	k.step(gate.Step{})
	same(k, k.cut(), 3)
	same(k, k.forgetDeliveries(), 3)
}

func keptForNow(k *desk) {
	k.keep("old")
	d := delivery("new")
	d.Received = noon.Add(9 * aDay)
	must1(k.Keep(k.Context(), d))(k)
	k.taken()
	k.step(gate.Step{})
	k.cut()
	k.at(10 * aDay)
	same(k, k.forgetDeliveries(), 1)
	if again := must1(k.Keep(k.Context(), d))(k); !again {
		k.Error("what came lately is not known again")
	}
}

func fencedForgetting(k *desk) {
	k.keep("one")
	k.taken()
	k.step(judged("v1", noon, piece(1)))
	k.owe(owed("web", "1"))
	k.send(71)
	c := k.checkpoint()
	must1(k.Claim(k.Context(), k.seen(), "another"))(k)
	k.at(1000 * aDay)
	doing := map[string]error{"keeping a checkpoint": k.AddCheckpoint(k.Context(), k.lease, c, nil)}
	_, doing["dropping steps"] = k.ForgetLog(k.Context(), k.lease, c)
	_, doing["dropping deliveries"] = k.ForgetDeliveries(k.Context(), k.lease, k.now())
	_, doing["dropping reports"] = k.ForgetReports(k.Context(), k.lease, k.now())
	_, doing["dropping verdicts"] = k.ForgetVerdicts(k.Context(), k.lease, c, k.now(), func(string, time.Time, []int64) (string, error) { return "", nil })
	for what, err := range doing {
		if !errors.Is(err, store.ErrFenced) {
			k.Errorf("%s: %v, want that it is fenced off", what, err)
		}
	}
	same(k, len(k.entries()), int(k.seq))
}
