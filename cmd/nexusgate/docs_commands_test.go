package main_test

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	nexusgate "github.com/nexusgate/nexusgate/cmd/nexusgate"
)

// beyondReach are the programs that pages show and that no test runs, each with the reason. Those of ours are all read
// as the command line reads them, and those that need nothing but a store are run.
var beyondReach = map[string]string{
	"apt":           "it installs packages on the machine; packaging/ makes and reads them",
	"createdb":      "it makes a database on a server; the tests of gate/store start their own",
	"cp":            "it is run with the commands around it",
	"cue":           "CUE's own; the definitions that it reads are read by tests",
	"curl":          "it asks a service at an address of its own; the tests ask the same paths",
	"docker":        "there is no daemon; what the image runs is run by tests",
	"gh":            "it asks GitHub of a release that was published",
	"go":            "it fetches a version that was published",
	"helm":          "there is no cluster; charts/ renders and decodes what Helm installs",
	"kubectl":       "there is no cluster; charts/ holds the keys of Secrets to the README",
	"sha256sum":     "it reads files of a release that was published",
	"slsa-verifier": "another's tool, which a test of its own runs",
	"systemctl":     "there is no systemd; packaging/ reads the unit",
}

// fence is a block of a page, with the language that it names.
var fence = regexp.MustCompile("(?ms)^ *```(\\w*)\n(.*?)^ *```$")

// shownCommands are those of a page, a line each, with what is set before them and comments left away.
func shownCommands(text string) (all []string) {
	for _, block := range fence.FindAllStringSubmatch(text, -1) {
		lines := strings.Split(strings.ReplaceAll(block[2], "\\\n", " "), "\n")
		prompted := block[1] == "console"
		if !prompted && block[1] != "sh" && block[1] != "bash" && block[1] != "" {
			continue
		}
		for _, line := range lines {
			command, is := strings.CutPrefix(strings.TrimSpace(line), "$ ")
			if command = assigned.ReplaceAllString(command, ""); is || !prompted && isProgram(command) {
				all = append(all, command)
			}
		}
	}
	return all
}

// assigned is what is set for one command.
var assigned = regexp.MustCompile(`^([A-Z_]+=\S* +)+`)

func isProgram(line string) bool {
	name, _, _ := strings.Cut(line, " ")
	return name == "nexusgate" || name == "make" || beyondReach[name] != ""
}

// arguments are the words of a command up to where a shell's own begins. What is left open ("…", "[--team NAME=FILE]")
// is left away.
func arguments(command string) (words []string) {
	command = regexp.MustCompile(`\[[^\]]*\](\.\.\.)?`).ReplaceAllString(command, "")
	for _, word := range shellWord.FindAllString(command, -1) {
		if strings.HasPrefix(word, "#") || word == "|" || word == ">" || word == "…" {
			break
		}
		words = append(words, strings.Trim(word, `'"`))
	}
	return words
}

// shellWord is a word, which may have blanks within quotes.
var shellWord = regexp.MustCompile(`(?:[^\s'"]|'[^']*'|"[^"]*")+`)

func TestEachCommandThatAPageShowsIsThere(t *testing.T) {
	targets, err := os.ReadFile(filepath.Join(root, "Makefile"))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, p := range pages(t) {
		for _, command := range shownCommands(p.text) {
			words := arguments(command)
			seen[words[0]] = true
			switch words[0] {
			case "nexusgate":
				if err := nexusgate.Parses(words[1:]); err != nil {
					t.Errorf("%s shows %q: %v", p.path, command, err)
				}
			case "make":
				if !strings.Contains(string(targets), "\n"+words[1]+":") {
					t.Errorf("%s shows %q, and there is no such target", p.path, command)
				}
			default:
				if beyondReach[words[0]] == "" {
					t.Errorf("%s shows %q: run it in a test, or say in beyondReach why not", p.path, command)
				}
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(beyondReach)) {
		if !seen[name] && name != "go" {
			t.Errorf("beyondReach names %s, which no page shows", name)
		}
	}
}

// onStores are the commands of a page that need nothing but stores and files.
var onStores = regexp.MustCompile(`^(nexusgate (backup|restore|copy|replay|version)\b|cp )`)

// TestAStoreIsBackedUpRestoredMovedAndTriedAsThePagesSay runs in their order what operations.md and upgrade.md show.
func TestAStoreIsBackedUpRestoredMovedAndTriedAsThePagesSay(t *testing.T) {
	t.Parallel()
	h := open(t, shop)
	if err := h.stop(); err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	kept, first := filepath.Join(folder, "nexusgate.db"), strings.TrimPrefix(h.settings.Store, "sqlite:")
	if err := os.Rename(first, kept); err != nil {
		t.Fatal(err)
	}
	h.settings.Store = "sqlite:" + kept
	here := strings.NewReplacer("/var/lib/nexusgate/", folder+"/", "/var/backups/", folder+"/", "/backup/", folder+"/",
		"postgres://nexusgate@db/nexusgate", "sqlite:"+filepath.Join(folder, "moved.db"))
	ran := map[string]bool{}
	for _, page := range []string{"operations.md", "upgrade.md"} {
		text, err := os.ReadFile(filepath.Join(root, "docs", page))
		if err != nil {
			t.Fatal(err)
		}
		for _, command := range shownCommands(string(text)) {
			if !onStores.MatchString(command) {
				continue
			}
			if strings.HasPrefix(command, "nexusgate restore") && strings.HasSuffix(command, "/nexusgate.db") {
				if err := os.Rename(kept, kept+".lost"); err != nil { // which is why it is restored
					t.Fatal(err)
				}
			}
			if out, err := shell(t, folder, here.Replace(command), nil); err != nil {
				t.Fatalf("%s shows %q, which ends with %v:\n%s", page, command, err, out)
			}
			ran[strings.Join(strings.Fields(command)[:2], " ")] = true
		}
	}
	for _, want := range []string{"nexusgate backup", "nexusgate restore", "nexusgate copy", "nexusgate version"} {
		if !ran[want] {
			t.Errorf("%s was not run: %v", want, ran)
		}
	}
	for _, store := range []string{"nexusgate.db", "moved.db", "restored.db", "trial.db"} {
		if out, stderr, code := said(t, "replay", "--store", "sqlite:"+filepath.Join(folder, store)); code != 0 {
			t.Errorf("the replay of %s says %d: %s%s", store, code, out, stderr)
		}
	}
}
