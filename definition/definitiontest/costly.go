package definitiontest

import (
	"fmt"
	"strings"
)

// Costly are files of a team that may be let through, and are as much work as can be got past the bounds.
func Costly() map[string]string {
	return map[string]string{
		"comments":                strings.Repeat("//x\n", 16_000),
		"facts below many others": "done: own: {why: \"x\", on: \"commit\", evidence: \"mine\", must: " + strings.Repeat("x: ", 90) + "{" + fields(450, "a%d: 1\n") + "}}",
		"numbers on a fact":       apart(`!=%d777777777777777777777777777777777777777777e-3%d`),
		"strings on a fact":       apart(`!="%d-%d"`),
		"expressions on a fact":   "done: own: {why: \"x\", on: \"commit\", evidence: \"mine\"}\n" + fields(8, `done: own: must: x%[1]d: =~"a" & =~"b" & =~"c" & =~"d"`+"\n"+strings.Repeat("done: own: must: x%[1]d: !=\"%[1]d\"\n", 50)),
		"criteria":                fields(200, `done: own%d: {why: "x", on: "commit", evidence: "mine", must: {a: >1, b: "x"}}`+"\n"),
		"beside the Nexus":        strings.Repeat("done: tests: must: failed: >=0\n", 60),
		"lists":                   "done: own: {why: \"x\", on: \"commit\", evidence: \"mine\", must: {" + fields(7, "x%d: ["+strings.Repeat("1,", 60)+"],") + "}}",
	}
}

// apart is a file with as many constraints as one may have, on as few facts as may hold them.
func apart(constraint string) string {
	var b strings.Builder
	b.WriteString("done: own: {why: \"x\", on: \"commit\", evidence: \"mine\"}\n")
	for fact := range 8 {
		for i := range 62 {
			fmt.Fprintf(&b, "done: own: must: x%d: "+constraint+"\n", fact, i+1, i%90)
		}
	}
	return b.String()
}
