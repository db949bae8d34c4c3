package main_test

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	nexusgate "github.com/nexusgate/nexusgate/cmd/nexusgate"
	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/store"
)

const replayedNexus = `
name: "shop"
teams: {
	cart: components: "cart-api": repo: "github:acme/cart-api"
	pay: {}
	web: {}
}
done: {
	ci: {why: "Green", on: "commit", evidence: "pipeline", must: conclusion: "success", within: "45m"}
	e2e: {why: "It works together", on: "increment", evidence: "pipeline", name: "e2e", must: conclusion: "success"}
}
`

// began is as a real clock tells it: finer than the store keeps it, and in some zone.
var began = time.Date(2026, time.November, 22, 12, 0, 0, 123456789, time.FixedZone("CET", 3600))

// record is a log as the service keeps it: what was said, and what each step did with it.
type record struct {
	t      *testing.T
	store  *store.Store
	ledger *gate.Ledger
	lease  store.Lease
	now    time.Time
	doctor func(*gate.Step) // changes a step before it is kept
}

// kept is the DSN of a store with a short history: a Nexus is given, its one component is read, a
// delivery does not decode, and a deadline passes.
func kept(t *testing.T, doctor func(*gate.Step)) (dsn string) {
	t.Helper()
	r := &record{t: t, ledger: gate.NewLedger(), now: began, doctor: doctor}
	dsn = "sqlite:" + filepath.Join(t.TempDir(), "nexusgate.db")
	var err error
	r.store, err = store.Open(t.Context(), dsn, func() time.Time { return r.now })
	if err != nil {
		t.Fatal(err)
	}
	if r.lease, err = r.store.Claim(t.Context(), store.Lane{Name: "shop"}, "a test"); err != nil {
		t.Fatal(err)
	}
	repo := gate.Repo{Forge: gate.GitHub, ID: 1296269, Name: "acme/cart-api", Installation: 1}
	commit := strings.Repeat("9c1f", 10)
	r.read(gate.NexusGiven{File: "nexus.cue", Source: replayedNexus})
	r.read(gate.HeadRead{Repo: repo, Branch: "main", Commit: commit, At: began})
	r.read(gate.FileRead{Repo: repo, Commit: commit, Path: ".nexus/done.cue", Absent: true})
	r.keep(gate.Delivery{Source: gate.FromGitHub, Event: "push", Key: "1", Trust: definition.Webhook, Body: []byte("{")})
	r.now = r.now.Add(2 * time.Hour)
	step, empty := r.ledger.Wake(r.now)
	if empty {
		t.Fatal("the deadline passed and nothing came of it")
	}
	r.commit(step)
	if err := r.store.Close(); err != nil {
		t.Fatal(err)
	}
	return dsn
}

func (r *record) read(e gate.Event) {
	r.t.Helper()
	d, err := gate.Own(r.store.NewID(), e, r.now)
	if err != nil {
		r.t.Fatal(err)
	}
	r.keep(d)
}

func (r *record) keep(d gate.Delivery) {
	r.t.Helper()
	d.ID, d.Received, d.Lane = r.store.NewID(), r.now, r.lease.Lane
	if _, err := r.store.Keep(r.t.Context(), d); err != nil {
		r.t.Fatal(err)
	}
	pending, err := r.store.Pending(r.t.Context(), r.lease.Lane, 1)
	if err != nil || len(pending) != 1 {
		r.t.Fatalf("%d deliveries are pending, want 1: %v", len(pending), err)
	}
	d = pending[0]
	if events, err := nexusgate.Decode(d); err != nil {
		r.commit(r.ledger.SetAside(d, "it does not decode", r.now))
	} else {
		r.commit(r.ledger.Apply(d, events, r.now))
	}
	r.now = r.now.Add(time.Second)
}

func (r *record) commit(step gate.Step) {
	r.t.Helper()
	if r.doctor != nil {
		r.doctor(&step)
	}
	if err := r.store.Record(r.t.Context(), r.lease, []gate.Step{step}); err != nil {
		r.t.Fatal(err)
	}
}

func TestReplayAgreesWithWhatWasRecorded(t *testing.T) {
	dsn := kept(t, nil)
	for range 2 { // nothing is written to the store
		out, stderr, code := said(t, "replay", "--store", dsn)
		if code != 0 || stderr != "" || !regexp.MustCompile(`^4 deliveries, [1-9]\d* verdicts: the same\n$`).MatchString(out) {
			t.Errorf("replay exits with %d and says %s%s", code, out, stderr)
		}
	}
}

func TestReplayTellsAVerdictThatDiffers(t *testing.T) {
	forged := strings.Repeat("0", 32)
	dsn := kept(t, func(s *gate.Step) {
		if s.Delivery == "" {
			for i := range s.Verdicts {
				if s.Verdicts[i].Subject.Kind == gate.OfComponent {
					s.Verdicts[i].ID = forged
				}
			}
		}
	})
	out, stderr, code := said(t, "replay", "--store", dsn)
	want := regexp.MustCompile(`^step 5: shop, component cart-api: recorded ` + forged + `, folded [0-9a-f]{32}\n4 deliveries, \d+ verdicts: 1 differs\n$`)
	if code != 1 || stderr != "" || !want.MatchString(out) {
		t.Errorf("replay exits with %d and says\n%s%swant exit 1 and %s", code, out, stderr, want)
	}
}

func TestReplayTellsAVerdictThatWasNeverRecorded(t *testing.T) {
	dsn := kept(t, func(s *gate.Step) {
		if s.Delivery == "" {
			s.Verdicts = nil
		}
	})
	out, _, code := said(t, "replay", "--store", dsn)
	if code != 1 || !strings.Contains(out, "step 5: shop, component cart-api: recorded nothing, folded ") {
		t.Errorf("replay exits with %d and says\n%s", code, out)
	}
}

func TestReplayOfAnEmptyLogIsTheSame(t *testing.T) {
	dsn := "sqlite:" + filepath.Join(t.TempDir(), "nexusgate.db")
	s, err := store.Open(t.Context(), dsn, func() time.Time { return began })
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	out, stderr, code := said(t, "replay", "--store", dsn)
	if code != 0 || out != "0 deliveries, 0 verdicts: the same\n" {
		t.Errorf("replay exits with %d and says %s%s", code, out, stderr)
	}
}
