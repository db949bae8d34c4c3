package main

import (
	"strings"

	"github.com/alecthomas/kong"
)

// roff is a page of the manual in the making, in the macros of man(7).
type roff struct{ strings.Builder }

func newRoff(name, day, what string) *roff {
	p := &roff{}
	p.WriteString(".TH " + strings.ToUpper(name) + ` 1 "` + day + `" "nexusgate ` + escaped(thisBuild().version) + `" "nexusgate"` + "\n")
	p.section("NAME")
	p.line(name + ` \- ` + escaped(what))
	return p
}

func (p *roff) section(name string) { p.WriteString(".SH " + name + "\n") }

func (p *roff) line(text string) { p.WriteString(text + "\n") }

func (p *roff) word(text string) *roff {
	p.WriteString(escaped(text))
	return p
}

func (p *roff) bold(text string) *roff {
	p.WriteString(`\fB` + escaped(text) + `\fR`)
	return p
}

func (p *roff) italic(text string) *roff {
	p.WriteString(`\fI` + escaped(text) + `\fR`)
	return p
}

// list are words, each with what it means.
func (p *roff) list(rows [][2]string) {
	for _, row := range rows {
		p.line(".TP")
		p.bold(row[0]).line("")
		p.text(row[1])
	}
}

func (p *roff) exits() {
	p.section("EXIT STATUS")
	p.list(exitWords)
}

// text is a paragraph, a line of it for each of the source.
func (p *roff) text(text string) {
	for _, line := range wrap(strings.Fields(text), width) {
		p.line(safe(line))
	}
}

// flow is a detailed help: paragraphs, and lines that begin with a space, which stay as they are.
func (p *roff) flow(text string) {
	var examples, paragraph []string
	end := func() {
		if len(paragraph) > 0 {
			p.paragraph()
			p.text(strings.Join(paragraph, " "))
		}
		if len(examples) > 0 {
			p.paragraph()
			p.example(examples)
		}
		examples, paragraph = nil, nil
	}
	for line := range strings.SplitSeq(strings.TrimSpace(text), "\n") {
		switch {
		case line == "":
			end()
		case line[0] == ' ':
			examples = append(examples, line)
		default:
			if len(examples) > 0 {
				end()
			}
			paragraph = append(paragraph, line)
		}
	}
	end()
}

// example is text as it is.
func (p *roff) example(lines []string) {
	p.line(".nf")
	for _, line := range lines {
		p.line(safe(line))
	}
	p.line(".fi")
}

// pages names other pages: the program's, or those of its commands.
func (p *roff) pages(commands []*kong.Node) {
	names := []string{"nexusgate"}
	if len(commands) > 0 {
		names = nil
		for _, c := range commands {
			names = append(names, pageOf(c))
		}
	}
	for i, name := range names {
		end := ","
		if i == len(names)-1 {
			end = ""
		}
		p.line(".BR " + escaped(name) + " (1)" + end)
	}
}

// escaped is a text in the middle of a line: a backslash stays one, and a hyphen can be copied into a shell.
func escaped(text string) string {
	return strings.NewReplacer(`\`, `\e`, "-", `\-`, "`", "\\(ga", "^", `\(ha`, "~", `\(ti`).Replace(text)
}

// paragraph begins one, where a section has not just begun.
func (p *roff) paragraph() {
	text := strings.TrimSuffix(p.String(), "\n")
	if !strings.HasPrefix(text[strings.LastIndex(text, "\n")+1:], ".SH ") {
		p.line(".PP")
	}
}

// safe is a line by itself: one that begins with a dot or an apostrophe would be a macro.
func safe(text string) string {
	if strings.HasPrefix(text, ".") || strings.HasPrefix(text, "'") {
		return `\&` + escaped(text)
	}
	return escaped(text)
}
