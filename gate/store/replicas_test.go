package store_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/store"
	"github.com/nexusgate/nexusgate/gate/store/storetest"
)

// replica is one of several stores on a database, with a lane of its own.
type replica struct {
	*testing.T
	*store.Store
	lease store.Lease
	seq   int64
}

func newReplica(t *testing.T, dsn, lane string) *replica {
	t.Helper()
	return holding(t, opening(t, dsn), lane)
}

// holding claims a lane for a store.
func holding(t *testing.T, s *store.Store, lane string) *replica {
	t.Helper()
	r := &replica{T: t, Store: s}
	var err error
	if r.lease, err = s.Claim(t.Context(), store.Lane{Name: lane}, lane+"'s holder"); err != nil {
		t.Fatal(err)
	}
	if err := s.Route(t.Context(), r.lease, []string{"github:1"}); err != nil {
		t.Fatal(err)
	}
	return r
}

// take records what waits in the replica's lane, each delivery in a step of its own, and says how many
// there were.
func (r *replica) take(ctx context.Context) (int, error) {
	pending, err := r.Pending(ctx, r.lease.Lane, 64)
	if err != nil || len(pending) == 0 {
		return 0, err
	}
	steps := make([]gate.Step, len(pending))
	for i, d := range pending {
		seq := r.seq + int64(i) + 1
		steps[i] = gate.Step{
			Seq: seq, Now: time.Unix(seq, 0), Delivery: d.ID, Result: gate.Applied,
			Docs: []gate.Doc{
				{Nexus: r.lease.Lane, Key: "one half", Body: []byte(fmt.Sprint(seq))},
				{Nexus: r.lease.Lane, Key: "the other", Body: []byte(fmt.Sprint(seq))},
			},
		}
	}
	if err := r.Record(ctx, r.lease, steps); err != nil {
		return 0, err
	}
	r.seq += int64(len(steps))
	return len(steps), nil
}

// behind reads how far the record is: an error leaves open whether it went on.
func (r *replica) behind(ctx context.Context) (err error) {
	r.seq, _, err = r.LastStep(ctx, r.lease.Lane)
	return err
}

// whole fails the test unless the lane's log has each of these keys once, and its state is of one step.
func (r *replica) whole(keys []string) {
	r.Helper()
	var logged []string
	err := r.Log(r.Context(), r.lease.Lane, func(e store.LogEntry) error {
		logged = append(logged, e.Delivery.Key)
		return nil
	})
	if err != nil {
		r.Fatal(err)
	}
	slices.Sort(logged)
	slices.Sort(keys)
	if !slices.Equal(logged, keys) {
		r.Errorf("the lane %s recorded %d deliveries, want the %d that were kept, each once", r.lease.Lane, len(logged), len(keys))
	}
	seq, _, err := r.Docs(r.Context(), r.lease.Lane, 0, func(d gate.Doc) error {
		if string(d.Body) != fmt.Sprint(len(keys)) {
			r.Errorf("%s is of step %s, want %d", d.Key, d.Body, len(keys))
		}
		return nil
	})
	if err != nil || seq != int64(len(keys)) {
		r.Errorf("the state is of step %d (error %v), want %d", seq, err, len(keys))
	}
}

func arriving(key string) gate.Delivery {
	return gate.Delivery{Source: gate.FromGitHub, Event: "push", Key: key, Places: []string{"github:1"}, Body: []byte(`{"key":"` + key + `"}`)}
}

func TestTwoReplicasTakeWhatComesInAndRecordIt(t *testing.T) {
	dsn := storetest.Postgres(t)
	replicas := []*replica{newReplica(t, dsn, "first"), newReplica(t, dsn, "second")}
	const senders, each = 8, 40
	var keys []string
	var fresh atomic.Int64
	var sending, taking sync.WaitGroup
	for sender := range senders {
		for i := range each {
			keys = append(keys, fmt.Sprintf("%d-%d", sender, i))
		}
		for _, r := range replicas { // a forge's second attempt reaches the other replica
			sending.Go(func() {
				for i := range each {
					duplicate, err := r.Keep(t.Context(), arriving(fmt.Sprintf("%d-%d", sender, i)))
					if err != nil {
						t.Error(err)
					} else if !duplicate {
						fresh.Add(1)
					}
				}
			})
		}
	}
	sent := make(chan struct{})
	for _, r := range replicas {
		taking.Go(func() {
			for ended := false; ; {
				n, err := r.take(t.Context())
				if err != nil {
					t.Error(err)
					return
				}
				if n == 0 && ended {
					return
				}
				select {
				case <-sent:
					ended = true
				default:
				}
			}
		})
	}
	sending.Wait()
	close(sent)
	taking.Wait()
	if fresh.Load() != int64(len(keys)) {
		t.Errorf("%d were told to be new, want %d", fresh.Load(), len(keys))
	}
	for _, r := range replicas {
		r.whole(keys)
	}
}

func TestAServerThatStopsAndStartsAgainLosesNothing(t *testing.T) {
	server := storetest.NewPostgresServer(t)
	dsn := server.Database(t)
	replicas := []*replica{newReplica(t, dsn, "first"), newReplica(t, dsn, "second")}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()

	var mu sync.Mutex
	var acknowledged []string
	var failed, taken atomic.Int64
	enough, sent := make(chan struct{}), make(chan struct{})
	var sending, taking sync.WaitGroup
	for sender := range 8 {
		sending.Go(func() {
			for i := 0; ; {
				select {
				case <-enough:
					return
				default:
				}
				key := fmt.Sprintf("%d-%d", sender, i)
				_, err := replicas[sender%2].Keep(ctx, arriving(key))
				if err != nil {
					failed.Add(1)
					continue // as a forge does, with the same key
				}
				mu.Lock()
				acknowledged = append(acknowledged, key)
				mu.Unlock()
				i++
			}
		})
	}
	for _, r := range replicas {
		taking.Go(func() {
			for ended := false; ; {
				n, err := r.take(ctx)
				if ctx.Err() != nil || ended && n == 0 && err == nil {
					return
				}
				if err != nil {
					_ = r.behind(ctx) // and if that fails too, so does the next attempt
				}
				taken.Add(int64(n))
				select {
				case <-sent:
					ended = true
				default:
				}
			}
		})
	}
	for range 2 {
		atLeast(ctx, t, &taken, taken.Load()+100)
		server.Stop(t)
		atLeast(ctx, t, &failed, failed.Load()+100)
		server.Start(t)
	}
	atLeast(ctx, t, &taken, taken.Load()+100)
	close(enough)
	sending.Wait()
	close(sent)
	taking.Wait()
	for _, r := range replicas {
		r.holds(acknowledged)
	}
}

// holds fails the test unless the lane recorded each of these keys, whatever else, and none twice.
func (r *replica) holds(acknowledged []string) {
	r.Helper()
	logged := map[string]bool{}
	err := r.Log(r.Context(), r.lease.Lane, func(e store.LogEntry) error {
		if logged[e.Delivery.Key] {
			r.Errorf("%s was recorded twice", e.Delivery.Key)
		}
		logged[e.Delivery.Key] = true
		return nil
	})
	if err != nil {
		r.Fatal(err)
	}
	for _, key := range acknowledged {
		if !logged[key] {
			r.Fatalf("%s was acknowledged, and the lane %s did not record it", key, r.lease.Lane)
		}
	}
}

// atLeast waits until a count has come so far.
func atLeast(ctx context.Context, t *testing.T, count *atomic.Int64, want int64) {
	t.Helper()
	again := time.NewTicker(time.Millisecond)
	defer again.Stop()
	for count.Load() < want {
		select {
		case <-again.C:
		case <-ctx.Done():
			t.Fatalf("it came to %d in a minute, want %d", count.Load(), want)
		}
	}
}

// A holder that stops in the middle of a transaction, with its machine or by a signal, has the row of its
// lane locked. The server ends that transaction, and the lane is claimed all the same.
func TestAHolderThatStopsInItsTransactionIsFencedOff(t *testing.T) {
	dsn := storetest.Postgres(t)
	r := newReplica(t, dsn, "first")
	stopped := store.PostgresPool(t, dsn)
	tx, err := stopped.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec("UPDATE lanes SET beat = beat + 1 WHERE name = 'first'"); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	waited := 0
	for {
		if _, err = r.Claim(ctx, store.Lane{Name: "first", Fence: r.lease.Fence, Beat: 2}, "another"); err == nil || ctx.Err() != nil {
			break
		}
		if errors.Is(err, store.ErrFenced) {
			t.Fatal("what the stopped holder had not committed was seen")
		}
		waited++
		if _, err := r.Keep(ctx, arriving(fmt.Sprint(waited))); err != nil {
			t.Errorf("what comes in waited for the lane: %v", err)
		}
	}
	if err != nil || waited == 0 {
		t.Errorf("it was claimed after %d vain attempts (error %v), want some", waited, err)
	}
	if err := tx.Commit(); err == nil {
		t.Error("the stopped holder woke and committed")
	}
}

func TestAReplicaKeepsByTheRoutesThatAnotherChanged(t *testing.T) {
	dsn := storetest.Postgres(t)
	first, second := newReplica(t, dsn, "first"), newReplica(t, dsn, "second")
	for i, listens := range []bool{false, true, false} {
		places := []string{"github:1"}
		if listens {
			places = append(places, "github:2")
		}
		if err := second.Route(t.Context(), second.lease, places); err != nil {
			t.Fatal(err)
		}
		d := arriving(fmt.Sprint(i))
		d.Places = []string{"github:2"}
		if _, err := first.Keep(t.Context(), d); err != nil {
			t.Fatal(err)
		}
	}
	var waiting []string
	pending, err := second.Pending(t.Context(), "second", 10)
	for _, d := range pending {
		waiting = append(waiting, d.Key)
	}
	if err != nil || !slices.Equal(waiting, []string{"1"}) {
		t.Errorf("%v wait in the lane that listened to the second alone (error %v)", waiting, err)
	}
}
