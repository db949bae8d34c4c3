package main

import (
	"strings"
	"unicode/utf8"
)

// width is that of a terminal nobody has widened, in characters. It does not follow the terminal at
// hand: the README shows the same text.
const width = 80

// columns lays rows out in two columns, the second one wrapped.
func columns(rows [][2]string) string {
	left := 0
	for _, row := range rows {
		left = max(left, utf8.RuneCountInString(row[0]))
	}
	indent := strings.Repeat(" ", left+4)
	var b strings.Builder
	for _, row := range rows {
		b.WriteString("  " + row[0] + strings.Repeat(" ", left-utf8.RuneCountInString(row[0])+2))
		b.WriteString(strings.Join(wrap(strings.Fields(row[1]), width-len(indent)), "\n"+indent) + "\n")
	}
	return b.String()
}

// wrap fills lines of at most so many characters with words. A longer word has a line of its own.
func wrap(words []string, room int) []string {
	var lines []string
	for _, word := range words {
		last := len(lines) - 1
		if last >= 0 && utf8.RuneCountInString(lines[last])+1+utf8.RuneCountInString(word) <= room {
			lines[last] += " " + word
			continue
		}
		lines = append(lines, word)
	}
	return lines
}

// flow wraps a text's paragraphs. A line that begins with a space is an example, and stays as it is.
func flow(text string) string {
	var lines, words []string
	end := func() {
		lines = append(lines, wrap(words, width)...)
		words = nil
	}
	for line := range strings.SplitSeq(strings.TrimSpace(text), "\n") {
		if line != "" && line[0] != ' ' {
			words = append(words, strings.Fields(line)...)
			continue
		}
		end()
		lines = append(lines, line)
	}
	end()
	return strings.Join(lines, "\n") + "\n"
}
