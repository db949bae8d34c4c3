package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

// completionCommand writes what has a shell complete commands and flags.
type completionCommand struct {
	Shell string `arg:"" name:"SHELL" enum:"bash,zsh,fish" help:"bash, zsh or fish."`
}

// Help is what the command's help says besides its arguments.
func (*completionCommand) Help() string {
	return `The script knows this version's commands, their flags and, where only a few are
possible, what those take. Packages bring it along.

Examples:
  nexusgate completion bash >~/.local/share/bash-completion/completions/nexusgate
  nexusgate completion zsh >/usr/local/share/zsh/site-functions/_nexusgate
  nexusgate completion fish >~/.config/fish/completions/nexusgate.fish`
}

// Run is the command.
func (c *completionCommand) Run(_ context.Context, s streams) (answer, error) {
	program, err := grammar(s)
	if err != nil {
		return failed, err
	}
	write := map[string]func([]completed) string{"bash": bashCompletion, "zsh": zshCompletion, "fish": fishCompletion}[c.Shell]
	if _, err := io.WriteString(s.out, write(completedIn(program.Model.Node, ""))); err != nil {
		return failed, fmt.Errorf("writing the completion: %w", err)
	}
	return yes, nil
}

// completed is what may be written after a command: "" is the program, "/log/key" is log key.
type completed struct {
	path  string
	below []completedWord
	flags []completedFlag
	takes bool // files, as arguments
}

type completedWord struct{ word, help string }

// completedFlag takes nothing, one of some words, a file, or what cannot be guessed.
type completedFlag struct {
	name, help   string
	bare, isFile bool
	words        []string
}

// completedIn are a command and all below it that are for people.
func completedIn(node *kong.Node, path string) []completed {
	at := completed{path: path, flags: []completedFlag{{name: "help", help: "Show what there is, and end.", bare: true}}}
	for _, flag := range node.Flags {
		if !isHelp(flag) && !flag.Hidden {
			at.flags = append(at.flags, completedFlag{
				name: flag.Name, help: brief(flag.Help), bare: flag.IsBool(), words: enumerated(flag.Value), isFile: strings.Contains(flag.PlaceHolder, "FILE"),
			})
		}
	}
	for _, argument := range node.Positional {
		for _, word := range enumerated(argument) {
			at.below = append(at.below, completedWord{word, ""})
		}
		at.takes = at.takes || len(at.below) == 0 && slices.ContainsFunc([]string{"FILE", "DIR", "PATH", ".cue"}, func(kind string) bool { return strings.Contains(argument.Name, kind) })
	}
	var all []completed
	for _, c := range node.Children {
		if !c.Hidden {
			at.below = append(at.below, completedWord{c.Name, brief(c.Help)})
			all = append(all, completedIn(c, path+"/"+c.Name)...)
		}
	}
	return append([]completed{at}, all...)
}

// enumerated are the words that a value has to be one of; none: it may be any.
func enumerated(value *kong.Value) []string {
	if value.Enum == "" {
		return nil
	}
	return value.EnumSlice()
}

// brief is the first sentence of a help, without its end.
func brief(help string) string {
	first, _, _ := strings.Cut(help, ". ")
	return strings.TrimSuffix(first, ".")
}

// commandPaths are the paths of all commands but the program itself.
func commandPaths(all []completed) []string {
	var paths []string
	for _, c := range all[1:] {
		paths = append(paths, c.path)
	}
	return paths
}

// plain are the words without their helps.
func plain(words []completedWord) []string {
	var all []string
	for _, w := range words {
		all = append(all, w.word)
	}
	return all
}
