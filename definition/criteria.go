package definition

import (
	"maps"
	"slices"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/ast"
)

// criteria reads the Nexus's Definition of Done.
func (r *reader) criteria(n node, d *Definition) {
	for _, n := range r.named(n) {
		draft := r.draft(n)
		c, faults := draft.criterion(NexusLayer, d.Zone)
		r.faults = append(r.faults, faults...)
		r.checkNames(draft, c, d)
		if err := c.provable(); err != nil {
			r.faults.add(n.pos, "%s: %s", draft.path("from.app"), err)
		}
		d.Warnings = append(append(d.Warnings, r.doubts(c)...), d.doubts(c)...)
		d.Criteria = append(d.Criteria, c)
	}
}

// draft reads one criterion as it is written.
func (r *reader) draft(n node) *draft {
	d := newDraft(n.path[len(n.path)-1], n.pos)
	fields := r.fields("#Criterion", n)
	for name, child := range fields {
		switch name {
		case "must":
			r.leaves(child, nil, d)
		case "from":
			r.settings("#From", child, "from.", d)
		case "appliesTo":
			r.settings("#AppliesTo", child, "appliesTo.", d)
		default:
			if s, ok := r.setting("#Criterion", child); ok {
				d.set[name] = s
			}
		}
	}
	slices.SortFunc(d.must, func(a, b Leaf) int { return slices.Compare(a.steps, b.steps) })
	return d
}

func (r *reader) settings(definition string, n node, prefix string, d *draft) {
	for name, child := range r.fields(definition, n) {
		if s, ok := r.setting(definition, child); ok {
			d.set[prefix+name] = s
		}
	}
}

// leaves reads a must, at any depth.
func (r *reader) leaves(n node, steps []string, d *draft) {
	children := r.children(n)
	if len(children) == 0 && n.isStruct() {
		r.faults.add(n.pos, "%s names no fact, so that anything would pass; write a leaf such as failed: 0", n)
	}
	for _, name := range slices.Sorted(maps.Keys(children)) {
		child := children[name]
		path := append(slices.Clip(steps), name)
		if child.isStruct() {
			r.leaves(child, path, d)
			continue
		}
		if leaf, ok := r.leaf(child, path); ok {
			d.must = append(d.must, leaf)
		}
	}
}

// leaf reads an evaluated value through the grammar that a team's file is read by.
func (r *reader) leaf(n node, steps []string) (Leaf, bool) {
	if r.reported[n.String()] {
		return Leaf{}, false
	}
	if err := n.value.Err(); err != nil {
		r.faults.add(n.pos, "%s cannot be computed: %s; write what it needs", n, causeText(err))
		return Leaf{}, false
	}
	g := grammar{layer: NexusLayer, place: func(ast.Node) Pos { return n.pos }}
	written, isExpression := n.value.Eval().Syntax().(ast.Expr)
	if !isExpression {
		written = &ast.BottomLit{}
	}
	c, err := g.leaf(written)
	if err != nil {
		r.faults.add(n.pos, "%s %s", n, err)
		return Leaf{}, false
	}
	if c.empty() {
		r.faults.add(n.pos, "%s: nothing is %s; write what can be met", n, &c)
		return Leaf{}, false
	}
	return newLeaf(steps, c, NexusLayer, n.pos), true
}

// checkNames holds that appliesTo names what there is.
func (r *reader) checkNames(draft *draft, c Criterion, d *Definition) {
	teams := make([]string, len(d.Teams))
	for i, t := range d.Teams {
		teams[i] = t.Name
	}
	var components []string
	for _, component := range d.All() {
		components = append(components, component.Name)
	}
	r.checkName(draft, "appliesTo.teams", "team", c.AppliesTo.Teams, teams)
	r.checkName(draft, "appliesTo.components", "component", c.AppliesTo.Components, components)
}

func (r *reader) checkName(draft *draft, field, noun string, names, known []string) {
	for _, name := range names {
		if !slices.Contains(known, name) {
			r.faults.add(draft.set[field].pos, "%s: there is no %s %q; %s", draft.path(field), noun, name, suggest(name, known))
		}
	}
}

// doubts warns of leaves that the schema's facts can hardly meet. Facts that the schema does not
// name are kept, so these are no faults.
func (r *reader) doubts(c Criterion) Faults {
	var doubts Faults
	if c.AppliesTo.narrows() && c.On == OnIncrement {
		doubts.add(c.Pos, "done.%s: the Increment is of all components, so that appliesTo says nothing; remove it", c.ID)
	}
	facts := r.schema.fields("#Evidence." + c.Evidence)
	known := slices.Collect(maps.Keys(facts))
	for _, leaf := range c.Must {
		fact, isKnown := facts[leaf.steps[0]]
		if near := nearest(leaf.steps[0], known); !isKnown && near != "" {
			doubts.add(leaf.Pos, "done.%s: %s evidence has no fact %s; did you mean %s?", c.ID, c.Evidence, leaf.steps[0], near)
		}
		if isKnown && len(leaf.steps) == 1 && leaf.constraint.empty(factType(fact)) {
			doubts.add(leaf.Pos, "done.%s: %s of %s evidence is %s, so that %s is never met; write what it can be", c.ID, leaf.Path, c.Evidence, factType(fact), leaf.Text)
		}
	}
	return doubts
}

func factType(f field) *constraint {
	typ := &constraint{op: isType, name: "string"}
	switch f.value.IncompleteKind() {
	case cue.IntKind:
		typ.name = "int"
	case cue.NumberKind:
		typ.name = "number"
	case cue.BoolKind:
		typ.name = "bool"
	}
	return typ
}
