package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/alecthomas/kong"
)

// errHelped says that help was asked for and shown.
var errHelped = errors.New("help was shown")

// helpFlag shows the help of the command that it stands behind, and ends the parsing.
type helpFlag bool

// BeforeReset is called by kong once it knows the command and before it asks for what is missing.
func (helpFlag) BeforeReset(found *kong.Context, s streams) error {
	text := overview(found.Model.Node)
	if found.Selected() != nil {
		text = about(found.Selected())
	}
	if _, err := io.WriteString(s.out, text); err != nil {
		return fmt.Errorf("showing the help: %w", err)
	}
	return errHelped
}

func isHelp(flag *kong.Flag) bool {
	_, ok := flag.Target.Interface().(helpFlag)
	return ok
}

const (
	introduction = `nexusgate says whether the sum of the work that a Nexus's teams integrate is
done: as a check on the pull request, a status on the commit, a metric, a page.

`
	callExamples = `
  nexusgate demo
  nexusgate init shop && nexusgate vet shop/nexus.cue && nexusgate test shop
  nexusgate judge nexus.cue --team cart=cart.cue --evidence evidence.json
  nexusgate serve --config nexus.cue --store sqlite:nexusgate.db
`
	environmentIntroduction = `
Environment: every flag has a variable, of all commands in which it means the
same. The command line goes before it; a flag that may be repeated takes several
values, set apart by commas.
`
	forgeIntroduction = `
The forges are set up by variables alone. A forge with none of them is off.
`
	callerIntroduction = `
And about who brings evidence beside the jobs of CI.
`
	jobIntroduction = `
A job proves who it is with what its forge gives it.
`
	briefIntroduction = `
And so is where briefs are sent. Each may be in a file, which the same variable
with _FILE names, and is read when something is sent.
`
	lookIntroduction = `
So is what is secret about who may look at the pages and the API.
`
)

// exitWords say what the exit codes mean.
var exitWords = [][2]string{
	{"0", "yes: done, sound, the same"},
	{"1", "no: not done, faults found, a verdict differs"},
	{"2", "not yet: awaiting"},
	{"3", "an error, wrong usage included"},
}

// overview is the help of the program.
func overview(program *kong.Node) string {
	var commands [][2]string
	for _, c := range shown(program) {
		commands = append(commands, [2]string{called(c), c.Help})
	}
	return introduction +
		"Usage:\n  nexusgate COMMAND [flags]\n\nCommands, each with a --help of its own:\n" + columns(commands) +
		"\nExamples:" + callExamples +
		"\nExit codes, of every command:\n" + columns(exitWords) +
		environmentIntroduction + columns(variables(program)) +
		forgeIntroduction + columns(forgeVariables[:]) +
		lookIntroduction + columns(lookVariables[:]) +
		callerIntroduction + columns(callerVariables[:]) +
		briefIntroduction + columns(briefVariables[:]) +
		jobIntroduction + columns(apiVariables[:])
}

// shown are the commands below a node that are for people: "log verify" beside "vet".
func shown(below *kong.Node) []*kong.Node {
	var all []*kong.Node
	for _, c := range below.Children {
		switch {
		case c.Hidden:
		case len(c.Children) > 0:
			all = append(all, shown(c)...)
		default:
			all = append(all, c)
		}
	}
	return all
}

// called is how a command is called, without the program.
func called(c *kong.Node) string { return strings.TrimPrefix(c.Path(), "nexusgate ") }

// variables are those of all flags, each with the commands that read it.
func variables(program *kong.Node) [][2]string {
	var rows [][2]string
	place := map[string]int{}
	for _, c := range shown(program) {
		for _, flag := range c.Flags {
			name := variable(flag)
			if i, ok := place[name]; ok {
				rows[i][1] += ", " + called(c)
				continue
			}
			place[name] = len(rows)
			rows = append(rows, [2]string{name, "--" + flag.Name + " of " + called(c)})
		}
	}
	return rows
}

// about is the help of one command: how it is called, what it does and its flags.
func about(c *kong.Node) string {
	text := c.Help + "\n\nUsage:\n" + synopsis(c)
	if below := shown(c); len(below) > 0 {
		var commands [][2]string
		for _, c := range below {
			commands = append(commands, [2]string{called(c), c.Help})
		}
		text += "\nCommands, each with a --help of its own:\n" + columns(commands)
	}
	if len(c.Positional)+len(c.Flags) > 0 {
		text += "\nArguments and flags:\n" + columns(parameters(c))
	}
	if c.Detail != "" {
		text += "\n" + flow(c.Detail)
	}
	return text
}

// synopsis is a command's call with all that it takes, in brackets what it can do without.
func synopsis(c *kong.Node) string {
	var words []string
	for _, argument := range c.Positional {
		words = append(words, optional(!argument.Required, argument.Name))
	}
	for _, flag := range c.Flags {
		word := optional(!flag.Required, written(flag))
		if flag.IsSlice() {
			word += "..."
		}
		words = append(words, word)
	}
	head := "  nexusgate " + called(c) + " "
	indent := strings.Repeat(" ", len(head))
	lines := strings.Join(wrap(words, width-len(head)), "\n"+indent)
	return strings.TrimRight(head+lines, " ") + "\n"
}

// written is a flag as it is written, with what it takes.
func written(flag *kong.Flag) string {
	return strings.TrimSpace("--" + flag.Name + " " + flag.PlaceHolder)
}

func optional(is bool, word string) string {
	if is {
		return "[" + word + "]"
	}
	return word
}

// parameters are a command's arguments and flags, with their defaults and variables.
func parameters(c *kong.Node) [][2]string {
	var rows [][2]string
	for _, argument := range c.Positional {
		rows = append(rows, [2]string{argument.Name, argument.Help})
	}
	for _, flag := range c.Flags {
		help := flag.Help
		if flag.HasDefault {
			help += " Default: " + flag.Default + "."
		}
		rows = append(rows, [2]string{written(flag), help + " $" + variable(flag)})
	}
	return rows
}
