package gate_test

import (
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/definition/definitiontest"
	"github.com/nexusgate/nexusgate/gate"
)

var (
	proofCases = flag.Int("cases", 10_000, "how many teams' layers the proof of tighten-only makes")
	proofSeed  = flag.Uint64("seed", 0, "what the proof of tighten-only makes them of; 0: of chance")
)

// The cases come in blocks, each of a seed of its own, so that a failure replays by itself.
const (
	casesOfABlock = 1000
	teamsOfANexus = 50
	enoughCases   = 10_000 // to ask whether every branch was reached; a replay has fewer
)

// TestATeamsLayerOnlyTightens is the proof of docs/definition.md: over random layers of the Nexus, of
// teams and random evidence, (a) what the Nexus alone does not call done, no team's layer makes done;
// (b) what relaxes is refused, with both places and constraints; (c) what is accepted and has no effect
// is said to be redundant; (d) all constraints admit what CUE's own unification admits.
func TestATeamsLayerOnlyTightens(t *testing.T) {
	seed := *proofSeed
	if seed == 0 {
		seed = rand.Uint64() >> 1
	}
	began := time.Now()
	blocks := (definitiontest.Cases(*proofCases) + casesOfABlock - 1) / casesOfABlock
	t.Logf("%d cases from seed %d", blocks*casesOfABlock, seed)
	tally := prove(t, seed, blocks)
	t.Logf("%d cases in %s:\n%s", tally["cases"], time.Since(began).Round(time.Millisecond), tally)
	if !t.Failed() && tally["cases"] >= enoughCases {
		tally.holdEnough(t)
	}
}

// prove runs blocks on all cores until one fails.
func prove(t *testing.T, seed uint64, blocks int) tally {
	total := tally{}
	var lock sync.Mutex
	var group sync.WaitGroup
	var next atomic.Int64
	for range runtime.GOMAXPROCS(0) {
		group.Go(func() {
			for i := next.Add(1) - 1; i < int64(blocks) && !t.Failed(); i = next.Add(1) - 1 {
				b := newProofBlock(t, seed+uint64(i))
				b.run()
				lock.Lock()
				for what, n := range b.tally {
					total[what] += n
				}
				lock.Unlock()
			}
		})
	}
	group.Wait()
	return total
}

// tally counts what the cases came to, so that one sees that they reach every branch.
type tally map[string]int

func (t tally) String() string {
	var b strings.Builder
	for _, what := range slices.Sorted(maps.Keys(t)) {
		fmt.Fprintf(&b, "  %9d  %s\n", t[what], what)
	}
	return b.String()
}

// often are what has to come up in so many of a thousand cases; the rest has to come up at all.
var often = map[string]int{
	"accepted": 150, "refused by itself": 50, "refused by the Nexus": 150, "accepted, with a word": 50,
	"leaf: stricter": 50, "leaf: same": 20, "leaf: looser": 20, "leaf: contrary": 20, "leaf: undecided": 4,
	"verdict: done, and done with the team": 20, "verdict: done, and not with the team": 10, "verdict: not-done": 100, "verdict: awaiting": 20,
	"overtaken": 50,
}

func (t tally) holdEnough(test *testing.T) {
	for what, n := range often {
		if want := n * t["cases"] / 1000; t[what] < want {
			test.Errorf("%q came up %d times in %d cases, want %d: too few to hold anything", what, t[what], t["cases"], want)
		}
	}
	rest := []string{
		"own: stricter", "own: same", "nothing: same", "unprovable: looser", "misplaced: looser", "together: contrary",
		"why: same", "fix: same", "verdict: done under an exception",
	}
	for _, field := range []string{"level", "requiredFrom", "fresh", "within", "from.trust"} {
		for _, how := range []string{stricter, same, looser} {
			rest = append(rest, field+": "+how)
		}
	}
	for _, what := range definitiontest.Spoilings() {
		rest = append(rest, "spoiled by "+what)
	}
	for _, what := range rest {
		if want := t["cases"] / enoughCases; t[what] < want {
			test.Errorf("%q came up %d times in %d cases, want %d", what, t[what], t["cases"], want)
		}
	}
}

// proofBlock makes its cases of one seed and few numbers, words and expressions.
type proofBlock struct {
	t       *testing.T
	seed    uint64
	choices definitiontest.Choices
	oracle  *oracle
	tally   tally
	nexus   definitiontest.Layer
	team    definitiontest.Layer
}

func newProofBlock(t *testing.T, seed uint64) *proofBlock {
	choices := definitiontest.Few(rand.New(rand.NewPCG(seed, 3)))
	return &proofBlock{t: t, seed: seed, choices: choices, oracle: newOracle(choices), tally: tally{}}
}

func (b *proofBlock) run() {
	for range casesOfABlock / teamsOfANexus {
		d := b.loadNexus()
		if b.t.Failed() {
			return
		}
		cart, _ := d.Component("cart")
		for range teamsOfANexus {
			b.team = b.choices.Team(b.nexus)
			b.tally["cases"]++
			b.hold(d, cart)
			if b.t.Failed() {
				return
			}
		}
	}
}

// loadNexus makes a sound layer of the Nexus, and holds its leaves against CUE (d).
func (b *proofBlock) loadNexus() *definition.Definition {
	for {
		b.nexus = b.choices.Nexus(b.soundLeaf)
		d, err := definition.Load(definition.File{Name: "nexus.cue", Source: []byte(b.nexus.Source)})
		if err != nil {
			b.tally["the Nexus's layer is a fault"]++
			if !strings.Contains(err.Error(), "nothing is") {
				b.fail("the layer of the Nexus is a fault: %v", err)
				return nil
			}
			continue
		}
		b.tally["layers of the Nexus"]++
		for _, c := range b.nexus.Criteria {
			for i, leaf := range c.Must {
				b.agrees(leaf.Constraint, leafAt(d, c.ID, i), 20)
			}
		}
		return d
	}
}

// soundLeaf is a leaf that some fact of the grid meets, its integral numbers written as integers: what
// CUE computes of others is CUE's to say.
func (b *proofBlock) soundLeaf() definitiontest.Constraint {
	for {
		if c := normalized(b.choices.Leaf()); !b.oracle.of(c).empty() {
			return c
		}
	}
}

func normalized(c definitiontest.Constraint) definitiontest.Constraint {
	if c.Op == "" {
		return definitiontest.Constraint{Atom: definitiontest.Normal(c.Atom)}
	}
	n := definitiontest.Constraint{Op: c.Op}
	for _, arg := range c.Args {
		n.Args = append(n.Args, normalized(arg))
	}
	return n
}

// agrees holds a compiled leaf against CUE (d): on the whole grid by way of its atoms, and on some facts
// as it is written.
func (b *proofBlock) agrees(c definitiontest.Constraint, leaf *definition.Leaf, asWritten int) {
	want := b.oracle.of(c)
	for i, fact := range b.oracle.decoded {
		if got := leaf.Admits(fact); got != want.has(i) {
			b.fail("%s admits %s: %v, and CUE says %v", leaf, b.oracle.facts[i], got, want.has(i))
		}
	}
	v := b.oracle.compile(c)
	for range asWritten {
		i := b.choices.IntN(len(b.oracle.facts))
		if got := b.oracle.admits(v, i); got != want.has(i) {
			b.fail("CUE says that %s admits %s: %v, and of its atoms %v", c, b.oracle.facts[i], got, want.has(i))
		}
	}
	b.tally["leaves held against CUE"]++
}

// hold is one case.
func (b *proofBlock) hold(d *definition.Definition, cart definition.Component) {
	file := definition.File{Name: "done.cue", Source: []byte(b.team.Source)}
	expected := b.expected(b.nexus, b.team, d)
	if b.team.Spoiled != "" {
		b.tally["spoiled by "+b.team.Spoiled]++
	}
	refused, warnings := d.Vet(map[string]definition.File{"cart": file}, morning)
	t, err := definition.LoadTightening(file)
	if err != nil {
		b.tally["refused by itself"]++
		if len(refused) == 0 || b.team.Spoiled == "" && !b.contradictsItself() {
			b.fail("it is refused by itself, and is sound: %v", err)
		}
		return
	}
	rules, _, err := d.Rules(cart, t, definition.New)
	b.holdTold(expected, refused, warnings)
	b.holdOvertaken(d, cart, t)
	if err != nil || len(refused) > 0 {
		b.tally["refused by the Nexus"]++
		if err == nil || len(refused) == 0 || slices.ContainsFunc(rules, func(r definition.Rule) bool { return r.Team != nil }) {
			b.fail("a refused file leaves more in force than the Nexus's rules: %v", rules)
		}
		return
	}
	b.tally["accepted"]++
	if b.team.Spoiled != "" {
		b.fail("it is accepted with %s", b.team.Spoiled)
	}
	b.judge(d, cart, rules, false)
}

// contradictsItself says whether the team's leaves may leave nothing, without the Nexus's.
func (b *proofBlock) contradictsItself() bool {
	for _, c := range b.team.Criteria {
		for i := range c.Must {
			if b.together(&definitiontest.Criterion{}, c, i) != "" {
				return true
			}
		}
	}
	return false
}

// holdOvertaken holds a file as one that was accepted before a later Nexus overtook it: its leaves agree
// with CUE (d), and it lets nothing through either (a).
func (b *proofBlock) holdOvertaken(d *definition.Definition, cart definition.Component, t *definition.Tightening) {
	rules, _, err := d.Rules(cart, t, definition.Accepted)
	if err != nil {
		return
	}
	b.tally["overtaken"]++
	written := map[definitiontest.Place]definitiontest.Constraint{}
	for _, c := range b.team.Criteria {
		for _, leaf := range c.Must {
			written[leaf.Place] = leaf.Constraint
		}
	}
	for _, r := range rules {
		if r.Team == nil {
			continue
		}
		for i := range r.Team.Must {
			leaf := &r.Team.Must[i]
			if c, ours := written[definitiontest.Place{Line: leaf.Pos.Line, Column: leaf.Pos.Column}]; ours && leaf.Layer == definition.TeamLayer {
				b.agrees(c, leaf, 2)
			}
		}
	}
	b.judge(d, cart, rules, true)
}

func (b *proofBlock) fail(format string, args ...any) {
	b.t.Helper()
	b.t.Errorf("%s\n-- nexus.cue --\n%s-- done.cue --\n%sreplay with: go test ./gate -run TestATeamsLayerOnlyTightens -cases %d -seed %d",
		fmt.Sprintf(format, args...), b.nexus.Source, b.team.Source, casesOfABlock, b.seed)
}

// outcomes in the order in which they get worse.
var outcomes = []gate.Outcome{gate.Done, gate.Awaiting, gate.NotDone}
