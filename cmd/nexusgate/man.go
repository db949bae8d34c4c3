package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/alecthomas/kong"
)

// manCommand writes the manual, for packages to bring along.
type manCommand struct {
	Dir string `arg:"" name:"DIR" help:"Where to; it is made if it is not there."`
}

// Run is the command. Pages are dated by $SOURCE_DATE_EPOCH, so that a build can be repeated.
func (c *manCommand) Run(_ context.Context, s streams) (answer, error) {
	program, err := grammar(s)
	if err != nil {
		return failed, err
	}
	day, err := dated(s.getenv("SOURCE_DATE_EPOCH"))
	if err != nil {
		return failed, err
	}
	if err := os.MkdirAll(c.Dir, 0o755); err != nil { //nolint:gosec // a manual is for everybody to read
		return failed, fmt.Errorf("making the folder of the manual: %w", err)
	}
	for name, text := range manual(program.Model.Node, day) {
		if err := os.WriteFile(filepath.Join(c.Dir, name), []byte(text), 0o644); err != nil { //nolint:gosec // likewise
			return failed, fmt.Errorf("writing a page of the manual: %w", err)
		}
	}
	return yes, nil
}

func dated(epoch string) (day string, err error) {
	if epoch == "" {
		return time.Now().UTC().Format(time.DateOnly), nil
	}
	seconds, err := strconv.ParseInt(epoch, 10, 64)
	if err != nil {
		return "", fmt.Errorf("SOURCE_DATE_EPOCH is %q; give seconds since 1970", epoch)
	}
	return time.Unix(seconds, 0).UTC().Format(time.DateOnly), nil
}

// manual are the pages: nexusgate.1 for the program, nexusgate-log-key.1 for log key.
func manual(program *kong.Node, day string) map[string]string {
	pages := map[string]string{"nexusgate.1": overviewPage(program, day)}
	for _, c := range shown(program) {
		pages[pageOf(c)+".1"] = commandPage(c, day)
	}
	return pages
}

func pageOf(c *kong.Node) string { return "nexusgate-" + strings.ReplaceAll(called(c), " ", "-") }

func overviewPage(program *kong.Node, day string) string {
	p := newRoff("nexusgate", day, "whether the sum of a Nexus's integrated work is done")
	p.section("SYNOPSIS")
	p.bold("nexusgate").word(" ").italic("COMMAND").line(" [flags]")
	p.section("DESCRIPTION")
	p.text(strings.TrimSpace(introduction))
	p.section("COMMANDS")
	p.text("Commands, each with a --help of its own, and with a page of its own:")
	var commands [][2]string
	for _, c := range shown(program) {
		commands = append(commands, [2]string{called(c), c.Help})
	}
	p.list(commands)
	p.section("EXAMPLES")
	p.example(strings.Split(strings.TrimSpace(callExamples), "\n"))
	p.exits()
	p.section("ENVIRONMENT")
	for _, part := range []struct {
		introduction string
		rows         [][2]string
	}{
		{environmentIntroduction, variables(program)},
		{forgeIntroduction, forgeVariables[:]},
		{lookIntroduction, lookVariables[:]},
		{callerIntroduction, callerVariables[:]},
		{briefIntroduction, briefVariables[:]},
		{jobIntroduction, apiVariables[:]},
	} {
		p.flow(strings.TrimPrefix(strings.TrimSpace(part.introduction), "Environment: "))
		p.list(part.rows)
	}
	p.section("SEE ALSO")
	p.pages(shown(program))
	return p.String()
}

func commandPage(c *kong.Node, day string) string {
	p := newRoff(pageOf(c), day, strings.TrimSuffix(c.Help, "."))
	p.section("SYNOPSIS")
	p.example(strings.Split(strings.TrimRight(synopsis(c), "\n"), "\n"))
	p.section("DESCRIPTION")
	p.text(c.Help)
	p.flow(c.Detail)
	if rows := parameters(c); len(rows) > 0 {
		p.section("ARGUMENTS AND FLAGS")
		p.list(rows)
	}
	p.exits()
	p.section("SEE ALSO")
	p.pages(nil)
	return p.String()
}
