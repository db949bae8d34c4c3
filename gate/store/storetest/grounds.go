package storetest

import (
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/store"
)

func grounds(t *testing.T, d Database) {
	clauses(t, d, map[string]func(*desk){
		"versions are listed newest first, each Nexus's by itself":    versionsNewestFirst,
		"what a verdict rests on is found with its evidence":          groundFound,
		"evidence that many verdicts rest on is kept once":            evidenceOnce,
		"evidence of a step that was taken back is written again":     evidenceAgain,
		"grounds are visited in recorded order with their evidence":   groundsInOrder,
		"grounds are visited since a moment":                          groundsSince,
		"an error of the visitor ends the visit of grounds":           groundsEnd,
		"evidence that nobody kept is said to be missing":             evidenceMissing,
		"verdicts from before there were grounds are counted":         groundsCounted,
		"a store opened to be read reads beside another that writes":  readBeside,
		"a store opened to be read writes nothing and says so":        readOnly,
		"a store that is not there is not made when it is to be read": readNothing,
	})
}

// piece is some evidence with a fact of its own.
func piece(n int) gate.Evidence {
	return gate.Evidence{
		Object: fmt.Sprint("check/", n), Kind: "check", Name: "lint", Producer: gate.Producer{App: "linty"}, Trust: definition.Webhook,
		Run: gate.Run{ID: int64(n), Created: noon}, Status: gate.Completed, Observed: noon.Add(time.Duration(n) * time.Second),
		Facts: gate.Facts{"conclusion": "success", "lines": json.Number(fmt.Sprint(n))}, Delivery: "d",
	}
}

// based is the ground of a verdict on a component that rests on some evidence.
func based(v gate.Verdict, pieces ...gate.Evidence) gate.Ground {
	g := gate.Ground{
		Verdict: v.ID, Nexus: v.Nexus, Subject: v.Subject, Commit: v.Commit, Definition: v.Definition, Outcome: v.Outcome, At: v.At,
		Said:     []gate.Said{{Criterion: "coverage", Component: v.Subject.ID, Team: "cart", State: gate.Unmet, Level: definition.Required}},
		Evidence: map[string]gate.Evidence{},
	}
	part := gate.GroundPart{Component: v.Subject.ID, Team: "cart", On: []definition.On{definition.OnCommit}, Since: noon}
	for i, e := range pieces {
		ref := e.Ref()
		g.Evidence[ref] = e
		if i == 0 {
			part.Scopes = []gate.GroundScope{{Paths: []string{"api/**"}, Carried: true, Refs: []string{ref}, Since: noon}, {Paths: []string{"docs"}, Dropped: true}}
			continue
		}
		part.Refs = append(part.Refs, ref)
	}
	g.Parts = []gate.GroundPart{part}
	return g
}

// judged is a step with a verdict and its ground.
func judged(id string, at time.Time, pieces ...gate.Evidence) gate.Step {
	v := verdict(id, "web")
	v.At = at
	return gate.Step{Verdicts: []gate.Verdict{v}, Grounds: []gate.Ground{based(v, pieces...)}}
}

func versionsNewestFirst(k *desk) {
	first := gate.Version{Nexus: "storefront", Digest: "sha256:1", File: "nexus.cue", At: noon, Note: "given to the service as a file"}
	second := gate.Version{
		Nexus: "storefront", Component: "web", Digest: "sha256:2", File: ".nexus/done.cue", Commit: "9c1f", Change: "acme/web#3",
		Author: "ana", Approvers: []string{"kim", "li"}, At: noon.Add(time.Hour),
	}
	third := gate.Version{Nexus: "storefront", Component: "web", File: ".nexus/done.cue", At: noon.Add(2 * time.Hour)}
	other := gate.Version{Nexus: "backoffice", Digest: "sha256:1", File: "other.cue", At: noon}
	k.step(gate.Step{Versions: []gate.Version{first}})
	k.step(gate.Step{Versions: []gate.Version{other, second, third}})
	same(k, must1(k.Versions(k.Context(), "storefront"))(k), []gate.Version{third, second, first})
	same(k, must1(k.Versions(k.Context(), "backoffice"))(k), []gate.Version{other})
	same(k, len(must1(k.Versions(k.Context(), "nothing"))(k)), 0)
}

func groundFound(k *desk) {
	step := judged("v1", noon, piece(1), piece(2), piece(3))
	step.Grounds[0].Parts[0].Held = step.Verdicts[0].Findings
	k.step(step)
	same(k, must1(k.Ground(k.Context(), "v1"))(k), step.Grounds[0])
	_, err := k.Ground(k.Context(), "v2")
	k.missing("the ground of no verdict", err)
	k.reopen()
	same(k, must1(k.Ground(k.Context(), "v1"))(k), step.Grounds[0])
}

func evidenceOnce(k *desk) {
	k.step(judged("v1", noon, piece(1), piece(2)))
	k.step(judged("v2", noon, piece(1), piece(2), piece(3)))
	k.reopen() // it remembers nothing of what it wrote
	step := judged("v3", noon, piece(1), piece(2), piece(3))
	k.step(step)
	same(k, must1(k.Ground(k.Context(), "v3"))(k), step.Grounds[0])
}

func evidenceAgain(k *desk) {
	good := k.next(judged("v1", noon, piece(1), piece(2)))
	bad := gate.Step{Seq: good.Seq + 1, Now: noon, Delivery: "nobody", Result: gate.Applied}
	if err := k.Record(k.Context(), []gate.Step{good, bad}); err == nil {
		k.Fatal("a step of a delivery that is not there was recorded")
	}
	_, err := k.Ground(k.Context(), "v1")
	k.missing("the ground", err)
	k.must(k.Record(k.Context(), []gate.Step{good}))
	same(k, must1(k.Ground(k.Context(), "v1"))(k), good.Grounds[0])
}

// visited are the grounds of a Nexus, each with its evidence filled in as the visitor is given it.
func (k *desk) visited(nexus string, since time.Time) (all []gate.Ground) {
	k.Helper()
	k.must(k.Grounds(k.Context(), nexus, since, func(g gate.Ground, evidence func(string) (*gate.Evidence, error)) error {
		g.Evidence = map[string]gate.Evidence{}
		for ref := range g.Refs() {
			e, err := evidence(ref)
			if err != nil {
				return err
			}
			g.Evidence[ref] = *e
		}
		all = append(all, g)
		return nil
	}))
	return all
}

// groundsInOrder has more grounds than are read at once, several of a step, among those of another Nexus.
func groundsInOrder(k *desk) {
	var want, others []gate.Ground
	var steps []gate.Step
	for n := range 700 {
		step := judged(fmt.Sprintf("v%d", (n*3)%700), k.at(time.Duration(n)*time.Second), piece(0), piece(n))
		if n%3 == 0 {
			more := judged(fmt.Sprintf("w%d", n), k.now(), piece(n), piece(n/2))
			step.Grounds, step.Verdicts = append(step.Grounds, more.Grounds...), append(step.Verdicts, more.Verdicts...)
		}
		want = append(want, step.Grounds...)
		other := based(verdict(fmt.Sprint("other", n), "desk"), piece(n), piece(-n))
		other.Nexus = "backoffice"
		others = append(others, other)
		step.Grounds = append(step.Grounds, other)
		steps = append(steps, k.next(step))
	}
	k.must(k.Record(k.Context(), steps))
	same(k, k.visited("storefront", time.Time{}), want)
	same(k, k.visited("backoffice", time.Time{}), others)
	same(k, len(k.visited("nothing", time.Time{})), 0)
}

func groundsSince(k *desk) {
	var want []gate.Ground
	for n := range 10 {
		step := judged(fmt.Sprint("v", n), k.at(time.Duration(n)*time.Second), piece(0), piece(n/4))
		k.step(step)
		if n >= 6 {
			want = append(want, step.Grounds...)
		}
	}
	same(k, k.visited("storefront", noon.Add(6*time.Second)), want)
	kept, without, err := k.CountGrounds(k.Context(), "storefront", noon.Add(6*time.Second))
	k.must(err)
	same(k, kept, 4)
	same(k, without, 0)
}

func groundsEnd(k *desk) {
	var steps []gate.Step
	for n := range 1500 {
		steps = append(steps, k.next(judged(fmt.Sprint("v", n), noon, piece(n))))
	}
	k.must(k.Record(k.Context(), steps))
	enough, seen := errors.New("enough"), 0
	err := k.Grounds(k.Context(), "storefront", time.Time{}, func(gate.Ground, func(string) (*gate.Evidence, error)) error {
		if seen++; seen == 300 {
			return enough
		}
		return nil
	})
	same(k, seen, 300)
	if !errors.Is(err, enough) {
		k.Errorf("got %v, want the visitor's error", err)
	}
	err = k.Grounds(ended(), "storefront", time.Time{}, func(gate.Ground, func(string) (*gate.Evidence, error)) error {
		k.Error("a visit whose context has ended saw a ground")
		return nil
	})
	if err == nil {
		k.Error("a visit whose context has ended ended well")
	}
}

func evidenceMissing(k *desk) {
	k.step(judged("v1", noon, piece(1)))
	err := k.Grounds(k.Context(), "storefront", time.Time{}, func(_ gate.Ground, evidence func(string) (*gate.Evidence, error)) error {
		_, err := evidence("nothing")
		return err
	})
	k.missing("the evidence", err)
}

func groundsCounted(k *desk) {
	k.step(gate.Step{Verdicts: []gate.Verdict{verdict("old1", "web"), verdict("old2", "web")}})
	proposed := verdict("p", "web")
	proposed.Subject.Kind = gate.OfDefinition
	k.step(gate.Step{Verdicts: []gate.Verdict{proposed}})
	k.step(judged("v1", noon, piece(1)))
	kept, without, err := k.CountGrounds(k.Context(), "storefront", time.Time{})
	k.must(err)
	same(k, kept, 1)
	same(k, without, 2)
}

// toRead opens the desk's database to be read, and closes it when the test ends.
func (k *desk) toRead() *store.Store {
	k.Helper()
	s, err := store.OpenToRead(k.Context(), k.dsn)
	k.must(err)
	k.Cleanup(func() {
		if err := s.Close(); err != nil {
			k.Error(err)
		}
	})
	return s
}

func readBeside(k *desk) {
	k.step(judged("v1", noon, piece(1)))
	reader := k.toRead()
	same(k, must1(reader.Verdict(k.Context(), "v1"))(k).ID, "v1")
	k.step(judged("v2", noon, piece(2)))
	same(k, must1(reader.Ground(k.Context(), "v2"))(k).Verdict, "v2")
	k.must(k.Close())
	k.Store = reader
	same(k, len(k.visited("storefront", time.Time{})), 2)
}

func readOnly(k *desk) {
	k.keep("one")
	reader := k.toRead()
	_, err := reader.Keep(k.Context(), delivery("two"))
	errs := map[string]error{
		"keeping": err, "recording": reader.Record(k.Context(), k.lease, []gate.Step{{Seq: 1, Now: noon}}), "taking": reader.Taken(k.Context(), k.lease, "key", 1, 1),
	}
	for what, err := range errs {
		if !errors.Is(err, store.ErrReadOnly) {
			k.Errorf("%s: got %v, want the store to say that it was opened to be read", what, err)
		}
	}
	k.must(reader.Close())
	same(k, keys(k.pending()), []string{"one"})
}

func readNothing(k *desk) {
	if s, err := store.OpenToRead(k.Context(), k.dsn+"-elsewhere"); err == nil {
		k.must(s.Close())
		k.Error("a store that is not there was opened")
	}
}
