package facts_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/nexusgate/nexusgate/gate"
)

// pinned is one of the tools in tools.mod.
func pinned(t *testing.T, name string) string {
	t.Helper()
	command := exec.CommandContext(t.Context(), "go", "tool", "-modfile=tools.mod", "-n", name)
	command.Dir = "../.."
	path, err := command.Output()
	if err != nil {
		t.Fatalf("building %s: %v", name, err)
	}
	return strings.TrimSpace(string(path))
}

// goTool is a program of Go that knows nothing of the module that it is tested in.
func goTool(t *testing.T, dir, name string) tool {
	return tool{t, dir, name, []string{"GOFLAGS=-mod=mod", "GOWORK=off", "GOPROXY=off", "GOTOOLCHAIN=local"}}
}

func TestGotestsumIsRead(t *testing.T) {
	dir := workshop(t, "go")
	gotestsum := goTool(t, dir, pinned(t, "gotestsum"))

	gotestsum.run(nil, "--junitfile", "unit.xml", "./cart", "./pay")
	// TestTitle and its two, TestSum, TestDue; TestLater.
	wantFacts(t, read(t, "junit", dir, "unit.xml"), gate.Facts{"tests": n(6), "passed": n(5), "failed": n(0), "errors": n(0), "skipped": n(1), "flaky": n(0)})

	gotestsum.run(nil, "--junitfile", "none.xml", "./cmd")
	wantFacts(t, read(t, "junit", dir, "none.xml"), gate.Facts{"tests": n(0), "passed": n(0), "failed": n(0), "errors": n(0), "skipped": n(0), "flaky": n(0)})

	gotestsum.run([]int{1}, "--junitfile", "trouble.xml", "--", "-tags", "trouble", "./cart")
	wantFacts(t, read(t, "junit", dir, "trouble.xml"), gate.Facts{"tests": n(7), "passed": n(4), "failed": n(2), "errors": n(0), "skipped": n(1), "flaky": n(0)})
}

// A test that failed and passed when it was run again is there twice in gotestsum's report, and nothing
// says that they are the same run: the worse counts.
func TestARerunOfGotestsumStaysAFailure(t *testing.T) {
	dir := workshop(t, "go")
	gotestsum := goTool(t, dir, pinned(t, "gotestsum"))
	gotestsum.run(nil, "--junitfile", "unit.xml", "--rerun-fails", "--packages", "./cart", "--", "-tags", "trouble", "-run", "TestFlaky|TestSum")
	wantFacts(t, read(t, "junit", dir, "unit.xml"), gate.Facts{"tests": n(3), "passed": n(2), "failed": n(1), "errors": n(0), "skipped": n(0), "flaky": n(0)})
}

// A package that does not compile has no test, and is not empty either. gotestsum shows it as a test that
// failed, and tells of an error that it does not show, which takes the place of the test that passed.
func TestAPackageThatDoesNotCompileFails(t *testing.T) {
	dir := workshop(t, "go")
	gotestsum := goTool(t, dir, pinned(t, "gotestsum"))
	gotestsum.run([]int{1, 2}, "--junitfile", "unit.xml", "--", "-tags", "trouble", "./broken", "./pay")
	wantFacts(t, read(t, "junit", dir, "unit.xml"), gate.Facts{"tests": n(2), "passed": n(0), "failed": n(2), "errors": n(1), "skipped": n(0), "flaky": n(0)})
}

// What is read from a profile is what Go's own tool makes of it, in each mode, where the tests of two
// packages run the same code.
func TestGoCoverProfilesAreReadAsGoDoes(t *testing.T) {
	dir := workshop(t, "go")
	golang := goTool(t, dir, "go")
	for _, mode := range []string{"set", "count", "atomic"} {
		t.Run(mode, func(t *testing.T) {
			profile := mode + ".out"
			golang.run(nil, "test", "-covermode", mode, "-coverpkg", "./cart,./pay", "-coverprofile", profile, "./cart", "./pay")
			got := read(t, "coverage", dir, profile)
			total := regexp.MustCompile(`total:\s+\(statements\)\s+([0-9.]+)%`).FindStringSubmatch(golang.run(nil, "tool", "cover", "-func", profile))
			if total == nil || fmt.Sprintf("%.1f", got["lines"]) != total[1] {
				t.Errorf("facts %v, and Go says %v", got, total)
			}
		})
	}
}

func TestAGoProfileOfNothingIsEmpty(t *testing.T) {
	dir := workshop(t, "go")
	goTool(t, dir, "go").run(nil, "test", "-coverprofile", "cover.out", "-coverpkg", "./cart", "-run", "^$", "./pay")
	body, err := os.ReadFile(filepath.Join(dir, "cover.out"))
	if err != nil {
		t.Fatal(err)
	}
	first, _, _ := strings.Cut(string(body), "\n")
	if err := os.WriteFile(filepath.Join(dir, "cover.out"), []byte(first+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	wantFacts(t, read(t, "coverage", dir, "cover.out"), gate.Facts{"linesCovered": n(0), "linesTotal": n(0)})
}

// govulncheck is asked with a database of our own, so that it is always the same one.
func TestGovulncheckIsRead(t *testing.T) {
	dir := workshop(t, "go")
	check := goTool(t, dir, pinned(t, "govulncheck"))
	db := "file://" + filepath.Join(dir, "vulndb")
	for format, want := range map[string]gate.Facts{
		"json":  {"unknown": n(1), "unreached": n(2)},
		"sarif": {"unknown": n(1), "unreached": n(2)},
	} {
		t.Run(format, func(t *testing.T) {
			out := check.run([]int{3}, "-db", db, "-format", format, "./cmd")
			name := "found." + format
			if err := os.WriteFile(filepath.Join(dir, name), []byte(out), 0o644); err != nil {
				t.Fatal(err)
			}
			wantFacts(t, read(t, "vulnerabilities", dir, name), want)
			if format == "sarif" {
				wantFacts(t, read(t, "sarif", dir, name), gate.Facts{"errors": n(1), "warnings": n(1), "notes": n(1), "suppressed": n(0)})
			}
		})
	}
	t.Run("of packages", func(t *testing.T) {
		out := check.run([]int{3}, "-db", db, "-format", "json", "-scan", "package", "./cmd")
		if err := os.WriteFile(filepath.Join(dir, "packages.json"), []byte(out), 0o644); err != nil {
			t.Fatal(err)
		}
		wantFacts(t, read(t, "vulnerabilities", dir, "packages.json"), gate.Facts{"unknown": n(2), "unreached": n(1)})
	})
}
