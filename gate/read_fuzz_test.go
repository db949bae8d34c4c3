package gate_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
)

// FuzzReadEvidence holds that no evidence file makes the reader or the judge panic, and that an Increment
// is done by it only where each required criterion is met.
func FuzzReadEvidence(f *testing.F) {
	f.Add(`{"now": "2026-11-22T12:00:00Z", "composition": {"web": "77ab"}, "evidence": [{"component": "web", "commit": "77ab", "kind": "junit", "trust": "oidc", "facts": {"tests": 1, "failed": 0}}]}`)
	f.Add(`{"now": "2026-11-22T12:00:00Z", "since": {"77ab": "2026-11-22T11:50:00Z"}, "evidence": [{"increment": true, "kind": "pipeline", "name": "e2e"}, {"change": "github:acme/web#17", "commit": "77ab", "kind": "review", "facts": {"approvals": 1e400}}]}`)
	f.Add(`{"evidence": [{"facts": {"a": {"b": [null, -0.0, 1e308]}}}]} x`)
	d, err := definition.Load(definition.File{Name: "nexus.cue", Source: []byte(`
name: "shop"
teams: web: components: web: repo: "github:acme/web"
done: {
	tests: {why: "They pass", on: "commit", evidence: "junit", must: failed: 0}
	e2e: {why: "It passes", on: "increment", evidence: "pipeline", name: "e2e", must: conclusion: "success"}
	review: {why: "Somebody looked", on: "change", evidence: "review", must: approvals: >=1}
}`)})
	if err != nil {
		f.Fatal(err)
	}
	n := gate.NewNexus(d, "", nil, nil)
	f.Fuzz(func(t *testing.T, text string) {
		file, err := gate.ReadEvidence(strings.NewReader(text))
		if err != nil {
			return
		}
		v := gate.Judge(file.Case(n), file.Now)
		for _, finding := range v.Findings {
			if v.Outcome == gate.Done && finding.State != gate.Met {
				t.Errorf("it is done, and %s is %s", finding.Criterion, finding.State)
			}
		}
	})
}

// FuzzDecodeOwn holds that no body of a delivery of our own makes its decoder panic, and that what it
// decodes to is written and read again as the same.
func FuzzDecodeOwn(f *testing.F) {
	at := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	for _, e := range []gate.Event{
		gate.NexusGiven{File: "nexus.cue", Source: "name: \"a\""},
		gate.NexusRetired{Nexus: "a"},
		gate.HeadRead{},
		gate.FileRead{},
		gate.CommitRead{},
		gate.PathsRead{},
		gate.ChangeRead{},
		gate.LandingRead{},
		gate.NexusRead{},
		gate.Pruned{Before: at},
		gate.Found{Event: "push", Body: []byte("{}")},
	} {
		d, err := gate.Own("id", e, at)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(d.Event, d.Body)
	}
	f.Fuzz(func(t *testing.T, event string, body []byte) {
		events, err := gate.DecodeOwn(gate.Delivery{ID: "id", Source: gate.FromUs, Event: event, Key: "id", Received: at, Body: body})
		if err != nil {
			return
		}
		for _, e := range events {
			again, err := gate.Own("id", e, at)
			if err != nil {
				t.Fatalf("%T cannot be written: %v", e, err)
			}
			twice, err := gate.DecodeOwn(again)
			if err != nil || len(twice) != 1 {
				t.Fatalf("what was written cannot be read: %v\n%s", err, again.Body)
			}
			last, err := gate.Own("id", twice[0], at)
			if diff := cmp.Diff(string(again.Body), string(last.Body)); err != nil || diff != "" {
				t.Errorf("it comes back as another (%v, -first +again):\n%s", err, diff)
			}
		}
	})
}

// FuzzGroundText holds that no text makes the reader of grounds panic, and that what it reads is written
// and read again as the same.
func FuzzGroundText(f *testing.F) {
	g := gate.Ground{
		Verdict: "v", Nexus: "shop", Parts: []gate.GroundPart{{Component: "web", Team: "web", Refs: []string{"r1", "r2"}}},
		Said: []gate.Said{{Criterion: "ci", Component: "web", Team: "web", State: gate.Met}},
	}
	text, err := g.MarshalText()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(text))
	f.Add("{}\n\n\n")
	f.Fuzz(func(t *testing.T, text string) {
		var read, again gate.Ground
		if read.UnmarshalText([]byte(text)) != nil {
			return
		}
		first, err := read.MarshalText()
		if err != nil {
			t.Fatal(err)
		}
		if err := again.UnmarshalText(first); err != nil {
			t.Fatalf("what was written cannot be read: %v\n%s", err, first)
		}
		second, err := again.MarshalText()
		if err != nil || string(second) != string(first) {
			t.Errorf("written again it reads (%v)\n%s\nand first\n%s", err, second, first)
		}
	})
}

// FuzzParseHome holds that a home is read as it is written.
func FuzzParseHome(f *testing.F) {
	f.Add("github:acme/nexus@main")
	f.Add("gitlab:acme/group/nexus@release/1:folder/nexus.cue")
	f.Fuzz(func(t *testing.T, text string) {
		home, err := gate.ParseHome(text)
		if err != nil {
			return
		}
		if again, err := gate.ParseHome(home.String()); err != nil || again != home {
			t.Errorf("%q is %+v, and %q is %+v (%v)", text, home, home.String(), again, err)
		}
		if strings.Contains(home.Path, "..") && strings.Contains("/"+home.Path+"/", "/../") {
			t.Errorf("%q leads out of its repository: %s", text, home.Path)
		}
	})
}
