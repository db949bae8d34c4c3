package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/store"
)

func life(t *testing.T, d Database) {
	clauses(t, d, map[string]func(*desk){
		"a store that is opened again has everything":                reopened,
		"opening signals what waited before":                         waitedBefore,
		"ids ascend over a restart with a clock that stepped back":   idsAscend,
		"readers read while the writer writes":                       readMeanwhile,
		"who does not wait for the writer leaves it alone":           impatient,
		"a closed store refuses with a clear error":                  closed,
		"a request under way at the close is kept or refused":        closedMeanwhile,
		"all that was acknowledged is there after a crash":           crashed,
		"all that was recorded is there after a crash, and is whole": crashedRecord,
	})
}

func reopened(k *desk) {
	k.keep("one", "two")
	step := full(k.pending()[0].ID)
	k.step(step)
	entries, debts := k.entries(), k.all()
	k.reopen()

	same(k, keys(k.pending()), []string{"two"})
	same(k, k.entries(), entries)
	same(k, k.all(), debts)
	same(k, k.docs(), step.Docs)
	same(k, must1(k.Verdict(k.Context(), "v1"))(k), step.Verdicts[0])
	same(k, must1(k.Keep(k.Context(), delivery("one")))(k), true)
	k.step(gate.Step{Delivery: k.pending()[0].ID, Result: gate.Applied})
}

// impatient has callers go in the midst of a commit: what the writer then still writes is its own, as the race
// detector sees it.
func impatient(k *desk) {
	for i := range 60 {
		ctx, stop := context.WithTimeout(k.Context(), time.Duration(i)*50*time.Microsecond)
		held, err := k.Renew(ctx, k.lease)
		if err == nil {
			same(k, held, []store.Lease{k.lease})
		}
		_, _ = k.UseToken(ctx, fmt.Sprint("token", i), "digest", k.now().Add(time.Hour))
		_, _ = k.LogKey(ctx, "fresh")
		stop()
	}
	same(k, must1(k.Renew(k.Context(), k.lease))(k), []store.Lease{k.lease})
}

func waitedBefore(k *desk) {
	k.keep("one")
	k.reopen()
	<-k.Arrived()
}

func idsAscend(k *desk) {
	k.keep("one")
	k.at(-time.Hour)
	k.reopen()
	k.keep("two", "three")
	same(k, keys(k.pending()), []string{"one", "two", "three"})
	if id := k.NewID(); id <= k.pending()[2].ID {
		k.Errorf("the id %s is not after %s", id, k.pending()[2].ID)
	}
}

func readMeanwhile(k *desk) {
	var writers, readers sync.WaitGroup
	stop := make(chan struct{})
	for reader := range 6 {
		readers.Go(func() {
			for seen := int64(0); ; {
				counts, err := k.Counts(k.Context())
				if err != nil || counts.Pending < seen {
					k.Errorf("reader %d: %d pending after %d (error %v)", reader, counts.Pending, seen, err)
					return
				}
				seen = counts.Pending
				select {
				case <-stop:
					return
				default:
				}
			}
		})
	}
	for writer := range 8 {
		writers.Go(func() {
			for i := range 25 {
				if _, err := k.Keep(k.Context(), delivery(fmt.Sprint(writer, " ", i))); err != nil {
					k.Error(err)
				}
			}
		})
	}
	writers.Wait()
	close(stop)
	readers.Wait()
	same(k, len(k.pending()), 200)
}

func closed(k *desk) {
	k.must(k.Close())
	k.must(k.Close())
	_, err := k.Keep(k.Context(), delivery("one"))
	for what, err := range map[string]error{
		"keep":   err,
		"record": k.Record(k.Context(), []gate.Step{{Seq: 1}}),
		"try":    k.Try(k.Context(), "a", 1),
		"taken":  k.Taken(k.Context(), "a", 1, 1),
		"defer":  k.Defer(k.Context(), "a", noon, ""),
	} {
		if !errors.Is(err, store.ErrClosed) {
			k.Errorf("%s: got %v, want that the store is closed", what, err)
		}
	}
	if _, err := k.Pending(k.Context(), 1); err == nil {
		k.Error("a closed store told what is pending")
	}
}

func closedMeanwhile(k *desk) {
	var mu sync.Mutex
	var acknowledged []string
	some := make(chan struct{}, 200)
	var all sync.WaitGroup
	for i := range 200 {
		all.Go(func() {
			key := fmt.Sprint(i)
			_, err := k.Keep(k.Context(), delivery(key))
			some <- struct{}{}
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil:
				acknowledged = append(acknowledged, key)
			case !errors.Is(err, store.ErrClosed):
				k.Errorf("keeping %s: %v", key, err)
			}
		})
	}
	<-some
	k.must(k.Close())
	all.Wait()
	k.Store = k.another(k.dsn)
	k.hasAll(k.Store, acknowledged)
}

// hasAll fails the test unless a store knows each of those keys.
func (k *desk) hasAll(s *store.Store, acknowledged []string) {
	k.Helper()
	for _, key := range acknowledged {
		duplicate, err := s.Keep(k.Context(), delivery(key))
		if err != nil || !duplicate {
			k.Fatalf("%s was acknowledged and is not there (error %v)", key, err)
		}
	}
}

// crashed takes the crash while 16 senders are at it, and asks only for what had been acknowledged
// before. It writes less than a checkpoint's worth, so that files may be copied one by one.
func crashed(k *desk) {
	var mu sync.Mutex
	var acknowledged []string
	half := make(chan struct{})
	var all sync.WaitGroup
	for sender := range 16 {
		all.Go(func() {
			for i := range 20 {
				key := fmt.Sprintf("%d-%d", sender, i)
				if _, err := k.Keep(k.Context(), delivery(key)); err != nil {
					k.Errorf("keeping %s: %v", key, err)
				}
				mu.Lock()
				acknowledged = append(acknowledged, key)
				if len(acknowledged) == 160 {
					close(half)
				}
				mu.Unlock()
			}
		})
	}
	<-half
	mu.Lock()
	before := append([]string{}, acknowledged...)
	mu.Unlock()
	found := k.another(k.database.Crash(k.T, k.dsn))
	all.Wait()
	k.hasAll(found, before)
}

func crashedRecord(k *desk) {
	var all sync.WaitGroup
	enough := make(chan struct{})
	all.Go(func() {
		for i := range 40 {
			step := full("")
			step.Result = ""
			step.Docs = []gate.Doc{
				{Nexus: "storefront", Key: "one half", Body: []byte(fmt.Sprint(i))},
				{Nexus: "storefront", Key: "the other", Body: []byte(fmt.Sprint(i))},
			}
			if err := k.Record(k.Context(), []gate.Step{k.next(step)}); err != nil {
				k.Error(err)
			}
			if i == 20 {
				close(enough)
			}
		}
	})
	<-enough
	found := k.another(k.database.Crash(k.T, k.dsn))
	all.Wait()

	seq, _, err := found.LastStep(k.Context(), nexus)
	k.must(err)
	if seq < 21 {
		k.Errorf("the last step is %d, and step 21 was recorded", seq)
	}
	_, _, err = found.Docs(k.Context(), nexus, 0, func(d gate.Doc) error {
		same(k, string(d.Body), fmt.Sprint(seq-1))
		return nil
	})
	k.must(err)
}
