package storetest

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/store"
)

func record(t *testing.T, d Database) {
	clauses(t, d, map[string]func(*desk){
		"a step is recorded whole":                                recordedWhole,
		"one failing step leaves nothing":                         leavesNothing,
		"a step that is not after the last is refused":            lateStep,
		"a store that has fallen behind records nothing":          fallenBehind,
		"a delivery is recorded once":                             recordedOnce,
		"a delivery without a result is refused":                  noResult,
		"what is not there is not found":                          notFound,
		"the same verdict twice stays as it was decided":          verdictTwice,
		"verdicts on a subject are listed latest first":           verdictsLatestFirst,
		"an Increment that changed is kept as it is now":          changedIncrement,
		"the latest Increment of a composition is found by it":    incrementOfComposition,
		"Increments are listed newest first, a page at a time":    incrementPages,
		"Increments of two Nexuses in one step are kept apart":    twoNexuses,
		"a definition is kept by its digest for ever":             definitionForEver,
		"deliveries set aside are listed with their reason":       listedAside,
		"deliveries that were passed over are listed with those":  listedBroken,
		"the last step is none before the first, then the newest": lastStep,
	})
}

// full is a step with something of everything.
func full(id string) gate.Step {
	return gate.Step{
		Delivery:    id,
		Result:      gate.Applied,
		Docs:        []gate.Doc{{Nexus: "storefront", Key: "heads", Body: []byte(`{"web":"77ab"}`)}},
		Definitions: []gate.DefinitionSource{{Digest: "sha256:d", Nexus: "storefront", File: "nexus.cue", Source: "name: \"storefront\""}},
		Verdicts:    []gate.Verdict{verdict("v1", "cart-api")},
		Increments:  []gate.Increment{increment(1)},
		Owed:        []gate.Owed{owed("cart-api", "digest-1")},
		Errands:     []gate.Errand{errand("e", "one")},
	}
}

func recordedWhole(k *desk) {
	k.keep("one")
	step := full(k.pending()[0].ID)
	k.step(step)

	same(k, must1(k.Verdict(k.Context(), "v1"))(k), step.Verdicts[0])
	same(k, must1(k.Increment(k.Context(), "storefront", 1))(k), step.Increments[0])
	same(k, must1(k.Definition(k.Context(), "sha256:d"))(k), step.Definitions[0])
	same(k, k.docs(), step.Docs)
	same(k, must1(k.Counts(k.Context()))(k), gate.Counts{Owed: 1, Errands: 1, OwedSince: step.Owed[0].Received, ErrandsSince: step.Errands[0].Made})
	same(k, k.errand().Errand, step.Errands[0])
	debts := must1(k.Due(k.Context(), noon.Add(time.Minute), 10))(k)
	same(k, debts[0].Owed, step.Owed[0])
}

func leavesNothing(k *desk) {
	k.keep("one")
	good := full(k.pending()[0].ID)
	good.Seq, good.Now = 1, noon
	bad := gate.Step{Seq: 2, Now: noon, Delivery: "nobody", Result: gate.Applied}
	if err := k.Record(k.Context(), []gate.Step{good, bad}); err == nil {
		k.Fatal("a step of a delivery that is not there was recorded")
	}

	same(k, keys(k.pending()), []string{"one"})
	same(k, len(k.docs()), 0)
	same(k, must1(k.Counts(k.Context()))(k), gate.Counts{Pending: 1, PendingSince: k.pending()[0].Received})
	same(k, len(k.entries()), 0)
	_, err := k.Verdict(k.Context(), "v1")
	k.missing("the verdict", err)
	_, err = k.Increment(k.Context(), "storefront", 1)
	k.missing("the Increment", err)
	_, err = k.Definition(k.Context(), "sha256:d")
	k.missing("the definition", err)
	k.must(k.Record(k.Context(), []gate.Step{good}))
}

func (k *desk) missing(what string, err error) {
	k.Helper()
	if !errors.Is(err, store.ErrNotFound) {
		k.Errorf("%s: got %v, want not found", what, err)
	}
}

func lateStep(k *desk) {
	k.step(gate.Step{})
	k.step(gate.Step{})
	for _, seq := range []int64{2, 1, 0, -1} {
		if err := k.Record(k.Context(), []gate.Step{{Seq: seq, Now: noon}}); !errors.Is(err, store.ErrBehind) {
			k.Errorf("step %d was recorded after step 2: %v", seq, err)
		}
	}
	if err := k.Record(k.Context(), []gate.Step{{Seq: 4, Now: noon}, {Seq: 3, Now: noon}}); err == nil {
		k.Error("steps 4 and 3 were recorded in that order")
	}
	same(k, len(k.entries()), 2)
}

func fallenBehind(k *desk) {
	k.keep("one", "two")
	pending := k.pending()
	k.step(gate.Step{Delivery: pending[0].ID, Result: gate.Applied})
	err := k.Record(k.Context(), []gate.Step{{Seq: 1, Now: noon, Delivery: pending[1].ID, Result: gate.Applied}})
	if !errors.Is(err, store.ErrBehind) {
		k.Errorf("step 1 was recorded twice: %v", err)
	}
	same(k, keys(k.pending()), []string{"two"})
}

func recordedOnce(k *desk) {
	k.keep("one")
	step := gate.Step{Delivery: k.pending()[0].ID, Result: gate.Applied}
	k.step(step)
	if err := k.Record(k.Context(), []gate.Step{k.next(step)}); !errors.Is(err, store.ErrBehind) {
		k.Errorf("a delivery was applied twice: %v", err)
	}
}

func noResult(k *desk) {
	k.keep("one")
	if err := k.Record(k.Context(), []gate.Step{k.next(gate.Step{Delivery: k.pending()[0].ID})}); err == nil {
		k.Error("a delivery was recorded with no result")
	}
	same(k, len(k.pending()), 1)
}

func notFound(k *desk) {
	_, err := k.Verdict(k.Context(), "v")
	k.missing("a verdict", err)
	_, err = k.Increment(k.Context(), "storefront", 1)
	k.missing("an Increment", err)
	_, err = k.Definition(k.Context(), "sha256:d")
	k.missing("a definition", err)
	k.missing("taking", k.Taken(k.Context(), "nothing", 1, 1))
	k.missing("deferring", k.Defer(k.Context(), "nothing", noon, "no"))
	same(k, len(must1(k.Verdicts(k.Context(), "storefront", "component web", 10))(k)), 0)
	same(k, len(must1(k.Increments(k.Context(), "storefront", 0, 10))(k)), 0)
}

func verdictTwice(k *desk) {
	first, second := verdict("v1", "web"), verdict("v1", "web")
	second.Outcome = gate.Done
	k.step(gate.Step{Verdicts: []gate.Verdict{first}})
	k.step(gate.Step{Verdicts: []gate.Verdict{second, second}})
	same(k, must1(k.Verdict(k.Context(), "v1"))(k), first)
	same(k, must1(k.Verdicts(k.Context(), "storefront", first.Subject.Key(), 10))(k), []gate.Verdict{first})
}

func verdictsLatestFirst(k *desk) {
	k.step(gate.Step{Verdicts: []gate.Verdict{verdict("z", "web"), verdict("y", "cart-api"), verdict("x", "web")}})
	k.step(gate.Step{Verdicts: []gate.Verdict{verdict("w", "web")}})
	ids := func(limit int) (ids []string) {
		for _, v := range must1(k.Verdicts(k.Context(), "storefront", "component web", limit))(k) {
			ids = append(ids, v.ID)
		}
		return ids
	}
	same(k, ids(10), []string{"w", "x", "z"})
	same(k, ids(2), []string{"w", "x"})
	same(k, len(must1(k.Verdicts(k.Context(), "another", "component web", 10))(k)), 0)
}

func changedIncrement(k *desk) {
	docs := []gate.Doc{{Nexus: "storefront", Key: "heads", Body: []byte("1")}}
	one := increment(1)
	k.step(gate.Step{Docs: docs, Increments: []gate.Increment{one}})
	one.Outcome, one.Successor = gate.Done, 2
	k.step(gate.Step{Docs: docs, Increments: []gate.Increment{one, increment(2)}})
	same(k, must1(k.Increment(k.Context(), "storefront", 1))(k), one)
	same(k, must1(k.Increment(k.Context(), "storefront", 2))(k), increment(2))
}

func incrementOfComposition(k *desk) {
	docs := []gate.Doc{{Nexus: "storefront", Key: "heads", Body: []byte("1")}}
	one, again := increment(1), increment(3)
	again.Digest, again.Composition = one.Digest, one.Composition
	k.step(gate.Step{Docs: docs, Increments: []gate.Increment{one, increment(2), again}})
	same(k, must1(k.IncrementOf(k.Context(), "storefront", one.Digest))(k), again)
	for nexus, digest := range map[string]string{"storefront": "sha256:9", "backoffice": one.Digest} {
		if _, err := k.IncrementOf(k.Context(), nexus, digest); !errors.Is(err, store.ErrNotFound) {
			k.Errorf("an Increment of %s is found by %s: %v", nexus, digest, err)
		}
	}
}

func incrementPages(k *desk) {
	docs := []gate.Doc{{Nexus: "storefront", Key: "heads", Body: []byte("1")}}
	for number := range int64(12) {
		k.step(gate.Step{Docs: docs, Increments: []gate.Increment{increment(number + 1)}})
	}
	numbers := func(before int64, limit int) (numbers []int64) {
		for _, one := range must1(k.Increments(k.Context(), "storefront", before, limit))(k) {
			numbers = append(numbers, one.Number)
		}
		return numbers
	}
	same(k, numbers(0, 3), []int64{12, 11, 10})
	same(k, numbers(10, 3), []int64{9, 8, 7})
	same(k, numbers(2, 3), []int64{1})
	same(k, numbers(1, 3), nil)
}

func twoNexuses(k *desk) {
	one, other := increment(1), increment(1)
	other.Nexus, other.Successor = "backoffice", 2
	k.step(gate.Step{Increments: []gate.Increment{one, other}})
	same(k, must1(k.Increment(k.Context(), "storefront", 1))(k), one)
	same(k, must1(k.Increment(k.Context(), "backoffice", 1))(k), other)
	_, err := k.Increment(k.Context(), "backoffice", 2)
	k.missing("an Increment that nobody made", err)
}

func definitionForEver(k *desk) {
	source := full("").Definitions[0]
	k.step(gate.Step{Definitions: []gate.DefinitionSource{source}})
	again := source
	again.File = "moved.cue"
	k.step(gate.Step{Definitions: []gate.DefinitionSource{again}})
	same(k, must1(k.Definition(k.Context(), source.Digest))(k), source)
}

func listedAside(k *desk) {
	k.keep("one", "two", "three")
	pending := k.pending()
	for i, result := range []gate.Result{gate.Aside, gate.Applied, gate.Aside} {
		k.step(gate.Step{Delivery: pending[i].ID, Result: result, Reason: fmt.Sprintf("reason %d", i)})
	}
	want := []store.Aside{{Delivery: pending[2], Reason: "reason 2"}, {Delivery: pending[0], Reason: "reason 0"}}
	for i := range want {
		want[i].Delivery.Body = nil
	}
	same(k, must1(k.SetAside(k.Context(), 10))(k), want)
	same(k, must1(k.SetAside(k.Context(), 1))(k), want[:1])
	same(k, must1(k.Counts(k.Context()))(k), gate.Counts{Aside: 2})
}

func listedBroken(k *desk) {
	k.keep("one", "two", "three")
	pending := k.pending()
	k.step(gate.Step{Delivery: pending[0].ID, Result: gate.Broken, Reason: "a fault"})
	k.at(time.Hour)
	k.step(gate.Step{Delivery: pending[1].ID, Result: gate.Broken, Reason: "a fault"})
	k.at(2 * time.Hour)
	k.step(gate.Step{Delivery: pending[2].ID, Result: gate.Aside, Reason: "unreadable"})
	same(k, len(must1(k.SetAside(k.Context(), 10))(k)), 3)
	same(k, must1(k.Counts(k.Context()))(k), gate.Counts{Aside: 3})
	for since, want := range map[time.Duration]int64{-time.Second: 2, time.Second: 1, time.Hour: 0} {
		n, last, err := k.Broken(k.Context(), nexus, noon.Add(since))
		k.must(err)
		same(k, n, want)
		if n > 0 {
			same(k, last, noon.Add(time.Hour))
		}
	}
	n, _, err := k.Broken(k.Context(), "backoffice", time.Time{})
	k.must(err)
	same(k, n, 0)
}

func lastStep(k *desk) {
	seq, now, err := k.LastStep(k.Context())
	k.must(err)
	same(k, seq, 0)
	same(k, now, time.Time{})
	k.step(gate.Step{})
	k.at(time.Hour)
	k.step(gate.Step{})
	seq, now, err = k.LastStep(k.Context())
	k.must(err)
	same(k, seq, 2)
	same(k, now, noon.Add(time.Hour))
}
