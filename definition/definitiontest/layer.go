package definitiontest

import (
	"fmt"
	"strings"
)

// Layer is a layer as a user would write it, and what it says where.
type Layer struct {
	Source   string
	Criteria []*Criterion
	Spoiled  string // by what a team may not write; "" where it is sound in itself
}

// Criterion is what a layer writes under an id.
type Criterion struct {
	ID     string
	Place  Place
	Fields []Field
	Must   []Leaf
	Echoes string // the id of the Nexus's criterion that one of the team's own only says again
}

// Field is what a criterion sets, apart from must.
type Field struct {
	Name  string // "level", "from.trust"
	Value string // without quotes
	Place Place
}

// Leaf is a leaf of a must.
type Leaf struct {
	Path       string // "a", or "n.x" in nested facts
	Constraint Constraint
	Place      Place
}

// Place is a line and a column.
type Place struct{ Line, Column int }

// Value is what a criterion sets a field to; "" where it does not.
func (c *Criterion) Value(field string) string {
	f, _ := c.Field(field)
	return f.Value
}

// Field finds a field that a criterion sets.
func (c *Criterion) Field(name string) (Field, bool) {
	for _, f := range c.Fields {
		if f.Name == name {
			return f, true
		}
	}
	return Field{}, false
}

// Criterion finds one by its id.
func (l *Layer) Criterion(id string) *Criterion {
	for _, c := range l.Criteria {
		if c.ID == id {
			return c
		}
	}
	return nil
}

func (c *Criterion) set(name, value string) {
	c.Fields = append(c.Fields, Field{Name: name, Value: value})
}

func (c *Criterion) drop(name string) {
	for i, f := range c.Fields {
		if f.Name == name {
			c.Fields = append(c.Fields[:i], c.Fields[i+1:]...)
			return
		}
	}
}

// page writes a layer, and where it writes what.
type page struct {
	strings.Builder
	line int
}

func (p *page) put(depth int, text string) Place {
	p.line++
	fmt.Fprintf(p, "%s%s\n", strings.Repeat("\t", depth), text)
	return Place{p.line, depth + 1}
}

// done writes the criteria of a layer, and a line more in the first of them.
func (p *page) done(criteria []*Criterion, more string) {
	p.put(0, "done: {")
	for i, c := range criteria {
		c.Place = p.put(1, c.ID+": {")
		for j := range c.Fields {
			c.Fields[j].Place = p.field(c.Fields[j])
		}
		if i == 0 && more != "" {
			p.put(2, more)
		}
		p.must(c)
		p.put(1, "}")
	}
	p.put(0, "}")
}

func (p *page) field(f Field) Place {
	value := f.Value
	if f.Name != "atLeast" && !strings.HasPrefix(value, "[") {
		value = fmt.Sprintf("%q", value)
	}
	outer, inner, nested := strings.Cut(f.Name, ".")
	if !nested {
		return p.put(2, f.Name+": "+value)
	}
	p.put(2, outer+": {")
	at := p.put(3, inner+": "+value)
	p.put(2, "}")
	return at
}

func (p *page) must(c *Criterion) {
	if len(c.Must) == 0 {
		return
	}
	p.put(2, "must: {")
	for i := range c.Must {
		leaf := &c.Must[i]
		outer, inner, nested := strings.Cut(leaf.Path, ".")
		if !nested {
			leaf.Place = p.put(3, outer+": "+leaf.Constraint.String())
			continue
		}
		p.put(3, outer+": {")
		leaf.Place = p.put(4, inner+": "+leaf.Constraint.String())
		p.put(3, "}")
	}
	p.put(2, "}")
}
