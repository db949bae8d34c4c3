package main_test

import (
	"errors"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// tour goes through a page as a reader does: it runs each command that the page shows, in a folder as the reader has
// it, and fails where one is left that nothing has run.
type tour struct {
	t       *testing.T
	page    string
	folder  string
	address string            // of a service, in the place of https://done.example.com
	here    []string          // what a reader puts in the place of something, in pairs
	env     map[string]string // beside that of the test
	left    []shown
	passed  []shown // that no test runs
}

func goThrough(t *testing.T, name string) *tour {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		t.Fatal(err)
	}
	w := &tour{t: t, page: name, folder: t.TempDir(), env: map[string]string{"NEXUSGATE_LISTEN": "127.0.0.1:0"}}
	for _, s := range commandsOf(t, page{name, string(text)}) {
		if unrun[s.command] != "" || measures(s.command) {
			w.passed = append(w.passed, s)
		} else {
			w.left = append(w.left, s)
		}
	}
	t.Cleanup(func() {
		for _, s := range w.left {
			t.Errorf("%s shows %q, and nothing has run it: run it in its tour, or say in unrun why that cannot be", name, s.command)
		}
	})
	return w
}

// at has the commands ask a service of the test's own.
func (w *tour) at(h *house) *tour {
	w.address = h.server.Root()
	return w
}

func (w *tour) set(env map[string]string) { maps.Copy(w.env, env) }

func (w *tour) unset(names ...string) {
	maps.DeleteFunc(w.env, func(name, _ string) bool { return slices.Contains(names, name) })
}

func (w *tour) put(pairs ...string) { w.here = append(w.here, pairs...) }

func (w *tour) file(name, text string) {
	w.t.Helper()
	if err := os.MkdirAll(filepath.Dir(filepath.Join(w.folder, name)), 0o700); err != nil {
		w.t.Fatal(err)
	}
	writeFile(w.t, filepath.Join(w.folder, name), text)
}

// program puts a program, or what stands in for it, where the commands find it.
func (w *tour) program(name, path string) {
	w.t.Helper()
	folder := filepath.Join(w.folder, ".bin")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		w.t.Fatal(err)
	}
	if err := os.Symlink(path, filepath.Join(folder, name)); err != nil {
		w.t.Fatal(err)
	}
}

// take is the first command that begins so and was not run yet.
func (w *tour) take(begins string) shown {
	w.t.Helper()
	for i, s := range w.left {
		if strings.HasPrefix(s.command, begins) {
			w.left = slices.Delete(w.left, i, i+1)
			return s
		}
	}
	w.t.Fatalf("%s shows no command %q (any more), but %+v", w.page, begins, w.left)
	return shown{}
}

// ours is a command as it is run here. What a service is told of its own address, and others of a service's, stays.
func (w *tour) ours(s shown) string {
	text := strings.NewReplacer(w.here...).Replace(s.command)
	if w.address != "" && !strings.Contains(text, "nexusgate serve") && !strings.HasPrefix(text, "slsa-verifier") {
		text = strings.ReplaceAll(text, "https://done.example.com", w.address)
	}
	return text
}

func (w *tour) prepared(script string) *exec.Cmd {
	command := exec.CommandContext(w.t.Context(), "bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", script)
	command.Dir, command.Env = w.folder, os.Environ()
	command.Env = append(command.Env, "PATH="+filepath.Join(w.folder, ".bin")+":"+os.Getenv("PATH"))
	for name, value := range w.env {
		command.Env = append(command.Env, name+"="+value)
	}
	return command
}

// runs runs the next command that begins so, and holds it to what the page says that it writes and exits with, and to
// these words.
func (w *tour) runs(begins string, words ...string) (written string) {
	w.t.Helper()
	s := w.take(begins)
	return w.held(s, s.code, words...)
}

// ends is runs of one that exits with a code that the page does not name.
func (w *tour) ends(begins string, code int, words ...string) (written string) {
	w.t.Helper()
	return w.held(w.take(begins), code, words...)
}

func (w *tour) held(s shown, want int, words ...string) (written string) {
	w.t.Helper()
	script := w.ours(s)
	text, err := w.prepared(script).CombinedOutput()
	code := 0
	if ended, is := errors.AsType[*exec.ExitError](err); is {
		code = ended.ExitCode()
	} else if err != nil {
		w.t.Fatal(err)
	}
	if code != want {
		w.t.Fatalf("%s shows %q; %s exits with %d, want %d:\n%s", w.page, s.command, script, code, want, text)
	}
	if lacks := unwritten(s.says, string(text)); lacks != "" {
		w.t.Errorf("%s shows that %q writes the line %q; it writes\n%s", w.page, s.command, lacks, text)
	}
	for _, word := range words {
		if !regexp.MustCompile(word).Match(text) {
			w.t.Errorf("%q does not write %q but\n%s", script, word, text)
		}
	}
	return string(text)
}

// serves starts the next command that begins so, which goes on by itself, waits until it says this, and ends it.
func (w *tour) serves(begins string, says string) {
	w.t.Helper()
	w.serving(w.ours(w.take(begins)), says, 0)
}

func (w *tour) serving(script, says string, want int) {
	w.t.Helper()
	set := assigned.FindString(script)
	command, out := w.prepared(set+"exec "+strings.TrimPrefix(script, set)), newLines()
	command.Stdout, command.Stderr = out, out
	if err := command.Start(); err != nil {
		w.t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- command.Wait() }()
	out.match(w.t, says)
	if err := command.Process.Signal(os.Interrupt); err != nil {
		w.t.Fatal(err)
	}
	if <-ended; command.ProcessState.ExitCode() != want {
		w.t.Errorf("%q ends with %s, want the code %d:\n%s", script, command.ProcessState, want, out)
	}
}
