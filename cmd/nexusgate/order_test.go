package main_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	diff "github.com/google/go-cmp/cmp"

	nexusgate "github.com/nexusgate/nexusgate/cmd/nexusgate"
	"github.com/nexusgate/nexusgate/definition/definitiontest"
	"github.com/nexusgate/nexusgate/gate"
)

var (
	orderCases = flag.Int("cases", 1000, "how many orders of the demo's deliveries are folded")
	orderSeed  = flag.Uint64("seed", 0, "what the first of them is made of, the next by one more; 0: of chance")
)

// TestADisorderedLogFoldsToTheSameVerdicts holds DESIGN's third decision against the demo: its deliveries, in
// any order and however often they come, with restarts and reads at any moment, make the same heads,
// evidence and verdicts. Numbers of Increments and what was the head in between are history, and not
// compared; nor are the pushes that a branch keeps, but for the head that they make.
func TestADisorderedLogFoldsToTheSameVerdicts(t *testing.T) {
	cases, seed := int64(definitiontest.Cases(*orderCases)), *orderSeed
	if seed == 0 {
		seed = rand.Uint64() >> 1
	}
	defer debug.SetGCPercent(debug.SetGCPercent(400)) // little is kept of what a fold makes
	c := nexusgate.NewChronicle(t)
	want := straight(c).fold(c)
	if want.fault != "" {
		t.Fatal(want.fault)
	}
	began := time.Now()
	var next, steps atomic.Int64
	var group sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		group.Go(func() {
			for i := next.Add(1) - 1; i < cases && !t.Failed(); i = next.Add(1) - 1 {
				o := shuffled(c, seed+uint64(i))
				steps.Add(int64(len(o.moves)))
				if got := o.fold(c); got != want {
					t.Error(o.differs(c, seed+uint64(i), want))
				}
			}
		})
	}
	group.Wait()
	took := time.Since(began)
	t.Logf("%d orders of %d deliveries from seed %d in %s: %.0f orders and %.0f steps a second", cases, len(c.Deliveries),
		seed, took.Round(time.Millisecond), float64(cases)/took.Seconds(), float64(steps.Load())/took.Seconds())
}

// order is one way in which the deliveries may come.
type order struct{ moves []move }

// move is what happens next.
type move struct {
	delivery int    // of the chronicle; -1: none
	as       string // the id that it comes under
	restart  bool   // before it
	reads    int    // how many of the wants are answered after it
}

func straight(c *nexusgate.Chronicle) order {
	var o order
	for i, d := range c.Deliveries {
		o.moves = append(o.moves, move{delivery: i, as: d.ID})
	}
	return o
}

// shuffled is a random order: each delivery at least once, some again under new ids, with restarts and
// reads now and then.
func shuffled(c *nexusgate.Chronicle, seed uint64) order {
	random := rand.New(rand.NewPCG(seed, 1))
	o := straight(c)
	for i := range random.IntN(20) {
		again := random.IntN(len(c.Deliveries))
		o.moves = append(o.moves, move{delivery: again, as: fmt.Sprintf("%s-%d", c.Deliveries[again].ID, i)})
	}
	random.Shuffle(len(o.moves), func(i, j int) { o.moves[i], o.moves[j] = o.moves[j], o.moves[i] })
	for i := range o.moves {
		o.moves[i].restart = random.IntN(400) == 0
		if random.IntN(40) == 0 {
			o.moves[i].reads = 1 + random.IntN(5)
		}
	}
	return o
}

// saying is what must be the same whatever the order.
type saying struct{ text, fault string }

func (s saying) lines() []string {
	var text bytes.Buffer
	if err := json.Indent(&text, []byte(s.text), "", " "); err != nil {
		return []string{s.text}
	}
	return strings.Split(text.String(), "\n")
}

// telling is one Nexus being told.
type telling struct {
	fault  string
	now    time.Time
	c      *nexusgate.Chronicle
	ledger *gate.Ledger
	docs   map[string]gate.Doc
	last   gate.Step
	asked  map[string]int
	bases  map[string]string // what each change was last told to be onto
	groups map[string]gate.Verdict
	reads  int
}

func (o order) fold(c *nexusgate.Chronicle) saying {
	h := &telling{now: c.End.Add(2 * time.Minute), c: c, ledger: gate.NewLedger(), docs: map[string]gate.Doc{}, asked: map[string]int{}, bases: map[string]string{}, groups: map[string]gate.Verdict{}}
	h.tell(c.Given, c.Given.ID)
	for _, m := range o.moves {
		if m.restart {
			h.restart()
		}
		h.tell(c.Deliveries[m.delivery], m.as)
		h.read(m.reads)
	}
	h.settle()
	h.now = c.End.Add(time.Hour) // what is not worked out anew on each turn has been by then
	h.settle()
	return h.sum()
}

// settle lets time do what it does, and has all read that is wanted.
func (h *telling) settle() {
	for range 100 {
		if h.wake(); h.read(1000) == 0 {
			break
		}
	}
	if left := h.ledger.Wants(); len(left) > 0 {
		h.fail(fmt.Errorf("with all told there is still something to be read: %v", left))
	}
}

func (h *telling) fail(err error) { h.fault = cmp.Or(h.fault, err.Error()) }

func (h *telling) tell(d nexusgate.Told, as string) {
	if d.ID != as {
		d = d.As(as)
	}
	for _, e := range d.Events {
		if change, is := e.(gate.ChangeSeen); is {
			h.retarget(change)
		}
	}
	h.note(h.ledger.Apply(d.Delivery, d.Events, h.now))
}

// retarget has what a change touches be asked for again where it is onto another branch than it was last told to be.
func (h *telling) retarget(c gate.ChangeSeen) {
	w := gate.Want{Kind: gate.WantChange, Repo: c.Repo, Number: c.Number, Commit: c.Head}
	if h.bases[w.Key()] != c.Base {
		h.bases[w.Key()] = c.Base
		delete(h.asked, w.Key())
	}
}

func (h *telling) wake() {
	if step, empty := h.ledger.Wake(h.now); !empty {
		h.note(step)
	}
}

func (h *telling) note(step gate.Step) {
	for _, d := range step.Docs {
		h.docs[d.Key] = d
		if d.Body == nil {
			delete(h.docs, d.Key)
		}
	}
	for _, v := range step.Verdicts {
		if v.Subject.Kind == gate.OfGroup {
			h.groups[v.Subject.Key()] = v
		}
	}
	h.last = step
}

func (h *telling) restart() {
	h.ledger = gate.NewLedger()
	for _, d := range h.docs {
		if err := h.ledger.Restore(d); err != nil {
			h.fail(err)
		}
	}
	if err := h.ledger.Begin(h.last.Seq, h.last.Now); err != nil {
		h.fail(err)
	}
	h.wake()
}

// read answers some of what is wanted, once each: what stays wanted after its answer is a fault.
func (h *telling) read(most int) (answered int) {
	if most == 0 {
		return 0
	}
	for _, w := range h.ledger.Wants() {
		if answered >= most {
			break
		}
		e, err := h.c.Read(w)
		if err != nil {
			continue // the change has moved on, and that is still to be told
		}
		if h.asked[w.Key()]++; h.asked[w.Key()] > 1 {
			h.fail(fmt.Errorf("%s is asked for again", w.Key()))
			continue
		}
		answered++
		h.reads++
		d, err := gate.Own(fmt.Sprintf("9%05d", h.reads), e, h.now)
		if err != nil {
			h.fail(err)
		}
		h.note(h.ledger.Apply(d, []gate.Event{e}, h.now))
	}
	return answered
}

// sum is how all stands at the end. A verdict that says the same again is not made again, so the deliveries
// that it names are those by which it was first so; and of the Increments only the composition counts.
func (h *telling) sum() saying {
	s, ok := h.ledger.Standing("storefront", h.now)
	if !ok {
		h.fail(errors.New("there is no such Nexus"))
	}
	s.Head, s.LastDone, s.Landings, s.Sprint.Done = gate.Increment{Composition: s.Head.Composition, Outcome: s.Head.Outcome}, gate.Increment{}, nil, 0
	s.Integration = gate.IntegrationStanding{} // what is run next is decided once, in recorded order
	s.HeadSays = timeless(s.HeadSays)
	for i := range s.Components {
		s.Components[i].Says = timeless(s.Components[i].Says)
	}
	for i := range s.Changes {
		s.Changes[i].Says = timeless(s.Changes[i].Says)
	}
	for i := range s.Proposals {
		s.Proposals[i].Says = timeless(s.Proposals[i].Says)
	}
	for key, v := range h.groups {
		if h.groups[key] = timeless(v); h.c.Ended[v.Commit] {
			delete(h.groups, key) // it was judged for as long as it was not told to have ended
		}
	}
	text, err := json.Marshal(struct {
		gate.Standing
		Groups map[string]gate.Verdict
		State  map[string]map[string]json.RawMessage
	}{s, h.groups, h.state()})
	if err != nil {
		h.fail(err)
	}
	return saying{string(text), h.fault}
}

// remembered is what must be the same of each kind of document. What else is there follows from what was read
// meanwhile, from how often a push was told, or from when something was first so.
var remembered = map[string][]string{
	"commit":     {"objects"},
	"change":     {"last", "heads", "reviews", "signs", "author"},
	"group":      {"last", "first"},
	"repository": {"repo", "gone", "inactive", "archived"},
	"component":  {"repo", "commit", "since", "file", "gone", "trouble"},
	"definition": {"file", "source", "settled", "home", "origin"},
}

func (h *telling) state() map[string]map[string]json.RawMessage {
	state := map[string]map[string]json.RawMessage{}
	for key, doc := range h.docs {
		kind, _, _ := strings.Cut(key, " ")
		var all map[string]json.RawMessage
		if remembered[kind] == nil {
			continue
		}
		if err := json.Unmarshal(doc.Body, &all); err != nil {
			h.fail(err)
		}
		said := map[string]json.RawMessage{}
		for _, field := range remembered[kind] {
			switch {
			case field == "signs":
				said[field] = h.undelivered(all[field])
			case all[field] != nil:
				said[field] = all[field]
			}
		}
		if len(said) > 0 {
			state[key] = said
		}
	}
	return state
}

// undelivered is what people signed without the deliveries that told of it first.
func (h *telling) undelivered(signs json.RawMessage) json.RawMessage {
	var words []map[string]any
	if signs != nil {
		if err := json.Unmarshal(signs, &words); err != nil {
			h.fail(err)
		}
	}
	for _, word := range words {
		delete(word, "delivery")
	}
	text, err := json.Marshal(words)
	if err != nil {
		h.fail(err)
	}
	return text
}

// timeless is a verdict without what is history in it.
func timeless(v gate.Verdict) gate.Verdict {
	v.ID, v.At, v.Definition = "", time.Time{}, ""
	v.Findings = slices.Clone(v.Findings)
	for i := range v.Findings {
		v.Findings[i].Delivery = ""
	}
	if v.Subject.Kind == gate.OfIncrement {
		v.Subject = gate.Subject{Kind: gate.OfIncrement}
	}
	if v.Proposal != nil && v.Proposal.Impact != nil {
		proposal, impact := *v.Proposal, *v.Proposal.Impact
		impact.Increment, impact.Turns = 0, slices.Clone(impact.Turns)
		for i := range impact.Turns {
			if impact.Turns[i].Subject.Kind == gate.OfIncrement {
				impact.Turns[i].Subject = gate.Subject{Kind: gate.OfIncrement}
			}
		}
		proposal.Impact, v.Proposal = &impact, &proposal
	}
	return v
}

// differs shrinks an order that folds otherwise than in order, and tells what is left of its disorder.
func (o order) differs(c *nexusgate.Chronicle, seed uint64, want saying) string {
	o = o.shrunk(c, want)
	got := o.fold(c)
	var text strings.Builder
	fmt.Fprintf(&text, "seed %d folds otherwise; shrunk, this is left of its disorder:\n", seed)
	next := 0
	for _, m := range o.moves {
		d := c.Deliveries[m.delivery]
		if m.delivery != next || m.as != d.ID || m.restart || m.reads > 0 {
			events, err := json.Marshal(d.Events)
			fmt.Fprintf(&text, "  (restart: %v) %s %s, as %s (then %d reads): %s %v\n", m.restart, d.Source, d.Event, m.as, m.reads, events, err)
		}
		next = m.delivery + 1
	}
	fmt.Fprintf(&text, "faults: %q (-in order +as it came):\n", got.fault)
	text.WriteString(diff.Diff(want.lines(), got.lines()))
	return text.String()
}

// mostTries bounds how long an order is shrunk.
const mostTries = 600

// shrunk takes from an order all the disorder without which it still folds otherwise.
func (o order) shrunk(c *nexusgate.Chronicle, want saying) order {
	tries := 0
	try := func(change func(*order)) {
		if tries++; tries > mostTries {
			return
		}
		less := order{slices.Clone(o.moves)}
		if change(&less); less.fold(c) != want {
			o = less
		}
	}
	for _, calm := range []func(*move){
		func(m *move) { m.restart = false },
		func(m *move) { m.reads = 0 },
		func(m *move) { m.restart, m.reads = false, 0 },
	} {
		for size := len(o.moves); size > 0; size /= 2 {
			for at := 0; at < len(o.moves); at += size {
				try(func(less *order) {
					for i := at; i < min(at+size, len(less.moves)); i++ {
						calm(&less.moves[i])
					}
				})
			}
		}
	}
	for i := len(o.moves) - 1; i >= 0; i-- {
		if m := o.moves[i]; m.as != c.Deliveries[m.delivery].ID {
			try(func(less *order) { less.moves = slices.Delete(less.moves, i, i+1) })
		}
	}
	for size := len(o.moves); size > 1; size /= 2 {
		for at := 0; at < len(o.moves); at += size {
			try(func(less *order) { less.calm(at, min(at+size, len(less.moves))) })
		}
	}
	for d := range c.Deliveries {
		try(func(less *order) { less.home(d) })
	}
	return o
}

// calm puts a stretch of an order in order. Restarts and reads stay where they are.
func (o *order) calm(from, to int) {
	told := slices.Clone(o.moves[from:to])
	slices.SortFunc(told, func(a, b move) int { return cmp.Or(a.delivery-b.delivery, strings.Compare(a.as, b.as)) })
	for i := range told {
		o.moves[from+i].delivery, o.moves[from+i].as = told[i].delivery, told[i].as
	}
}

// home puts a delivery behind the one before it.
func (o *order) home(delivery int) {
	at := slices.IndexFunc(o.moves, func(m move) bool { return m.delivery == delivery })
	m := o.moves[at]
	o.moves = slices.Delete(o.moves, at, at+1)
	before := slices.IndexFunc(o.moves, func(m move) bool { return m.delivery == delivery-1 })
	o.moves = slices.Insert(o.moves, before+1, m)
}
