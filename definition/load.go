package definition

import (
	"fmt"
	"strings"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/cuecontext"
	"cuelang.org/go/cue/errors"
	"cuelang.org/go/cue/parser"
	"cuelang.org/go/cue/token"
)

// Load reads the Nexus-wide layer. The error, if any, is Faults: all of them, each at its place.
// No value of CUE outlives the call, so that definitions may come and go.
func Load(f File) (*Definition, error) {
	var d *Definition
	if err := f.read(schemaSource, func(r *reader, root node) { d = r.nexus(root) }); err != nil {
		return nil, err
	}
	d.File, d.source = f.Name, Digest(f.Source)
	return d, nil
}

// read evaluates a file and reads what it says. The error, if any, is Faults.
func (f File) read(schema string, read func(*reader, node)) (err error) {
	if faults := f.legible(maxNexusFile, maxNexusTokens); len(faults) > 0 {
		return faults.err()
	}
	defer func() {
		// CUE's evaluator is large and young: a definition that trips it is a fault of the file.
		if tripped := recover(); tripped != nil {
			err = Faults{{Pos{f.Name, 1, 1}, fmt.Sprintf("CUE cannot evaluate this file (%v); write it more simply", tripped)}}
		}
	}()
	syntax, faults := f.parse()
	if len(faults) == 0 {
		faults = checkImports(syntax)
	}
	if len(faults) > 0 {
		return faults.err()
	}
	return evaluate(syntax, f.Name, schema, read).err()
}

// parse reads the syntax of a file. It ends at the eleventh line that has a fault: the parser takes
// quadratic time in the faults that it finds.
func (f File) parse() (*ast.File, Faults) {
	syntax, err := parser.ParseFile(f.Name, f.Source)
	var faults Faults
	for _, e := range errors.Errors(err) {
		faults.add(f.inside(e.Position()), "%s; mend the syntax", errorText(e))
	}
	return syntax, faults
}

// inside is a place in the file, or its beginning.
func (f File) inside(p token.Pos) Pos {
	if p.Filename() != f.Name || !p.IsValid() {
		return Pos{f.Name, 1, 1}
	}
	return place(p)
}

func place(p token.Pos) Pos {
	at := p.Position()
	return Pos{at.Filename, at.Line, at.Column}
}

func errorText(e errors.Error) string {
	format, args := e.Msg()
	return fmt.Sprintf(format, args...)
}

// checkImports refuses imports from a registry: a definition is all in its file.
func checkImports(syntax *ast.File) Faults {
	var faults Faults
	for spec := range syntax.ImportSpecs() {
		path := strings.Trim(spec.Path.Value, `"`)
		if first, _, _ := strings.Cut(path, "/"); strings.Contains(first, ".") || strings.HasPrefix(path, "tool/") {
			faults.add(place(spec.Pos()), "imports %q, and a definition imports only what CUE brings, such as \"list\"; write here what you need of it", path)
		}
	}
	return faults
}

// evaluate computes the file and reads what it says.
func evaluate(syntax *ast.File, name, schema string, read func(*reader, node)) Faults {
	ctx := cuecontext.New()
	r := reader{file: name, schema: newSchema(ctx, schema), reported: map[string]bool{}}
	root := node{value: ctx.BuildFile(syntax), pos: Pos{name, 1, 1}}
	r.evaluated(root.value)
	if !root.isStruct() && len(r.faults) > 0 {
		return r.faults // it does not compile: there is nothing to read
	}
	read(&r, root)
	return r.faults
}
