package main_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	nexusgate "github.com/nexusgate/nexusgate/cmd/nexusgate"
)

// said runs the program and gives what it wrote, and its exit code.
func said(t *testing.T, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	var out, err strings.Builder
	code = nexusgate.Run(t.Context(), args, strings.NewReader(""), &out, &err, func(string) string { return "" })
	return out.String(), err.String(), code
}

// help is the help of a command, or of the program.
func help(t *testing.T, command ...string) string {
	t.Helper()
	out, stderr, code := said(t, append(command, "--help")...)
	if code != 0 || stderr != "" {
		t.Fatalf("%v --help exits with %d and says %s", command, code, stderr)
	}
	return out
}

func TestReadmeShowsTheHelp(t *testing.T) {
	name := filepath.Join(root, "README.md")
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	want := "```text\n" + help(t) + "```\n"
	shown := between(t, "help", string(text))
	if *update {
		renewed := strings.Replace(string(text), "<!-- help -->\n"+shown, "<!-- help -->\n"+want, 1)
		if err := os.WriteFile(name, []byte(renewed), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, shown); diff != "" {
		t.Errorf("the README does not show what --help says; run the test with -update (-want +got):\n%s", diff)
	}
}

// commandNames are those that the program's help lists.
func commandNames(t *testing.T) []string {
	t.Helper()
	_, list, _ := strings.Cut(help(t), "Commands")
	list, _, _ = strings.Cut(list, "\n\n")
	var names []string
	for _, found := range regexp.MustCompile(`(?m)^  ([a-z-]+(?: [a-z]+)?)  +[A-Z]`).FindAllStringSubmatch(list, -1) {
		names = append(names, found[1])
	}
	if len(names) < 9 || !slices.Contains(names, "serve") {
		t.Fatalf("the help lists %v, want serve and eight more at least", names)
	}
	return names
}

func TestNoHelpIsWiderThanATerminal(t *testing.T) {
	texts := map[string]string{"": help(t)}
	for _, name := range commandNames(t) {
		texts[name] = help(t, strings.Fields(name)...)
	}
	for name, text := range texts {
		for line := range strings.SplitSeq(text, "\n") {
			if strings.HasPrefix(line, "  nexusgate ") {
				continue // a call to be copied is one line, however long
			}
			if utf8.RuneCountInString(line) > 80 {
				t.Errorf("%s --help has a line of %d characters: %s", name, utf8.RuneCountInString(line), line)
			}
		}
	}
}

func TestEachFlagIsHelpedWithItsVariable(t *testing.T) {
	flag := regexp.MustCompile(`(?m)^  --([a-z-]+) `)
	overview, flags := help(t), 0
	for _, name := range commandNames(t) {
		text := help(t, strings.Fields(name)...)
		for _, found := range flag.FindAllStringSubmatch(text, -1) {
			flags++
			variable := "NEXUSGATE_" + strings.ToUpper(strings.ReplaceAll(found[1], "-", "_"))
			if !strings.Contains(text, "$"+variable) || !strings.Contains(overview, variable) {
				t.Errorf("%s --help shows --%s, and not in both helps its variable %s", name, found[1], variable)
			}
		}
	}
	if flags < 10 {
		t.Errorf("only %d flags found: is the pattern still right?", flags)
	}
}

func TestAVariableMeansTheSameInEachCommand(t *testing.T) {
	row := regexp.MustCompile(`(?ms)^  --[a-z-]+ ([A-Z=]+) .*?\$(NEXUSGATE_[A-Z_]+)`)
	meant, shared := map[string]string{}, 0
	for _, name := range commandNames(t) {
		for _, found := range row.FindAllStringSubmatch(help(t, strings.Fields(name)...), -1) {
			takes, variable := found[1], found[2]
			if before, known := meant[variable]; known {
				shared++
				if before != takes {
					t.Errorf("$%s is %s to %s, and %s to another command: give the flag a variable of its own", variable, takes, name, before)
				}
			}
			meant[variable] = takes
		}
	}
	if shared < 5 || meant["NEXUSGATE_NEXUS"] != "HOME" || meant["NEXUSGATE_NEXUS_FILE"] != "FILE" || meant["NEXUSGATE_NEXUS_NAME"] != "NAME" {
		t.Errorf("%d variables are shared, and they mean %v: is the pattern still right?", shared, meant)
	}
}

func TestHelpTakesTheSameWays(t *testing.T) {
	for _, way := range [][]string{{"help", "judge"}, {"judge", "-h"}, {"judge", "nexus.cue", "--help"}} {
		text, _, code := said(t, way...)
		if diff := cmp.Diff(help(t, "judge"), text); diff != "" || code != 0 {
			t.Errorf("%v exits with %d (-want +got):\n%s", way, code, diff)
		}
	}
}
