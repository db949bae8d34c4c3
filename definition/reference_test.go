package definition_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"unicode"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/format"
	"cuelang.org/go/cue/parser"
	"cuelang.org/go/cue/token"
	"github.com/google/go-cmp/cmp"
)

// page is where users read what the schemas say.
const page = "../docs/definition.md"

// TestThePageSaysWhatTheSchemasSay holds the reference between the markers of the page to the schemas'
// fields and comments; -update writes it anew.
func TestThePageSaysWhatTheSchemasSay(t *testing.T) {
	text := read(t, page)
	const begin, end = "<!-- reference -->\n", "<!-- /reference -->\n"
	before, rest, begun := strings.Cut(text, begin)
	shown, after, ended := strings.Cut(rest, end)
	if !begun || !ended {
		t.Fatalf("%s has no text between %s and %s", page, begin, end)
	}
	want := reference(t, "schema.cue") + reference(t, "cases.cue")
	if *update {
		if err := os.WriteFile(page, []byte(before+begin+want+end+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, shown); diff != "" {
		t.Errorf("the page does not say what the schemas say; run the test with -update (-want +got):\n%s", diff)
	}
}

// reference is a table for each definition of a schema.
func reference(t *testing.T, file string) string {
	t.Helper()
	syntax, err := parser.ParseFile(file, read(t, file), parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, decl := range syntax.Decls {
		field, ok := decl.(*ast.Field)
		if !ok {
			continue
		}
		name, _, _ := ast.LabelName(field.Label)
		body, isStruct := field.Value.(*ast.StructLit)
		if !isStruct || name == "#Conclusion" {
			continue
		}
		fmt.Fprintf(&b, "### %s\n\n%s\n\n", heading(name), comment(t, field, name))
		if name == "#Evidence" {
			b.WriteString(kinds(t, body))
		} else {
			b.WriteString(fields(t, name, body))
		}
	}
	return b.String()
}

// heading is the name of a definition in words: #IntegrationTeam is Integration team.
func heading(name string) string {
	var b strings.Builder
	for i, r := range strings.TrimPrefix(name, "#") {
		if i > 0 && unicode.IsUpper(r) {
			b.WriteByte(' ')
			r = unicode.ToLower(r)
		}
		b.WriteRune(r)
	}
	return b.String()
}

// comment is what stands above a field. There has to be something: it is what users read.
func comment(t *testing.T, field *ast.Field, path string) string {
	t.Helper()
	var words []string
	for _, group := range ast.Comments(field) {
		if group.Doc {
			words = append(words, strings.Fields(group.Text())...)
		}
	}
	if len(words) == 0 {
		t.Errorf("%s has no comment", path)
	}
	return escaped(strings.Join(words, " "))
}

// escaped is text that markdown shows as it is, in a table too. What stands in backticks is code.
func escaped(text string) string {
	parts := strings.Split(text, "`")
	for i := range parts {
		if i%2 == 0 {
			parts[i] = strings.NewReplacer("|", `\|`, "*", `\*`, "<", "&lt;", "[", `\[`).Replace(parts[i])
		}
	}
	return strings.Join(parts, "`")
}

func fields(t *testing.T, of string, body *ast.StructLit) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("| Field | Absent | |\n|---|---|---|\n")
	for _, elt := range body.Elts {
		field, ok := elt.(*ast.Field)
		if !ok {
			continue
		}
		name, _, _ := ast.LabelName(field.Label)
		if _, any := field.Label.(*ast.ListLit); any {
			name = "NAME"
		}
		says := comment(t, field, of+"."+name)
		if link := refers(field.Value); link != "" {
			says += fmt.Sprintf(" → [%s](#%s)", link, strings.ReplaceAll(strings.ToLower(link), " ", "-"))
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", name, absent(field), says)
	}
	return b.String() + "\n"
}

// absent is what holds where a field is not there.
func absent(field *ast.Field) string {
	if field.Constraint == token.NOT {
		return "must be there"
	}
	if choice, ok := field.Value.(*ast.BinaryExpr); ok {
		for first := ast.Expr(choice); ; first = choice.X {
			if choice, ok = first.(*ast.BinaryExpr); !ok {
				if marked, ok := first.(*ast.UnaryExpr); ok && marked.Op == token.MUL {
					text, _ := format.Node(marked.X)
					return "`" + string(text) + "`"
				}
				break
			}
		}
	}
	return ""
}

// refers is the heading of the definition that a value is of, or its items are.
func refers(value ast.Expr) string {
	switch v := value.(type) {
	case *ast.Ident:
		if told[v.Name] {
			return heading(v.Name)
		}
	case *ast.StructLit:
		for _, elt := range v.Elts {
			if field, ok := elt.(*ast.Field); ok {
				return refers(field.Value)
			}
		}
	case *ast.ListLit:
		for _, elt := range v.Elts {
			if rest, ok := elt.(*ast.Ellipsis); ok && rest.Type != nil {
				return refers(rest.Type)
			}
		}
	}
	return ""
}

// told are the definitions that have a table of their own.
var told = map[string]bool{
	"#IntegrationTeam": true, "#Sprint": true, "#Team": true, "#Component": true, "#Criterion": true, "#Exception": true, "#Release": true,
	"#Environment": true,
	"#AppliesTo":   true, "#From": true, "#Tightened": true, "#Case": true, "#Wanted": true, "#WantedFinding": true, "#EvidenceFile": true,
	"#FiledEvidence": true, "#Producer": true,
}

// kinds is the table of the kinds of evidence, with their facts.
func kinds(t *testing.T, body *ast.StructLit) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("| Kind | Facts | |\n|---|---|---|\n")
	for _, elt := range body.Elts {
		field := elt.(*ast.Field)
		name, _, _ := ast.LabelName(field.Label)
		facts := "`conclusion`"
		if body, ok := field.Value.(*ast.StructLit); ok {
			facts = factsOf(body)
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", name, facts, comment(t, field, "#Evidence."+name))
	}
	return b.String() + "\n"
}

func factsOf(body *ast.StructLit) string {
	var facts []string
	for _, elt := range body.Elts {
		fact, ok := elt.(*ast.Field)
		if !ok {
			continue
		}
		name, _, _ := ast.LabelName(fact.Label)
		typ, _ := format.Node(fact.Value)
		said := string(typ)
		for _, group := range ast.Comments(fact) {
			said += ": " + strings.TrimSpace(group.Text())
		}
		facts = append(facts, fmt.Sprintf("`%s` (%s)", name, escaped(said)))
	}
	return strings.Join(facts, ", ")
}
