package webhook

import "strings"

// prose is a text in Markdown of which only the lines are read that are neither code nor comments. What is opened and
// never closed is taken for no such thing: a line too many makes somebody wait who can mend it, and a line too few
// lets through what should have waited.
// https://spec.commonmark.org/0.31.2/#fenced-code-blocks
type prose struct {
	rest string

	endless [2]int // how long the shortest fences are, of each sign, that are known to have no end
	unended bool   // no comment ends in the rest
}

// longestFence is as long as fences are told apart.
const longestFence = 16

// next is the next line outside of code and comments.
func (p *prose) next() (line string, more bool) {
	for p.rest != "" {
		line, p.rest = cutLine(p.rest)
		sign, n, opens := fence(line)
		if !opens {
			return p.uncommented(line), true
		}
		if !p.skip(sign, n) {
			return line, true
		}
	}
	return "", false
}

func cutLine(text string) (line, rest string) {
	at := strings.IndexByte(text, '\n') + 1
	if at == 0 {
		at = len(text)
	}
	return text[:at], text[at:]
}

// fence says whether code begins behind a line, be it in a list. What has backticks behind its backticks is a line of
// code, and not the begin of many.
func fence(line string) (sign byte, n int, opens bool) {
	line, _ = unmarked(strings.TrimSpace(line))
	if line == "" || line[0] != '`' && line[0] != '~' {
		return 0, 0, false
	}
	info := strings.TrimLeft(line, line[:1])
	n = len(line) - len(info)
	return line[0], min(n, longestFence), n >= 3 && (line[0] == '~' || !strings.Contains(info, "`"))
}

// skip goes on behind the end of code, if there is one.
func (p *prose) skip(sign byte, n int) bool {
	known := &p.endless[0]
	if sign == '~' {
		known = &p.endless[1]
	}
	if *known != 0 && n >= *known {
		return false
	}
	for line, rest := cutLine(p.rest); line != ""; line, rest = cutLine(rest) {
		if line = strings.TrimSpace(line); len(line) >= n && strings.Trim(line, string(sign)) == "" {
			p.rest = rest
			return true
		}
	}
	*known = n
	return false
}

// uncommented is a line without what is in comments of HTML. The rest of a line on which a long comment ends is a line
// of its own.
func (p *prose) uncommented(line string) string {
	var said strings.Builder
	for {
		at := commentIn(line)
		if at < 0 {
			said.WriteString(line)
			return said.String()
		}
		if end := strings.Index(line[at+2:], "-->"); end >= 0 { // "<!-->" is one as well
			said.WriteString(line[:at])
			line = line[at+2+end+3:]
			continue
		}
		end := -1
		if !p.unended {
			end = strings.Index(p.rest, "-->")
			p.unended = end < 0
		}
		if end < 0 {
			said.WriteString(line)
			return said.String()
		}
		said.WriteString(line[:at])
		p.rest = p.rest[end+3:]
		return said.String()
	}
}

// commentIn is where a comment begins on a line that is not between backticks; -1: nowhere.
func commentIn(line string) int {
	ticks, from := 0, 0
	for {
		at := strings.Index(line[from:], "<!--")
		if at < 0 {
			return -1
		}
		ticks += strings.Count(line[from:from+at], "`")
		if at += from; ticks%2 == 0 || strings.LastIndexByte(line, '`') < at {
			return at
		}
		from = at + 4
	}
}
