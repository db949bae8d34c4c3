package definition_test

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/definition/definitiontest"
)

func TestLeafAdmitsNoNumberBeyondTheBounds(t *testing.T) {
	leaf, err := leafOf("number")
	if err != nil {
		t.Fatal(err)
	}
	for _, fact := range []any{
		json.Number("1e1000000"), json.Number("1e-1000000"), json.Number("1e" + strings.Repeat("9", 1_000_000)),
		json.Number(strings.Repeat("9", 1_000_000)), json.Number("1e401"),
		json.Number(""), json.Number("-"), json.Number("01"), json.Number("1."), json.Number(".5"), json.Number("0x1"),
		json.Number("1e"), json.Number("1e+"), json.Number("1_0"), json.Number("1 "), json.Number("NaN"), json.Number("+1"),
		math.NaN(), math.Inf(1), math.Inf(-1), nil, "1",
		map[string]any{},
		int32(1),
	} {
		if leaf.Admits(fact) {
			t.Errorf("%T %.20v is admitted as a number", fact, fact)
		}
	}
	for _, fact := range []any{json.Number("1e400"), json.Number("-0"), json.Number("0e999999"), math.MaxFloat64, math.SmallestNonzeroFloat64, math.MinInt, int64(math.MaxInt64)} {
		if !leaf.Admits(fact) {
			t.Errorf("%T %v is not admitted as a number", fact, fact)
		}
	}
}

func TestNumbersCompareExactly(t *testing.T) {
	for _, c := range []struct {
		leaf    string
		admits  []any
		refuses []any
	}{
		{"9007199254740993", []any{json.Number("9007199254740993.0"), int64(9007199254740993)}, []any{int64(9007199254740992), float64(9007199254740992)}},
		{">=84.2", []any{84.2, json.Number("84.20"), 85}, []any{84.19999999999999, json.Number("84.1999999999999999999999999")}},
		{"int", []any{100.0, json.Number("100.00"), json.Number("1e2"), 5}, []any{100.5, json.Number("1e-1"), "100"}},
		{"<=-9223372036854775808", []any{int64(math.MinInt64)}, []any{int64(math.MinInt64 + 1)}},
		{"0", []any{json.Number("-0.0"), 0, math.Copysign(0, -1)}, []any{json.Number("1e-300")}},
		{"[1, \"a\", true]", []any{[]any{json.Number("1.0"), "a", true}}, []any{[]any{1, "a"}, []any{1, "a", false}, []any{nil, "a", true}, nil}},
		{"[]", []any{[]any{}, []any(nil)}, []any{[]any{1}, nil}},
		{"!=5", []any{4}, []any{5.0, "a", true, nil}},
		{`!="a"`, []any{"b"}, []any{"a", 5}},
		{`=~"^v"`, []any{"v1"}, []any{"1v", "v" + strings.Repeat("x", 64<<10), 5}},
		{`!~"^v"`, []any{"1v"}, []any{"v1", strings.Repeat("x", 64<<10+1), 5}},
	} {
		leaf, err := leafOf(c.leaf)
		if err != nil {
			t.Fatal(err)
		}
		for _, fact := range c.admits {
			if !leaf.Admits(fact) {
				t.Errorf("%s does not admit %T %.40v", c.leaf, fact, fact)
			}
		}
		for _, fact := range c.refuses {
			if leaf.Admits(fact) {
				t.Errorf("%s admits %T %.40v", c.leaf, fact, fact)
			}
		}
	}
}

func TestZeroLeafAdmitsNothing(t *testing.T) {
	if (definition.Leaf{}).Admits(1) {
		t.Error("it admits 1")
	}
	if _, present := (definition.Leaf{}).Lookup(map[string]any{"": 1}); present {
		t.Error("it finds a fact")
	}
}

func TestLookupFollowsTheSteps(t *testing.T) {
	d := load(t, nexusWith(`must: {suites: "slow ones": passed: >0, "a.b": 1, plain: 2}`))
	facts := decode(`{"suites": {"slow ones": {"passed": 3}}, "a.b": 1, "a": {"b": 2}, "plain": null}`)
	want := map[string]any{`suites."slow ones".passed`: json.Number("3"), `"a.b"`: json.Number("1"), "plain": nil}
	for _, leaf := range d.Criteria[0].Must {
		fact, present := leaf.Lookup(facts)
		if !present || fact != want[leaf.Path] {
			t.Errorf("%s is %v (%v), want %v", leaf.Path, fact, present, want[leaf.Path])
		}
		if _, present := leaf.Lookup(decode(`{"suites": 5, "a": {"b": 1}}`)); present {
			t.Errorf("%s is found where it is not", leaf.Path)
		}
	}
}

func BenchmarkLeaves(b *testing.B) {
	d := load(b, nexusWith(`must: {lines: >=80, failed: 0, conclusion: "success" | "neutral", version: =~"^v[0-9]", passed: int & >0}`))
	c := &d.Criteria[0]
	facts := decode(`{"lines": 84.2, "failed": 0, "conclusion": "success", "version": "v1.2", "passed": 120}`)
	if !met(c, facts) {
		b.Fatal("the facts are not met")
	}
	for b.Loop() {
		met(c, facts)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(c.Must)), "ns/leaf")
}

func BenchmarkLoad(b *testing.B) {
	source := []byte(read(b, "testdata/nexus.cue"))
	for b.Loop() {
		if _, err := definition.Load(definition.File{Name: "nexus.cue", Source: source}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkRules(b *testing.B) {
	d := load(b, read(b, "testdata/nexus.cue"))
	component, _ := d.Component("cart-api")
	for b.Loop() {
		team, err := definition.LoadTightening(definition.File{Name: "done.cue", Source: []byte("done: coverage: must: lines: >=90")})
		if err != nil {
			b.Fatal(err)
		}
		if _, _, err := d.Rules(component, team, definition.New); err != nil {
			b.Fatal(err)
		}
	}
}

func TestATeamWritesNumbersAsCUEDoes(t *testing.T) {
	d := load(t, nexusWith("must: b: 1"))
	component, _ := d.Component("c")
	for written, want := range map[string]string{
		"0x1f": "31", "0XFE": "254", "0b11": "3", "0o17": "15", "1_000": "1000", "1_000.5": "1000.5", "1.5Ki": "1536", "2K": "2000",
		"1M": "1000000", ".5": "0.5", "5.": "5", "-5": "-5", "+5": "5", "1e3": "1000", "1.50E+2": "150", "-0x10": "-16", "0.0": "0",
	} {
		team, err := definition.LoadTightening(definition.File{Name: "done.cue", Source: []byte("done: x: must: a: " + written)})
		if err != nil {
			t.Errorf("%s: %v", written, err)
			continue
		}
		rules, _, err := d.Rules(component, team, definition.New)
		if err != nil {
			t.Fatal(err)
		}
		nexus, err := leafOf(written)
		if err != nil {
			t.Fatal(err)
		}
		for _, leaf := range []definition.Leaf{rules[0].Team.Must[1], nexus} {
			if !leaf.Admits(json.Number(want)) {
				t.Errorf("%s, of the %s, does not admit %s", written, leaf.Layer, want)
			}
		}
	}
}

// TestBothLayersReadALeafAlike holds the leaves of a team, which are read from syntax, against the
// same ones in the Nexus's file, which CUE has evaluated.
func TestBothLayersReadALeafAlike(t *testing.T) {
	compared := 0
	for seed := range definitiontest.Cases(300) {
		c := definitiontest.All(rand.New(rand.NewPCG(uint64(seed), 5)))
		written := c.Conjunction().String()
		nexus, err := leafOf(written)
		if err != nil {
			continue
		}
		d := load(t, nexusWith("must: b: 1"))
		component, _ := d.Component("c")
		team, err := definition.LoadTightening(definition.File{Name: "done.cue", Source: []byte("done: x: must: a: " + written)})
		if err != nil {
			t.Errorf("%s is sound in the Nexus's file, and not in a team's: %v", written, err)
			continue
		}
		rules, _, err := d.Rules(component, team, definition.New)
		if err != nil {
			t.Fatal(err)
		}
		compared++
		for _, fact := range c.Facts(20) {
			given := decode(`{"a": ` + fact + `}`)["a"]
			if n, own := nexus.Admits(given), rules[0].Team.Must[1].Admits(given); n != own {
				t.Errorf("%s admits %s: %v in the Nexus's file, %v in a team's", written, fact, n, own)
			}
		}
	}
	if compared < definitiontest.Cases(100) {
		t.Errorf("only %d leaves were compared", compared)
	}
}
