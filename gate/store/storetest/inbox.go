package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/store"
)

func inbox(t *testing.T, d Database) {
	clauses(t, d, map[string]func(*desk){
		"a delivery comes back as it was kept":               comesBack,
		"a source and a key are kept once":                   keptOnce,
		"a delivery stays a duplicate after it was recorded": staysDuplicate,
		"a delivery without a key counts as new":             keyless,
		"an id given twice is refused":                       idTwice,
		"pending deliveries are listed oldest first":         oldestFirst,
		"large bodies are listed a few at a time":            fewAtATime,
		"an arrival is signalled":                            signalled,
		"a context that has ended keeps nothing":             keepsNothing,
		"each key is new to exactly one of many senders":     manySenders,
		"a fault of one request is not that of the others":   faultsApart,
	})
}

func comesBack(k *desk) {
	bodies := [][]byte{[]byte(`{"a":1}`), {}, {0, 0xff, '\'', 0}, bytes.Repeat([]byte("0123456789"), 200_000)}
	for i, body := range bodies {
		d := delivery(fmt.Sprint(i))
		d.Body = body
		must1(k.Keep(k.Context(), d))(k)
	}
	for i, got := range k.pending() {
		if !bytes.Equal(got.Body, bodies[i]) || got.Body == nil {
			k.Errorf("body %d of %d bytes came back with %d, and not the same", i, len(bodies[i]), len(got.Body))
		}
		want := delivery(fmt.Sprint(i))
		want.ID, want.Body, got.Body = got.ID, nil, nil
		same(k, got, want)
	}
	same(k, len(k.pending()), len(bodies))
}

func keptOnce(k *desk) {
	k.keep("one")
	again := delivery("one")
	again.Body = []byte("another body")
	same(k, must1(k.Keep(k.Context(), again))(k), true)

	elsewhere := delivery("one")
	elsewhere.Source = gate.FromGitLab
	same(k, must1(k.Keep(k.Context(), elsewhere))(k), false)

	pending := k.pending()
	same(k, len(pending), 2)
	same(k, string(pending[0].Body), string(delivery("one").Body))
	same(k, must1(k.KeptAs(k.Context(), delivery("one").Source, "one"))(k), pending[0].ID)
	if _, err := k.KeptAs(k.Context(), delivery("one").Source, "two"); !errors.Is(err, store.ErrNotFound) {
		k.Errorf("what was never kept is found: %v", err)
	}
}

func staysDuplicate(k *desk) {
	k.keep("one")
	k.step(gate.Step{Delivery: k.pending()[0].ID, Result: gate.Applied})
	same(k, must1(k.Keep(k.Context(), delivery("one")))(k), true)
	same(k, len(k.pending()), 0)
}

func keyless(k *desk) {
	k.keep("", "")
	pending := k.pending()
	same(k, len(pending), 2)
	if pending[0].Key == pending[1].Key {
		k.Errorf("both have the key %q", pending[0].Key)
	}
}

func idTwice(k *desk) {
	d := delivery("one")
	d.ID = "01"
	same(k, must1(k.Keep(k.Context(), d))(k), false)
	d.Key = "two"
	if _, err := k.Keep(k.Context(), d); err == nil {
		k.Error("a second delivery took the id of the first")
	}
	same(k, keys(k.pending()), []string{"one"})
}

func oldestFirst(k *desk) {
	var want []string
	for i := range 30 {
		want = append(want, fmt.Sprintf("%d", i*7919%31))
	}
	k.keep(want...)
	same(k, keys(k.pending()), want)
	same(k, keys(must1(k.Pending(k.Context(), 3))(k)), want[:3])

	k.step(gate.Step{Delivery: k.pending()[1].ID, Result: gate.Unused})
	same(k, keys(k.pending()), slices.Delete(want, 1, 2))
}

func fewAtATime(k *desk) {
	var want []string
	for _, mib := range []int{10, 10, 10, 20, 0, 1} {
		want = append(want, fmt.Sprint(len(want)))
		d := delivery(want[len(want)-1])
		d.Body = bytes.Repeat([]byte(" "), mib<<20)
		must1(k.Keep(k.Context(), d))(k)
	}
	same(k, keys(k.pending()), want[:2])
	for range 2 {
		k.step(gate.Step{Delivery: k.pending()[0].ID, Result: gate.Unused})
	}
	same(k, keys(k.pending()), want[2:4])
	for range 2 {
		k.step(gate.Step{Delivery: k.pending()[0].ID, Result: gate.Unused})
	}
	same(k, keys(k.pending()), want[4:])
}

func signalled(k *desk) {
	<-k.Arrived() // the one for whatever waited before it was opened
	k.keep("one", "two")
	<-k.Arrived()
	must1(k.Keep(k.Context(), delivery("one")))(k)
	select {
	case <-k.Arrived():
		k.Error("a duplicate was signalled")
	default:
	}
}

func keepsNothing(k *desk) {
	for i := range 50 {
		_, err := k.Keep(ended(), delivery(fmt.Sprint(i)))
		if !errors.Is(err, context.Canceled) {
			k.Fatalf("got %v, want that the context was cancelled", err)
		}
	}
	k.keep("after")
	same(k, keys(k.pending()), []string{"after"})
}

func manySenders(k *desk) {
	const senders, each = 64, 20
	var all sync.WaitGroup
	var fresh atomic.Int64
	for sender := range senders {
		all.Go(func() {
			for i := range each {
				// Two senders have each key.
				duplicate, err := k.Keep(k.Context(), delivery(fmt.Sprintf("%d-%d", sender/2, i)))
				if err != nil {
					k.Error(err)
				} else if !duplicate {
					fresh.Add(1)
				}
			}
		})
	}
	all.Wait()
	same(k, fresh.Load(), senders/2*each)
	pending := k.pending()
	same(k, len(pending), senders/2*each)
	if !slices.IsSortedFunc(pending, func(a, b gate.Delivery) int { return bytes.Compare([]byte(a.ID), []byte(b.ID)) }) {
		k.Error("the pending deliveries are not in the order of their ids")
	}
}

func faultsApart(k *desk) {
	var all sync.WaitGroup
	var refused atomic.Int64
	for i := range 60 {
		all.Go(func() {
			_, err := k.Keep(k.Context(), delivery(fmt.Sprint(i)))
			if err != nil {
				k.Errorf("keeping %d: %v", i, err)
			}
		})
		all.Go(func() {
			if err := k.Record(k.Context(), []gate.Step{{Seq: 1, Now: noon, Delivery: "nobody", Result: gate.Applied}}); err != nil {
				refused.Add(1)
			}
		})
	}
	all.Wait()
	same(k, refused.Load(), 60)
	same(k, len(k.pending()), 60)
}
