package gate_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"hash"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
)

var (
	decide    = flag.Bool("decide", false, "write down anew what is decided: where a verdict is meant to be another than an earlier build's")
	decisions = flag.Uint64("decisions", 40, "how many logs of a kind are folded; testdata/decided.txt has those of 40")
)

// TestWhatEarlierBuildsHaveDecidedIsDecidedAgain folds logs of chance, and holds what becomes of each step to
// testdata/decided.txt, which earlier builds have written: the verdicts by their ids, what is owed, the
// Increments and the versions. So the log that such a build has kept comes to the same.
func TestWhatEarlierBuildsHaveDecidedIsDecidedAgain(t *testing.T) {
	var got bytes.Buffer
	for seed := range *decisions {
		fmt.Fprintf(&got, "few %d %s\n", seed, decided(t, aFew(seed)))
		fmt.Fprintf(&got, "crowd %d %s\n", seed, decided(t, aCrowd(seed)))
	}
	for seed := range *decisions / 20 {
		fmt.Fprintf(&got, "year %d %s\n", seed, decidedInAYear(t, seed))
	}
	for seed := range *decisions / 4 {
		fmt.Fprintf(&got, "home %d %s\n", seed, decidedAtHome(t, seed))
	}
	file := filepath.Join("testdata", "decided.txt")
	if *decide {
		if err := os.WriteFile(file, got.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	before, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(before), "\n"), strings.Split(got.String(), "\n")); diff != "" {
		t.Errorf("logs come to something else (-before +now):\n%s", diff)
	}
}

// decision is all that steps decide, in short.
type decision struct {
	sum      hash.Hash
	verdicts int
}

func newDecision() *decision { return &decision{sum: sha256.New()} }

// note takes a step in. How its state is kept is no part of it.
func (d *decision) note(t testing.TB, step gate.Step) {
	t.Helper()
	d.verdicts += len(step.Verdicts)
	for place := range step.Verdicts {
		canonical(t, step, place)
	}
	step.Docs = nil
	for i := range step.Grounds {
		text, err := step.Grounds[i].MarshalText()
		if err != nil {
			t.Fatal(err)
		}
		d.sum.Write(text)
	}
	step.Grounds = nil
	text, err := json.Marshal(step)
	if err != nil {
		t.Fatal(err)
	}
	d.sum.Write(text)
}

func (d *decision) String() string {
	return fmt.Sprintf("%d %s", d.verdicts, hex.EncodeToString(d.sum.Sum(nil)[:12]))
}

// aCrowd is of many repositories, some of which change their names or are taken for others, and of which
// most are heard of for the first time in the midst of it.
func aCrowd(seed uint64) chance {
	repos := []gate.Repo{cartRepo, payRepo, webRepo}
	for i := range int64(12) {
		repos = append(repos, gate.Repo{Forge: gate.GitHub, ID: 20 + i, Name: fmt.Sprintf("acme/part-%02d", i), Installation: 7})
	}
	renamed, rival := repos[4], repos[5]
	renamed.Name, rival.ID = "acme/part-11", 99
	return chance{rand.New(rand.NewPCG(seed, 11)), append(repos, renamed, rival), []string{crowd(12, "1m"), crowd(9, "1m"), crowd(12, "4m")}}
}

// crowd is a Nexus of so many components besides those of chanced.
func crowd(size int, within string) string {
	var b strings.Builder
	b.WriteString(strings.Replace(chanced, `within: "1m"`, `within: "`+within+`"`, 1))
	b.WriteString("teams: parts: components: {\n")
	for i := range size {
		fmt.Fprintf(&b, "\t\"part-%02d\": {repo: \"github:acme/part-%02[1]d\", branch: \"main\"}\n", i)
	}
	b.WriteString(`}
integrationTeam: members: ["kim"]
done: e2e: {why: "All together", on: "increment", evidence: "mine", must: a: 1, within: "6m"}
done: dated: {why: "From a day on", on: "commit", evidence: "check", name: "dated", from: app: "builder", must: conclusion: "success", requiredFrom: "2026-11-24", within: "3m"}
exceptions: ci: {criterion: "ci", teams: ["parts"], reason: "r", requestedBy: "ana", approvedBy: "kim", until: "2026-11-24"}
`)
	return b.String()
}

// decided folds a log of chance. The ledger is woken only now and then, so that deadlines pass between
// deliveries of all kinds.
func decided(t *testing.T, c chance) *decision {
	t.Helper()
	d, l, now := newDecision(), gate.NewLedger(), morning
	docs := map[string]gate.Doc{}
	take := func(k taken) {
		step := k.fold(l)
		if step.Seq == 0 {
			return
		}
		d.note(t, step)
		if keepDocs(docs, step); c.IntN(25) == 0 {
			l = restored(t, docs, step)
		}
	}
	take(taken{delivery: gate.Delivery{ID: "000000"}, events: []gate.Event{gate.NexusGiven{File: "nexus.cue", Source: c.layers[0]}}, now: now})
	for i := range 80 {
		if now = now.Add(time.Duration(c.IntN(60)) * time.Second); c.IntN(30) == 0 {
			now = now.Add(time.Duration(c.IntN(10)) * time.Hour)
		}
		if c.IntN(3) == 0 {
			take(taken{wake: true, now: now})
		}
		told := gate.Delivery{ID: fmt.Sprintf("%06d", i+1), Trust: pick(c.Rand, definition.Token, definition.Webhook), Received: now}
		take(taken{delivery: told, events: []gate.Event{c.event()}, now: now})
	}
	return d
}

// decidedInAYear folds fifty days of a Nexus whose definition has a home, and which forgets what is old.
func decidedInAYear(t *testing.T, seed uint64) *decision {
	t.Helper()
	d := newDecision()
	y := newYear(t, seed, false)
	y.heard = func(step gate.Step) { d.note(t, step) }
	for day := range 50 {
		if y.day(6); day%3 == 0 {
			y.prune()
		}
	}
	return d
}

// decidedAtHome folds the stories of a home in disorder.
func decidedAtHome(t *testing.T, seed uint64) *decision {
	t.Helper()
	d, random := newDecision(), rand.New(rand.NewPCG(seed, 13))
	events := [][][]gate.Event{homeTale(t), missedTale(t)}[seed%2]
	random.Shuffle(len(events), func(i, j int) { events[i], events[j] = events[j], events[i] })
	for _, e := range serveHome(t, append([][]gate.Event{{givenHome(t, first)}}, events...), random) {
		d.verdicts += len(e.verdicts)
		text, err := json.Marshal([]any{e.now, e.verdicts, e.versions})
		if err != nil {
			t.Fatal(err)
		}
		d.sum.Write(text)
	}
	return d
}
