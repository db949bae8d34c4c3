package main_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/nexusgate/nexusgate/definition"
)

// The tests of the editor hold that CUE's own tools, with what init writes beside a layer, take what
// nexusgate takes, and complete it.

// beside makes a folder with a layer in it and what init writes beside one.
func beside(t *testing.T, dir, layer, source string) {
	t.Helper()
	name := strings.TrimSuffix(layer, ".cue")
	if !strings.Contains("\n"+source, "\npackage ") {
		source = "package " + name + "\n\n" + source
	}
	path := filepath.Join(dir, layer)
	if layer == "done.cue" {
		path = filepath.Join(dir, ".nexus", layer)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(source), 0o644); err != nil {
		t.Fatal(err)
	}
	if out, stderr, code := said(t, "init", "--schema", dir); code != 0 {
		t.Fatalf("init --schema exits with %d: %s%s", code, out, stderr)
	}
}

// cueVet is what `cue vet -c=false` says of a folder; nothing where it is sound.
func cueVet(t *testing.T, dir string) string {
	t.Helper()
	cue, err := cueCommand()
	if err != nil {
		t.Fatalf("building the cue that tools.mod pins: %v", err)
	}
	command := exec.Command(cue, "vet", "-c=false")
	command.Dir = dir
	command.Env = append(os.Environ(), "CUE_CACHE_DIR="+filepath.Join(t.TempDir(), "cache"))
	out, err := command.CombinedOutput()
	if failed := (*exec.ExitError)(nil); err != nil && !errors.As(err, &failed) {
		t.Fatal(err)
	}
	if err != nil && len(out) == 0 {
		return err.Error()
	}
	return string(out)
}

// layered are the files of the definition's own tests that nexusgate takes, by where they come from.
func layered(t *testing.T) (nexuses, teams map[string]string) {
	t.Helper()
	nexuses, teams = map[string]string{}, map[string]string{}
	for _, pattern := range []string{"nexus/*.txtar", "team/*.txtar"} {
		found, err := filepath.Glob(filepath.Join(root, "definition", "testdata", pattern))
		if err != nil || len(found) == 0 {
			t.Fatalf("finding the corpus: %v, %d found", err, len(found))
		}
		for _, file := range found {
			ar, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range ar.Files {
				sift(nexuses, teams, filepath.Base(file)+" "+f.Name, f, strings.Contains(string(txtar.Format(ar)), "\nfault "))
			}
		}
	}
	return nexuses, teams
}

// sift keeps a layer that nexusgate takes. A team's that is held against a Nexus and refused is none.
func sift(nexuses, teams map[string]string, name string, f txtar.File, refused bool) {
	file := definition.File{Name: f.Name, Source: f.Data}
	if f.Name == "nexus.cue" {
		if _, err := definition.Load(file); err == nil {
			nexuses[name] = string(f.Data)
		}
	} else if _, err := definition.LoadTightening(file); err == nil && !refused && strings.HasSuffix(f.Name, "done.cue") {
		teams[name] = string(f.Data)
	}
}

func TestCUEsOwnCommandTakesWhatNexusgateTakes(t *testing.T) {
	nexuses, teams := layered(t)
	for _, name := range []string{"nexus.cue", "teams/cart.cue", "teams/payment.cue"} {
		text, err := os.ReadFile(filepath.Join(root, "examples", "storefront", name))
		if err != nil {
			t.Fatal(err)
		}
		if name == "nexus.cue" {
			nexuses["storefront"] = string(text)
		} else {
			teams["storefront "+name] = string(text)
		}
	}
	if len(nexuses) < 5 || len(teams) < 20 {
		t.Fatalf("the corpus has %d Nexuses and %d teams' files that are sound: is the pattern still right?", len(nexuses), len(teams))
	}
	for layer, corpus := range map[string]map[string]string{"nexus.cue": nexuses, "done.cue": teams} {
		for name, source := range corpus {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				dir := t.TempDir()
				beside(t, dir, layer, source)
				if layer == "done.cue" {
					dir = filepath.Join(dir, ".nexus")
				}
				if said := cueVet(t, dir); said != "" {
					t.Errorf("nexusgate takes it, and cue says\n%s\n%s", said, source)
				}
			})
		}
	}
}

const soundNexus = `name: "shop"
productGoal: "A shopper buys in one minute"
sprint: {start: "2026-11-16", days: 14}
teams: cart: components: "cart-api": {repo: "github:acme/cart-api", path: "a"}
done: ci: {why: "Green", on: "commit", evidence: "pipeline", must: conclusion: "success", level: "advisory", within: "45m", from: trust: "oidc"}
`

const soundTeam = `done: ci: {must: conclusion: "success", level: "required", within: "45m", from: trust: "oidc"}
done: own: {why: "Mutants die", on: "commit", evidence: "mutation", must: score: >=60, atLeast: 2, paths: ["a/**"]}
`

func TestATypoOrAWrongTypeIsRefusedByBoth(t *testing.T) {
	for _, wrong := range []struct{ layer, old, new string }{
		{"nexus.cue", "productGoal", "productGola"},
		{"nexus.cue", `name: "shop"`, `name: 5`},
		{"nexus.cue", `name: "shop"`, `name: "a shop"`},
		{"nexus.cue", "days: 14", `days: "14"`},
		{"nexus.cue", "days: 14", "days: 32"},
		{"nexus.cue", "2026-11-16", "16.11.2026"},
		{"nexus.cue", "github:acme", "acme"},
		{"nexus.cue", "repo:", "rep:"},
		{"nexus.cue", "components", "component"},
		{"nexus.cue", `on: "commit"`, `on: "comit"`},
		{"nexus.cue", "level", "levl"},
		{"nexus.cue", `"advisory"`, `"optional"`},
		{"nexus.cue", `"45m"`, "45"},
		{"nexus.cue", "oidc", "OIDC"},
		{"nexus.cue", `must: conclusion: "success"`, "must: 5"},
		{"nexus.cue", "done: ci:", `done: "c i":`},
		{"done.cue", "level", "levl"},
		{"done.cue", `"required"`, `"must"`},
		{"done.cue", `"45m"`, "45"},
		{"done.cue", "oidc", "OIDC"},
		{"done.cue", "trust", "trst"},
		{"done.cue", "atLeast: 2", "atLeast: 0"},
		{"done.cue", `["a/**"]`, `"a/**"`},
		{"done.cue", `"Mutants die"`, "5"},
		{"done.cue", `must: conclusion: "success"`, "must: 5"},
		{"done.cue", "done: own", "dun: own"},
	} {
		t.Run(wrong.layer+" "+wrong.new, func(t *testing.T) {
			t.Parallel()
			sound, dir := soundNexus, t.TempDir()
			folder := dir
			if wrong.layer == "done.cue" {
				sound, folder = soundTeam, filepath.Join(dir, ".nexus")
			}
			beside(t, dir, wrong.layer, sound)
			if said := cueVet(t, folder); said != "" {
				t.Fatalf("cue refuses the sound one: %s", said)
			}
			source := strings.Replace(sound, wrong.old, wrong.new, 1)
			beside(t, dir, wrong.layer, source)
			if source == sound || cueVet(t, folder) == "" {
				t.Errorf("cue takes it:\n%s", source)
			}
			if nexusgateTakes(wrong.layer, source) {
				t.Errorf("nexusgate takes it:\n%s", source)
			}
		})
	}
}

func nexusgateTakes(layer, source string) bool {
	file := definition.File{Name: layer, Source: []byte(source)}
	if layer == "nexus.cue" {
		_, err := definition.Load(file)
		return err == nil
	}
	_, err := definition.LoadTightening(file)
	return err == nil
}
