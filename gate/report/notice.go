package report

import "github.com/nexusgate/nexusgate/gate"

// noticed are the notices of a verdict, each in a line of plain text.
func noticed(v gate.Verdict) []string {
	said := make([]string, len(v.Notices))
	for i, n := range v.Notices {
		said[i] = Cut(Plain(n), sentenceSize)
	}
	return said
}

// noticeTable lists what is worth a word and holds nothing back.
func noticeTable() table[string] { return sentences("Worth a word") }

// sentences is a table of foreign sentences under one head: a list would let their first characters
// make another list, or a line.
func sentences(head string) table[string] {
	return table[string]{before: "\n" + header([]string{head}), row: func(s string) string { return line(Prose(s)) }}
}
