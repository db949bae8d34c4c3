package report

import (
	"fmt"
	"strings"
	"time"

	"github.com/nexusgate/nexusgate/gate"
)

// The bounds of what is written of one line of a brief, in characters, and of a whole one, in bytes: as much as
// GitHub takes in a comment.
const (
	briefLineSize = 400
	briefSize     = 65000
)

// moment is how a brief writes a time. Its zone is that of the brief.
const moment = "2 January 15:04"

// BriefMarkdown is a brief in GitHub's and GitLab's common markdown, at most 65,000 bytes. Whatever it says of the
// forges' texts is escaped; what does not fit is left out by whole lines, with a line that says how many.
func BriefMarkdown(b gate.Brief) string {
	s := sheet{room: briefSize - leftOutSize}
	s.write("# " + Prose(Cut(b.Title, briefLineSize)) + "\n\n" + span(b) + "\n")
	for _, section := range b.Sections {
		s.row("\n## " + Prose(section.Title) + "\n")
		if section.Note != "" {
			s.row("\n" + Prose(section.Note) + "\n")
		}
		s.row("\n")
		if len(section.Lines) == 0 {
			s.row(Prose(section.Empty) + "\n")
		}
		s.bullets(section.Lines, b, "")
	}
	if s.left > 0 {
		s.WriteString(fmt.Sprintf("\n…and %s more, which find no room here.\n", counted(s.left, "line")))
	}
	return s.String()
}

// row writes a row where there is room for it, and for those before it was.
func (s *sheet) row(text string) {
	if s.left > 0 || len(text) > s.room {
		s.left++
		return
	}
	s.write(text)
}

// bullets writes lines and what they are made up of.
func (s *sheet) bullets(lines []gate.BriefLine, b gate.Brief, indent string) {
	for i := range lines {
		l := &lines[i]
		text := link(Prose(Cut(l.Text, briefLineSize)), l.URL)
		if about := briefAbout(l, b); about != "" {
			text += " – " + Prose(about)
		}
		s.row(indent + "- " + text + "\n")
		s.bullets(l.Lines, b, indent+"  ")
	}
}

// briefAbout is whose a line is, and since when.
func briefAbout(l *gate.BriefLine, b gate.Brief) string {
	var parts []string
	if l.Of != "" && !strings.HasPrefix(l.Text, l.Of) {
		parts = append(parts, Cut(l.Of, nameSize))
	}
	if !l.Since.IsZero() {
		parts = append(parts, momentIn(l.Since, b))
	}
	return strings.Join(parts, ", ")
}

func momentIn(at time.Time, b gate.Brief) string { return at.In(b.At.Location()).Format(moment) }

// span says what a brief is of.
func span(b gate.Brief) string {
	return fmt.Sprintf("From %s to %s.", momentIn(b.Since, b), b.Until.In(b.At.Location()).Format(moment+" MST, 2006"))
}

// BriefText is a brief for a terminal. There are no colours and no control characters, whatever the forges said.
func BriefText(b gate.Brief) string {
	var s strings.Builder
	s.WriteString(Plain(Cut(b.Title, briefLineSize)) + "\n" + span(b) + "\n")
	for _, section := range b.Sections {
		s.WriteString("\n" + Plain(section.Title) + "\n")
		if section.Note != "" {
			s.WriteString("  " + Plain(section.Note) + "\n")
		}
		if len(section.Lines) == 0 {
			s.WriteString("  " + Plain(section.Empty) + "\n")
		}
		briefText(&s, section.Lines, b, "  ")
	}
	return s.String()
}

func briefText(s *strings.Builder, lines []gate.BriefLine, b gate.Brief, indent string) {
	for i := range lines {
		l := &lines[i]
		s.WriteString(indent + "- " + Plain(Cut(l.Text, briefLineSize)))
		if about := briefAbout(l, b); about != "" {
			s.WriteString(" (" + Plain(about) + ")")
		}
		if at := WebAddress(l.URL); at != "" {
			s.WriteString("\n" + indent + "  " + at)
		}
		s.WriteString("\n")
		briefText(s, l.Lines, b, indent+"  ")
	}
}
