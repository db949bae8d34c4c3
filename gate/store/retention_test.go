package store_test

import (
	"fmt"
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
		one := opening(t, newFile(t))
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
