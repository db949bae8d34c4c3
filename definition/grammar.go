package definition

import (
	"fmt"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/token"
)

// The bounds of one leaf.
const (
	maxLeafAtoms = 64
	maxLeafDepth = 64
)

// grammar reads leaves from syntax. It is the same for both layers, except that the Nexus's file
// may say `|`.
type grammar struct {
	layer   Layer
	settled bool // what is read was let through before, and is only written out at more length
	atoms   int  // left to the leaf that is being read
	place   func(ast.Node) Pos
}

// atLength is how much longer a leaf may be where it is written out: uint as int & >=0, what was
// nested as a chain, every letter of a text as an escape.
const atLength = 8

func (g *grammar) allows(limit int) int {
	if g.settled {
		return atLength * limit
	}
	return limit
}

// refusal is a fault of one leaf, before it is known where the leaf stands.
type refusal struct {
	pos     Pos
	message string
}

func (r *refusal) Error() string { return r.message }

func (g *grammar) refuse(n ast.Node, format string, args ...any) error {
	return &refusal{g.place(n), fmt.Sprintf(format, args...)}
}

// leaf reads a whole leaf.
func (g *grammar) leaf(e ast.Expr) (constraint, error) {
	g.atoms = g.allows(maxLeafAtoms)
	return g.expression(e, 0)
}

func (g *grammar) expression(e ast.Expr, depth int) (constraint, error) {
	if depth > g.allows(maxLeafDepth) {
		return constraint{}, g.refuse(e, "is nested too deeply; write it flat")
	}
	switch x := e.(type) {
	case *ast.ParenExpr:
		return g.expression(x.X, depth+1)
	case *ast.BinaryExpr:
		return g.joined(x, depth)
	}
	if g.atoms--; g.atoms < 0 {
		return constraint{}, g.refuse(e, "has more than %d constraints; write fewer", maxLeafAtoms)
	}
	switch x := e.(type) {
	case *ast.UnaryExpr:
		return g.unary(x)
	case *ast.Ident:
		return g.named(x)
	}
	return g.literal(e)
}

func (g *grammar) joined(x *ast.BinaryExpr, depth int) (constraint, error) {
	op := operator(x.Op.String())
	if isDefault(x.X) || isDefault(x.Y) {
		return constraint{}, g.refuse(x, "has a default, and a definition never supplies evidence; write the constraint without *")
	}
	if op == either && g.layer == TeamLayer {
		return constraint{}, g.refuse(x, "has a disjunction, which a team's file may not have; write one constraint, or several joined by &")
	}
	if op != both && op != either {
		return constraint{}, g.refuse(x, "computes with %s, and a leaf computes nothing; write the result", x.Op)
	}
	joined := constraint{op: op, pos: g.place(x)}
	for _, side := range []ast.Expr{x.X, x.Y} {
		c, err := g.expression(side, depth+1)
		if err != nil {
			return constraint{}, err
		}
		if c.op == op {
			joined.args = append(joined.args, c.args...)
		} else {
			joined.args = append(joined.args, c)
		}
	}
	return joined, nil
}

var bounds = map[token.Token]operator{
	token.GEQ: atLeast, token.LEQ: atMost, token.GTR: above, token.LSS: below,
	token.NEQ: differs, token.MAT: matches, token.NMAT: mismatch,
}

func (g *grammar) unary(x *ast.UnaryExpr) (constraint, error) {
	op, isBound := bounds[x.Op]
	switch {
	case x.Op == token.SUB || x.Op == token.ADD:
		return g.literal(x)
	case x.Op == token.MUL:
		return constraint{}, g.refuse(x, "has a default, and a definition never supplies evidence; write the constraint without *")
	case !isBound:
		return constraint{}, g.refuse(x, "says %s, which no leaf does; write a bound such as >=80", x.Op)
	}
	c, err := g.literal(unwrap(x.X))
	if err != nil {
		return constraint{}, err
	}
	c.op, c.pos = op, g.place(x)
	switch isText := c.operand.kind == texts; {
	case op == matches || op == mismatch:
		if !isText {
			return constraint{}, g.refuse(x, "matches against %s; write a regular expression in quotes", c.text)
		}
		return g.match(x, c)
	case !isText && c.operand.kind != numbers:
		return constraint{}, g.refuse(x, "bounds by %s; bound by a number or a string", c.text)
	}
	return c, nil
}

func (g *grammar) match(x *ast.UnaryExpr, c constraint) (constraint, error) {
	pattern, size, err := compilePattern(c.operand.str)
	if err != nil {
		return constraint{}, g.refuse(x, "has a regular expression that %s", err)
	}
	if g.atoms -= size / patternAtom; g.atoms < 0 {
		return constraint{}, g.refuse(x, "has regular expressions that are too large together; write smaller ones")
	}
	c.pattern = pattern
	return c, nil
}

// named reads a type. CUE writes the evaluated `int & >=0` as uint.
func (g *grammar) named(x *ast.Ident) (constraint, error) {
	pos := g.place(x)
	c := constraint{op: isType, name: x.Name, pos: pos}
	switch {
	case x.Node != nil:
		return constraint{}, g.refuse(x, "refers to %s; write the constraint itself", x.Name)
	case x.Name == "true" || x.Name == "false":
		return g.literal(x)
	case x.Name == "int" || x.Name == "number" || x.Name == "string" || x.Name == "bool":
		return c, nil
	case x.Name == "uint" && g.layer == NexusLayer:
		c.name = "int"
		zero := constraint{op: atLeast, operand: value{kind: numbers}, text: "0", pos: pos}
		return constraint{op: both, args: []constraint{c, zero}, pos: pos}, nil
	}
	return constraint{}, g.refuse(x, "says %s, which is none of the types int, number, string and bool; write one of them, a literal or a bound", x.Name)
}

func isDefault(e ast.Expr) bool {
	x, isUnary := e.(*ast.UnaryExpr)
	return isUnary && x.Op == token.MUL
}

func unwrap(e ast.Expr) ast.Expr {
	for {
		p, isParen := e.(*ast.ParenExpr)
		if !isParen {
			return e
		}
		e = p.X
	}
}
