package facts_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/nexusgate/nexusgate/gate"
)

// node runs a program of the packages that make evidence has installed.
func node(t *testing.T, dir, program string) func(codes []int, env []string, args ...string) string {
	t.Helper()
	modules, err := filepath.Abs("../../.testdata/evidence/node_modules")
	if err != nil {
		t.Fatal(err)
	}
	script := filepath.Join(modules, program)
	if _, err := os.Stat(script); err != nil {
		t.Fatalf("%v: run make evidence", err)
	}
	return func(codes []int, env []string, args ...string) string {
		t.Helper()
		env = append(env, "NODE_PATH="+modules, "NO_COLOR=1", "CI=true")
		return tool{t, dir, "node", env}.run(codes, append([]string{script}, args...)...)
	}
}

func TestJestIsRead(t *testing.T) {
	dir := workshop(t, "node")
	jest := node(t, dir, "jest/bin/jest.js")
	reporter, err := filepath.Abs("../../.testdata/evidence/node_modules/jest-junit")
	if err != nil {
		t.Fatal(err)
	}
	args := []string{"--ci", "--reporters", reporter, "--coverage"}
	jest([]int{1}, []string{"JEST_JUNIT_OUTPUT_FILE=errors.xml", "JEST_JUNIT_REPORT_TEST_SUITE_ERRORS=true"}, args...)
	// Of the cart both that add up and the one to do, which looks the same, and the two that fail; what cannot
	// be loaded is there twice, as an error and as a failure.
	wantFacts(t, read(t, "junit", dir, "errors.xml"), gate.Facts{"tests": n(11), "passed": n(4), "failed": n(4), "errors": n(1), "skipped": n(3), "flaky": n(0)})

	jest(nil, []string{"JEST_JUNIT_OUTPUT_FILE=unit.xml"}, "test/pay.test.js", "--ci", "--reporters", reporter)
	wantFacts(t, read(t, "junit", dir, "unit.xml"), gate.Facts{"tests": n(3), "passed": n(1), "failed": n(0), "errors": n(0), "skipped": n(2), "flaky": n(0)})

	want := istanbulTotals(t, filepath.Join(dir, "coverage", "coverage-summary.json"))
	for _, name := range []string{"coverage/lcov.info", "coverage/cobertura-coverage.xml"} {
		t.Run(filepath.Base(name), func(t *testing.T) { wantCounted(t, read(t, "coverage", dir, name), want) })
	}
}

func istanbulTotals(t *testing.T, name string) gate.Facts {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	type count struct{ Total, Covered json.Number }
	var report struct {
		Total struct{ Lines, Branches, Functions count }
	}
	if err := json.Unmarshal(text, &report); err != nil {
		t.Fatal(err)
	}
	all := report.Total
	return gate.Facts{
		"linesTotal": all.Lines.Total, "linesCovered": all.Lines.Covered, "branchesTotal": all.Branches.Total, "branchesCovered": all.Branches.Covered,
		"functionsTotal": all.Functions.Total, "functionsCovered": all.Functions.Covered,
	}
}

func TestTheSARIFOfESLintIsRead(t *testing.T) {
	dir := workshop(t, "node")
	eslint := node(t, dir, "eslint/bin/eslint.js")
	eslint([]int{1}, []string{"SARIF_ESLINT_IGNORE_SUPPRESSED=false"}, "--format", "@microsoft/eslint-formatter-sarif", "--output-file", "lint.sarif", "src")
	wantFacts(t, read(t, "sarif", dir, "lint.sarif"), gate.Facts{"errors": n(2), "warnings": n(1), "notes": n(0), "suppressed": n(1)})
}

func TestTheBillsOfNpmAreRead(t *testing.T) {
	dir := workshop(t, "node")
	npm := node(t, dir, "npm/bin/npm-cli.js")
	for _, format := range []string{"cyclonedx", "spdx"} {
		t.Run(format, func(t *testing.T) {
			bill := npm(nil, nil, "sbom", "--package-lock-only", "--sbom-format", format)
			if err := os.WriteFile(filepath.Join(dir, format+".json"), []byte(bill), 0o644); err != nil {
				t.Fatal(err)
			}
			wantFacts(t, read(t, "sbom", dir, format+".json"), gate.Facts{"components": n(2)})
		})
	}
}
