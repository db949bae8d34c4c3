package store_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/store"
	"github.com/nexusgate/nexusgate/gate/store/storetest"
)

// onBoth runs a test with two stores on each engine: one on a file, which is both, and two on a server.
func onBoth(t *testing.T, test func(t *testing.T, works, forgets *store.Store)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		one := opening(t, "sqlite:"+filepath.Join(t.TempDir(), "nexus.db"))
		test(t, one, one)
	})
	t.Run("postgres", func(t *testing.T) {
		dsn := storetest.Postgres(t)
		test(t, opening(t, dsn), opening(t, dsn))
	})
}

func opening(t *testing.T, dsn string) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), dsn, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestADeliveryThatHasWaitedForLongAndIsRecordedWhileOthersAreDroppedIsKept(t *testing.T) {
	onBoth(t, func(t *testing.T, works, forgets *store.Store) {
		r := holding(t, works, "storefront")
		common, err := forgets.Claim(t.Context(), store.Lane{Name: store.Common}, "another replica")
		if err != nil {
			t.Fatal(err)
		}
		long := time.Now().Add(-100 * 24 * time.Hour)
		for i := range 250 {
			d := arriving(fmt.Sprint(i))
			d.Received = long
			if _, err := works.Keep(t.Context(), d); err != nil {
				t.Fatal(err)
			}
		}
		late := r.takeAllBut(120)
		r.checkpoint(long)
		dropped, err := store.ForgetDeliveriesMeanwhile(t.Context(), forgets, common, time.Now(), func() {
			if n, err := r.take(t.Context()); n != 1 || err != nil {
				t.Errorf("%d deliveries had waited: %v", n, err)
			}
		})
		if err != nil || dropped != 120 {
			t.Errorf("%d deliveries were dropped (error %v), want the 120 before the one that is needed", dropped, err)
		}
		var logged []string
		err = works.LogAfter(t.Context(), "storefront", 249, func(e store.LogEntry) error {
			logged = append(logged, e.Delivery.ID)
			return nil
		})
		if err != nil || len(logged) != 1 || logged[0] != late.ID {
			t.Errorf("the log goes on with %v (error %v), want %s", logged, err, late.ID)
		}
	})
}

// takeAllBut records what waits in the replica's lane, less one delivery, which it gives.
func (r *replica) takeAllBut(which int) gate.Delivery {
	r.Helper()
	pending, err := r.Pending(r.Context(), r.lease.Lane, 1000)
	if err != nil {
		r.Fatal(err)
	}
	for i, d := range pending {
		if i == which {
			continue
		}
		r.seq++
		step := gate.Step{Seq: r.seq, Now: time.Unix(r.seq, 0), Delivery: d.ID, Result: gate.Unused}
		if err := r.Record(r.Context(), r.lease, []gate.Step{step}); err != nil {
			r.Fatal(err)
		}
	}
	return pending[which]
}

// checkpoint keeps one as of the last step, and drops the log before it.
func (r *replica) checkpoint(made time.Time) store.Checkpoint {
	r.Helper()
	c := store.Checkpoint{Lane: r.lease.Lane, Seq: r.seq, Now: time.Unix(r.seq, 0), Made: made}
	if err := r.AddCheckpoint(r.Context(), r.lease, c, nil); err != nil {
		r.Fatal(err)
	}
	if _, err := r.ForgetLog(r.Context(), r.lease, c); err != nil {
		r.Fatal(err)
	}
	return c
}

// vouching signs nothing, and notes what it is asked to.
type vouching struct{ leaves []int64 }

func (v *vouching) sign(_ string, _ time.Time, leaves []int64) (string, error) {
	v.leaves = append(v.leaves, leaves...)
	return fmt.Sprint(leaves), nil
}

func TestAVerdictThatIsNotKeptAsItWasLoggedIsNotDropped(t *testing.T) {
	dsn := "sqlite:" + filepath.Join(t.TempDir(), "changed.db")
	s := opening(t, dsn)
	r := holding(t, s, "storefront")
	made := time.Now().Add(-100 * 24 * time.Hour)
	var verdicts []gate.Verdict
	for n, subject := range []gate.Subject{
		{Kind: gate.OfChange, ID: "github 1#1", Name: "acme/cart-api#1"},
		{Kind: gate.OfIncrement, ID: "1", Name: "Integrated Increment 1"},
		{Kind: gate.OfChange, ID: "github 1#2", Name: "acme/cart-api#2"},
		{Kind: gate.OfChange, ID: "github 1#3", Name: "acme/cart-api#3"},
	} {
		verdicts = append(verdicts, gate.Verdict{ID: fmt.Sprint("v", n), Nexus: "storefront", Subject: subject, Outcome: gate.NotDone, At: made})
	}
	r.seq++
	if err := s.Record(t.Context(), r.lease, []gate.Step{{Seq: r.seq, Now: made, Verdicts: verdicts}, {Seq: r.seq + 1, Now: made}}); err != nil {
		t.Fatal(err)
	}
	r.seq++
	raw := opened(t, dsn)
	defer func() { _ = raw.Close() }()
	for _, statement := range []string{
		"UPDATE verdicts SET subject = 'change github 1#9' WHERE id = 'v1'", // the Increment's, to have it dropped and vouched for
		"UPDATE verdicts SET body = replace(body, 'not-done', 'done'), outcome = 'done' WHERE id = 'v2'",
	} {
		if _, err := raw.Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
	var v vouching
	n, err := s.ForgetVerdicts(t.Context(), r.lease, r.checkpoint(made), time.Now(), v.sign)
	if err != nil || n != 2 || !slices.Equal(v.leaves, []int64{0, 3}) {
		t.Errorf("%d verdicts were dropped, and leaves %d vouched for (error %v); want 0 and 3", n, v.leaves, err)
	}
	var notes []store.LetGo
	err = s.LetGo(t.Context(), "storefront", func(l store.LetGo) error {
		notes = append(notes, l)
		return nil
	})
	if err != nil || len(notes) != 1 || notes[0].Note != "[0 3]" || notes[0].Leaf != 0 {
		t.Errorf("the notes are %+v (error %v)", notes, err)
	}
}
