package definition

import (
	"cmp"
	_ "embed" // cases.cue
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"cuelang.org/go/cue"
)

//go:embed cases.cue
var casesSource string

// maxCases bounds the cases of a file.
const maxCases = 10_000

// TestCase is a case beside a definition: what is known, and what the verdict has to be.
type TestCase struct {
	Name              string
	Component, Change string      // what is judged; both empty: the Increment
	Evidence          []byte      // as gate.ReadEvidence takes it
	Items             []Pos       // of each piece of evidence
	Teams             []CaseLayer // the teams' files to lay over
	Want              WantedVerdict
	Pos               Pos
}

// CaseLayer names a team's file for a case.
type CaseLayer struct {
	Scope string // NAME or NAME/COMPONENT
	Path  string // from the folder of the test file
	Pos   Pos
}

// WantedVerdict is what a case wants. What is empty may be as it likes.
type WantedVerdict struct {
	Outcome    string
	Findings   []WantedFinding
	Exceptions []string // all that the verdict rests on; nil: any, empty: none
	Only       bool     // no other finding is short of met
	Pos        Pos
}

// WantedFinding is a finding that there has to be. Empty fields may be as they like.
type WantedFinding struct {
	Criterion, Component, State string
	Level                       Level
	Layer                       Layer
	Exception                   *string // nil: any or none
	Got                         *Leaf   // a text or a constraint on it
	Pos                         Pos
}

// LoadCases reads a *_test.cue. The error, if any, is Faults. The cases are in the order of the file.
func LoadCases(f File) (cases []TestCase, err error) {
	err = f.read(schemaSource+casesSource, func(r *reader, root node) {
		if n, found := r.fields("#Cases", root)["cases"]; found {
			cases = r.cases(n)
		}
	})
	if err != nil {
		return nil, err
	}
	return cases, nil
}

func (r *reader) cases(n node) []TestCase {
	children := r.children(n)
	if len(children) > maxCases {
		r.faults.add(n.pos, "the file has %d cases; keep it to %d", len(children), maxCases)
		return nil
	}
	cases := make([]TestCase, 0, len(children))
	for name, child := range children {
		if l := utf8.RuneCountInString(name); l == 0 || l > 200 || strings.ContainsFunc(name, unicode.IsControl) {
			r.faults.add(child.pos, "a case has a name of 1 to 200 characters in a line; write one")
			continue
		}
		cases = append(cases, r.testCase(name, child))
	}
	slices.SortFunc(cases, func(a, b TestCase) int {
		return cmp.Or(cmp.Compare(a.Pos.Line, b.Pos.Line), cmp.Compare(a.Pos.Column, b.Pos.Column), cmp.Compare(a.Name, b.Name))
	})
	return cases
}

func (r *reader) testCase(name string, n node) TestCase {
	fields := r.fields("#Case", n)
	c := TestCase{Name: name, Pos: n.pos, Component: r.text("#Case", fields, "component"), Change: r.text("#Case", fields, "change")}
	if c.Component != "" && c.Change != "" {
		r.faults.add(fields["change"].pos, "%s: a case judges a component or a change; remove one of them", fields["change"])
	}
	if evidence, found := fields["evidence"]; found {
		c.Evidence, c.Items = r.evidence(evidence)
	}
	if teams, found := fields["teams"]; found && r.holds("#Case", teams) {
		c.Teams = r.caseLayers(teams)
	}
	if want, found := fields["want"]; found {
		c.Want = r.wanted(want)
	}
	return c
}

// holds says whether a field is what the schema asks for, and tells where it is not.
func (r *reader) holds(definition string, n node) bool {
	want := r.schema.fields(definition)[n.path[len(n.path)-1]]
	chosen, _ := n.value.Default() // before the schema's own default could contradict it
	if want.value.Unify(chosen).Validate(cue.Concrete(true)) != nil {
		r.wrong(n, want.doc)
		return false
	}
	return true
}

// evidence holds an evidence file against the schema, so that whatever is wrong has its place, and
// hands it on as it is.
func (r *reader) evidence(n node) (text []byte, items []Pos) {
	known := len(r.faults)
	for name, child := range r.fields("#EvidenceFile", n) {
		if name != "evidence" {
			r.holds("#EvidenceFile", child)
			continue
		}
		for _, item := range r.items(child) {
			items = append(items, item.pos)
			r.filedEvidence(item)
		}
	}
	if len(r.faults) > known || n.value.Validate(cue.Concrete(true)) != nil {
		return nil, items
	}
	text, err := n.value.MarshalJSON()
	if err != nil {
		r.faults.add(n.pos, "%s cannot be written as JSON: %s; mend it", n, causeText(err))
	}
	return text, items
}

func (r *reader) filedEvidence(n node) {
	for name, child := range r.fields("#FiledEvidence", n) {
		if name != "producer" {
			r.holds("#FiledEvidence", child)
			continue
		}
		for _, part := range r.fields("#Producer", child) {
			r.holds("#Producer", part)
		}
	}
}

// items are those of a list.
func (r *reader) items(n node) []node {
	list, err := n.value.List()
	if err != nil {
		r.wrong(n, "a list, in brackets.")
		return nil
	}
	var items []node
	for i := 0; list.Next(); i++ {
		items = append(items, n.child(strconv.Itoa(i), list.Value(), r.file))
	}
	return items
}

func (r *reader) caseLayers(n node) []CaseLayer {
	var layers []CaseLayer
	for scope, child := range r.children(n) {
		path, _ := child.value.String()
		layers = append(layers, CaseLayer{Scope: scope, Path: path, Pos: child.pos})
	}
	slices.SortFunc(layers, func(a, b CaseLayer) int { return cmp.Compare(a.Scope, b.Scope) })
	return layers
}

func (r *reader) wanted(n node) WantedVerdict {
	fields := r.fields("#Wanted", n)
	w := WantedVerdict{Outcome: r.text("#Wanted", fields, "outcome"), Pos: n.pos}
	if exceptions, found := fields["exceptions"]; found {
		s, _ := r.setting("#Wanted", exceptions)
		w.Exceptions = append([]string{}, s.list...)
	}
	if only, found := fields["only"]; found && r.holds("#Wanted", only) {
		w.Only, _ = only.value.Bool()
	}
	if findings, found := fields["findings"]; found {
		for _, item := range r.items(findings) {
			w.Findings = append(w.Findings, r.wantedFinding(item))
		}
	}
	return w
}

func (r *reader) wantedFinding(n node) WantedFinding {
	fields := r.fields("#WantedFinding", n)
	text := func(name string) string { return r.text("#WantedFinding", fields, name) }
	f := WantedFinding{
		Criterion: text("criterion"), Component: text("component"), State: text("state"),
		Level: Level(text("level")), Layer: Layer(text("layer")), Pos: n.pos,
	}
	if _, found := fields["exception"]; found {
		exception := text("exception")
		f.Exception = &exception
	}
	if got, found := fields["got"]; found {
		if leaf, ok := r.leaf(got, []string{"got"}); ok {
			f.Got = &leaf
		}
	}
	return f
}
