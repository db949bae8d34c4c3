package definition

import (
	"maps"
	"slices"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/token"
)

// teamFile walks the syntax tree of a team's file and lets through what the allow-list names: a
// package clause, done and structs, the leaves, comments. What it does not name is a fault.
type teamFile struct {
	name   string
	drafts map[string]*draft
	atoms  int
	faults Faults
}

// entry is a field that has passed, with its whole path.
type entry struct {
	path  []string
	pos   Pos
	value ast.Expr
}

func (e entry) String() string { return pathText(e.path) }

func (t *teamFile) read(syntax *ast.File) []*draft {
	for _, e := range t.fields(nil, syntax.Decls) {
		if e.path[0] != "done" {
			t.faults.add(e.pos, "%s: a team's file says done and nothing else; move it into done, or remove it", e)
			continue
		}
		for _, e := range t.children(e) {
			t.criterion(e)
		}
	}
	drafts := make([]*draft, 0, len(t.drafts))
	for _, id := range slices.Sorted(maps.Keys(t.drafts)) {
		drafts = append(drafts, t.drafts[id])
	}
	return drafts
}

// fields are the plain fields among declarations.
func (t *teamFile) fields(path []string, decls []ast.Decl) []entry {
	var entries []entry
	for _, decl := range decls {
		switch x := decl.(type) {
		case *ast.Package, *ast.CommentGroup:
		case *ast.Field:
			if name, ok := t.label(x); ok {
				entries = append(entries, entry{append(slices.Clip(path), name), place(x.Label.Pos()), x.Value})
			}
		default:
			t.faults.add(place(decl.Pos()), "%s; a team's file has plain fields alone: write one", declared(decl))
		}
	}
	return entries
}

func declared(decl ast.Decl) string {
	switch decl.(type) {
	case *ast.ImportDecl:
		return "this is an import"
	case *ast.LetClause:
		return "this is a let"
	case *ast.Comprehension:
		return "this is a comprehension"
	case *ast.Attribute:
		return "this is an attribute"
	case *ast.Ellipsis:
		return "this is an ellipsis"
	case *ast.EmbedDecl:
		return "this is an embedded value"
	case *ast.Alias:
		return "this is an alias"
	}
	return "this is no field"
}

// label is the name of a plain field.
func (t *teamFile) label(x *ast.Field) (string, bool) {
	name, isIdent, err := ast.LabelName(x.Label)
	_, isAlias := x.Label.(*ast.Alias)
	if _, aliased := x.Value.(*ast.Alias); aliased {
		isAlias = true
	}
	problem := ""
	switch {
	case len(x.Attrs) > 0:
		problem = "has an attribute"
	case isAlias || x.Alias != nil:
		problem = "has an alias"
	case x.Constraint != token.ILLEGAL:
		problem = "is optional or required"
	case err != nil:
		problem = "is a pattern or computed"
	case isIdent && (name[0] == '_' || name[0] == '#'):
		problem = "is hidden or a definition"
	case len(name) > maxText:
		problem = "is too long"
	}
	if problem != "" {
		t.faults.add(place(x.Pos()), "this field %s; a team's file has plain names and values: write one", problem)
	}
	return name, problem == ""
}

// children are the fields of a struct.
func (t *teamFile) children(e entry) []entry {
	body, isStruct := e.value.(*ast.StructLit)
	if !isStruct {
		t.faults.add(place(e.value.Pos()), "%s is no plain struct; write it in braces", e)
		return nil
	}
	return t.fields(e.path, body.Elts)
}

// criterion adds what an entry done: ID says to the draft of that id; a file may name it often.
func (t *teamFile) criterion(e entry) {
	id := e.path[1]
	if !isName(id) {
		t.faults.add(e.pos, "%q is no name; write letters, digits, dots, dashes and underscores, a letter or a digit first", id)
		return
	}
	d, known := t.drafts[id]
	if !known {
		d = newDraft(id, e.pos)
		t.drafts[id] = d
	}
	if len(t.drafts) > maxTeamCriteria {
		t.faults.add(e.pos, "the file has more than %d criteria; write fewer", maxTeamCriteria)
		return
	}
	for _, child := range t.children(e) {
		t.field(child, d)
	}
}

// leavesOf reads a must, at any depth.
func (t *teamFile) leavesOf(e entry, d *draft) {
	children := t.children(e)
	if body, isStruct := e.value.(*ast.StructLit); isStruct && len(body.Elts) == 0 {
		t.faults.add(e.pos, "%s names no fact, so that anything would pass; write a leaf such as failed: 0", e)
	}
	for _, child := range children {
		if _, isStruct := child.value.(*ast.StructLit); isStruct {
			t.leavesOf(child, d)
			continue
		}
		if t.atoms < maxTeamAtoms {
			t.leaf(child, d)
		}
	}
}

func (t *teamFile) leaf(e entry, d *draft) {
	g := grammar{layer: TeamLayer, place: func(n ast.Node) Pos { return place(n.Pos()) }}
	c, err := g.leaf(e.value)
	if err != nil {
		t.refuse(e, err)
		return
	}
	if t.atoms += maxLeafAtoms - g.atoms; t.atoms >= maxTeamAtoms {
		t.faults.add(e.pos, "the file has more than %d constraints; write fewer", maxTeamAtoms-1)
	}
	d.must = append(d.must, newLeaf(e.path[3:], c, TeamLayer, e.pos))
}
