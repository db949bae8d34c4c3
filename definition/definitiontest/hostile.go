package definitiontest

import (
	"fmt"
	"strings"
)

// teamFile is as much as is read of a team's layer.
const teamFile = 64 << 10

// Hostile are files of a team that are to be refused, by what they are: no team should be able to make us
// work on them, or trip over them.
func Hostile() map[string]string {
	all := map[string]string{}
	for _, some := range []map[string]string{
		computing(), deep(), long(), numeric(), expressions(), encodings(), disguised(), unreadable(),
	} {
		for what, source := range some {
			all[what] = source
		}
	}
	return all
}

// computing would have us evaluate.
func computing() map[string]string {
	return map[string]string{
		"a range of a million":          `done: a: must: b: [for x in list.Range(0, 1000000, 1) {x}]`,
		"nested comprehensions":         `done: a: must: b: [for x in l for y in l for z in l {x}]`,
		"many comprehensions":           `done: {` + strings.Repeat("if a {},", 2_000) + `}`,
		"twelve disjunctions":           `done: a: must: b: ` + strings.Repeat("(1|2|3) & ", 12) + "1",
		"disjunctions conjoined apart":  strings.Repeat("done: a: must: b: 1 | 2 | 3\n", 2_000),
		"a disjunction of 2,000":        `done: a: must: b: ` + strings.Repeat("1|", 2_000) + "1",
		"a default":                     `done: tests: must: failed: *85 | >=80`,
		"a reference to itself":         `done: a: done`,
		"a cycle of references":         "done: a: must: {b: c, c: d, d: b}",
		"a cycle of structs":            "done: a: must: {b: {c: b}}",
		"a doubling":                    "done: a: must: {" + doubling(30) + "}",
		"an import":                     "import \"list\"\ndone: tests: must: failed: 0",
		"an import from a registry":     "import \"example.com/x\"\ndone: tests: must: failed: 0",
		"many imports":                  strings.Repeat("import \"a\"\n", 5_000),
		"a let":                         "let x = 1\ndone: tests: must: failed: x",
		"many lets":                     strings.Repeat("let x=1\n", 8_000),
		"an interpolation":              "done: tests: fix: \"\\(1)\"",
		"an interpolated label":         "done: \"\\(\"tests\")\": must: failed: 0",
		"interpolations in a row":       "done: tests: fix: \"" + strings.Repeat("\\(a)", 10_000) + "\"",
		"a conditional":                 "done: tests: {if true {level: \"required\"}}",
		"a query":                       "done: tests: must: failed: [1,2][0]",
		"a call":                        "done: tests: must: failed: len(\"x\")",
		"a sum of 5,000":                "done: tests: must: failed: " + strings.Repeat("1+", 5_000) + "1",
		"a chain of selectors":          `done: a: must: b: x` + strings.Repeat(".x", 30_000),
		"a chain of calls":              `done: a: must: b: x` + strings.Repeat("()", 30_000),
		"an exception of its own":       `exceptions: a: {criterion: "tests", components: ["cart"], reason: "x", requestedBy: "a", approvedBy: "b", until: "2027-01-01"}`,
		"ten thousand exceptions":       strings.Repeat("exceptions: a: b: 1\n", 3_000),
		"a release rule of its own":     `release: exceptions: "allowed"`,
		"a longer exception of its own": `longestException: 1e1000000`,
	}
}

func doubling(n int) string {
	var b strings.Builder
	b.WriteString("a0: 1")
	for i := range n {
		fmt.Fprintf(&b, ", a%d: {x: a%d, y: a%d}", i+1, i, i)
	}
	return b.String()
}

// deep nests.
func deep() map[string]string {
	return map[string]string{
		"50,000 brackets":              `done: ` + strings.Repeat("{", 50_000),
		"60,000 lists":                 `done: ` + strings.Repeat("[", 50_000) + strings.Repeat("]", 10_000),
		"60,000 parentheses":           `done: a: must: b: ` + strings.Repeat("(", 30_000) + "1" + strings.Repeat(")", 30_000),
		"95 parentheses":               `done: a: must: b: ` + strings.Repeat("(", 95) + "1" + strings.Repeat(")", 95),
		"closing brackets in strings":  `done: a: ` + strings.Repeat(`["]]", `, 5_000),
		"interpolations in each other": "done: a: fix: " + strings.Repeat(`"\(`, 20_000),
		"a chain of labels":            strings.Repeat("a:", 32_000) + "1",
		"many chains of labels":        strings.Repeat(strings.Repeat("a:", 99)+"1,", 300),
		"a chain of signs":             `done: a: must: b: ` + strings.Repeat("-", 60_000) + "5",
		"a chain of nots":              `done: a: must: b: ` + strings.Repeat("!", 60_000) + "true",
		"a chain of arrows":            `done: a: must: b: ` + strings.Repeat("<-", 30_000) + "1",
		"a fact below 95 others":       `done: a: must: ` + strings.Repeat("b: ", 95) + "x",
	}
}

// long says much.
func long() map[string]string {
	return map[string]string{
		"a chain of ands":          `done: tests: must: b: ` + strings.Repeat(">0&", 20_000) + "1",
		"a chain of ands, apart":   strings.Repeat("done: tests: must: b: >0\n", 2_500),
		"a list of 30,000":         `done: tests: must: b: [` + strings.Repeat("1,", 30_000) + `]`,
		"a list of 10,000 strings": `done: tests: paths: [` + strings.Repeat(`"a",`, 10_000) + `]`,
		"a list of 65":             `done: tests: must: b: [` + strings.Repeat("1,", 65) + `]`,
		"many faults":              strings.Repeat("x: 1\n", 5_000),
		"many fields":              strings.Repeat("x: 1\n", 13_000),
		"many criteria":            manyCriteria(600),
		"many faults of each":      "done: {" + fields(700, `"a%d": {b: 1, c: 2}, `) + "}",
		"many facts":               "done: a: must: {" + fields(2_000, "a%d: 1,") + "}",
		"a long label":             "done: \"" + strings.Repeat("a", 60_000) + "\": must: failed: 0",
		"long labels, nested":      "done: a: must: " + strings.Repeat("\""+strings.Repeat("y", 4_000)+"\": ", 14) + "{" + strings.Repeat("a: b\n", 60) + "}",
		"a long string":            "done: tests: fix: \"" + strings.Repeat("a", 60_000) + "\"",
		"a long glob":              "done: tests: paths: [\"" + strings.Repeat("[a-z]", 800) + "\"]",
		"long globs":               "done: tests: paths: [" + strings.Repeat("\""+strings.Repeat("*", 900)+"[\",", 60) + "]",
		"a long word":              "done: tests: level: \"" + strings.Repeat("required", 500) + "\"",
		"many near words":          strings.Repeat("done: tests: evidenc: 1\n", 2_500),
		"64 KiB and a byte":        "//" + strings.Repeat("/", teamFile-1),
		"a mebibyte":               strings.Repeat("//\n", 350_000),
	}
}

func fields(n int, format string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

func manyCriteria(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "done: a%s%d: must: x: 1\n", strings.Repeat("b", i%50), i)
	}
	return b.String()
}

// numeric has numbers that are work.
func numeric() map[string]string {
	return map[string]string{
		"a huge exponent":             `done: tests: must: failed: 1e1000000`,
		"a huger exponent":            `done: tests: must: failed: 1e` + strings.Repeat("9", 1000),
		"a huge negative exponent":    `done: tests: must: failed: 1e-1000000`,
		"a bound of a huge exponent":  `done: tests: must: failed: <=1e1000000`,
		"a list of a huge exponent":   `done: tests: must: failed: [1e1000000]`,
		"a huge number":               `done: tests: must: failed: ` + strings.Repeat("9", 10_000),
		"a huge fraction":             `done: tests: must: failed: 0.` + strings.Repeat("9", 10_000),
		"a huge hexadecimal":          `done: tests: must: failed: 0x` + strings.Repeat("f", 10_000),
		"a huge binary":               `done: tests: must: failed: 0b` + strings.Repeat("1", 10_000),
		"a number of 65 digits":       `done: tests: must: failed: ` + strings.Repeat("9", 65),
		"a huge number with a suffix": `done: tests: must: failed: ` + strings.Repeat("9", 80) + "Ki",
		"a huge count":                `done: own: {why: "x", on: "commit", evidence: "x", atLeast: 99999999999999999999, must: a: 1}`,
		"a huge duration":             `done: tests: fresh: "` + strings.Repeat("9", 4_000) + `h"`,
		"a huge day":                  `done: tests: requiredFrom: "99999999999-01-01"`,
	}
}

// expressions are regular expressions that are work.
func expressions() map[string]string {
	return map[string]string{
		"a huge regular expression":          `done: tests: must: failed: =~"` + strings.Repeat("a?", 1000) + `"`,
		"a nested repetition":                `done: tests: must: failed: =~"a{1000}{1000}"`,
		"nested repetitions":                 `done: tests: must: failed: =~"((((a{9}){9}){9}){9})"`,
		"repetitions of repetitions":         `done: tests: must: failed: =~"(((x{0,100}){0,100}){0,100}){0,100}"`,
		"a repetition of a class":            `done: tests: must: failed: =~"` + strings.Repeat(`(\\pL\\pN){900}`, 20) + `"`,
		"many repetitions":                   "done: tests: must: {" + fields(2_000, `a%d: =~"(a{9}b){9}",`) + "}",
		"2,000 parentheses in an expression": `done: tests: must: failed: =~"` + strings.Repeat("(", 1000) + strings.Repeat(")", 1000) + `"`,
		"an expression that does not close":  `done: tests: must: failed: =~"(("`,
		"a look behind":                      `done: tests: must: failed: =~"(?<=a)b"`,
	}
}
