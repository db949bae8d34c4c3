package gate_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/nexusgate/nexusgate/gate"
)

// followed is what a page shows that could differ: what was decided is decided once.
type followed struct {
	Told       told
	Landings   []gate.Increment
	Warnings   []string
	Digest     string
	Files      map[string]string
	Titles     []string
	Done       int64
	Exceptions []gate.ExceptionStanding
}

func pageOf(t *testing.T, l *gate.Ledger, now time.Time) followed {
	t.Helper()
	s, known := l.Standing("storefront", now)
	if !known {
		return followed{}
	}
	p := followed{
		Told: summary(t, l, now), Landings: s.Landings, Warnings: s.Warnings, Digest: s.Digest, Files: map[string]string{},
		Done: s.LastDone.Number, Exceptions: s.Exceptions,
	}
	for _, c := range s.Components {
		p.Files[c.Name] = c.File + " at " + c.Commit
	}
	for _, c := range s.Changes {
		p.Titles = append(p.Titles, c.Subject.Name)
	}
	return p
}

// follower takes in what steps have changed, some of them at a time.
type follower struct {
	*gate.Ledger
	t *testing.T
}

func (f *follower) hear(step gate.Step, look bool) {
	f.t.Helper()
	for _, d := range step.Docs {
		if err := f.Restore(d); err != nil {
			f.t.Fatal(err)
		}
	}
	if !look {
		return
	}
	if err := f.Follow(step.Seq, step.Now); err != nil {
		f.t.Fatal(err)
	}
}

func TestAFollowerShowsWhatTheOneItFollowsShows(t *testing.T) {
	deliveries := tale()
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 6))
	end := morning.Add(21 * time.Minute)
	for range 20 {
		l, f := gate.NewLedger(), &follower{gate.NewLedgerOf("storefront"), t}
		f.hear(l.Apply(gate.Delivery{ID: "000000"}, []gate.Event{gate.NexusGiven{File: "nexus.cue", Source: storefront}}, end), true)
		for n, i := range random.Perm(len(deliveries)) {
			look := random.IntN(4) == 0 || n == len(deliveries)-1
			f.hear(l.Apply(deliveries[i], taleEvents[i], end), look)
			if !look {
				continue
			}
			if diff := cmp.Diff(pageOf(t, l, end), pageOf(t, f.Ledger, end), cmpopts.EquateEmpty()); diff != "" {
				t.Fatalf("seed %d, after %d deliveries (-followed +follower):\n%s", seed, n+1, diff)
			}
		}
	}
}

func TestAFollowerOfAHomeShowsWhyALandingIsNotInForce(t *testing.T) {
	h := newHome(t, first)
	f := &follower{gate.NewLedgerOf("storefront"), t}
	for _, d := range h.docs {
		f.hear(gate.Step{Docs: []gate.Doc{d}}, false)
	}
	h.now = h.now.Add(time.Minute)
	h.merges(3, "kim", "aaa", "h1")
	h.tell(push(homeRepo, "h0", "h1", h.now, "nexus.cue"))
	h.tell(gate.NexusRead{Repo: homeRepo, Commit: "h1", Path: "nexus.cue", Absent: true})
	for _, d := range h.docs {
		f.hear(gate.Step{Docs: []gate.Doc{d}}, false)
	}
	f.hear(gate.Step{Seq: h.last.Seq, Now: h.last.Now}, true)
	h.wantWarning("the file is gone")
	s, _ := f.Standing("storefront", h.now)
	if diff := cmp.Diff(h.standing().Warnings, s.Warnings); diff != "" {
		t.Errorf("the warnings (-followed +follower):\n%s", diff)
	}
	f.hear(h.tell(gate.NexusRetired{Nexus: "storefront"}), true)
	if _, known := f.Standing("storefront", h.now); known {
		t.Error("a Nexus that was retired still stands")
	}
}
