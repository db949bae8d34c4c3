package report

import (
	"fmt"
	"regexp"
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

// ofDay is a time of day that [Prose] has made code of, for the colon in it.
var ofDay = regexp.MustCompile("(^|[ (])`([0-2][0-9]:[0-5][0-9])`")

// words are a sentence of a brief as markdown.
func words(s string) string { return ofDay.ReplaceAllString(Prose(s), "$1$2") }

// moment is how a brief writes a time. Its zone is that of the brief.
const moment = "2 January 15:04"

// BriefMarkdown is a brief in GitHub's and GitLab's common markdown, at most 65,000 bytes. Whatever it says of the
// forges' texts is escaped; what does not fit is left out by whole lines, with a line that says how many.
func BriefMarkdown(b gate.Brief) string {
	s := sheet{room: briefSize - leftOutSize}
	s.write("# " + words(Cut(b.Title, briefLineSize)) + "\n\n" + span(b) + "\n")
	for _, section := range b.Sections {
		s.row("\n## " + words(section.Title) + "\n")
		if section.Note != "" {
			s.row("\n" + words(section.Note) + "\n")
		}
		s.row("\n")
		if len(section.Lines) == 0 {
			s.row(words(section.Empty) + "\n")
		}
		s.bullets(section.Lines, b, "")
	}
	if s.left > 0 {
		fmt.Fprintf(&s, "\n…and %s, which find no room here.\n", counted(s.left, "more line"))
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
		text := link(words(Cut(l.Text, briefLineSize)), l.URL)
		if about := briefAbout(l, b); about != "" {
			text += " – " + words(about)
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
	zone := "UTC"
	if _, offset := b.At.Zone(); offset != 0 {
		zone += b.At.Format("-07:00")
	}
	const day = "2 January 2006 15:04"
	return fmt.Sprintf("From %s to %s %s.", b.Since.In(b.At.Location()).Format(day), b.Until.In(b.At.Location()).Format(day), zone)
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
