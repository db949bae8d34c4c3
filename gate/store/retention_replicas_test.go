package store_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/store"
	"github.com/nexusgate/nexusgate/gate/store/storetest"
)

// How long the replicas of a test work, and how many deliveries come to each in a round.
const rounds, arrivals = 60, 3

// retaining is a replica at work in its lane that lets go of what is old again and again.
type retaining struct {
	*replica
	random *rand.Rand
	made   int // verdicts
	taken  int // deliveries
}

// shared is evidence on a repository that two Nexuses have components in.
func shared(n int) gate.Evidence {
	return gate.Evidence{Object: fmt.Sprint("check/", n), Kind: "check", Name: "lint", Status: gate.Completed, Facts: gate.Facts{"conclusion": "success"}}
}

// judge records a verdict on a change that supersedes the one before, and rests on some of the evidence.
func (r *retaining) judge(ctx context.Context) error {
	r.made++
	r.seq++
	v := gate.Verdict{
		ID: fmt.Sprintf("%s %d", r.lease.Lane, r.made), Nexus: r.lease.Lane, Outcome: gate.NotDone, At: time.Unix(r.seq, 0),
		Subject: gate.Subject{Kind: gate.OfChange, ID: "github 1#1", Name: "acme/cart-api#1"},
	}
	g := gate.Ground{
		Verdict: v.ID, Nexus: v.Nexus, Subject: v.Subject, Outcome: v.Outcome, At: v.At, Evidence: map[string]gate.Evidence{},
		Parts: []gate.GroundPart{{Component: "cart-api", Team: "cart", On: []definition.On{definition.OnCommit}}},
	}
	for range 2 {
		e := shared(r.random.IntN(8))
		g.Evidence[e.Ref()] = e
		g.Parts[0].Refs = append(g.Parts[0].Refs, e.Ref())
	}
	step := gate.Step{Seq: r.seq, Now: time.Unix(r.seq, 0), Verdicts: []gate.Verdict{v}, Grounds: []gate.Ground{g}}
	return r.Record(ctx, r.lease, []gate.Step{step})
}

// letGo does what a service does once a day.
func (r *retaining) letGo(ctx context.Context) error {
	c := store.Checkpoint{Lane: r.lease.Lane, Seq: r.seq, Now: time.Unix(r.seq, 0), Made: time.Unix(r.seq, 0)}
	if err := r.AddCheckpoint(ctx, r.lease, c, []gate.Doc{{Nexus: r.lease.Lane, Key: "one half", Body: []byte(fmt.Sprint(r.seq))}}); err != nil {
		return err
	}
	if _, err := r.ForgetLog(ctx, r.lease, c); err != nil {
		return err
	}
	_, err := r.ForgetVerdicts(ctx, r.lease, c, time.Now(), (&vouching{}).sign)
	return err
}

// work takes what comes in, judges and lets go, for as many rounds.
func (r *retaining) work(ctx context.Context) error {
	for n := range rounds {
		for i := range arrivals { // all old when they come
			d := arriving(fmt.Sprintf("%s %d %d", r.lease.Lane, n, i))
			d.Received = time.Now().Add(-100 * 24 * time.Hour)
			if _, err := r.Keep(ctx, d); err != nil {
				return err
			}
		}
		taken, err := r.take(ctx)
		if r.taken += taken; err != nil {
			return err
		}
		if err := r.judge(ctx); err != nil {
			return err
		}
		if n%3 == 2 {
			if err := r.letGo(ctx); err != nil {
				return err
			}
		}
	}
	return nil
}

// sound holds that the log can be folded from where it begins, and that all is there that verdicts rest on.
func (r *retaining) sound() {
	r.Helper()
	from, cut, err := r.FoldedFrom(r.Context(), r.lease.Lane)
	if err != nil || !cut {
		r.Errorf("the log of %s is folded from %+v (%v, error %v), want a checkpoint", r.lease.Lane, from, cut, err)
	}
	if err := r.LogAfter(r.Context(), r.lease.Lane, from.Seq, func(store.LogEntry) error { return nil }); err != nil {
		r.Errorf("the log of %s: %v", r.lease.Lane, err)
	}
	grounds := 0
	err = r.Grounds(r.Context(), r.lease.Lane, time.Time{}, func(g gate.Ground, evidence func(string) (*gate.Evidence, error)) error {
		grounds++
		for ref := range g.Refs() {
			if _, err := evidence(ref); err != nil {
				return fmt.Errorf("verdict %s: %w", g.Verdict, err)
			}
		}
		return nil
	})
	if err != nil || grounds == 0 || grounds > 6 {
		r.Errorf("%s has %d grounds (error %v), want the few since the last checkpoint, whole", r.lease.Lane, grounds, err)
	}
}

func TestRetentionAmongReplicasTakesNothingThatIsNeeded(t *testing.T) {
	dsn := storetest.Postgres(t)
	var all []*retaining
	for _, lane := range []string{"first", "second"} {
		all = append(all, retainingIn(t, opening(t, dsn), lane))
	}
	common := opening(t, dsn)
	lease, err := common.Claim(t.Context(), store.Lane{Name: store.Common}, "a third replica")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()

	var work sync.WaitGroup
	var dropped atomic.Int64
	done, forgotten := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(forgotten)
		for ctx.Err() == nil {
			n, err := common.ForgetDeliveries(ctx, lease, time.Now().Add(-24*time.Hour))
			if dropped.Add(n); err != nil {
				t.Error(err)
			}
			select {
			case <-done:
				return
			default:
			}
		}
	}()
	for _, r := range all {
		work.Go(func() {
			if err := r.work(ctx); err != nil {
				t.Errorf("%s: %v", r.lease.Lane, err)
			}
		})
	}
	work.Wait()
	close(done)
	<-forgotten
	for _, r := range all {
		for last := 1; last > 0; r.taken += last {
			if last, err = r.take(ctx); err != nil {
				t.Fatal(err)
			}
		}
		if want := len(all) * rounds * arrivals; r.taken != want {
			t.Errorf("%s took %d deliveries, want the %d that were kept", r.lease.Lane, r.taken, want)
		}
		r.sound()
	}
	if n := dropped.Load(); n == 0 || n >= 2*rounds*arrivals {
		t.Errorf("%d deliveries were dropped, want those that nothing needs", n)
	}
}

// A process remembers which evidence is on disk, so as not to write it twice. What another has dropped of it
// in a lane that it took over is not on disk any more.
func TestWhatOneNexusLetsGoOfAnotherStillRestsOn(t *testing.T) {
	dsn := storetest.Postgres(t)
	one, other := opening(t, dsn), opening(t, dsn)
	second, third := retainingIn(t, one, "second"), retainingIn(t, one, "third")
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	for range 20 { // all of the evidence
		must(second.judge(t.Context()))
	}
	must(one.Release(t.Context(), second.lease))
	lanes, err := other.Lanes(t.Context())
	must(err)
	for _, l := range lanes {
		if l.Name == "second" {
			second.lease, err = other.Claim(t.Context(), l, "another replica")
			must(err)
		}
	}
	second.Store = other
	must(second.judge(t.Context()))
	must(second.letGo(t.Context()))
	for range 20 {
		must(third.judge(t.Context()))
	}
	must(third.letGo(t.Context()))
	must(third.judge(t.Context()))
	second.sound()
	third.sound()
}

func retainingIn(t *testing.T, s *store.Store, lane string) *retaining {
	t.Helper()
	return &retaining{replica: holding(t, s, lane), random: rand.New(rand.NewPCG(1, 7))}
}
