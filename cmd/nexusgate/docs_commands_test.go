package main_test

import (
	"go/ast"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	nexusgate "github.com/nexusgate/nexusgate/cmd/nexusgate"
)

// unrun are the commands of pages that no test runs, each with the reason and with what is looked at instead. It is
// all of them: what is neither here nor run by the tour of its page fails.
var unrun = map[string]string{
	"kubectl create namespace gates": "there is no cluster",
	`kubectl -n gates create secret generic nexusgate-github --from-literal=app-id=123456 --from-file=private-key.pem --from-literal=webhook-secret="$(openssl rand -hex 32)"`: "there is no cluster; charts holds its keys to those that the pods read",
	"kubectl -n gates rollout restart statefulset/nexusgate": "there is no cluster; charts renders that object",
	`helm -n gates install nexusgate oci://ghcr.io/nexusgate/charts/nexusgate --values values.yaml --set-file 'definitions.files.nexus\.cue=nexus.cue'`: "there is no cluster; charts renders the chart with these very flags",
	"helm upgrade nexusgate oci://ghcr.io/nexusgate/charts/nexusgate --reuse-values --set updateStrategy=Recreate":                                      "there is no cluster; charts renders the chart with these very flags",

	"docker run -p 127.0.0.1:8080:8080 -e NEXUSGATE_PUBLIC=true -v nexusgate:/data -v \"$PWD/etc:/etc/nexusgate:ro\" --env-file nexusgate.env nexusgate": "there is no daemon; the tour runs what the Dockerfile has the image run, with these variables and folders",

	"apt install ./nexusgate_linux_amd64.deb":                                                  "it changes the machine; packaging makes that file and reads it",
	"systemctl stop nexusgate":                                                                 "there is no systemd at work; packaging has systemd verify the unit of that name",
	"systemctl restart nexusgate":                                                              "likewise",
	"gh attestation verify nexusgate_linux_amd64.deb --repo nexusgate/nexusgate":               "it asks GitHub of a release; packaging makes that file, and holds that its checksum is attested",
	"gh attestation verify oci://ghcr.io/nexusgate/nexusgate:0.1.0 --repo nexusgate/nexusgate": "likewise, of the image",
	"sha256sum --check --ignore-missing checksums.txt":                                         "packaging runs it, where a release is made",

	"ssh -L 8080:127.0.0.1:8080 HOST":             "it asks another machine",
	"go test ./gate/store -run ThisVersion -keep": "it writes a store into the tree for later versions to be tested with; TestAServiceOfEachEarlierVersionIsTakenOver reads those that there are",
}

// elsewhere are what takes the place of some of them in modules of their own, which make check runs.
var elsewhere = map[string]string{
	"charts/commands_test.go":    "func TestEachCommandOfThePagesFitsTheChart(",
	"packaging/commands_test.go": "func TestEachCommandOfThePagesFitsTheRelease(",
}

// measures says whether a command is one of docs/benchmarks.md, which go on for minutes or hours.
func measures(command string) bool {
	return strings.HasPrefix(command, "go test ") && strings.Contains(command, " -bench ")
}

func TestEachCommandThatNoTestRunsIsShownAndHeldElsewhere(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range pages(t) {
		for _, s := range commandsOf(t, p) {
			seen[s.command] = true
		}
	}
	for _, command := range slices.Sorted(maps.Keys(unrun)) {
		if !seen[command] {
			t.Errorf("unrun names %q, which no page shows", command)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(elsewhere)) {
		text, err := os.ReadFile(filepath.Join(root, name))
		if err != nil || !strings.Contains(string(text), elsewhere[name]) {
			t.Errorf("%s has no %s: %v", name, elsewhere[name], err)
		}
	}
}

// Also those that are run have to be what the command line takes as the page writes them.
func TestEachCommandThatAPageShowsIsThere(t *testing.T) {
	shown := 0
	for _, p := range pages(t) {
		for _, s := range commandsOf(t, p) {
			words := arguments(assigned.ReplaceAllString(s.command, ""))
			if words[0] != "nexusgate" {
				continue
			}
			shown++
			if err := nexusgate.Parses(words[1:]); err != nil && !strings.Contains(s.command, "…") {
				t.Errorf("%s shows %q: %v", p.path, s.command, err)
			}
		}
	}
	if shown < 50 {
		t.Errorf("the pages show %d commands: are they read rightly?", shown)
	}
}

// arguments are the words of a command up to where a shell's own begins.
func arguments(command string) (words []string) {
	for _, word := range shellWord.FindAllString(command, -1) {
		if word == "|" || word == ">" || word == "…" {
			break
		}
		words = append(words, strings.Trim(word, `'"`))
	}
	return words
}

// shellWord is a word, which may have blanks within quotes.
var shellWord = regexp.MustCompile(`(?:[^\s'"]|'[^']*'|"[^"]*")+`)

var (
	benchmark = regexp.MustCompile(`^go test (\./\S+) .*-bench '?(Benchmark\w+)`)
	toMake    = regexp.MustCompile(`^make ([a-z][a-z-]*)`)
)

func TestEachBenchmarkThatAPageNamesExists(t *testing.T) {
	known := map[string]bool{}
	for _, s := range sources(t) {
		for _, d := range s.file.Decls {
			if f, is := d.(*ast.FuncDecl); is {
				known["./"+filepath.Dir(s.path)+" "+f.Name.Name] = true
			}
		}
	}
	named := 0
	for _, p := range pages(t) {
		for _, s := range commandsOf(t, p) {
			if !measures(s.command) {
				continue
			}
			named++
			if found := benchmark.FindStringSubmatch(s.command); found == nil || !known[found[1]+" "+found[2]] {
				t.Errorf("%s shows %q, and there is no such benchmark", p.path, s.command)
			}
		}
	}
	if named < 5 {
		t.Errorf("the pages name %d benchmarks: are they read rightly?", named)
	}
}

// byHand are the targets that pages name and make check does not come by.
var byHand = map[string]string{
	"demo":        "the tour of the README runs the demo",
	"docker":      "there is no daemon; CI has a job that makes the image and runs it",
	"fmt":         "fmt-check says what it would change",
	"test":        "make check runs it under another runner of tests",
	"race":        "likewise",
	"generate":    "generate-check says what it would change",
	"bench":       "it measures for an hour",
	"soak":        "it measures for an hour",
	"prove":       "it takes an hour; the tests do the same with fewer cases",
	"prove-kills": "likewise",
	"screenshots": "it writes pictures into the tree; browser-check goes through the same pages",
	"fuzz-long":   "it takes an hour; fuzz runs the same targets",
}

// TestEachTargetThatAPageNamesIsMade asks make what it would do: a target that is there and does nothing would be none.
func TestEachTargetThatAPageNamesIsMade(t *testing.T) {
	all, named := makesOf(t, "check"), map[string]bool{}
	for _, p := range pages(t) {
		for _, found := range called.FindAllStringSubmatch(p.text, -1) {
			named[found[1]] = true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(named)) {
		does := makesOf(t, name)
		if does == "" {
			t.Errorf("make %s does nothing", name)
		}
		checked := true
		for line := range strings.Lines(does) {
			checked = checked && strings.Contains(all, strings.TrimSpace(line))
		}
		if (byHand[name] == "") != checked {
			t.Errorf("a page names make %s; byHand says %q, and whether make check comes by it is %v", name, byHand[name], checked)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(byHand)) {
		if !named[name] && name != "fuzz-long" {
			t.Errorf("byHand names %s, which no page does", name)
		}
	}
}

// makesOf is what make would run for a target.
func makesOf(t *testing.T, target string) string {
	t.Helper()
	asked := exec.CommandContext(t.Context(), "make", "--no-print-directory", "--dry-run", target)
	asked.Dir, asked.Env = root, []string{"PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME")} // without what make itself may have set for the tests
	out, err := asked.CombinedOutput()
	if err != nil {
		t.Errorf("make %s: %v\n%s", target, err, out)
	}
	return strings.TrimSpace(string(out))
}
