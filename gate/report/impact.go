package report

import (
	"fmt"
	"strings"

	"github.com/nexusgate/nexusgate/gate"
)

// turned says in a few words which outcomes would be others: "no outcome would change", "2 components
// and the Increment would no longer be done", "3 components would become done", "4 outcomes would
// change". What would be done under exceptions is not said to be done without saying so.
func turned(i *gate.Impact) string {
	if i == nil || len(i.Turns) == 0 {
		return "no outcome would change"
	}
	kinds := map[string]*subjects{}
	for _, t := range i.Turns {
		kind := kindOf(t)
		if kinds[kind] == nil {
			kinds[kind] = &subjects{}
		}
		kinds[kind].count(t)
	}
	for kind, turning := range kinds {
		if kind != "" && turning.components+turning.increments == len(i.Turns) {
			return turning.String() + " would " + kind
		}
	}
	words := counted(len(i.Turns), "outcome") + " would change"
	if lost := kinds[noLonger]; lost != nil && lost.components+lost.increments > 0 {
		words += "; " + lost.String() + " would " + noLonger
	}
	return words
}

// noLonger is what matters most of all that may become of an outcome.
const noLonger = "no longer be done"

// kindOf is what would become of an outcome; "" of what is said by no word.
func kindOf(t gate.Turn) string {
	switch done := t.To == gate.Done; {
	case t.From == gate.Done && !done:
		return noLonger
	case done && len(t.ToUnder) > 0 && t.From == gate.Done:
		return "be done only under exceptions"
	case done && len(t.ToUnder) > 0:
		return "become done under exceptions"
	case done && t.From == gate.Done:
		return "be done without exceptions"
	case done:
		return "become done"
	default:
		return ""
	}
}

// subjects counts what turns one way.
type subjects struct{ components, increments, others int }

func (s *subjects) count(t gate.Turn) {
	switch t.Subject.Kind {
	case gate.OfIncrement:
		s.increments++
	case gate.OfComponent:
		s.components++
	default:
		s.others++
	}
}

func (s subjects) String() string {
	var said []string
	if s.components > 0 {
		said = append(said, counted(s.components, "component"))
	}
	switch {
	case s.increments == 1:
		said = append(said, "the Increment")
	case s.increments > 1:
		said = append(said, counted(s.increments, "Increment"))
	}
	return strings.Join(said, " and ")
}

// impact writes what would turn, on what evidence.
func (s *sheet) impact(i *gate.Impact) {
	s.note(fmt.Sprintf("**Impact**: %s. %s.", turned(i), basis(i)))
	list(s, turnTable(), i.Turns)
	list(s, findingTurnTable(), i.Findings)
	list(s, layerTable(), i.Layers)
	list(s, names("Components that would join"), i.Joining)
	list(s, names("Components that would leave"), i.Leaving)
}

// basis says what an impact was worked out on.
func basis(i *gate.Impact) string {
	if i.Increment == 0 {
		return counted(i.Judged, "verdict") + " judged again"
	}
	return fmt.Sprintf("Worked out on Integrated Increment %d, with the evidence as it stood: %d judged again", i.Increment, i.Judged)
}

func turnTable() table[gate.Turn] {
	return table[gate.Turn]{before: "\n" + header([]string{"Of", "Team", "Now", "Then"}), row: func(t gate.Turn) string {
		return line(Code(Cut(t.Subject.Name, nameSize*2)), Code(Cut(t.Team, nameSize)), outcomeWord(t.From, t.FromUnder), outcomeWord(t.To, t.ToUnder))
	}}
}

func outcomeWord(o gate.Outcome, exceptions []string) string {
	if o == "" {
		return ""
	}
	m := VerdictMark(gate.Verdict{Outcome: o, Exceptions: exceptions})
	return m.Symbol + " " + m.Word
}

func findingTurnTable() table[gate.FindingTurn] {
	before := "\n" + header([]string{"Team", "Criterion", "Now", "Then", "Level", "Findings"})
	return table[gate.FindingTurn]{before: before, row: func(f gate.FindingTurn) string {
		return line(ofTeam(f.Team, Code), Code(Cut(f.Criterion, nameSize)), stateWord(f.From), stateWord(f.To), Code(Cut(f.Level, nameSize)), fmt.Sprint(f.Count))
	}}
}

// ofTeam names a team, or says that it is the Increment's own.
func ofTeam(team string, name func(string) string) string {
	if team == "" {
		return "the Increment"
	}
	return name(Cut(team, nameSize))
}

func stateWord(s gate.FindingState) string {
	if s == "" {
		return ""
	}
	m := StateMark(s)
	return m.Symbol + " " + m.Word
}

func layerTable() table[gate.LayerTurn] {
	before := "\n" + header([]string{"Layer of", "Team", "Stands"})
	return table[gate.LayerTurn]{before: before, row: func(l gate.LayerTurn) string {
		var said []string
		for _, s := range l.Says[:min(len(l.Says), 5)] {
			said = append(said, Prose(Cut(s, sentenceSize)))
		}
		if n := len(l.Says) - len(said); n > 0 {
			said = append(said, fmt.Sprintf("and %d more", n))
		}
		return line(Code(Cut(l.Component, nameSize)), Code(Cut(l.Team, nameSize)), lines(said...))
	}}
}

// names is a table of foreign names under one head.
func names(head string) table[string] {
	return table[string]{before: "\n" + header([]string{head}), row: func(s string) string { return line(Code(Cut(s, nameSize))) }}
}
