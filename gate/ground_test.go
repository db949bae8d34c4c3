package gate_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
)

// grounds keep what steps tell of definitions and verdicts, and hold each verdict to its ground.
type grounds struct {
	sources  map[string]gate.DefinitionSource
	verdicts map[string]gate.Verdict
	evidence map[string][]byte
	nexuses  map[string]*gate.Nexus
}

// hold has every verdict of a step come out the very same from its ground, once that was written and
// read again, under the Nexus that its digest names.
func (k *grounds) hold(t *testing.T, step gate.Step) {
	t.Helper()
	if k.sources == nil {
		*k = grounds{map[string]gate.DefinitionSource{}, map[string]gate.Verdict{}, map[string][]byte{}, map[string]*gate.Nexus{}}
	}
	for _, d := range step.Definitions {
		k.sources[d.Digest] = d
	}
	grounds := map[string]gate.Ground{}
	for _, g := range step.Grounds {
		grounds[g.Verdict] = k.kept(t, g)
	}
	for place, v := range step.Verdicts {
		k.verdicts[v.ID] = v
		canonical(t, step, place)
		if v.Subject.Kind == gate.OfDefinition {
			continue
		}
		g, ok := grounds[v.ID]
		if !ok {
			t.Fatalf("the verdict on %s has no ground", v.Subject.Name)
		}
		k.holdOne(t, v, g)
		delete(grounds, v.ID)
	}
	for _, g := range grounds {
		t.Errorf("there is a ground of %s, and no verdict", g.Subject.Name)
	}
}

// kept writes a ground as the store does, and reads it again.
func (k *grounds) kept(t *testing.T, g gate.Ground) gate.Ground {
	t.Helper()
	for ref, e := range g.Evidence {
		if e.Ref() != ref {
			t.Errorf("the evidence %s has the reference %s", ref, e.Ref())
		}
		k.evidence[ref] = encoded(t, e)
	}
	read := gate.Ground{Verdict: g.Verdict, Nexus: g.Nexus}
	if err := json.Unmarshal(encoded(t, g), &read); err != nil {
		t.Fatal(err)
	}
	return read
}

// canonical holds that a verdict of a step, which is put together from what was written before, is written as
// it would be anew.
func canonical(t testing.TB, step gate.Step, place int) {
	t.Helper()
	v := step.Verdicts[place]
	text, err := step.Canonical(place)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(encoded(t, v)), string(text)); diff != "" {
		t.Errorf("the verdict on %s is written otherwise than anew (-anew +put together):\n%s", v.Subject.Name, diff)
	}
	if v.Address() != v.ID {
		t.Errorf("the verdict on %s has the id %s, and anew it is %s", v.Subject.Name, v.ID, v.Address())
	}
}

func encoded(t testing.TB, v any) []byte {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func (k *grounds) holdOne(t *testing.T, v gate.Verdict, g gate.Ground) {
	t.Helper()
	n, err := k.nexus(g.Definition)
	if err != nil {
		t.Fatalf("the Nexus of the verdict on %s: %v", v.Subject.Name, err)
	}
	kase, err := gate.CaseOf(g, n, k.find, k.said)
	if err != nil {
		t.Fatalf("the case of the verdict on %s: %v", v.Subject.Name, err)
	}
	if again := gate.Judge(kase, g.At); again.ID != v.ID {
		t.Errorf("the verdict on %s comes out another from its ground (-as it was +again):\n%s", v.Subject.Name, cmp.Diff(v, again))
	}
}

func (k *grounds) nexus(digest string) (*gate.Nexus, error) {
	if n, ok := k.nexuses[digest]; ok {
		return n, nil
	}
	var m gate.Manifest
	if err := json.Unmarshal([]byte(k.sources[digest].Source), &m); err != nil {
		return nil, fmt.Errorf("the manifest %s: %w", digest, err)
	}
	n, err := gate.Rebuild(m, func(digest string) (gate.DefinitionSource, error) {
		d, ok := k.sources[digest]
		if !ok {
			return d, fmt.Errorf("no source was kept with the digest %s", digest)
		}
		return d, nil
	})
	if err == nil {
		k.nexuses[digest] = n
	}
	return n, err
}

func (k *grounds) find(ref string) (*gate.Evidence, error) {
	var e gate.Evidence
	return &e, json.Unmarshal(k.evidence[ref], &e)
}

func (k *grounds) said(verdict string) ([]gate.Finding, error) {
	text, err := json.Marshal(k.verdicts[verdict])
	if err != nil {
		return nil, err
	}
	var v gate.Verdict
	err = json.Unmarshal(text, &v)
	return v.Findings, err
}

// TestEveryVerdictComesOutTheSameFromItsGround tells a day in random orders, under a team's layer that
// comes and a definition that changes in the middle.
func TestEveryVerdictComesOutTheSameFromItsGround(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 3))
	deliveries := tale()
	pathed := strings.Replace(storefront, "done: ci: {", "done: docs: {why: \"Docs build\", on: \"change\", evidence: \"check\", name: \"docs\", from: app: \"linty\", paths: [\"b\"], must: conclusion: \"success\"}\ndone: ci: {\n\tpaths: [\"b*\", \"a\"]", 1)
	turns := []gate.Event{
		gate.NexusGiven{File: "nexus.cue", Source: pathed},
		gate.NexusGiven{File: "nexus.cue", Source: pathed + "\ndone: e2e: {why: \"It works together\", on: \"increment\", evidence: \"pipeline\", name: \"e2e\", must: conclusion: \"success\"}\n"},
		gate.FileRead{Repo: payRepo, Commit: "p2", Path: ".nexus/done.cue", Source: "done: ci: within: \"5m\"\n"},
		gate.FileRead{Repo: cartRepo, Commit: "c3", Path: ".nexus/done.cue", Source: "done: ci: level: \"advisory\"\n"},
	}
	held := 0
	for range 25 {
		var kept grounds
		l, now := gate.NewLedger(), morning
		tell := func(id string, events ...gate.Event) {
			now = now.Add(time.Duration(random.IntN(600)) * time.Second)
			step := l.Apply(gate.Delivery{ID: id, Source: gate.FromGitHub, Trust: definition.Webhook, Received: now}, events, now)
			kept.hold(t, step)
			if step, empty := l.Wake(now.Add(time.Second)); !empty {
				kept.hold(t, step)
			}
		}
		tell("000000", gate.NexusGiven{File: "nexus.cue", Source: storefront})
		for n, i := range random.Perm(len(deliveries)) {
			tell(deliveries[i].ID, taleEvents[i]...)
			if n%6 == 5 && n/6 < len(turns) {
				tell(fmt.Sprint("turn", n), turns[n/6])
			}
		}
		held += len(kept.verdicts)
	}
	if held < 500 {
		t.Errorf("%d verdicts were held to their grounds, want 500 at least", held)
	}
}
