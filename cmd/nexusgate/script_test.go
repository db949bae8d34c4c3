package main_test

import (
	"errors"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	nexusgate "github.com/nexusgate/nexusgate/cmd/nexusgate"
)

var update = flag.Bool("update", false, "write the golden texts of the scripts, and the README's help, anew")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"nexusgate": nexusgate.Main, "hurried": hurried,
		"crashing": crashing, "falling": falling, "talking": talking, "lying": lying, "awaiting": awaiting, // instead of a child of the service's
	})
}

// TestScripts runs the command line as a shell does. Each script finds examples/storefront beside it.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("testdata", "script"),
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("GORACE", os.Getenv("GORACE"))
			return os.CopyFS(filepath.Join(env.WorkDir, "storefront"), os.DirFS(filepath.Join(root, "examples", "storefront")))
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"exits": exits, "cue": cue},
	})
}

// exits runs a program and holds it to its exit code: exits 2 nexusgate judge ….
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE PROGRAM ARGS...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	code := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		ended, ok := errors.AsType[*exec.ExitError](err)
		if !ok {
			ts.Fatalf("%v", err)
		}
		code = ended.ExitCode()
	}
	if code != want {
		ts.Fatalf("%s exits with %d, want %d", args[1], code, want)
	}
}

// cue runs the command of CUE that tools.mod pins: cue vet, or ! cue vet where it has to complain.
func cue(ts *testscript.TestScript, neg bool, args []string) {
	command, err := cueCommand()
	ts.Check(err)
	ts.Setenv("CUE_CACHE_DIR", filepath.Join(ts.MkAbs("."), ".cache"))
	if err := ts.Exec(command, args...); (err != nil) != neg {
		ts.Fatalf("cue %v: %v", args, err)
	}
}

// cueCommand is the path of that command, built once.
var cueCommand = sync.OnceValues(func() (string, error) {
	command := exec.Command("go", "tool", "-n", "-modfile=tools.mod", "cue")
	command.Dir = root
	path, err := command.Output()
	return strings.TrimSpace(string(path)), err
})
