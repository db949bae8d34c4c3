package facts_test

import (
	"encoding/json"
	"regexp"
	"testing"

	"github.com/nexusgate/nexusgate/gate"
)

// What is read from a tracefile is what lcov itself makes of it, also where the run of it is added to another.
func TestTheLCOVOfGCCIsRead(t *testing.T) {
	dir := workshop(t, "c")
	tool{t, dir, "gcc", nil}.run(nil, "--coverage", "-O0", "-o", "shop", "cart.c", "main.c")
	tool{t, dir, "./shop", nil}.run(nil)
	lcov := tool{t, dir, "lcov", nil}
	branches := []string{"--rc", "lcov_branch_coverage=1"}
	lcov.run(nil, append(branches, "--quiet", "--capture", "--directory", ".", "--output-file", "lcov.info")...)
	lcov.run(nil, append(branches, "--quiet", "-a", "lcov.info", "-a", "lcov.info", "--output-file", "twice.info")...)
	for _, name := range []string{"lcov.info", "twice.info"} {
		want := lcovTotals(t, lcov.run(nil, append(branches, "--summary", name)...))
		wantCounted(t, read(t, "coverage", dir, name), want)
	}
}

var lcovTotal = regexp.MustCompile(`(lines|functions|branches)\.*: [0-9.]+% \(([0-9]+) of ([0-9]+) `)

// lcovTotals are what a summary says.
func lcovTotals(t *testing.T, summary string) gate.Facts {
	t.Helper()
	totals := gate.Facts{}
	for _, line := range lcovTotal.FindAllStringSubmatch(summary, -1) {
		totals[line[1]+"Covered"], totals[line[1]+"Total"] = json.Number(line[2]), json.Number(line[3])
	}
	if len(totals) != 6 {
		t.Fatalf("the summary tells no lines, functions or branches:\n%s", summary)
	}
	return totals
}
