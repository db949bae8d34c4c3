package opabench_test

import (
	"encoding/json"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
)

// morning is when the reports were observed.
var morning = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

const twenty = "../testdata/twenty/"

func read(tb testing.TB, file string) []byte {
	tb.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		tb.Fatal(err)
	}
	return text
}

// rules are the twenty in force for cart-api, with its team's layer over them.
func rules(tb testing.TB) []definition.Rule {
	tb.Helper()
	source := read(tb, twenty+"nexus.cue")
	d, err := definition.Load(definition.File{Name: "nexus.cue", Source: source})
	if err != nil {
		tb.Fatal(err)
	}
	layers := map[string]gate.Layer{"cart-api": {File: ".nexus/done.cue", Source: string(read(tb, twenty+"done.cue"))}}
	g, _ := gate.NewNexus(d, string(source), layers, nil).Component("cart-api")
	if len(g.Rules) != 20 || g.Refused != nil {
		tb.Fatalf("%d rules are in force (%v), want 20", len(g.Rules), g.Refused)
	}
	return g.Rules
}

// reports are those of a component that is done, with other numbers each time.
func reports(tb testing.TB, random *rand.Rand) []gate.Evidence {
	tb.Helper()
	var all []gate.Evidence
	if err := json.Unmarshal(read(tb, twenty+"reports.json"), &all); err != nil {
		tb.Fatal(err)
	}
	for i := range all {
		for name := range all[i].Facts {
			switch name {
			case "tests", "linesTotal":
				all[i].Facts[name] = 1 + random.IntN(1000)
			case "lines", "branches":
				all[i].Facts[name] = 90 + float64(random.IntN(1000))/100
			case "skipped", "medium", "low":
				all[i].Facts[name] = random.IntN(1000)
			case "failed", "errors", "critical", "high":
				all[i].Facts[name] = 0
			}
		}
	}
	return all
}

// spoil makes many or few of the reports ones that do not count, that say no, or that say nothing.
func spoil(all []gate.Evidence, random *rand.Rand) []gate.Evidence {
	of := []int{24, 400}[random.IntN(2)]
	for i := range all {
		e := &all[i]
		switch random.IntN(of) {
		case 0:
			e.Trust = definition.Declared
		case 1:
			e.Status = gate.Running
		case 2:
			e.Observed = morning.Add(-time.Duration(random.IntN(48)) * time.Hour)
		case 3:
			e.Observed = morning.Add(72 * time.Hour)
		case 4:
			e.Producer.App = "somebody-else"
		case 5:
			e.Name += "-more"
		case 6, 7, 8:
			names := slices.Sorted(maps.Keys(e.Facts))
			spoilFact(e.Facts, names[random.IntN(len(names))], random)
		}
	}
	random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return slices.DeleteFunc(all, func(gate.Evidence) bool { return random.IntN(of*2) == 0 })
}

func spoilFact(facts gate.Facts, name string, random *rand.Rand) {
	switch {
	case random.IntN(4) == 0:
		delete(facts, name)
	case name == "conclusion":
		facts[name] = []string{"failure", "skipped", "neutral", "success"}[random.IntN(4)]
	case name == "lines" || name == "branches":
		facts[name] = float64(random.IntN(1000)) / 10
	default:
		facts[name] = random.IntN(4)
	}
}

func judge(rules []definition.Rule, reports []gate.Evidence, now time.Time) gate.Verdict {
	return gate.Judge(gate.Case{
		Nexus: "storefront", Subject: gate.Subject{Kind: gate.OfComponent, ID: "cart-api", Name: "cart-api"},
		Commit: "9c1f", Floor: definition.Token,
		Parts: []gate.Part{{Component: "cart-api", Team: "cart", Rules: rules, Evidence: reports, Since: morning}},
	}, now)
}
