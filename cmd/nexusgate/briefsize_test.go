package main_test

import (
	"encoding/json"
	"strings"
	"testing"

	main "github.com/nexusgate/nexusgate/cmd/nexusgate"
	"github.com/nexusgate/nexusgate/gate"
)

// manyLines are lines of a hundred bytes, which are made up of as many each.
func manyLines(each, depth int) (all []gate.BriefLine) {
	for range each {
		line := gate.BriefLine{Text: strings.Repeat("x", 100)}
		if depth > 1 {
			line.Lines = manyLines(each, depth-1)
		}
		all = append(all, line)
	}
	return all
}

// A Review of nine teams has few lines of its own, each made up of many: it is told in part, and not as if nothing
// had happened.
func TestABriefThatIsTooLongIsCutAtWhateverDepth(t *testing.T) {
	section := func(lines []gate.BriefLine) gate.BriefSection {
		return gate.BriefSection{Title: "What the done Increment contains", Note: "Integrated Increment 7", Lines: lines}
	}
	for name, b := range map[string]gate.Brief{
		"deep": {Sections: []gate.BriefSection{section(manyLines(9, 4))}},
		"wide": {Sections: []gate.BriefSection{section(manyLines(3, 1)), section(manyLines(2000, 1))}},
		"few":  {Sections: []gate.BriefSection{section([]gate.BriefLine{{Text: strings.Repeat("x", 2000)}, {Text: "2"}}), section(manyLines(2, 1))}},
	} {
		most := 20 << 10
		if name == "few" {
			most = 2600
		}
		cut := main.AtMost(b, most)
		text, err := json.Marshal(cut)
		if err != nil || len(text) > most || len(cut.Sections) != len(b.Sections) {
			t.Fatalf("%s: it is %d bytes of %d sections: %v", name, len(text), len(cut.Sections), err)
		}
		if said := string(text); len(text) < most/4 || !strings.Contains(said, "Integrated Increment 7") || strings.Contains(said, "and more") == (name == "few") {
			t.Errorf("%s: it says %.600s", name, said)
		}
	}
	small := gate.Brief{Sections: []gate.BriefSection{section(manyLines(2, 2))}}
	if cut := main.AtMost(small, 20<<10); len(cut.Sections[0].Lines) != 2 || len(cut.Sections[0].Lines[1].Lines) != 2 {
		t.Errorf("what fits is cut to %+v", cut)
	}
}
