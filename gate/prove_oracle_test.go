package gate_test

import (
	"encoding/json"
	"math/bits"
	"strings"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/cuecontext"

	"github.com/nexusgate/nexusgate/definition/definitiontest"
)

// oracle answers by CUE's own unification what constraints admit of a grid of facts. It knows nothing of
// how a definition is read: of a constraint joined by & or | it derives the answer from those of the atoms.
type oracle struct {
	ctx       *cue.Context
	facts     []string // of the grid
	decoded   []any
	values    []cue.Value
	fractions mask
	atoms     map[string]mask
}

// mask says which facts of the grid are admitted.
type mask [2]uint64

func (m mask) and(n mask) mask    { return mask{m[0] & n[0], m[1] & n[1]} }
func (m mask) or(n mask) mask     { return mask{m[0] | n[0], m[1] | n[1]} }
func (m mask) andNot(n mask) mask { return mask{m[0] &^ n[0], m[1] &^ n[1]} }
func (m mask) empty() bool        { return m[0]|m[1] == 0 }
func (m mask) has(i int) bool     { return m[i/64]>>(i%64)&1 == 1 }
func (m mask) count() int         { return bits.OnesCount64(m[0]) + bits.OnesCount64(m[1]) }
func (m *mask) add(i int)         { m[i/64] |= 1 << (i % 64) }

func newOracle(c definitiontest.Choices) *oracle {
	o := &oracle{ctx: cuecontext.New(), facts: c.Grid(), atoms: map[string]mask{}}
	if len(o.facts) > 128 {
		panic("the grid has more facts than a mask holds")
	}
	for i, fact := range o.facts {
		o.values = append(o.values, o.ctx.CompileString(definitiontest.Normal(fact)))
		o.decoded = append(o.decoded, decodeFact(fact))
		if exact := definitiontest.Exact(fact); strings.Contains(exact, "/") {
			o.fractions.add(i)
		}
	}
	return o
}

func decodeFact(fact string) any {
	d := json.NewDecoder(strings.NewReader(fact))
	d.UseNumber()
	var decoded any
	if err := d.Decode(&decoded); err != nil {
		panic(fact + ": " + err.Error())
	}
	return decoded
}

// admits asks CUE of a whole constraint and one fact.
func (o *oracle) admits(constraint cue.Value, fact int) bool {
	return constraint.Unify(o.values[fact]).Validate(cue.Concrete(true)) == nil
}

func (o *oracle) compile(c definitiontest.Constraint) cue.Value {
	return o.ctx.CompileString(definitiontest.Normal(c.String()))
}

// of is what a constraint admits.
func (o *oracle) of(c definitiontest.Constraint) mask {
	switch c.Op {
	case "&", "|":
		m := o.of(c.Args[0])
		for _, arg := range c.Args[1:] {
			if c.Op == "&" {
				m = m.and(o.of(arg))
			} else {
				m = m.or(o.of(arg))
			}
		}
		return m
	}
	m, known := o.atoms[c.Atom]
	if !known {
		v := o.compile(c)
		for i := range o.values {
			if o.admits(v, i) {
				m.add(i)
			}
		}
		o.atoms[c.Atom] = m
	}
	return m
}

// The relations of a team's leaf to the Nexus's, as the grid shows them.
const (
	stricter    = "stricter"
	same        = "same"
	looser      = "looser"
	contrary    = "contrary"
	undecidable = "undecidable" // it rests on what regular expressions admit
	// It takes something away, and that it leaves something rests on what regular expressions admit.
	perhapsContrary = "perhaps contrary"
)

// relate says how a team's leaf stands to the Nexus's. The grid tells apart all constraints without
// regular expressions; of those it shows what is certain. Where the Nexus says that its numbers are
// whole, a team that leaves the int out does not thereby admit more.
func (o *oracle) relate(nexus, team definitiontest.Constraint, whole bool) string {
	n, t := o.of(nexus), o.of(team)
	more := t.andNot(n)
	if whole && !team.Says("number") && n.and(o.fractions).empty() {
		more = more.andNot(o.fractions)
	}
	matched := nexus.Says("=~", "!~") || team.Says("=~", "!~")
	switch {
	case matched && !n.andNot(t).empty() && n.and(t).empty():
		return perhapsContrary
	case matched && !n.andNot(t).empty():
		return stricter
	case matched:
		return undecidable
	case n.and(t).empty():
		return contrary
	case !n.andNot(t).empty():
		return stricter
	case !more.empty():
		return looser
	}
	return same
}
