package gate

import (
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"strconv"
	"strings"
	"time"

	"github.com/nexusgate/nexusgate/definition"
)

// MarshalText writes a ground as lines: as JSON what it has one of, and what it has many of as words with
// a space between them, for no name holds one. Grounds are read by the million, and JSON is slow.
func (g Ground) MarshalText() ([]byte, error) {
	head, err := json.Marshal(groundHead(g))
	if err != nil {
		return nil, err
	}
	lines := []string{string(head), g.Components.words(), saidWords(g.Said)}
	for refs := range g.lists() {
		lines = append(lines, strings.Join(*refs, " "))
	}
	return []byte(strings.Join(lines, "\n")), nil
}

// groundHead is what is written as JSON.
type groundHead Ground

// UnmarshalText is the way back.
func (g *Ground) UnmarshalText(text []byte) error {
	lines := strings.Split(string(text), "\n")
	if len(lines) < 3 {
		return fmt.Errorf("a ground has %d lines, want three at least", len(lines))
	}
	if err := json.Unmarshal(text[:len(lines[0])], (*groundHead)(g)); err != nil {
		return err
	}
	var err error
	if g.Components, err = readComponents(lines[1]); err != nil {
		return err
	}
	if g.Said, err = readSaid(lines[2]); err != nil {
		return err
	}
	lines = lines[3:]
	for refs := range g.lists() {
		if len(lines) == 0 {
			return errors.New("a ground has fewer lists of evidence than parts and scopes")
		}
		*refs, lines = words(lines[0]), lines[1:]
	}
	return nil
}

// lists are the lists of references of all its parts and scopes.
func (g *Ground) lists() iter.Seq[*[]string] {
	return func(yield func(*[]string) bool) {
		for i := range g.Parts {
			part := &g.Parts[i]
			if !yield(&part.Refs) {
				return
			}
			for j := range part.Scopes {
				if !yield(&part.Scopes[j].Refs) {
					return
				}
			}
		}
	}
}

// words are those of a line; none of an empty one.
func words(line string) []string {
	if line == "" {
		return nil
	}
	return strings.Split(line, " ")
}

// GroundComponents are the components of an Increment, each as it was judged by then.
type GroundComponents []GroundComponent

// GroundComponent is one of them. Its findings are those of its verdict.
type GroundComponent struct {
	Component, Team string
	Commit          string // "" where the composition is without it
	Verdict         string // id; "" where it was not judged by then
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

// words writes them, four words of each.
func (all GroundComponents) words() string {
	var text []string
	for _, c := range all {
		text = append(text, c.Component, c.Team, c.Commit, c.Verdict)
	}
	return strings.Join(text, " ")
}

func readComponents(line string) (all GroundComponents, err error) {
	n, err := rows(line, 4)
	if n == 0 || err != nil {
		return nil, err
	}
	all = make(GroundComponents, n)
	rest := wordy(line)
	for i := range all {
		all[i] = GroundComponent{rest.next(), rest.next(), rest.next(), rest.next()}
	}
	return all, nil
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

// again stands for the same word as the finding before has there.
const again = "="

// saidWords writes findings, seven words of each.
func saidWords(all []Said) string {
	var text []string
	component, team := "", ""
	for _, s := range all {
		wake := ""
		if !s.Wake.IsZero() {
			wake = strconv.FormatInt(s.Wake.UnixNano(), 10)
		}
		text = append(text, s.Criterion, unless(component, s.Component), unless(team, s.Team), string(s.State), string(s.Level), s.Exception, wake)
		component, team = s.Component, s.Team
	}
	return strings.Join(text, " ")
}

func unless(before, word string) string {
	if word == before {
		return again
	}
	return word
}

func readSaid(line string) (all []Said, err error) {
	n, err := rows(line, 7)
	if n == 0 || err != nil {
		return nil, err
	}
	all = make([]Said, n)
	component, team := "", ""
	rest := wordy(line)
	for i := range all {
		s := &all[i]
		s.Criterion = rest.next()
		component, team = or(rest.next(), component), or(rest.next(), team)
		s.Component, s.Team = component, team
		s.State, s.Level, s.Exception = FindingState(rest.next()), definition.Level(rest.next()), rest.next()
		if wake := rest.next(); wake != "" {
			nanos, err := strconv.ParseInt(wake, 10, 64)
			if err != nil {
				return nil, fmt.Errorf("when a finding wakes: %w", err)
			}
			s.Wake = time.Unix(0, nanos).UTC()
		}
	}
	return all, nil
}

func or(word, before string) string {
	if word == again {
		return before
	}
	return word
}

// rows is how many rows of so many words a line holds.
func rows(line string, width int) (int, error) {
	if line == "" {
		return 0, nil
	}
	words := strings.Count(line, " ") + 1
	if words%width != 0 {
		return 0, fmt.Errorf("%d words are no rows of %d", words, width)
	}
	return words / width, nil
}

// wordy is a line that is read word by word.
type wordy string

func (w *wordy) next() string {
	word, rest, _ := strings.Cut(string(*w), " ")
	*w = wordy(rest)
	return word
}
