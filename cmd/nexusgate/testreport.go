package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/nexusgate/nexusgate/gate"
)

// write tells the results, and keeps them as JUnit where that is asked for.
func (c *testCommand) write(w io.Writer, b *testBench) error {
	if c.JUnit != "" {
		if err := writeJUnit(c.JUnit, b); err != nil {
			return err
		}
	}
	text := c.text(b)
	if c.Format == "json" {
		var encoded strings.Builder
		encoder := json.NewEncoder(&encoded)
		encoder.SetIndent("", " ")
		encoder.SetEscapeHTML(false)
		if err := encoder.Encode(c.report(b)); err != nil {
			return fmt.Errorf("encoding the results: %w", err)
		}
		text = encoded.String()
	}
	if _, err := io.WriteString(w, text); err != nil {
		return fmt.Errorf("telling the results: %w", err)
	}
	return nil
}

// text is a line for each case, under its file, and what is otherwise than wanted under that.
func (c *testCommand) text(b *testBench) string {
	var t strings.Builder
	file := ""
	for _, r := range b.results {
		if r.wanted.Pos.File != file {
			file = r.wanted.Pos.File
			t.WriteString(file + "\n")
		}
		if len(r.problems) == 0 {
			t.WriteString("  PASS  " + r.wanted.Name + "\n")
		} else {
			t.WriteString("  FAIL  " + r.wanted.Name + "  (" + r.wanted.Pos.String() + ")\n")
		}
		for _, problem := range r.problems {
			t.WriteString("          " + strings.ReplaceAll(problem, "\n", "\n          ") + "\n")
		}
		if c.Verbose {
			t.WriteString(findingLines(r.verdict))
		}
	}
	fmt.Fprintf(&t, "%s: %d passed, %d failed\n", count(len(b.results), "case", "cases"), len(b.results)-b.failed(), b.failed())
	if c.Coverage {
		t.WriteString(coverageText(b.tried.coverage()))
	}
	return t.String()
}

// findingLines are a verdict's outcome and findings: "met  ci of cart-api  conclusion "success"".
func findingLines(v gate.Verdict) string {
	var b strings.Builder
	if v.Outcome != "" {
		fmt.Fprintf(&b, "          %s\n", v.Outcome)
	}
	for _, f := range v.Findings {
		under := ""
		if f.Exception != "" {
			under = ", under " + f.Exception
		}
		fmt.Fprintf(&b, "            %-9s  %s: wanted %s, found %s%s\n", f.State, findingName(f), f.Want, f.Got, under)
	}
	return b.String()
}

func coverageText(c testCoverage) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Coverage: %d%%: %d of %s and %d of %s were both met and unmet\n", c.Percent,
		c.Criteria.Both, count(c.Criteria.All, "criterion", "criteria"), c.Constraints.Both, count(c.Constraints.All, "constraint", "constraints"))
	for _, gap := range c.Gaps {
		what := gap.Criterion
		if gap.Constraint != "" {
			what += ": " + gap.Constraint
		}
		fmt.Fprintf(&b, "  %s: never %s: %s\n", gap.At, gap.Never, what)
	}
	return b.String()
}

// testReport is the results as JSON.
type testReport struct {
	Passed   int            `json:"passed"`
	Failed   int            `json:"failed"`
	Cases    []reportedCase `json:"cases"`
	Coverage *testCoverage  `json:"coverage,omitempty"`
}

type reportedCase struct {
	Name     string        `json:"name"`
	At       string        `json:"at"`
	Passed   bool          `json:"passed"`
	Outcome  gate.Outcome  `json:"outcome,omitempty"`
	Problems []string      `json:"problems"`
	Verdict  *gate.Verdict `json:"verdict,omitempty"`
}

func (c *testCommand) report(b *testBench) testReport {
	report := testReport{Passed: len(b.results) - b.failed(), Failed: b.failed()}
	for _, r := range b.results {
		reported := reportedCase{
			Name: r.wanted.Name, At: r.wanted.Pos.String(), Passed: len(r.problems) == 0, Outcome: r.verdict.Outcome, Problems: append([]string{}, r.problems...),
		}
		if c.Verbose && r.verdict.Outcome != "" {
			reported.Verdict = &r.verdict
		}
		report.Cases = append(report.Cases, reported)
	}
	if c.Coverage {
		coverage := b.tried.coverage()
		report.Coverage = &coverage
	}
	return report
}
