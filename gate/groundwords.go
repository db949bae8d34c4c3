package gate

import (
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"slices"
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
	words := words(line)
	if len(words)%4 != 0 {
		return nil, fmt.Errorf("the components of an Increment are %d words, want four of each", len(words))
	}
	for w := range slices.Chunk(words, 4) {
		if all == nil {
			all = make(GroundComponents, 0, len(words)/4)
		}
		all = append(all, GroundComponent{w[0], w[1], w[2], w[3]})
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
	words := words(line)
	if len(words)%7 != 0 {
		return nil, fmt.Errorf("the findings of a verdict are %d words, want seven of each", len(words))
	}
	if len(words) > 0 {
		all = make([]Said, 0, len(words)/7)
	}
	component, team := "", ""
	for w := range slices.Chunk(words, 7) {
		if w[1] != again {
			component = w[1]
		}
		if w[2] != again {
			team = w[2]
		}
		s := Said{w[0], component, team, FindingState(w[3]), definition.Level(w[4]), w[5], time.Time{}}
		if w[6] != "" {
			wake, err := strconv.ParseInt(w[6], 10, 64)
			if err != nil {
				return nil, fmt.Errorf("when a finding wakes: %w", err)
			}
			s.Wake = time.Unix(0, wake).UTC()
		}
		all = append(all, s)
	}
	return all, nil
}
