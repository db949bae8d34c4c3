package opabench_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"

	"github.com/nexusgate/nexusgate/gate"
)

// done and lean are the two policies.
func done(tb testing.TB) rego.PreparedEvalQuery {
	tb.Helper()
	return prepared(tb, "data.nexusgate", "done.rego")
}

func lean(tb testing.TB) rego.PreparedEvalQuery {
	tb.Helper()
	return prepared(tb, "data.nexusgate.lean.met", "lean.rego")
}

func TestAllComeToTheSame(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 1))
	rules, done, lean := rules(t), done(t), lean(t)
	outcomes := map[gate.Outcome]int{}
	for range 1000 {
		given := spoil(reports(t, random), random)
		now := morning.Add(time.Duration(random.IntN(30*60)) * time.Minute)
		v := judge(rules, given, now)
		outcomes[v.Outcome]++
		said := ask(t, done, rego.EvalInput(input(given, now)))
		met := ask(t, lean, rego.EvalInput(leanInput(given, now)))
		states, _ := said["finding"].(map[string]any)
		if said["outcome"] != string(v.Outcome) || len(states) != len(v.Findings) {
			t.Fatalf("seed %d: OPA says %q of %d criteria, nexusgate %q of %d", seed, said["outcome"], len(states), v.Outcome, len(v.Findings))
		}
		for _, f := range v.Findings {
			if states[f.Criterion] != string(f.State) || (met[f.Criterion] == true) != (f.State == gate.Met) {
				t.Fatalf("seed %d: OPA says that %s is %v, and %v that it is met; nexusgate that it is %s: wanted %s, got %s",
					seed, f.Criterion, states[f.Criterion], met[f.Criterion], f.State, f.Want, f.Got)
			}
		}
	}
	if len(outcomes) != 3 {
		t.Errorf("the reports came to %v, want some of each outcome", outcomes)
	}
}

// sets is how many sets of reports take turns.
const sets = 256

// contenders judge the n-th set of reports, each as it is given to them.
func contenders(b *testing.B) (names []string, judges []func(n int)) {
	b.Helper()
	random := rand.New(rand.NewPCG(1, 2))
	rules, done, lean, now := rules(b), done(b), lean(b), morning.Add(time.Hour)
	var given [sets][]gate.Evidence
	var listed, keyed [sets]map[string]any
	var listedValues, keyedValues [sets]ast.Value
	for i := range sets {
		given[i] = reports(b, random)
		listed[i], keyed[i] = input(given[i], now), leanInput(given[i], now)
		listedValues[i], keyedValues[i] = parsed(b, listed[i]), parsed(b, keyed[i])
	}
	ours := func(n int) {
		if v := judge(rules, given[n], now); v.Outcome != gate.Done || len(v.Findings) != 20 {
			b.Fatalf("it is %q with %d findings, want done with 20", v.Outcome, len(v.Findings))
		}
	}
	asked := func(query rego.PreparedEvalQuery, answers int, about func(n int) rego.EvalOption) func(n int) {
		return func(n int) {
			if said := ask(b, query, about(n)); len(said) != answers {
				b.Fatalf("OPA says %v, want %d answers", said, answers)
			}
		}
	}
	return []string{"nexusgate", "opa", "opa-parsed", "opa-lean", "opa-lean-parsed"}, []func(n int){
		ours,
		asked(done, 3, func(n int) rego.EvalOption { return rego.EvalInput(listed[n]) }),
		asked(done, 3, func(n int) rego.EvalOption { return rego.EvalParsedInput(listedValues[n]) }),
		asked(lean, 20, func(n int) rego.EvalOption { return rego.EvalInput(keyed[n]) }),
		asked(lean, 20, func(n int) rego.EvalOption { return rego.EvalParsedInput(keyedValues[n]) }),
	}
}

// BenchmarkJudge measures each by itself.
func BenchmarkJudge(b *testing.B) {
	names, judges := contenders(b)
	for i, judge := range judges {
		b.Run(names[i], func(b *testing.B) {
			b.ReportAllocs()
			for n := 0; b.Loop(); n++ {
				judge(n % sets)
			}
		})
	}
}
