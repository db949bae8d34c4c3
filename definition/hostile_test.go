package definition_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/nexusgate/nexusgate/definition"
)

// hostile are files that no team should be able to make us work on, or trip over.
func hostile() map[string]string {
	big := strings.Repeat("/", 64<<10)
	return map[string]string{
		"a range of a million":         `done: a: must: b: [for x in list.Range(0, 1000000, 1) {x}]`,
		"twelve disjunctions":          `done: a: must: b: ` + strings.Repeat("(1|2|3) & ", 12) + "1",
		"100,000 brackets":             `done: ` + strings.Repeat("{", 50_000),
		"100,000 lists":                `done: ` + strings.Repeat("[", 50_000) + strings.Repeat("]", 10_000),
		"closing brackets in strings":  `done: a: ` + strings.Repeat(`["]]", `, 5_000),
		"a chain of labels":            strings.Repeat("a:", 32_000) + "1",
		"a chain of signs":             `done: a: must: b: ` + strings.Repeat("-", 60_000) + "5",
		"a chain of nots":              `done: a: must: b: ` + strings.Repeat("!", 60_000) + "true",
		"a chain of ands":              `done: tests: must: b: ` + strings.Repeat(">0&", 20_000) + "1",
		"a chain of ands, apart":       strings.Repeat("done: tests: must: b: >0\n", 2_500),
		"a chain of selectors":         `done: a: must: b: x` + strings.Repeat(".x", 30_000),
		"a chain of calls":             `done: a: must: b: x` + strings.Repeat("()", 30_000),
		"garbage":                      strings.Repeat("]", 64<<10),
		"many faults":                  strings.Repeat("x: 1\n", 13_000),
		"many criteria":                manyCriteria(),
		"64 KiB and a byte":            "//" + big[:64<<10-1],
		"a huge exponent":              `done: tests: must: failed: 1e1000000`,
		"a huger exponent":             `done: tests: must: failed: 1e` + strings.Repeat("9", 1000),
		"a huge negative exponent":     `done: tests: must: failed: 1e-1000000`,
		"a huge number":                `done: tests: must: failed: ` + strings.Repeat("9", 10_000),
		"a huge hexadecimal":           `done: tests: must: failed: 0x` + strings.Repeat("f", 10_000),
		"a huge regular expression":    `done: tests: must: failed: =~"` + strings.Repeat("a?", 1000) + `"`,
		"nested repetitions":           `done: tests: must: failed: =~"((((a{9}){9}){9}){9})"`,
		"a repetition of a class":      `done: tests: must: failed: =~"` + strings.Repeat(`(\\pL\\pN){900}`, 20) + `"`,
		"a NUL":                        "done: tests: must: failed: 0 // \x00",
		"a byte order mark":            "\ufeffdone: tests: must: failed: 0",
		"a byte order mark further on": "done: tests: must: failed: 0 //\ufeff",
		"invalid UTF-8":                "done: tests: fix: \"\xff\"",
		"an import":                    "import \"list\"\ndone: tests: must: failed: 0",
		"an attribute":                 "done: tests: must: failed: 0 @go(x)",
		"a file attribute":             "@experiment(x)\ndone: tests: must: failed: 0",
		"an alias":                     "X=done: tests: must: failed: 0",
		"an alias of a value":          "done: X={tests: must: failed: 0}",
		"a let":                        "let x = 1\ndone: tests: must: failed: x",
		"a hidden field":               "_done: 1\ndone: tests: must: failed: 0",
		"a definition":                 "#D: tests: must: failed: 0\ndone: #D",
		"a pattern":                    "done: [_]: level: \"required\"",
		"an interpolation":             "done: tests: fix: \"\\(1)\"",
		"an interpolated label":        "done: \"\\(\"tests\")\": must: failed: 0",
		"a conditional":                "done: tests: {if true {level: \"required\"}}",
		"bottom":                       "done: _|_",
		"top":                          "done: tests: must: failed: _",
		"a query":                      "done: tests: must: failed: [1,2][0]",
		"a slice of bytes":             "done: tests: must: failed: '\\xff'",
		"a type as a field":            "done: tests: must: {int: 0, failed: int}",
	}
}

func manyCriteria() string {
	var b strings.Builder
	for i := range 600 {
		b.WriteString("done: a" + strings.Repeat("b", i%50) + string(rune('a'+i%26)) + string(rune('a'+i/26)) + ": must: x: 1\n")
	}
	return b.String()
}

func TestHostileFileIsRefused(t *testing.T) {
	for name, source := range hostile() {
		t.Run(name, func(t *testing.T) {
			_, err := definition.LoadTightening(definition.File{Name: "done.cue", Source: []byte(source)})
			var faults definition.Faults
			if !errors.As(err, &faults) || len(faults) == 0 {
				t.Fatal("it is let through")
			}
			if len(faults) > 51 {
				t.Errorf("it has %d faults, more than anyone reads", len(faults))
			}
			for _, f := range faults {
				if strings.Contains(f.Message, "CUE cannot read") {
					t.Errorf("reading it panics: %s", f)
				}
				if f.Pos.File != "done.cue" || f.Pos.Line < 1 || f.Pos.Column < 1 || f.Message == "" {
					t.Errorf("the fault %q has no place or says nothing", f)
				}
			}
		})
	}
}

// FuzzLoadTightening throws files at the allow-list. Whatever it lets through is held against a
// Nexus, and never relaxes it.
func FuzzLoadTightening(f *testing.F) {
	for _, source := range hostile() {
		if len(source) < 1000 {
			f.Add(source)
		}
	}
	f.Add(`done: coverage: {must: lines: >=90 & <100, fresh: "2h"}`)
	f.Add(`done: mutation: {why: "Mutants die", on: "commit", evidence: "mutation", must: {a: b: =~"x", c: [1]}}`)
	d := load(f, read(f, "testdata/nexus.cue"))
	component, _ := d.Component("cart-api")
	f.Fuzz(func(t *testing.T, source string) {
		team, err := definition.LoadTightening(definition.File{Name: "done.cue", Source: []byte(source)})
		if err != nil {
			if strings.Contains(err.Error(), "CUE cannot read") {
				t.Errorf("reading it panics: %v", err)
			}
			return
		}
		for _, standing := range []definition.Standing{definition.New, definition.Accepted} {
			rules, _, err := d.Rules(component, team, standing)
			if err != nil {
				continue
			}
			for _, r := range rules {
				if r.Nexus == nil || r.Team == nil {
					continue
				}
				if how := looser(*r.Team, *r.Nexus); how != "" || len(r.Team.Must) < len(r.Nexus.Must) {
					t.Errorf("the tightened %s has %s and %d leaves of %d", r.Nexus.ID, how, len(r.Team.Must), len(r.Nexus.Must))
				}
			}
		}
	})
}
