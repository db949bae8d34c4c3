package definition_test

import (
	"encoding/json"
	"fmt"
	"math/big"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/cuecontext"

	"github.com/nexusgate/nexusgate/definition"
)

// TestLeafAgreesWithCUE holds the compiled leaves against CUE's own unification on many random
// leaves and facts.
func TestLeafAgreesWithCUE(t *testing.T) {
	for seed := range uint64(250) {
		source := choices{rand.New(rand.NewPCG(seed, 1))}
		agree(t, source.leaf(0), source.facts(12))
	}
}

func FuzzLeafAgreesWithCUE(f *testing.F) {
	for seed := range uint64(50) {
		f.Add(seed, seed*7)
	}
	f.Fuzz(func(t *testing.T, a, b uint64) {
		source := choices{rand.New(rand.NewPCG(a, b))}
		agree(t, source.leaf(0), source.facts(5))
	})
}

// FuzzNumberAgreesWithCUE leaves the numbers to the fuzzer.
func FuzzNumberAgreesWithCUE(f *testing.F) {
	for _, pair := range [][2]string{{"80", "80.0"}, {"1e3", "1000"}, {"0.1", "1e-1"}, {"-0", "0.0"}, {"1e400", "9e399"}} {
		f.Add(pair[0], pair[1])
	}
	f.Fuzz(func(t *testing.T, bound, fact string) {
		if !isJSONNumber(bound) || !isJSONNumber(fact) || exact(bound) == "" || exact(fact) == "" {
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
	oracle := ctx.CompileString(normal(leaf))
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
			if oracle.Unify(ctx.CompileString(normal(fact))).Validate(cue.Concrete(true)) == nil {
				t.Errorf("leaf %s is a fault (%v), and CUE admits %s", leaf, err, fact)
			}
		}
		return
	}
	for _, fact := range facts {
		want := oracle.Unify(ctx.CompileString(normal(fact))).Validate(cue.Concrete(true)) == nil
		for _, given := range decodings(fact) {
			if got := compiled.Admits(given); got != want {
				t.Errorf("leaf %s admits %T %s: %v, and CUE says %v of %s and %s", leaf, given, fact, got, want, normal(leaf), normal(fact))
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
	if again, err := json.Marshal(loosely); err != nil || normal(string(again)) != normal(strings.ReplaceAll(fact, ", ", ",")) {
		return all // more digits than a float has
	}
	if f, isFloat := loosely.(float64); isFloat {
		if i := int64(f); float64(i) == f && f < 1<<53 && f > -1<<53 {
			all = append(all, i, int(i))
		}
	}
	return append(all, loosely)
}

// normal writes every integral number of a leaf or a fact as an integer.
func normal(s string) string {
	var b strings.Builder
	for len(s) > 0 {
		n := strings.IndexAny(s, `"0123456789`)
		if n < 0 {
			break
		}
		b.WriteString(s[:n])
		s = s[n:]
		end := strings.IndexFunc(s, func(r rune) bool { return !strings.ContainsRune("0123456789.eE+-", r) })
		if s[0] == '"' {
			end = 1 + closing(s[1:])
		}
		if end < 0 {
			end = len(s)
		}
		word := s[:end]
		if integer := exact(word); s[0] != '"' && !strings.Contains(integer, "/") {
			word = integer
		}
		b.WriteString(word)
		s = s[end:]
	}
	return b.String() + s
}

func closing(s string) int {
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(s)
}

// exact is a number as an integer or as a fraction; "" where it is out of the bounds that
// definitions and facts have.
func exact(s string) string {
	if len(s) > 60 {
		return ""
	}
	if _, power, found := strings.Cut(strings.ToLower(s), "e"); found {
		if n, err := strconv.Atoi(power); err != nil || n > 300 || n < -300 {
			return ""
		}
	}
	r, ok := new(big.Rat).SetString(s)
	if !ok {
		return ""
	}
	return strings.TrimSuffix(r.String(), "/1")
}

func isJSONNumber(s string) bool {
	return s != "" && strings.Trim(s, "0123456789.eE+-") == "" && json.Valid([]byte(s))
}
