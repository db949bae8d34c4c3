package main_test

import (
	"flag"
	"log/slog"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/store/storetest"
)

var (
	killsAsked = flag.Int("kills", 0, "how often the service is killed on each engine; 0: as the tests do")
	killsNoted = flag.String("kills-noted", "", "a file that notes the rounds that came out well, for a proof that goes on where it was stopped")
)

// The size of a round of kills: each has forges, deliveries and stores of its own.
const (
	killsOfRound = 50
	lettersAKill = 100
	posters      = 8
)

// engine is a store under the service that is killed.
type engine struct {
	name    string
	kills   int // of the tests
	briefly int // of them with -short
	play    func(*round) (played string)
	store   func(*testing.T, *round) (killed, unkilled string)
}

// TestAServiceKilledAtAnyMomentLosesNothingAndDecidesTheSame kills the service at random moments while both
// forges' webhooks are posted to it, and holds it to a service that nobody killed. On SQLite it is one
// process, killed and started again. On PostgreSQL it is three replicas, of which any may be killed at any
// moment, and now and then the database's server is. -seed repeats a round: each tells its own.
func TestAServiceKilledAtAnyMomentLosesNothingAndDecidesTheSame(t *testing.T) {
	t.Parallel()
	for _, e := range []engine{
		{name: "sqlite", kills: killsOfRound, briefly: 10, play: alone, store: func(t *testing.T, _ *round) (killed, unkilled string) {
			return "sqlite:" + filepath.Join(t.TempDir(), "killed.db"), "sqlite:" + filepath.Join(t.TempDir(), "unkilled.db")
		}},
		{name: "postgres", kills: 12, briefly: 6, play: among, store: func(t *testing.T, r *round) (killed, unkilled string) {
			r.database = storetest.NewPostgresServer(t)
			return r.database.Database(t), r.database.Database(t)
		}},
	} {
		t.Run(e.name, func(t *testing.T) {
			t.Parallel()
			kills := *killsAsked
			switch {
			case kills == 0 && testing.Short():
				kills = e.briefly
			case kills == 0:
				kills = e.kills
			}
			note := openKillNote(t, *killsNoted, e.name, kills)
			for note.kills < kills {
				seed := rand.Uint64() >> 1
				if *orderSeed != 0 {
					seed = *orderSeed + uint64(note.rounds)
				}
				n := min(killsOfRound, kills-note.kills)
				if !t.Run(killNote{kills: note.kills + n}.String(), func(t *testing.T) { newRound(t, e, seed, n).prove() }) {
					return
				}
				note.add(t, seed, n)
			}
			note.finish(t)
		})
	}
}

// round is a service that is killed, and one that hears the same and lives.
type round struct {
	*house
	engine
	seed     uint64
	random   *rand.Rand
	names    []string // of the Nexuses
	repos    []string // of theirs that lie on GitHub
	unkilled string   // its store
	bag      *mailbag
	at       *address
	kills    int
	database *storetest.PostgresServer // nil: there is none
}

func newRound(t *testing.T, e engine, seed uint64, kills int) *round {
	t.Helper()
	clock := &stepping{now: time.Now().Add(-60 * 24 * time.Hour).Truncate(time.Second)}
	r := &round{engine: e, seed: seed, random: rand.New(rand.NewPCG(seed, 0)), house: newHouse(t, mill, clock.Now), at: newAddress(), kills: kills}
	r.patience = 10 * time.Minute
	r.settings.Log = slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelError})) // heads move while they are read
	r.settings.Configs = nil
	mills := mills()
	for _, name := range slices.Sorted(maps.Keys(mills)) { // so that a seed makes the same again
		r.names = append(r.names, name)
		r.settings.Configs = append(r.settings.Configs, written(t, name+".cue", mills[name]))
	}
	r.settings.Store, r.unkilled = e.store(t, r)
	return r
}

func (r *round) prove() {
	r.t.Helper()
	began := time.Now()
	letters := r.tell(r.random, r.kills*lettersAKill)
	told := time.Now()
	r.bag = newMailbag(mixed(r.random, letters), marks(r.random, r.kills, len(letters)))
	played := r.play(r)
	got := r.conclude()
	killed := time.Now()
	checks := r.single(letters)
	r.audit(r.bag.kept)
	out, stderr, code := said(r.t, "replay", "--store", r.settings.Store)
	if code != 0 || !strings.HasSuffix(out, ": the same\n") {
		r.t.Errorf("replay exits with %d and says %s%s", code, out, stderr)
	}
	want := r.straight(letters)
	r.t.Logf("seed %d: %d deliveries, posted %d times, %s; %d check runs; recorded in %s, killed %s, unkilled and audited %s",
		r.seed, len(letters), r.bag.attempts, played, checks, told.Sub(began).Round(time.Millisecond),
		killed.Sub(told).Round(time.Millisecond), time.Since(killed).Round(time.Millisecond))
	if diff := cmp.Diff(want, got); diff != "" {
		r.t.Errorf("seed %d: the killed service says something else (-unkilled +killed):\n%s", r.seed, diff)
	}
}

// marks are the numbers of posts at which the service is killed.
func marks(random *rand.Rand, kills, posts int) []int {
	at := make([]int, kills)
	for i := range at {
		at[i] = 1 + random.IntN(posts)
	}
	slices.Sort(at)
	return at
}

// straight posts all letters, in the order of sending and each once, to a service that lives, and
// gives what it says. The forges are slow, so that what is read comes in between other deliveries than
// in the run with the kills.
func (r *round) straight(letters []letter) map[string]verdicts {
	r.t.Helper()
	r.hub.Slow(100 * time.Millisecond)
	r.lab.Slow(100 * time.Millisecond)
	defer r.hub.Heal()
	defer r.lab.Heal()
	r.settings.Store = r.unkilled
	r.run()
	at := newAddress()
	at.set(r.server.Root())
	postAll(r.t.Context(), newMailbag(letters, nil), at, posters)
	return r.said()
}

// conclude runs the service on what the kills have left.
func (r *round) conclude() map[string]verdicts {
	r.t.Helper()
	r.run()
	return r.said()
}

// said waits until all is applied and read, ends the service and gives what it says.
func (r *round) said() map[string]verdicts {
	r.t.Helper()
	r.eventually("everything is applied and read", func() bool { return r.server.HoldsAll() && r.settled() })
	says := map[string]verdicts{}
	for _, name := range r.names {
		s, ok := r.server.Standing(name)
		if !ok {
			r.t.Fatalf("there is no Nexus %s", name)
		}
		says[name] = verdictsOf(s)
	}
	if err := r.stop(); err != nil {
		r.t.Fatal(err)
	}
	return says
}

// verdicts are what must be the same, killed or not.
type verdicts struct {
	Composition gate.Composition
	Outcomes    map[string]gate.Outcome
	Findings    map[string][]gate.Finding
	Warnings    []string
}

func verdictsOf(s gate.Standing) verdicts {
	v := verdicts{
		Composition: s.Head.Composition, Outcomes: map[string]gate.Outcome{}, Findings: map[string][]gate.Finding{}, Warnings: s.Warnings,
	}
	note := func(name string, says gate.Verdict) {
		v.Outcomes[name] = says.Outcome
		for _, f := range says.Findings {
			f.Due, f.Wake, f.Delivery = time.Time{}, time.Time{}, "" // of the receipt, or of a read
			v.Findings[name] = append(v.Findings[name], f)
		}
	}
	note("the Increment", s.HeadSays)
	for _, c := range s.Components {
		note(c.Name, c.Says)
	}
	for _, c := range s.Changes {
		note(c.Subject.Name, c.Says)
	}
	return v
}
