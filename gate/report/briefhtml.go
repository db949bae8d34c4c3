package report

import (
	"html"
	"strings"

	"github.com/nexusgate/nexusgate/gate"
)

// BriefHTML is a brief as HTML that readers of mail show: no styles, no pictures, nothing that is fetched. Whatever it
// says of the forges' texts is escaped; what does not fit is left out by whole lines, with a line that says how many.
// The page is the address of the whole one; "": it has none.
func BriefHTML(b gate.Brief, page string) string {
	s := sheet{room: briefSize - leftOutSize}
	title := html.EscapeString(Plain(Cut(b.Title, briefLineSize)))
	s.write("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>" + title + "</title></head><body>\n<h1>" + title + "</h1>\n")
	s.write("<p>" + html.EscapeString(Plain(span(b))) + "</p>\n")
	for _, section := range b.Sections {
		s.row("<h2>" + html.EscapeString(Plain(section.Title)) + "</h2>\n")
		if section.Note != "" {
			s.row("<p><em>" + html.EscapeString(Plain(section.Note)) + "</em></p>\n")
		}
		if len(section.Lines) == 0 {
			s.row("<p>" + html.EscapeString(Plain(section.Empty)) + "</p>\n")
		}
		s.items(section.Lines, b)
	}
	if s.left > 0 {
		s.WriteString("<p>…and " + counted(s.left, "line") + " more, which find no room here.</p>\n")
	}
	if to := WebAddress(page); to != "" {
		s.WriteString(`<p><a href="` + html.EscapeString(to) + `">The whole brief</a></p>` + "\n")
	}
	s.WriteString("</body></html>\n")
	return s.String()
}

// items are lines as a list, each with what it is made up of.
func (s *sheet) items(lines []gate.BriefLine, b gate.Brief) {
	if len(lines) == 0 {
		return
	}
	s.WriteString("<ul>\n") // a list is ended where it was begun, whatever finds room in it
	for i := range lines {
		l := &lines[i]
		text := html.EscapeString(Plain(Cut(l.Text, briefLineSize)))
		if to := WebAddress(l.URL); to != "" {
			text = `<a href="` + html.EscapeString(to) + `">` + text + "</a>"
		}
		if about := briefAbout(l, b); about != "" {
			text += " – " + html.EscapeString(Plain(about))
		}
		s.row("<li>" + text + "</li>\n")
		if s.left == 0 && len(l.Lines) > 0 {
			s.WriteString("<li>\n")
			s.items(l.Lines, b)
			s.WriteString("</li>\n")
		} else {
			s.left += len(l.Lines)
		}
	}
	s.WriteString("</ul>\n")
}

// MailText is a brief as the text of a mail, which says where the whole one is.
func MailText(b gate.Brief, page string) string {
	text := BriefText(b)
	if len(text) > briefSize {
		kept := text[:briefSize]
		text = strings.ToValidUTF8(kept[:strings.LastIndex(kept, "\n")+1], "") + "\n…and more, which finds no room here.\n"
	}
	if to := WebAddress(page); to != "" {
		text += "\nThe whole brief: " + to + "\n"
	}
	return text
}
