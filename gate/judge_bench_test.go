package gate_test

import (
	"encoding/json"
	"os"
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
)

// twenty is a Definition of Done of twenty criteria, a fifth of them tightened, and what CI said of one
// commit: four workflow runs, each with a job, and twelve files of evidence.
func twenty(b *testing.B) (rules []definition.Rule, reports map[string]gate.Evidence) {
	b.Helper()
	read := func(name string) []byte {
		text, err := os.ReadFile("testdata/twenty/" + name)
		if err != nil {
			b.Fatal(err)
		}
		return text
	}
	source := read("nexus.cue")
	d, err := definition.Load(definition.File{Name: "nexus.cue", Source: source})
	if err != nil {
		b.Fatal(err)
	}
	layers := map[string]gate.Layer{"cart-api": {File: ".nexus/done.cue", Source: string(read("done.cue"))}}
	g, _ := gate.NewNexus(d, string(source), layers, nil).Component("cart-api")
	if len(g.Rules) != 20 || g.Refused != nil {
		b.Fatalf("%d rules are in force (%v), want 20", len(g.Rules), g.Refused)
	}
	var all []gate.Evidence
	if err := json.Unmarshal(read("reports.json"), &all); err != nil {
		b.Fatal(err)
	}
	reports = map[string]gate.Evidence{}
	for _, e := range all {
		reports[e.Object] = e
	}
	return g.Rules, reports
}

// refresh gives facts other numbers in every round, so that no answer can be one that was remembered.
// A conclusion is a word, and stays.
func refresh(facts gate.Facts, n int) {
	for name := range facts {
		switch name {
		case "tests", "linesTotal":
			facts[name] = 100 + n
		case "lines":
			facts[name] = 90 + float64(n%1000)/100
		case "skipped", "medium", "low":
			facts[name] = n % 1000
		}
	}
}

// BenchmarkJudge measures one component with twenty criteria, four of them tightened by the team, on
// facts that are fresh in every round. "judge" is Judge alone; "resolve and judge" begins with what the
// forge's objects say, as each delivery does.
func BenchmarkJudge(b *testing.B) {
	rules, objects := twenty(b)
	judged := func(b *testing.B, evidence []gate.Evidence) {
		b.Helper()
		v := gate.Judge(gate.Case{
			Nexus: "storefront", Subject: gate.Subject{Kind: gate.OfComponent, ID: "cart-api", Name: "cart-api"},
			Commit: "9c1f", Floor: definition.Token,
			Parts: []gate.Part{{Component: "cart-api", Team: "cart", Rules: rules, Evidence: evidence, Since: morning}},
		}, morning.Add(time.Hour))
		if v.Outcome != gate.Done || len(v.Findings) != 20 {
			b.Fatalf("it is %q with %d findings, want done with 20:\n%s", v.Outcome, len(v.Findings), findings(v))
		}
	}
	b.Run("judge", func(b *testing.B) {
		b.ReportAllocs()
		evidence := gate.Resolve(objects)
		for n := 0; b.Loop(); n++ {
			for i := range evidence {
				refresh(evidence[i].Facts, n)
			}
			judged(b, evidence)
		}
	})
	b.Run("resolve and judge", func(b *testing.B) {
		b.ReportAllocs()
		for n := 0; b.Loop(); n++ {
			for _, e := range objects {
				refresh(e.Facts, n)
			}
			judged(b, gate.Resolve(objects))
		}
	})
}
