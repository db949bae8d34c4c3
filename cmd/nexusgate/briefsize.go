package main

import (
	"encoding/json"

	"github.com/nexusgate/nexusgate/gate"
)

// briefBytes bounds a brief as it is kept, for each address once more.
const briefBytes = 256 << 10

// atMost is a brief of which each list has fewer lines, at whatever depth, until it is as small as it has to be.
func atMost(b gate.Brief, bytes int) gate.Brief {
	whole := b.Sections
	for most := 100; ; most /= 2 {
		if text, err := json.Marshal(b); err == nil && len(text) <= bytes {
			return b
		}
		if most == 0 {
			break
		}
		b.Sections = make([]gate.BriefSection, len(whole))
		for i, section := range whole {
			section.Lines = fewer(section.Lines, most)
			b.Sections[i] = section
		}
	}
	b.Sections = nil
	return b
}

// fewer are the first of some lines, each made up of as few, and a line that says that there are more.
func fewer(lines []gate.BriefLine, most int) []gate.BriefLine {
	left := make([]gate.BriefLine, 0, min(len(lines), most)+1)
	for i, line := range lines {
		if i == most {
			return append(left, gate.BriefLine{Text: "and more, which finds no room here"})
		}
		if len(line.Lines) > 0 {
			line.Lines = fewer(line.Lines, most)
		}
		left = append(left, line)
	}
	return left
}
