package storetest

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/store"
)

// The times that the contract opens a store with.
const (
	urgentWindow = 200 * time.Millisecond
	textWindow   = 3 * time.Second
	retryWindow  = 10 * time.Second
)

// noon is when each test begins.
var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// desk is a test at work on a store, with a clock that it sets.
type desk struct {
	*testing.T
	*store.Store
	database Database
	dsn      string
	micros   atomic.Int64 // the clock, past noon
	seq      int64        // of the last step recorded
	lease    store.Lease  // of the lane that the test is about
}

func open(t *testing.T, d Database) *desk {
	t.Helper()
	k := &desk{T: t, database: d, dsn: d.New(t)}
	k.Store = k.another(k.dsn)
	k.lease = must1(k.Claim(t.Context(), store.Lane{Name: nexus}, "desk"))(k)
	k.must(k.Route(t.Context(), k.lease, []string{"github:1296269"}))
	return k
}

// nexus is whose lane a desk is at.
const nexus = "storefront"

// another opens a store on a database, and closes it when the test ends.
func (k *desk) another(dsn string) *store.Store {
	k.Helper()
	s, err := store.Open(k.Context(), dsn, k.now, store.Windows(urgentWindow, textWindow, retryWindow))
	if err != nil {
		k.Fatal(err)
	}
	k.Cleanup(func() {
		if err := s.Close(); err != nil {
			k.Error(err)
		}
	})
	return s
}

func (k *desk) reopen() {
	k.Helper()
	k.must(k.Close())
	k.Store = k.another(k.dsn)
}

func (k *desk) now() time.Time { return noon.Add(time.Duration(k.micros.Load()) * time.Microsecond) }

// at sets the clock to so long past noon, and returns that moment.
func (k *desk) at(past time.Duration) time.Time {
	k.micros.Store(past.Microseconds())
	return k.now()
}

func (k *desk) must(err error) {
	k.Helper()
	if err != nil {
		k.Fatal(err)
	}
}

// same fails the test unless both are equal.
func same[T any](k *desk, got, want T) {
	k.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		k.Fatalf("got differs from want (-want +got):\n%s", diff)
	}
}

// must1 is the value of a call that must not fail.
func must1[T any](value T, err error) func(*desk) T {
	return func(k *desk) T {
		k.Helper()
		k.must(err)
		return value
	}
}

// delivery is a valid one with that key.
func delivery(key string) gate.Delivery {
	return gate.Delivery{
		Source: gate.FromGitHub, Event: "check_run", Key: key, Trust: definition.Webhook,
		Received: noon, Body: []byte(`{"action":"` + key + `"}`),
	}
}

// keep keeps deliveries with those keys, in that order.
func (k *desk) keep(keys ...string) {
	k.Helper()
	for _, key := range keys {
		duplicate, err := k.Keep(k.Context(), delivery(key))
		if err != nil || duplicate {
			k.Fatalf("keeping %s: duplicate %v, error %v", key, duplicate, err)
		}
	}
}

// pending lists the pending deliveries.
func (k *desk) pending() []gate.Delivery {
	k.Helper()
	return must1(k.Pending(k.Context(), 10_000))(k)
}

func keys(deliveries []gate.Delivery) []string {
	found := make([]string, len(deliveries))
	for i, d := range deliveries {
		found[i] = d.Key
	}
	return found
}

// step records one step, at the moment that the clock shows.
func (k *desk) step(s gate.Step) {
	k.Helper()
	k.must(k.Record(k.Context(), []gate.Step{k.next(s)}))
}

// next gives a step the next number and the moment that the clock shows.
func (k *desk) next(s gate.Step) gate.Step {
	k.seq++
	s.Seq, s.Now = k.seq, k.now()
	return s
}

func verdict(id, subject string) gate.Verdict {
	return gate.Verdict{
		ID: id, Nexus: "storefront", Subject: gate.Subject{Kind: gate.OfComponent, ID: subject, Name: subject},
		Outcome: gate.NotDone, Definition: "sha256:d", Commit: "9c1f", At: noon, Exceptions: []string{},
		Findings: []gate.Finding{{
			Criterion: "coverage", Component: subject, Team: "cart", State: gate.Unmet, Level: definition.Required,
			Layer: definition.TeamLayer, Why: "Coverage stays up", Want: "lines >=90", Got: "lines 84.2",
			At: "teams/cart.cue:1:25", Due: noon.Add(time.Hour),
		}},
	}
}

func increment(number int64) gate.Increment {
	return gate.Increment{
		Nexus: "storefront", Number: number, Digest: fmt.Sprintf("sha256:%d", number), Made: noon,
		Composition: gate.Composition{"cart-api": fmt.Sprintf("commit-%d", number)}, Outcome: gate.Awaiting,
	}
}

// ended is a context that is over.
func ended() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}
