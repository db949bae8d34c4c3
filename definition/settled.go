package definition

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"time"
	"unicode/utf8"
)

// settledVersion numbers the form of what Settle writes. It is kept for ever beside the source, so a
// later form has to read this one too.
const settledVersion = 1

// The bounds of what a definition may compute to. A file of a few lines can compute to anything.
const (
	maxSettled         = 4 << 20
	maxSettledTeams    = 200
	maxSettledCriteria = 2000
	maxSettledLeaves   = 20000

	maxSettledExceptions = 1000
)

// settled is a definition as one JSON document: what its file computes to, and no CUE.
// Of what it embeds, the fields that it names itself are written in their own way.
type settled struct {
	Version int
	Source  string // the digest of the file that it was computed from
	Definition
	Zone       string
	Sprint     settledSprint
	Teams      []settledTeam      `json:",omitempty"`
	Criteria   []settledCriterion `json:",omitempty"`
	Exceptions []settledException `json:",omitempty"`
	Warnings   []settledFault     `json:",omitempty"`
	Done       settledPlace
}

// settledPlace is a line and a column of the definition's file; [0, 0] is no place.
type settledPlace [2]int

// settledDay is a moment in seconds since 1970, and nil where there is none.
type settledDay *int64

type settledSprint struct {
	Sprint
	Start settledDay
}

type settledTeam struct {
	Team
	Components []settledComponent `json:",omitempty"`
}

type settledComponent struct {
	Component
	Pos settledPlace
}

type settledCriterion struct {
	Criterion
	RequiredFrom settledDay
	Must         []settledLeaf
	Pos          settledPlace
}

// settledLeaf is a leaf by its path and by a text that the grammar reads.
type settledLeaf struct {
	Steps []string
	Text  string
	Pos   settledPlace
}

type settledException struct {
	Exception
	Until settledDay
	Pos   settledPlace
}

type settledFault struct {
	Pos     settledPlace
	Message string
}

// Settle writes what a loaded definition computes to, as one JSON document with the digest of its
// source: LoadSettled reads it back without evaluating anything.
func Settle(d *Definition) (string, error) {
	s := settled{
		Version: settledVersion, Source: d.source, Definition: *d,
		Zone: d.Zone.String(), Sprint: settledSprint{d.Sprint, dayOf(d.Sprint.Start)}, Done: placeOf(d.done),
	}
	for _, t := range d.Teams {
		s.Teams = append(s.Teams, settleTeam(t))
	}
	for i := range d.Criteria {
		c, err := settleCriterion(&d.Criteria[i])
		if err != nil {
			return "", err
		}
		s.Criteria = append(s.Criteria, c)
	}
	for _, e := range d.Exceptions {
		s.Exceptions = append(s.Exceptions, settledException{e, dayOf(e.Until), placeOf(e.Pos)})
	}
	for _, w := range d.Warnings {
		s.Warnings = append(s.Warnings, settledFault{placeOf(w.Pos), w.Message})
	}
	if err := s.bounded(); err != nil {
		return "", err
	}
	text, err := json.Marshal(s)
	if err != nil {
		return "", fmt.Errorf("writing what %s computes to: %w", d.Name, err)
	}
	if len(text) > maxSettled {
		return "", errLarge
	}
	return string(text), nil
}

var errLarge = fmt.Errorf("the definition computes to more than %d MiB, %d teams, %d criteria, %d leaves or %d exceptions and environments; write fewer",
	maxSettled>>20, maxSettledTeams, maxSettledCriteria, maxSettledLeaves, maxSettledExceptions)

// bounded holds the counts, whose work is not that of reading alone.
func (s *settled) bounded() error {
	leaves := 0
	for i := range s.Criteria {
		leaves += len(s.Criteria[i].Must)
	}
	if len(s.Teams) > maxSettledTeams || len(s.Criteria) > maxSettledCriteria || leaves > maxSettledLeaves || len(s.Exceptions)+len(s.Release.Environments) > maxSettledExceptions {
		return errLarge
	}
	return nil
}

func settleTeam(t Team) settledTeam {
	s := settledTeam{Team: t}
	for _, c := range t.Components {
		s.Components = append(s.Components, settledComponent{c, placeOf(c.Pos)})
	}
	return s
}

func settleCriterion(c *Criterion) (settledCriterion, error) {
	s := settledCriterion{Criterion: *c, RequiredFrom: dayOf(c.RequiredFrom), Pos: placeOf(c.Pos)}
	for i := range c.Must {
		l := &c.Must[i]
		written := settledLeaf{Steps: l.steps, Text: l.Text, Pos: placeOf(l.Pos)}
		if _, err := written.leaf(l.Pos); err != nil {
			return s, fmt.Errorf("%s: writing what done.%s.must.%s computes to: %w", l.Pos, c.ID, l.Path, err)
		}
		s.Must = append(s.Must, written)
	}
	return s, nil
}

func placeOf(p Pos) settledPlace { return settledPlace{p.Line, p.Column} }

func dayOf(t time.Time) settledDay {
	if t.IsZero() {
		return nil
	}
	seconds := t.Unix()
	return &seconds
}

// LoadSettled reads what Settle wrote of a file, evaluating nothing. It refuses what is too large, of
// another version, computed from another source, or no definition of its form.
func LoadSettled(f File, text string) (d *Definition, err error) {
	defer func() {
		if tripped := recover(); tripped != nil { // CUE's parser reads the leaves
			d, err = nil, fmt.Errorf("reading what %s computes to: %v", f.Name, tripped)
		}
	}()
	if d, err = loadSettled(f, text); err != nil {
		return nil, fmt.Errorf("reading what %s computes to: %w", f.Name, err)
	}
	return d, nil
}

func loadSettled(f File, text string) (*Definition, error) {
	if len(text) > maxSettled {
		return nil, errLarge
	}
	if !utf8.ValidString(text) {
		return nil, errors.New("it is no UTF-8")
	}
	s, err := decodeSettled(text)
	if err != nil {
		return nil, err
	}
	if digest := Digest(f.Source); s.Source != digest {
		return nil, fmt.Errorf("it was computed from %.80q, and the source is %s", s.Source, digest)
	}
	if err := s.bounded(); err != nil {
		return nil, err
	}
	return s.definition(f.Name)
}

func decodeSettled(text string) (*settled, error) {
	// The version goes first, so that a later form is refused as such and not for its fields.
	var form struct{ Version int }
	if err := json.Unmarshal([]byte(text), &form); err != nil {
		return nil, err
	}
	if form.Version != settledVersion {
		return nil, fmt.Errorf("it is of version %d, and this program reads version %d", form.Version, settledVersion)
	}
	var s settled
	decoder := json.NewDecoder(bytes.NewReader([]byte(text)))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&s); err != nil {
		return nil, err
	}
	return &s, nil
}
