package main_test

import (
	"bytes"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"go.yaml.in/yaml/v3"
)

// snippet is a fenced block of a page, by the comment before it.
var snippet = regexp.MustCompile("(?ms)^<!-- block: (\\S+) -->\n```(\\w+)\n(.*?)^```$")

// docPage is the blocks of a page of docs, and which of them were run.
type docPage struct {
	mu     sync.Mutex
	blocks map[string]string
	ran    map[string]bool
}

func readPage(t *testing.T, name string) *docPage {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "docs", name))
	if err != nil {
		t.Fatal(err)
	}
	p := &docPage{blocks: map[string]string{}, ran: map[string]bool{}}
	for _, found := range snippet.FindAllStringSubmatch(string(text), -1) {
		if p.blocks[found[1]] != "" {
			t.Errorf("%s has two blocks %s", name, found[1])
		}
		p.blocks[found[1]] = found[3]
	}
	if fences := strings.Count(string(text), "\n```"); fences != 2*len(p.blocks) {
		t.Errorf("%s has %d fences, and %d blocks with a name: each block needs one, by which it is run", name, fences, len(p.blocks))
	}
	return p
}

// run is a block that is about to be run, as it is read against a service at an address.
func (p *docPage) run(t *testing.T, name, address string) string {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.blocks[name] == "" {
		t.Fatalf("there is no block %s", name)
	}
	p.ran[name] = true
	return strings.ReplaceAll(p.blocks[name], "https://done.example.com", address)
}

// allRan fails for a block that nobody ran.
func (p *docPage) allRan(t *testing.T) {
	t.Helper()
	for _, name := range slices.Sorted(maps.Keys(p.blocks)) {
		if !p.ran[name] {
			t.Errorf("nobody ran the block %s", name)
		}
	}
}

// workflow is what the tests read of a workflow of GitHub.
type workflow struct {
	Jobs map[string]struct {
		Environment string
		Env         map[string]string
		Outputs     map[string]string
		Permissions map[string]string
		Steps       []workflowStep
	}
	Permissions map[string]string
}

type workflowStep struct {
	ID, Name, Uses, Run, If string
	With, Env               map[string]string
}

// readWorkflow reads one that actionlint finds no fault with.
func readWorkflow(t *testing.T, text string) (w workflow) {
	t.Helper()
	lint(t, text)
	if err := yaml.Unmarshal([]byte(text), &w); err != nil {
		t.Fatal(err)
	}
	return w
}

// actionlint is the linter in the version that the Makefile pins.
var actionlint = sync.OnceValues(func() ([]string, error) {
	text, err := os.ReadFile(filepath.Join(root, "Makefile"))
	if err != nil {
		return nil, err
	}
	pinned := regexp.MustCompile(`(?m)^ACTIONLINT = \$\(GO\) (run \S+@v\S+)$`).FindSubmatch(text)
	if pinned == nil {
		return nil, os.ErrNotExist
	}
	return strings.Fields(string(pinned[1])), nil
})

func lint(t *testing.T, text string) {
	t.Helper()
	args, err := actionlint()
	if err != nil {
		t.Fatalf("the Makefile pins no actionlint: %v", err)
	}
	linter := exec.CommandContext(t.Context(), "go", append(args, "-shellcheck=", "-pyflakes=", "-")...)
	linter.Dir, linter.Stdin = root, strings.NewReader(text)
	if out, err := linter.CombinedOutput(); err != nil {
		t.Errorf("actionlint: %v\n%s\n%s", err, out, text)
	}
}

// shell runs a script in a folder, as the forges' runners do.
func shell(t *testing.T, folder, script string, env map[string]string) (said string, err error) {
	t.Helper()
	step := exec.CommandContext(t.Context(), "bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", script)
	step.Dir, step.Env = folder, os.Environ()
	for name, value := range env {
		step.Env = append(step.Env, name+"="+value)
	}
	text, err := step.CombinedOutput()
	return string(text), err
}

// strictly reads YAML that has nothing but what is read of it.
func strictly(t *testing.T, text string, into any) {
	t.Helper()
	decoder := yaml.NewDecoder(bytes.NewReader([]byte(text)))
	decoder.KnownFields(true)
	if err := decoder.Decode(into); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
}
