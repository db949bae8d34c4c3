package definitiontest

import "strings"

// encodings are no plain text.
func encodings() map[string]string {
	return map[string]string{
		"a NUL":                        "done: tests: must: failed: 0 // \x00",
		"64 KiB of NULs":               strings.Repeat("\x00", teamFile),
		"a byte order mark":            "\ufeffdone: tests: must: failed: 0",
		"a byte order mark further on": "done: tests: must: failed: 0 //\ufeff",
		"invalid UTF-8":                "done: tests: fix: \"\xff\"",
		"invalid UTF-8 that was kept":  "done: tests: fix: \"\ufffd\"",
		"UTF-16":                       "d\x00o\x00n\x00e\x00:\x00",
		"an overlong encoding":         "done: tests: fix: \"\xc0\xaf\"",
		"half a surrogate":             "done: tests: fix: \"\xed\xa0\x80\"",
		"a carriage return alone":      "done: tests: must: failed: 0\rdone: x",
		"a zero width joiner":          "do\u200dne: tests: must: failed: 0",
		"a look-alike":                 "d\u043ene: tests: must: failed: 0", // a Cyrillic o
	}
}

// disguised are fields that are none, or not where they seem to be.
func disguised() map[string]string {
	return map[string]string{
		"an attribute":              "done: tests: must: failed: 0 @go(x)",
		"many attributes":           strings.Repeat("@a()\n", 10_000),
		"a file attribute":          "@experiment(x)\ndone: tests: must: failed: 0",
		"an alias":                  "X=done: tests: must: failed: 0",
		"many aliases":              strings.Repeat("X=a:1,", 10_000),
		"an alias of a value":       "done: X={tests: must: failed: 0}",
		"a hidden field":            "_done: 1\ndone: tests: must: failed: 0",
		"a hidden criterion":        "done: _tests: must: failed: 0",
		"a definition":              "#D: tests: must: failed: 0\ndone: #D",
		"an optional field":         "done: tests: must: failed?: 0",
		"many optional fields":      strings.Repeat("x?:1,", 10_000),
		"a required field":          "done: tests: must: failed!: 0",
		"a pattern":                 "done: [_]: level: \"required\"",
		"many patterns":             strings.Repeat("[a]:1,", 10_000),
		"a computed label":          "done: (tests): must: failed: 0",
		"many computed labels":      strings.Repeat("(a):1,", 10_000),
		"an ellipsis":               "done: tests: must: {failed: 0, ...}",
		"an embedded value":         "done: {5, tests: must: failed: 0}",
		"many embedded values":      `done: a: {` + strings.Repeat("a,", 32_000) + `}`,
		"an open list":              "done: tests: must: failed: [1, ...]",
		"bottom":                    "done: _|_",
		"top":                       "done: tests: must: failed: _",
		"null":                      "done: tests: must: failed: null",
		"a string of bytes":         "done: tests: must: failed: '\\xff'",
		"a type as a field":         "done: tests: must: {int: 0, failed: int}",
		"a fact and facts":          "done: tests: must: {a: 1, a: b: 2}",
		"two values of a field":     "done: tests: fresh: \"1h\"\ndone: tests: fresh: \"2h\"",
		"a way out of the grammar":  "done: tests: must: failed: 0}\ndone: ci: level: \"advisory\"\nx: {",
		"a name with a line break":  "done: \"a\\nb\": must: failed: 0",
		"a name that is markup":     "done: \"<script>alert(1)</script>\": must: failed: 0",
		"a name that is markdown":   "done: \"](http://x) | **b**\": must: failed: 0",
		"a field that is markdown":  "done: tests: \"`x` ![a](http://x)\": 0",
		"a text of another writing": "done: tests: level: \"\u202erequired\"",
	}
}

// unreadable is no CUE.
func unreadable() map[string]string {
	return map[string]string{
		"garbage":                strings.Repeat("]", teamFile),
		"words in a row":         "done: a: must: x: " + strings.Repeat("1 ", 32_000),
		"some words in a row":    "done: a: must: x: " + strings.Repeat("1 ", 8_000),
		"faults on many lines":   strings.Repeat("a b\n", 5_000),
		"an open string":         "done: tests: fix: \"x",
		"many open strings":      strings.Repeat("\"\n", 10_000),
		"many multiline strings": "done: a: must: x: " + strings.Repeat("\"\"\"\n", 16_000),
		"many unknown escapes":   strings.Repeat("x: \"\\q\"\n", 7_000),
		"many unknown signs":     strings.Repeat("$% ", 20_000),
		"many bad numbers":       strings.Repeat("x: 0x\n", 10_000),
		"half a file":            "done: tests: {must: failed: 0",
	}
}
