package main_test

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// completion is the script for a shell, in a file.
func completion(t *testing.T, shell string) (file string) {
	t.Helper()
	script, stderr, code := said(t, "completion", shell)
	if code != 0 || stderr != "" {
		t.Fatalf("completion %s exits with %d and says %s", shell, code, stderr)
	}
	return writeFile(t, filepath.Join(t.TempDir(), "completion."+shell), script)
}

// ofShell runs a program of a shell's, which gives its words a line each.
func ofShell(t *testing.T, name string, args ...string) []string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), name, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %q: %v\n%s", name, args, err, out)
	}
	return strings.Fields(string(out))
}

// completing are how a shell completes the last of some words.
var completing = map[string]func(t *testing.T, file string, words ...string) []string{
	"bash": func(t *testing.T, file string, words ...string) []string {
		split := strings.Fields(strings.ReplaceAll(strings.Join(words, "\n"), "=", "\n=\n"))
		if words[len(words)-1] == "" {
			split = append(split, "")
		}
		program := `source "$1"; shift; complete -p nexusgate >/dev/null; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _nexusgate; printf '%s\n' "${COMPREPLY[@]}"`
		return ofShell(t, "bash", append([]string{"--norc", "-c", program, "bash", file}, split...)...)
	},
	// What zsh's own functions are given is what zsh would show.
	"zsh": func(t *testing.T, file string, words ...string) []string {
		program := `
			compadd() { [ "$1" = -- ] && shift; all+=("$@") }
			_describe() { [ "$1" = -o ] && shift; all+=("${(@)${(P)2}%%:*}") }
			_message() { : }
			_files() { all+=(FILES) }
			compset() { IPREFIX=${PREFIX%%=*}=; PREFIX=${PREFIX#*=} }
			file=$1; shift
			words=("$@"); CURRENT=$#; PREFIX=${words[CURRENT]}; all=()
			source $file
			for found in $all; do [[ $found == $PREFIX* || $found == FILES ]] && print -- $found; done; true`
		return ofShell(t, "zsh", append([]string{"-f", "-c", program, "zsh", file}, words...)...)
	},
	"fish": func(t *testing.T, file string, words ...string) []string {
		program := fmt.Sprintf("source %s; complete -C (string join ' ' -- $argv) | string split -f1 \\t; true", file)
		return ofShell(t, "fish", append([]string{"--no-config", "-c", program}, words...)...)
	},
}

func TestEachShellCompletesCommandsFlagsAndWhatTheyTake(t *testing.T) {
	for name, complete := range completing {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := completion(t, name)
			for _, c := range []struct{ words, want, not []string }{
				{[]string{"ver"}, []string{"version", "verify", "verify-manifest"}, []string{"vet"}},
				{[]string{""}, commandsOnTop(t), []string{"settle", "man"}},
				{[]string{"log", ""}, []string{"key", "verify", "prove", "check"}, []string{"serve"}},
				{[]string{"log", "pr"}, []string{"prove"}, []string{"key"}},
				{[]string{"serve", "--web"}, []string{"--webhook-listen"}, []string{"--listen"}},
				{[]string{"log", "verify", "--"}, []string{"--store", "--key", "--head", "--help"}, []string{"--config"}},
				{[]string{"judge", "nexus.cue", "--format", ""}, []string{"text", "json", "markdown"}, []string{"--evidence"}},
				{[]string{"judge", "--format", "j"}, []string{"json"}, []string{"text"}},
				{[]string{"completion", ""}, []string{"bash", "zsh", "fish"}, nil},
				{[]string{"serve", "--store", "vet", "--sil"}, []string{"--silence"}, nil},
			} {
				got := complete(t, file, append([]string{"nexusgate"}, c.words...)...)
				for _, want := range c.want {
					if !slices.Contains(got, want) {
						t.Errorf("%q: %q; want %s too", c.words, got, want)
					}
				}
				for _, not := range c.not {
					if slices.Contains(got, not) {
						t.Errorf("%q: %q; want no %s", c.words, got, not)
					}
				}
			}
		})
	}
}

// commandsOnTop are the first words of all commands.
func commandsOnTop(t *testing.T) []string {
	t.Helper()
	var words []string
	for _, name := range commandNames(t) {
		first, _, _ := strings.Cut(name, " ")
		words = append(words, first)
	}
	return slices.Compact(words)
}

// An equals sign between a flag and what it takes is a word of its own to bash, and none to zsh.
func TestWhatAFlagTakesIsCompletedBehindAnEqualsSign(t *testing.T) {
	for _, name := range []string{"bash", "zsh"} {
		if got := completing[name](t, completion(t, name), "nexusgate", "judge", "--format=ma"); !slices.Equal(got, []string{"markdown"}) {
			t.Errorf("%s: %q", name, got)
		}
	}
	got := completing["fish"](t, completion(t, "fish"), "nexusgate", "judge", "--format=ma")
	if !slices.Equal(got, []string{"--format=markdown"}) {
		t.Errorf("fish: %q", got)
	}
}

func TestEachShellTakesItsScript(t *testing.T) {
	for _, name := range []string{"bash", "zsh"} {
		ofShell(t, name, "-n", completion(t, name))
	}
	ofShell(t, "fish", "--no-execute", completion(t, "fish"))
}
