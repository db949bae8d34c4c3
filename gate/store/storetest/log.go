package storetest

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/store"
)

func log(t *testing.T, d Database) {
	clauses(t, d, map[string]func(*desk){
		"the log is visited in recorded order, not in that of arrival": recordedOrder,
		"an error of the visitor ends the log":                         logEnds,
	})
}

// entries are the whole log.
func (k *desk) entries() (all []store.LogEntry) {
	k.Helper()
	k.must(k.Log(k.Context(), func(e store.LogEntry) error {
		all = append(all, e)
		return nil
	}))
	return all
}

func recordedOrder(k *desk) {
	const deliveries = 150
	for i := range deliveries {
		k.keep(fmt.Sprint(i))
	}
	pending := k.pending()
	var want []store.LogEntry
	for i := range deliveries {
		one := pending[(i*7)%deliveries]
		now := k.at(time.Duration(i) * time.Second)
		// The second is decided again by every step: the log says so each time.
		verdicts := []gate.Verdict{verdict(fmt.Sprint("v", i), "web"), verdict("again", "cart-api")}
		k.step(gate.Step{Delivery: one.ID, Result: gate.Applied, Verdicts: verdicts})
		k.step(gate.Step{})
		want = append(
			want,
			store.LogEntry{Seq: k.seq - 1, Now: now, Delivery: &one, Result: gate.Applied, Verdicts: []string{fmt.Sprint("v", i), "again"}},
			store.LogEntry{Seq: k.seq, Now: now, Verdicts: []string{}},
		)
	}
	same(k, k.entries(), want)
}

func logEnds(k *desk) {
	k.step(gate.Step{})
	k.step(gate.Step{})
	enough, seen := errors.New("enough"), 0
	err := k.Log(k.Context(), func(store.LogEntry) error {
		seen++
		return enough
	})
	same(k, seen, 1)
	if !errors.Is(err, enough) {
		k.Errorf("got %v, want the visitor's error", err)
	}
}
