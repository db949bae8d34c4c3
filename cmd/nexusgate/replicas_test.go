package main_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/forge/forgetest"
	"github.com/nexusgate/nexusgate/gate/store/storetest"
)

func TestAReplicaThatIsKilledInItsLaneIsFollowedByAnother(t *testing.T) {
	t.Parallel()
	f := newFleet(t, storetest.Postgres(t))
	victim := f.holder()
	changes := f.work("before", 2)
	f.check(f.cart, changes[0].Head(), gate.DoneCheck, "success")
	killed := make(chan struct{})
	go func() {
		defer close(killed)
		victim.kill()
	}()
	changes = append(changes, f.work("meanwhile", 2)...)
	<-killed
	f.dead(victim)
	if next := f.holder(); next == victim {
		t.Error("nobody took the lane over")
	}
	changes = append(changes, f.work("after", 2)...)
	f.agrees(changes)
}

func TestAReplicaThatWasStoppedAndWakesWritesNothingAndPostsNothingTwice(t *testing.T) {
	t.Parallel()
	f := newFleet(t, storetest.Postgres(t))
	victim := f.holder()
	f.hub.Slow(200 * time.Millisecond) // so that it is stopped while it speaks to the forge
	changes := f.work("before", 2)
	f.eventually("a report is under way", func() bool { _, idle := f.traffic.quiet(); return !idle })
	victim.signal(syscall.SIGSTOP)
	f.dead(victim)
	f.hub.Heal()
	changes = append(changes, f.work("meanwhile", 2)...)
	if next := f.holder(); next == victim {
		t.Error("nobody took the lane over")
	}
	for _, change := range changes {
		f.check(f.cart, change.Head(), gate.DoneCheck, "success")
	}
	victim.signal(syscall.SIGCONT)
	// It knows by its own clock, or hears it from the lease or from the server that has ended its transaction,
	// whichever comes first.
	f.eventually("the one that was stopped notices", func() bool {
		said := victim.complaint()
		return strings.Contains(said, "a lane was not renewed in time") || strings.Contains(said, "a lane was lost") ||
			strings.Contains(said, "a lane is another replica's by now") || strings.Contains(said, "the store is in trouble")
	})
	f.alive(victim)
	changes = append(changes, f.work("after", 2)...)
	f.agrees(changes)
}

func TestReplicasGoOnWhenTheirDatabaseWasStoppedAndStarted(t *testing.T) {
	t.Parallel()
	server := storetest.NewPostgresServer(t)
	f := newFleet(t, server.Database(t))
	changes := f.work("before", 2)
	server.Stop(t)
	later := make(chan []*forgetest.Change)
	go func() { later <- f.work("meanwhile", 2) }() // each webhook is posted until it is taken
	server.Start(t)
	changes = append(changes, <-later...)
	changes = append(changes, f.work("after", 2)...)
	f.agrees(changes)
}

// work proposes and approves changes, one after the other.
func (f *fleet) work(when string, n int) (changes []*forgetest.Change) {
	for i := range n {
		change := propose(f.cart, fmt.Sprintf("%s%d", when, i))
		approve(f.cart, change)
		changes = append(changes, change)
	}
	return changes
}

// agrees waits until all changes are reported, and holds the replicas to a service that nobody disturbed
// and to a replay. No check may be there twice.
func (f *fleet) agrees(changes []*forgetest.Change) {
	f.t.Helper()
	for _, change := range changes {
		f.check(f.cart, change.Head(), gate.DoneCheck, "success")
	}
	f.end()
	f.start() // what is owed and what is to be read is seen from inside
	f.eventually("everything is at rest", func() bool { return f.settled() && f.counts().Owed == 0 })
	got := verdictsOf(f.standing())
	if err := f.stop(); err != nil {
		f.t.Fatal(err)
	}
	out, stderr, code := said(f.t, "replay", "--store", f.settings.Store)
	if code != 0 || !strings.HasSuffix(out, ": the same\n") {
		f.t.Errorf("replay exits with %d and says %s%s", code, out, stderr)
	}
	for _, change := range changes {
		f.check(f.cart, change.Head(), gate.DoneCheck, "success")
	}
	if diff := cmp.Diff(f.undisturbed(), got); diff != "" {
		f.t.Errorf("the replicas say something else (-undisturbed +replicas):\n%s", diff)
	}
}

// undisturbed is what one service says that hears the same.
func (f *fleet) undisturbed() verdicts {
	f.t.Helper()
	told := &tale{random: rand.New(rand.NewPCG(1, 2)), hub: f.hub, lab: f.lab}
	f.settings.Store = "sqlite:" + f.t.TempDir() + "/undisturbed.db"
	f.start()
	at := newAddress()
	at.set(f.server.Root())
	postAll(f.t.Context(), newMailbag(told.letters(), nil), at, 1)
	f.eventually("everything is applied and read", f.settled)
	s := f.standing()
	if err := f.stop(); err != nil {
		f.t.Fatal(err)
	}
	return verdictsOf(s)
}
