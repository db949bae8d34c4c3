package gate

import (
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/nexusgate/nexusgate/definition"
)

// Ground is what a verdict rests on besides the rules: with other rules, the same ground gives another
// verdict. It is kept beside the verdict, so that history can be judged again under a changed
// definition, and any verdict explained.
type Ground struct {
	Verdict    string           `json:"-"` // id
	Nexus      string           `json:"-"`
	Subject    Subject          `json:"subject"`
	Commit     string           `json:"commit,omitempty"`
	Increment  string           `json:"increment,omitempty"`  // digest of the composition
	Components GroundComponents `json:"components,omitempty"` // that an Increment is the sum of
	Definition string           `json:"definition"`           // digest of the Manifest
	Outcome    Outcome          `json:"outcome"`
	At         time.Time        `json:"at"`
	Parts      []GroundPart     `json:"parts"`
	// Said are the states and levels that the verdict found, so that a difference is told without reading
	// it; of an Increment its own alone, since its components' verdicts have theirs.
	Said []Said `json:"said,omitempty"`
	// Evidence is what the parts refer to, by reference; the store keeps each body once for all grounds.
	Evidence map[string]Evidence `json:"-"`
}

// Refs are the references of all its parts; one may come again.
func (g *Ground) Refs() iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, part := range g.Parts {
			lists := [][]string{part.Refs}
			for _, scope := range part.Scopes {
				lists = append(lists, scope.Refs)
			}
			for _, ref := range slices.Concat(lists...) {
				if !yield(ref) {
					return
				}
			}
		}
	}
}

// Find is the evidence behind one of the ground's references.
func (g *Ground) Find(ref string) (*Evidence, error) {
	e, ok := g.Evidence[ref]
	if !ok {
		return nil, fmt.Errorf("the ground of verdict %s does not hold the evidence %s", g.Verdict, ref)
	}
	return &e, nil
}

// GroundPart is one part of the case. Evidence is by reference: see Evidence.Ref.
type GroundPart struct {
	Component string          `json:"component,omitempty"`
	Team      string          `json:"team,omitempty"`
	On        []definition.On `json:"on,omitempty"` // which criteria judge it
	Since     time.Time       `json:"since,omitzero"`
	Refs      []string        `json:"refs,omitempty"` // of the evidence
	Held      []Finding       `json:"held,omitempty"`
	// Scopes tell, of the paths that criteria watched, what became of them. Other paths were not asked
	// for, and what would have become of them is not known.
	Scopes []GroundScope `json:"scopes,omitempty"`
}

// GroundScope is what counted for the criteria that watch some paths: the part's own evidence, or what
// was carried to them.
type GroundScope struct {
	Paths   []string  `json:"paths,omitempty"`   // globs as the criteria name them; empty: the component's whole
	Dropped bool      `json:"dropped,omitempty"` // a criterion on the change itself was not asked: nothing carries to it
	Carried bool      `json:"carried,omitempty"`
	Refs    []string  `json:"refs,omitempty"` // of what was carried
	Since   time.Time `json:"since,omitzero"`
}

// GroundComponents are the components of an Increment, each as it was judged by then.
type GroundComponents []GroundComponent

// GroundComponent is one of them. Its findings are those of its verdict.
type GroundComponent struct {
	Component, Team string
	Commit          string // "" where the composition is without it
	Verdict         string // id; "" where it was not judged by then
}

// MarshalText writes words with a space between them, for no name holds one: a large Nexus has many
// components, and every verdict on one of them makes one on the Increment.
func (all GroundComponents) MarshalText() ([]byte, error) {
	var text []byte
	for i, c := range all {
		if i > 0 {
			text = append(text, ' ')
		}
		for _, word := range [...]string{c.Component, c.Team, c.Commit, c.Verdict} {
			text = append(append(text, word...), ' ')
		}
		text = text[:len(text)-1]
	}
	return text, nil
}

// UnmarshalText is the way back.
func (all *GroundComponents) UnmarshalText(text []byte) error {
	words := strings.Split(string(text), " ")
	if len(words)%4 != 0 {
		return fmt.Errorf("the components of an Increment are %d words, want four of each", len(words))
	}
	*all = make(GroundComponents, 0, len(words)/4)
	for w := range slices.Chunk(words, 4) {
		*all = append(*all, GroundComponent{w[0], w[1], w[2], w[3]})
	}
	return nil
}

// Composition is the commits of those that have one.
func (all GroundComponents) Composition() Composition {
	sum := Composition{}
	for _, c := range all {
		if c.Commit != "" {
			sum[c.Component] = c.Commit
		}
	}
	return sum
}

// Said is one finding in short.
type Said struct {
	Criterion string
	Component string
	Team      string
	State     FindingState
	Level     definition.Level
	Exception string    // the id of the one that it is under
	Wake      time.Time // when time alone was to change it
}

// MarshalText writes the words with a space between them, for no name holds one; a ground has one for
// each criterion, and is read by the million.
func (s Said) MarshalText() ([]byte, error) {
	text := strings.Join([]string{s.Criterion, s.Component, s.Team, string(s.State), string(s.Level), s.Exception, ""}, " ")
	if s.Wake.IsZero() {
		return []byte(text), nil
	}
	return strconv.AppendInt([]byte(text), s.Wake.UnixNano(), 10), nil
}

// UnmarshalText is the way back.
func (s *Said) UnmarshalText(text []byte) error {
	words := strings.Split(string(text), " ")
	if len(words) != 7 {
		return fmt.Errorf("%q is no finding in short: it has %d words, want 7", text, len(words))
	}
	*s = Said{words[0], words[1], words[2], FindingState(words[3]), definition.Level(words[4]), words[5], time.Time{}}
	if words[6] == "" {
		return nil
	}
	wake, err := strconv.ParseInt(words[6], 10, 64)
	s.Wake = time.Unix(0, wake).UTC()
	return err
}
