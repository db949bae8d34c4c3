package definition_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/cuecontext"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/definition/definitiontest"
)

// TestLeafAgreesWithCUE holds the compiled leaves against CUE's own unification on many random
// leaves and facts.
func TestLeafAgreesWithCUE(t *testing.T) {
	for seed := range definitiontest.Cases(250) {
		source := definitiontest.All(rand.New(rand.NewPCG(uint64(seed), 1)))
		agree(t, source.Leaf().String(), source.Facts(12))
	}
}

func FuzzLeafAgreesWithCUE(f *testing.F) {
	for seed := range uint64(50) {
		f.Add(seed, seed*7)
	}
	f.Fuzz(func(t *testing.T, a, b uint64) {
		source := definitiontest.All(rand.New(rand.NewPCG(a, b)))
		agree(t, source.Leaf().String(), source.Facts(5))
	})
}

// FuzzNumberAgreesWithCUE leaves the numbers to the fuzzer.
func FuzzNumberAgreesWithCUE(f *testing.F) {
	for _, pair := range [][2]string{{"80", "80.0"}, {"1e3", "1000"}, {"0.1", "1e-1"}, {"-0", "0.0"}, {"1e400", "9e399"}} {
		f.Add(pair[0], pair[1])
	}
	f.Fuzz(func(t *testing.T, bound, fact string) {
		if !isJSONNumber(bound) || !isJSONNumber(fact) || definitiontest.Exact(bound) == "" || definitiontest.Exact(fact) == "" {
			return
		}
		for _, op := range []string{"", ">=", "<=", ">", "<", "!=", "int & >="} {
			agree(t, op+bound, []string{fact})
		}
	})
}

// agree holds one leaf against CUE on facts, which are written as JSON.
//
// The two differ by design in one thing, which is settled before CUE is asked: to CUE 100.0 is a
// float and no int and not equal to 100, whereas here numbers compare as numbers. So CUE is given
// every integral number, of the leaf and of the fact, as the integer that it is.
func agree(t *testing.T, leaf string, facts []string) {
	t.Helper()
	ctx := cuecontext.New()
	oracle := ctx.CompileString(definitiontest.Normal(leaf))
	compiled, err := leafOf(leaf)
	if err != nil {
		// The file itself is evaluated by CUE, with its numbers as they are written.
		written := ctx.CompileString(leaf)
		if written.Err() != nil {
			return
		}
		if !strings.Contains(err.Error(), "nothing is") {
			t.Errorf("leaf %s is a fault (%v), and CUE says %v", leaf, err, written)
		}
		for _, fact := range facts {
			if oracle.Unify(ctx.CompileString(definitiontest.Normal(fact))).Validate(cue.Concrete(true)) == nil {
				t.Errorf("leaf %s is a fault (%v), and CUE admits %s", leaf, err, fact)
			}
		}
		return
	}
	for _, fact := range facts {
		want := oracle.Unify(ctx.CompileString(definitiontest.Normal(fact))).Validate(cue.Concrete(true)) == nil
		for _, given := range decodings(fact) {
			if got := compiled.Admits(given); got != want {
				t.Errorf("leaf %s admits %T %s: %v, and CUE says %v of %s and %s", leaf, given, fact, got, want, definitiontest.Normal(leaf), definitiontest.Normal(fact))
			}
		}
	}
}

// leafOf compiles a leaf of the Nexus's layer.
func leafOf(leaf string) (definition.Leaf, error) {
	source := fmt.Sprintf(`name: "n"
teams: {}
done: a: {why: "x", on: "commit", evidence: "mine", must: a: %s}`, leaf)
	d, err := definition.Load(definition.File{Name: "nexus.cue", Source: []byte(source)})
	if err != nil {
		return definition.Leaf{}, err
	}
	return d.Criteria[0].Must[0], nil
}

// decodings are the fact as a JSON decoder may yield it.
func decodings(fact string) []any {
	var exactly, loosely any
	d := json.NewDecoder(strings.NewReader(fact))
	d.UseNumber()
	if d.Decode(&exactly) != nil || json.Unmarshal([]byte(fact), &loosely) != nil {
		return []any{exactly}
	}
	all := []any{exactly}
	if again, err := json.Marshal(loosely); err != nil || definitiontest.Normal(string(again)) != definitiontest.Normal(strings.ReplaceAll(fact, ", ", ",")) {
		return all // more digits than a float has
	}
	if f, isFloat := loosely.(float64); isFloat {
		if i := int64(f); float64(i) == f && f < 1<<53 && f > -1<<53 {
			all = append(all, i, int(i))
		}
	}
	return append(all, loosely)
}

func isJSONNumber(s string) bool {
	return s != "" && strings.Trim(s, "0123456789.eE+-") == "" && json.Valid([]byte(s))
}
