package definition

import (
	"maps"
	"slices"
	"strings"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/errors"
	"cuelang.org/go/cue/format"
	cueliteral "cuelang.org/go/cue/literal"
	"cuelang.org/go/cue/token"
)

// reader reads an evaluated Nexus file and holds each field against the schema by itself, so that
// one fault does not hide another and each has its place in the user's file.
type reader struct {
	file     string
	schema   schema
	reported map[string]bool // the paths that CUE itself has found faults at
	faults   Faults
}

// node is a value with its path and place.
type node struct {
	value cue.Value
	path  []string
	pos   Pos
}

func (n node) String() string { return pathText(n.path) }

func (n node) child(name string, v cue.Value, file string) node {
	c := node{value: v, path: append(slices.Clip(n.path), name), pos: n.pos}
	if p := v.Pos(); p.IsValid() && p.Filename() == file {
		c.pos = place(p)
	}
	return c
}

// evaluated notes what CUE finds wrong with the file by itself.
func (r *reader) evaluated(v cue.Value) {
	for _, e := range errors.Errors(v.Validate()) {
		path := pathText(unquoted(e.Path()))
		if r.reported[path] && path != "" {
			continue
		}
		r.reported[path] = true
		message := errorText(e)
		if path != "" {
			message = path + ": " + message
		}
		at, message := r.places(v, e, message)
		r.faults.add(at, "%s", message)
	}
}

// unquoted are the steps of a path as they are named; CUE gives them as they are written.
func unquoted(path []string) []string {
	names := slices.Clone(path)
	for i, step := range names {
		if name, err := cueliteral.Unquote(step); err == nil {
			names[i] = name
		}
	}
	return names
}

// places says where an error stands in the user's file: first the place itself, then the others.
func (r *reader) places(root cue.Value, e errors.Error, message string) (Pos, string) {
	places := append(e.InputPositions(), e.Position())
	slices.SortFunc(places, token.Pos.Compare)
	var found []string
	at := Pos{}
	for _, p := range slices.Compact(places) {
		if !p.IsValid() || p.Filename() != r.file {
			continue
		}
		if at.File == "" {
			at = place(p)
			continue
		}
		found = append(found, place(p).String())
	}
	if len(found) > 0 {
		return at, message + " (also " + strings.Join(found, ", ") + "); make them agree"
	}
	if at.File == "" {
		at = r.nearest(root, e.Path())
	}
	return at, message + "; mend it"
}

// nearest is the place of what a path leads to, as far as there is any.
func (r *reader) nearest(v cue.Value, path []string) Pos {
	at := Pos{r.file, 1, 1}
	for _, step := range path {
		parsed := cue.ParsePath(step)
		if parsed.Err() != nil {
			parsed = cue.MakePath(cue.Str(step))
		}
		v = v.LookupPath(parsed)
		if p := v.Pos(); p.IsValid() && p.Filename() == r.file {
			at = place(p)
		}
	}
	return at
}

// isStruct says whether the value has fields; one whose fields have faults has them too.
func (n node) isStruct() bool {
	switch n.value.IncompleteKind() {
	case cue.StructKind:
		return true
	case cue.BottomKind:
		all, err := n.value.Fields(cue.Optional(true))
		return err == nil && all.Next()
	}
	return false
}

// fields are the children of a struct, held against a definition of the schema.
func (r *reader) fields(definition string, n node) map[string]node {
	known := r.schema.fields(definition)
	found := map[string]node{}
	for name, child := range r.children(n) {
		if _, isKnown := known[name]; !isKnown {
			r.faults.add(child.pos, "%s is no field here; %s", child, suggest(name, slices.Collect(maps.Keys(known))))
			continue
		}
		found[name] = child
	}
	if !n.isStruct() {
		return found
	}
	for _, name := range slices.Sorted(maps.Keys(known)) {
		if _, isThere := found[name]; known[name].required && !isThere {
			r.faults.add(n.pos, "%s is missing. Write: %s", pathText(append(slices.Clip(n.path), name)), known[name].doc)
		}
	}
	return found
}

// children are the regular fields of a struct; an optional one is a fault.
func (r *reader) children(n node) map[string]node {
	children := map[string]node{}
	if !n.isStruct() {
		r.wrong(n, "a struct, in braces.")
		return children
	}
	all, _ := n.value.Fields(cue.Optional(true))
	for all.Next() {
		child := n.child(all.Selector().Unquoted(), all.Value(), r.file)
		if all.Selector().ConstraintType() != 0 {
			r.faults.add(child.pos, "%s has a ? or a !, and says nothing so; write a plain field", child)
			continue
		}
		children[all.Selector().Unquoted()] = child
	}
	return children
}

// named are the children of a struct whose fields are names.
func (r *reader) named(n node) []node {
	children := r.children(n)
	named := make([]node, 0, len(children))
	for _, name := range slices.Sorted(maps.Keys(children)) {
		if !isName(name) {
			r.faults.add(children[name].pos, "%q is no name; write letters, digits, dots, dashes and underscores, a letter or a digit first", name)
			continue
		}
		named = append(named, children[name])
	}
	return named
}

// setting reads a field that is a text, a list of texts, a number or a yes.
func (r *reader) setting(definition string, n node) (setting, bool) {
	name := n.path[len(n.path)-1]
	want := r.schema.fields(definition)[name]
	v := want.value.Unify(n.value)
	if v.Validate(cue.Concrete(true)) != nil {
		r.wrong(n, want.doc)
		return setting{}, false
	}
	s, ok := readSetting(v, n.pos)
	if slices.ContainsFunc(s.list, func(text string) bool { return len(text) > maxText }) {
		r.faults.add(n.pos, "%s is longer than %d bytes; shorten it", n, maxText)
		return setting{}, false
	}
	return s, ok
}

func readSetting(v cue.Value, at Pos) (setting, bool) {
	s := setting{pos: at}
	v, _ = v.Default()
	switch v.Kind() {
	case cue.StringKind:
		s.text, _ = v.String()
		s.list = []string{s.text}
	case cue.IntKind:
		n, _ := v.Int64()
		s.number = int(n)
	case cue.BoolKind:
		s.yes, _ = v.Bool()
	case cue.ListKind:
		items, _ := v.List()
		for items.Next() {
			item, _ := items.Value().String()
			s.list = append(s.list, item)
		}
	}
	return s, true
}

// wrong says that a value is not what the schema asks for, unless CUE has said so already.
func (r *reader) wrong(n node, advice string) {
	if r.reported[n.String()] {
		return
	}
	if err := n.value.Err(); err != nil {
		r.faults.add(n.pos, "%s cannot be computed: %s. Write: %s", n, causeText(err), advice)
		return
	}
	written, err := format.Node(n.value.Syntax())
	if text := string(written); err == nil && len(text) < 60 && !strings.Contains(text, "\n") {
		r.faults.add(n.pos, "%s: %s is not allowed. Write: %s", n, text, advice)
		return
	}
	r.faults.add(n.pos, "%s is not allowed. Write: %s", n, advice)
}

// causeText is what CUE says first of an error, without its path and places.
func causeText(err error) string {
	for _, e := range errors.Errors(err) {
		return errorText(e)
	}
	return err.Error()
}
