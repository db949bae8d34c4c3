package definition

import (
	"strings"

	"cuelang.org/go/cue/ast"
	cueliteral "cuelang.org/go/cue/literal"
)

// Leaf is one constraint on one fact. A definition never supplies evidence: a leaf whose fact is
// absent is not met, whatever it says.
type Leaf struct {
	Path  string // "lines", or "conclusion", or "suites.slow" in nested facts
	Text  string // the constraint as reports show it: ">=80", `"success"`
	Layer Layer
	Pos   Pos

	said       string // Path and Text: it is shown in every finding
	steps      []string
	constraint *constraint
}

func newLeaf(steps []string, c constraint, layer Layer, pos Pos) Leaf {
	path, text := pathText(steps), c.String()
	return Leaf{
		Path:       path,
		Text:       text,
		said:       path + " " + text,
		Layer:      layer,
		Pos:        pos,
		steps:      steps,
		constraint: &c,
	}
}

// Lookup finds the leaf's fact. Facts are what a JSON decoder yields: maps, lists, strings,
// booleans, and numbers as json.Number, int, int64 or float64.
func (l Leaf) Lookup(facts map[string]any) (fact any, present bool) {
	for i, step := range l.steps {
		fact, present = facts[step]
		if i == len(l.steps)-1 || !present {
			break
		}
		if facts, present = fact.(map[string]any); !present {
			break
		}
	}
	if !present {
		return nil, false
	}
	return fact, true
}

// Admits says whether the leaf admits a fact. Numbers compare exactly and as numbers: 100.0 is
// 100, and an int. A string is never a number; null and structs are never admitted, nor is a
// number of more than 64 digits or beyond 400 powers of ten.
func (l Leaf) Admits(fact any) bool {
	if l.constraint == nil {
		return false
	}
	v := factValue(fact)
	return l.constraint.admits(&v)
}

// Marks are the numbers that the leaf names: where a fact only grows, what the leaf says of it changes at
// these alone, or right after. With whole it also asks for a whole number, and changes at each of those.
func (l Leaf) Marks() (marks []float64, whole bool) {
	if l.constraint == nil {
		return nil, false
	}
	for _, atom := range l.constraint.atoms() {
		switch {
		case atom.op == isType:
			whole = whole || atom.name == "int"
		case atom.operand.kind == numbers:
			mark, _ := atom.operand.num.rational().Float64()
			marks = append(marks, mark)
		}
	}
	return marks, whole
}

// String is the leaf as reports show it: lines >=80.
func (l Leaf) String() string {
	if l.said == "" {
		return l.Path + " " + l.Text
	}
	return l.said
}

// pathText joins the steps to a fact as CUE would: a name that is no identifier is quoted.
func pathText(steps []string) string {
	quoted := make([]string, len(steps))
	for i, step := range steps {
		quoted[i] = step
		if !ast.IsValidIdent(step) {
			quoted[i] = cueliteral.Label.Quote(step)
		}
	}
	return strings.Join(quoted, ".")
}
