package definition

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/parser"
)

// definition is the definition that the document tells, with its places in a file of that name.
func (s *settled) definition(file string) (*Definition, error) {
	zone, err := parseZone(s.Zone)
	if err != nil {
		return nil, err
	}
	d := s.Definition
	d.File, d.source, d.done, d.Zone = file, s.Source, s.Done.in(file), zone
	d.Sprint = s.Sprint.Sprint
	if d.Sprint.Start, err = firstOf(s.Sprint.Start, zone); err != nil {
		return nil, err
	}
	for i := range s.Teams {
		d.Teams = append(d.Teams, s.Teams[i].team(file))
	}
	for i := range s.Criteria {
		c, err := s.Criteria[i].criterion(file, zone)
		if err != nil {
			return nil, fmt.Errorf("done.%.80s: %w", s.Criteria[i].ID, err)
		}
		d.Criteria = append(d.Criteria, c)
	}
	for i := range s.Exceptions {
		e, err := s.Exceptions[i].exception(file, zone)
		if err != nil {
			return nil, err
		}
		d.Exceptions = append(d.Exceptions, e)
	}
	for _, w := range s.Warnings {
		d.Warnings = append(d.Warnings, Fault{w.Pos.in(file), w.Message})
	}
	if !isName(d.Name) {
		return nil, fmt.Errorf("%.80q is no name of a Nexus", d.Name)
	}
	return &d, errors.Join(d.Release.formed(), d.Backlog.formed(), formedBriefs(d.Briefs))
}

func (p settledPlace) in(file string) Pos {
	if p == (settledPlace{}) {
		return Pos{}
	}
	return Pos{file, p[0], p[1]}
}

// The days that a definition can name, and one more.
var firstDay, lastDay = time.Date(-1, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(10000, 1, 3, 0, 0, 0, 0, time.UTC)

func moment(day settledDay, zone *time.Location) (time.Time, error) {
	if day == nil {
		return time.Time{}, nil
	}
	at := time.Unix(*day, 0).In(zone)
	if at.Before(firstDay) || at.After(lastDay) {
		return time.Time{}, fmt.Errorf("%d is no day of a calendar", *day)
	}
	return at, nil
}

// firstOf is the begin of the day that a moment is nearest to. Where the clocks jump at midnight, the first day of a
// Sprint was once written as an hour before it.
func firstOf(at settledDay, zone *time.Location) (time.Time, error) {
	if at == nil {
		return time.Time{}, nil
	}
	if _, err := moment(at, zone); err != nil {
		return time.Time{}, err
	}
	first := AddDays(time.Unix(*at, 0).In(zone).Add(day/2), 0, zone).Unix()
	return moment(&first, zone)
}

func (s *settledTeam) team(file string) Team {
	t := s.Team
	for i := range s.Components {
		c := s.Components[i].Component
		c.Pos = s.Components[i].Pos.in(file)
		t.Components = append(t.Components, c)
	}
	return t
}

func (s *settledCriterion) criterion(file string, zone *time.Location) (c Criterion, err error) {
	c = s.Criterion
	c.Pos = s.Pos.in(file)
	if c.RequiredFrom, err = moment(s.RequiredFrom, zone); err != nil {
		return c, err
	}
	for i := range s.Must {
		l, err := s.Must[i].leaf(s.Must[i].Pos.in(file))
		if err != nil {
			return c, err
		}
		c.Must = append(c.Must, l)
	}
	return c, c.formed()
}

// formed holds what judging rests on.
func (c *Criterion) formed() error {
	switch {
	case !slices.Contains(words("on"), string(c.On)), !slices.Contains(words("level"), string(c.Level)), c.Layer != NexusLayer:
		return fmt.Errorf("it is on %.80q, of the level %.80q and the layer %.80q", c.On, c.Level, c.Layer)
	case len(c.Must) == 0, c.AtLeast < 1, c.Fresh < 0, c.Within <= 0, c.From.Trust < Unset, c.From.Trust > OIDC:
		return errors.New("it asks for nothing, or for what is none")
	}
	return nil
}

func (s *settledException) exception(file string, zone *time.Location) (e Exception, err error) {
	e = s.Exception
	e.Pos = s.Pos.in(file)
	e.Until, err = moment(s.Until, zone)
	return e, err
}

// leaf reads the text by the grammar of a definition. It is to be just what Settle would write.
func (s settledLeaf) leaf(at Pos) (Leaf, error) {
	f := File{Name: "leaf", Source: []byte(s.Text)}
	if faults := f.legible(maxSettled, maxNexusTokens); len(faults) > 0 {
		return Leaf{}, faults.err()
	}
	written, err := parser.ParseExpr(f.Name, f.Source)
	if err != nil {
		return Leaf{}, fmt.Errorf("%.80q is no leaf: %w", s.Text, err)
	}
	g := grammar{layer: NexusLayer, settled: true, place: func(ast.Node) Pos { return at }}
	c, err := g.leaf(written)
	if err != nil {
		return Leaf{}, fmt.Errorf("%.80q %w", s.Text, err)
	}
	if c.String() != s.Text || len(s.Steps) == 0 {
		return Leaf{}, fmt.Errorf("%.80q is not written as a leaf on a fact is", s.Text)
	}
	return newLeaf(s.Steps, c, NexusLayer, at), nil
}
