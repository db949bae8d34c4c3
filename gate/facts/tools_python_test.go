package facts_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/nexusgate/nexusgate/gate"
)

// python is the interpreter that has pytest and coverage.py: the one on the path, or the distribution's.
func python(t *testing.T, dir string) tool {
	t.Helper()
	for _, name := range []string{"python3", "/usr/bin/python3"} {
		if exec.CommandContext(t.Context(), name, "-c", "import pytest, coverage").Run() == nil {
			return tool{t, dir, name, []string{"PYTHONDONTWRITEBYTECODE=1", "PYTHONUTF8=1"}}
		}
	}
	t.Fatal("no python3 has pytest and coverage: run make evidence")
	return tool{}
}

func TestPytestIsRead(t *testing.T) {
	dir := workshop(t, "python")
	p := python(t, dir)
	p.run([]int{1}, "-m", "pytest", "-p", "no:cacheprovider", "--junitxml=unit.xml", "-o", "junit_family=xunit2")
	// Both of test_total passed. test_breaks_after is there once, as an error, and
	// test_fails_and_breaks_after twice, as a failure and as an error.
	wantFacts(t, read(t, "junit", dir, "unit.xml"), gate.Facts{"tests": n(10), "passed": n(2), "failed": n(6), "errors": n(3), "skipped": n(2), "flaky": n(0)})

	p.run([]int{5}, "-m", "pytest", "-p", "no:cacheprovider", "--junitxml=none.xml", "-k", "nothing_of_that_name")
	wantFacts(t, read(t, "junit", dir, "none.xml"), gate.Facts{"tests": n(0), "passed": n(0), "failed": n(0), "errors": n(0), "skipped": n(0), "flaky": n(0)})
}

// What is read from Cobertura XML and LCOV is what coverage.py itself counts.
func TestCoveragePyIsRead(t *testing.T) {
	dir := workshop(t, "python")
	p := python(t, dir)
	p.run([]int{1}, "-m", "coverage", "run", "--branch", "--source=shop", "-m", "pytest", "-p", "no:cacheprovider", "-q")
	p.run(nil, "-m", "coverage", "xml", "-o", "coverage.xml")
	p.run(nil, "-m", "coverage", "lcov", "-o", "coverage.info")
	p.run(nil, "-m", "coverage", "json", "-o", "coverage.json")
	want := coveragePyTotals(t, filepath.Join(dir, "coverage.json"))
	for _, name := range []string{"coverage.xml", "coverage.info"} {
		t.Run(name, func(t *testing.T) { wantCounted(t, read(t, "coverage", dir, name), want) })
	}
}

func coveragePyTotals(t *testing.T, name string) gate.Facts {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var report struct {
		Totals struct {
			Lines           json.Number `json:"num_statements"`
			LinesCovered    json.Number `json:"covered_lines"`
			Branches        json.Number `json:"num_branches"`
			BranchesCovered json.Number `json:"covered_branches"`
		}
	}
	if err := json.Unmarshal(text, &report); err != nil {
		t.Fatal(err)
	}
	return gate.Facts{
		"linesTotal": report.Totals.Lines, "linesCovered": report.Totals.LinesCovered,
		"branchesTotal": report.Totals.Branches, "branchesCovered": report.Totals.BranchesCovered,
	}
}
