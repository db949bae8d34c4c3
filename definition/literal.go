package definition

import (
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"

	"cuelang.org/go/cue/ast"
	cueliteral "cuelang.org/go/cue/literal"
	"cuelang.org/go/cue/token"
)

// The bounds of a literal and of a regular expression. A pattern's size is that of its program,
// roughly: what each repetition repeats, counted as often. A large one counts as several
// constraints, so that a file cannot be many large ones.
const (
	maxText        = 4096
	maxPattern     = 512
	maxPatternSize = 1000
	patternAtom    = 50 // of a pattern's size, as much as a constraint
	maxMultiplied  = 18 // characters of a number such as 1.5Ki; CUE rounds what is longer
)

// literal reads a number, a string, true, false or a list of those.
func (g *grammar) literal(e ast.Expr) (constraint, error) {
	c := constraint{op: equals, pos: g.place(e)}
	if list, isList := e.(*ast.ListLit); isList {
		return g.list(list, c)
	}
	operand, text, err := g.operand(e)
	c.operand, c.text = operand, text
	return c, err
}

func (g *grammar) list(x *ast.ListLit, c constraint) (constraint, error) {
	c.operand = value{kind: lists, items: []value{}}
	written := make([]string, 0, len(x.Elts))
	for _, e := range x.Elts {
		if g.atoms--; g.atoms < 0 {
			return c, g.refuse(e, "has more than %d items; write fewer", maxLeafAtoms)
		}
		item, text, err := g.operand(e)
		if err != nil {
			return c, err
		}
		c.operand.items = append(c.operand.items, item)
		written = append(written, text)
	}
	c.text = "[" + strings.Join(written, ", ") + "]"
	return c, nil
}

func (g *grammar) operand(e ast.Expr) (value, string, error) {
	switch x := e.(type) {
	case *ast.UnaryExpr:
		if lit, isLiteral := x.X.(*ast.BasicLit); isLiteral && (x.Op == token.SUB || x.Op == token.ADD) {
			return g.signed(x, lit)
		}
	case *ast.Ident:
		if x.Node == nil && (x.Name == "true" || x.Name == "false") {
			return value{kind: booleans, yes: x.Name == "true"}, x.Name, nil
		}
	case *ast.BasicLit:
		return g.basic(x)
	case *ast.Interpolation:
		return value{}, "", g.refuse(e, "has an interpolation; write the text itself")
	case *ast.CallExpr:
		return value{}, "", g.refuse(e, "calls a function; write the result")
	case *ast.Ellipsis:
		return value{}, "", g.refuse(e, "has an open list; write all its items")
	}
	return value{}, "", g.refuse(e, "is none of what a leaf may be; write a type, a literal, a bound, a regular expression, a list of literals, or these joined by &")
}

func (g *grammar) signed(x *ast.UnaryExpr, lit *ast.BasicLit) (value, string, error) {
	if lit.Kind != token.INT && lit.Kind != token.FLOAT {
		return value{}, "", g.refuse(x, "gives a sign to %s; write a number", lit.Value)
	}
	v, text, err := g.basic(lit)
	if x.Op == token.SUB {
		v.num.negative = v.num.digits > 0 && !v.num.negative
		text = "-" + text
	}
	return v, text, err
}

func (g *grammar) basic(x *ast.BasicLit) (value, string, error) {
	switch x.Kind {
	case token.INT, token.FLOAT:
		n, ok := writtenNumber(x.Value)
		if !ok {
			return value{}, "", g.refuse(x, "has a number beyond %d characters, %d digits or %d powers of ten; write a smaller one",
				maxNumberText, maxNumberDigits, maxPowerOfTen)
		}
		return value{kind: numbers, num: n}, strings.TrimSuffix(x.Value, "."), nil // CUE evaluates 150.0 to 150.
	case token.TRUE, token.FALSE:
		return value{kind: booleans, yes: x.Kind == token.TRUE}, x.Value, nil
	case token.STRING:
		s, err := writtenText(x.Value, g.allows(maxText))
		if err != nil {
			return value{}, "", g.refuse(x, "%s", err)
		}
		return value{kind: texts, str: s}, cueliteral.String.Quote(s), nil
	case token.NULL:
		return value{}, "", g.refuse(x, "is null, which no evidence says; write what the fact has to be")
	}
	return value{}, "", g.refuse(x, "is not a number, a string, true or false; write one of these")
}

// writtenNumber reads a number as CUE writes them: 0x1f, 1_000, 1.5Ki and .5 as well.
func writtenNumber(s string) (number, bool) {
	if n, ok := parseNumber(s); ok || len(s) > maxNumberText {
		return n, ok
	}
	if strings.ContainsAny(s, "eE") && !strings.HasPrefix(strings.ToLower(s), "0x") && !powerWithinBounds(s) {
		return number{}, false
	}
	if strings.ContainsAny(s, "KMGTP") && len(s) > maxMultiplied {
		return number{}, false
	}
	var read cueliteral.NumInfo
	if err := cueliteral.ParseNum(s, &read); err != nil {
		return number{}, false
	}
	plain := strings.TrimSuffix(strings.Replace(read.String(), ".e", "e", 1), ".")
	return parseNumber(plain)
}

// powerWithinBounds looks at an exponent alone, so that nothing raises ten to a huge one.
func powerWithinBounds(s string) bool {
	i := strings.LastIndexAny(s, "eE")
	power, ok := readPower(strings.ReplaceAll(s[i:], "_", ""))
	return ok && power <= maxPowerOfTen && power >= -maxPowerOfTen
}

func writtenText(s string, limit int) (string, error) {
	if len(s) > limit {
		return "", fmt.Errorf("has a string of more than %d bytes; write a shorter one", limit)
	}
	if strings.HasPrefix(strings.TrimLeft(s, "#"), "'") {
		return "", errors.New("has bytes, which no evidence has; write a string in double quotes")
	}
	text, err := cueliteral.Unquote(s)
	if err != nil {
		return "", fmt.Errorf("has a string that cannot be read (%w); mend its quotes and escapes", err)
	}
	return text, nil
}

// compilePattern compiles a regular expression whose program is small, so that the time to match
// is bounded by the text alone.
func compilePattern(s string) (pattern *regexp.Regexp, size int, err error) {
	if len(s) > maxPattern {
		return nil, 0, fmt.Errorf("is longer than %d bytes; write a shorter one", maxPattern)
	}
	parsed, err := syntax.Parse(s, syntax.Perl)
	if err != nil {
		return nil, 0, fmt.Errorf("cannot be read (%w); mend it (the syntax is RE2's)", err)
	}
	if size = patternSize(parsed); size > maxPatternSize {
		return nil, 0, errors.New("repeats too much; write smaller repetitions")
	}
	pattern, err = regexp.Compile(s)
	return pattern, size, err
}

func patternSize(r *syntax.Regexp) int {
	size := 1
	if r.Op == syntax.OpLiteral {
		size = len(r.Rune)
	}
	for _, part := range r.Sub {
		size += patternSize(part)
	}
	if r.Op == syntax.OpRepeat {
		size *= max(r.Min, r.Max, 1)
	}
	return min(size, maxPatternSize+1)
}
