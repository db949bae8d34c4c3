package gate_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/definition/definitiontest"
	"github.com/nexusgate/nexusgate/gate"
)

// tale is a day of deliveries on both forges: pushes, runs, re-runs, jobs, checks, changes, reviews.
func tale() []gate.Delivery {
	at := func(minute int) time.Time { return morning.Add(time.Duration(minute) * time.Minute) }
	events := [][]gate.Event{
		{push(cartRepo, "000", "c1", at(1), "a")},
		{push(cartRepo, "c1", "c2", at(5), "b")},
		{push(cartRepo, "c2", "c3", at(9), "a")},
		{push(payRepo, "000", "p1", at(2), "a")},
		{push(payRepo, "p1", "p2", at(2), "a")},
		{push(webRepo, "000", "w1", at(3), "a")},
		{push(webRepo, "w1", "w2", at(6), "a")},
		{push(webRepo, "w2", "w3", at(7), "a")},
		{run(cartRepo, "c3", "push", 1, 1, at(10), "")},
		{run(cartRepo, "c3", "push", 1, 1, at(11), "failure")},
		{run(cartRepo, "c3", "push", 1, 2, at(12), "")},
		{run(cartRepo, "c3", "push", 1, 2, at(13), "success")},
		{run(payRepo, "p2", "push", 2, 1, at(4), "success")},
		{run(payRepo, "p2", "schedule", 3, 1, at(5), "success")},
		pipeline(webRepo, "w3", "push", 31, at(8), map[string]string{"build": "success", "test": "failure"}),
		{labJob(webRepo, "w3", "test", 31, 3199, at(9), "")},
		{labJob(webRepo, "w3", "test", 31, 3199, at(10), "success")},
		{seen(cartRepo, 17, "aaa", at(2))},
		{seen(cartRepo, 17, "bbb", at(6))},
		{gate.ChangeRead{Repo: cartRepo, Number: 17, Head: "bbb", Paths: []string{"a"}, Complete: true}},
		{job(cartRepo, "bbb", "lint", 7, 70, at(7), "success")},
		{check(cartRepo, "bbb", gate.GitHubActions, "lint", 70, at(7), "success")},
		{run(cartRepo, "bbb", "pull_request", 7, 1, at(8), "success")},
		{gate.FileRead{Repo: cartRepo, Commit: "c3", Path: ".nexus/done.cue", Absent: true}},
		{gate.FileRead{Repo: payRepo, Commit: "p2", Path: ".nexus/done.cue", Absent: true}},
		{gate.FileRead{Repo: webRepo, Commit: "w3", Path: ".nexus/done.cue", Absent: true}},
	}
	taleEvents = events
	return asDeliveries(events, at(20))
}

// taleEvents are the events of tale, by position.
var taleEvents [][]gate.Event

// outcome is what must not depend on order: the head composition and what is said of it and of the changes.
type told struct {
	Composition gate.Composition
	Components  map[string]gate.Outcome
	Findings    map[string][]gate.Finding
	Head        gate.Outcome
}

func fold(t *testing.T, order []int, deliveries []gate.Delivery, restarts *rand.Rand) told {
	t.Helper()
	end := morning.Add(21 * time.Minute)
	l := foldAll(t, gate.NexusGiven{File: "nexus.cue", Source: storefront}, order, deliveries, taleEvents, end, restarts)
	return summary(t, l, end)
}

// foldAll folds a story in an order, with a restart now and then.
func foldAll(t *testing.T, given gate.NexusGiven, order []int, deliveries []gate.Delivery, events [][]gate.Event, end time.Time, restarts *rand.Rand) *gate.Ledger {
	t.Helper()
	l := gate.NewLedger()
	docs := map[string]gate.Doc{}
	last := keepDocs(docs, l.Apply(gate.Delivery{ID: "000000", Source: gate.FromUs, Received: morning}, []gate.Event{given}, end))
	for _, i := range order {
		if restarts != nil && restarts.IntN(60) == 0 {
			l = restored(t, docs, last)
		}
		last = keepDocs(docs, l.Apply(deliveries[i], events[i], end))
	}
	return l
}

// asDeliveries gives each entry of a story a delivery.
func asDeliveries(events [][]gate.Event, received time.Time) []gate.Delivery {
	deliveries := make([]gate.Delivery, len(events))
	for i := range events {
		deliveries[i] = gate.Delivery{ID: fmt.Sprintf("%06d", i+1), Source: gate.FromGitHub, Trust: definition.Webhook, Received: received}
	}
	return deliveries
}

func keepDocs(docs map[string]gate.Doc, step gate.Step) gate.Step {
	for _, d := range step.Docs {
		docs[d.Key] = d
		if d.Body == nil {
			delete(docs, d.Key)
		}
	}
	return step
}

func restored(t testing.TB, docs map[string]gate.Doc, last gate.Step) *gate.Ledger {
	t.Helper()
	l := gate.NewLedger()
	for _, d := range docs {
		if err := l.Restore(d); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.Begin(last.Seq, last.Now); err != nil {
		t.Fatal(err)
	}
	return l
}

func summary(t *testing.T, l *gate.Ledger, now time.Time) told {
	t.Helper()
	s, ok := l.Standing("storefront", now)
	if !ok {
		t.Fatal("there is no such Nexus")
	}
	sum := told{Composition: s.Head.Composition, Components: map[string]gate.Outcome{}, Findings: map[string][]gate.Finding{}, Head: s.Head.Outcome}
	for _, c := range s.Components {
		sum.Components[c.Name], sum.Findings[c.Name] = c.Says.Outcome, c.Says.Findings
	}
	for _, c := range s.Changes {
		sum.Findings[c.Subject.Name] = c.Says.Findings
	}
	return sum
}

func TestAnyOrderAndAnyDuplicationFoldToTheSameVerdicts(t *testing.T) {
	deliveries := tale()
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 1))
	straight := make([]int, len(deliveries))
	for i := range straight {
		straight[i] = i
	}
	want := fold(t, straight, deliveries, nil)
	if want.Head != gate.Done {
		t.Fatalf("the tale ends %q, want done: %+v", want.Head, want)
	}
	for range definitiontest.Cases(300) {
		order := append([]int{}, straight...)
		for range 5 {
			order = append(order, random.IntN(len(deliveries)))
		}
		random.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		if diff := cmp.Diff(want, fold(t, order, deliveries, random)); diff != "" {
			t.Fatalf("seed %d, order %v (-in order +shuffled):\n%s", seed, order, diff)
		}
	}
}

func TestRefoldingIsTheIdentity(t *testing.T) {
	deliveries := tale()
	l := gate.NewLedger()
	end := morning.Add(21 * time.Minute)
	docs := map[string]gate.Doc{}
	last := keepDocs(docs, l.Apply(gate.Delivery{ID: "000000"}, []gate.Event{gate.NexusGiven{File: "nexus.cue", Source: storefront}}, end))
	for i, d := range deliveries {
		last = keepDocs(docs, l.Apply(d, taleEvents[i], end))
	}
	before := summary(t, l, end)
	for i, d := range deliveries {
		if step := l.Apply(d, taleEvents[i], end); len(step.Verdicts)+len(step.Owed) > 0 {
			t.Errorf("delivery %d, folded again, says %d verdicts and owes %d reports; want none", i, len(step.Verdicts), len(step.Owed))
		}
	}
	if diff := cmp.Diff(before, summary(t, l, end)); diff != "" {
		t.Errorf("after refolding (-before +after):\n%s", diff)
	}
	again := restored(t, docs, last)
	if step, empty := again.Wake(end); !empty && len(step.Verdicts)+len(step.Owed) > 0 {
		t.Errorf("after a restart %d verdicts and %d reports come anew; want none", len(step.Verdicts), len(step.Owed))
	}
	if diff := cmp.Diff(before, summary(t, again, end)); diff != "" {
		t.Errorf("after a restart (-before +after):\n%s", diff)
	}
}

func TestAddingACriterionNeverTurnsNotDoneIntoDone(t *testing.T) {
	seed := rand.Uint64()
	random := rand.New(rand.NewPCG(seed, 2))
	d := rules(t)
	for range 1000 {
		k := randomCase(d, random)
		before := gate.Judge(k, morning)
		more := k
		more.Parts = append([]gate.Part{}, k.Parts...)
		more.Parts[0].Rules = append(append([]definition.Rule{}, k.Parts[0].Rules...), randomRule(d, random))
		after := gate.Judge(more, morning)
		// A definition that requires nothing is not done for that very reason, and the new criterion mends it.
		if requires(k) && rank(after.Outcome) < rank(before.Outcome) {
			t.Fatalf("seed %d: %q became %q with one criterion more\n%s", seed, before.Outcome, after.Outcome, findings(after))
		}
	}
}

func requires(k gate.Case) bool {
	for _, r := range k.Parts[0].Rules {
		if r.Nexus.Level == definition.Required {
			return true
		}
	}
	return false
}

func rank(o gate.Outcome) int {
	return map[gate.Outcome]int{gate.Done: 0, gate.Awaiting: 1, gate.NotDone: 2}[o]
}

func randomCase(d *definition.Definition, random *rand.Rand) gate.Case {
	part := gate.Part{Component: "cart-api", Team: "cart", Since: morning.Add(-time.Duration(random.IntN(3)) * time.Hour)}
	for range random.IntN(4) {
		part.Rules = append(part.Rules, randomRule(d, random))
	}
	for i := range random.IntN(6) {
		e := gate.Evidence{
			Object: fmt.Sprint(i), Kind: pick(random, "pipeline", "junit"), Name: pick(random, "ci", "unit"), Trust: definition.Webhook,
			Status: pick(random, gate.Completed, gate.Running), Observed: morning.Add(-time.Duration(random.IntN(48)) * time.Hour),
			Facts: gate.Facts{"conclusion": pick(random, "success", "failure"), "failed": random.IntN(2), "tests": random.IntN(3)},
		}
		part.Evidence = append(part.Evidence, e)
	}
	return gate.Case{Floor: definition.Token, Parts: []gate.Part{part}}
}

func pick[T any](random *rand.Rand, options ...T) T { return options[random.IntN(len(options))] }

// randomRule takes one of a few real criteria, required or advisory.
func randomRule(d *definition.Definition, random *rand.Rand) definition.Rule {
	c := d.Criteria[random.IntN(len(d.Criteria))]
	c.Level = pick(random, definition.Required, definition.Required, definition.Advisory)
	return definition.Rule{Nexus: &c}
}

func rules(t *testing.T) *definition.Definition {
	t.Helper()
	d, err := definition.Load(definition.File{Name: "nexus.cue", Source: []byte(storefront + `
done: {
	unit: {why: "No test fails", on: "commit", evidence: "junit", must: failed: 0, within: "1h"}
	any: {why: "Everything is green", on: "commit", evidence: "pipeline", must: conclusion: "success", fresh: "24h"}
	some: {why: "There are tests", on: "commit", evidence: "junit", name: "u*", must: tests: >0}
}`)})
	if err != nil {
		t.Fatal(err)
	}
	return d
}
