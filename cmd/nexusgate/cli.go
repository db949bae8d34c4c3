package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/alecthomas/kong"
)

// streams are what a command knows of its process.
type streams struct {
	in       io.Reader
	out, err io.Writer
	getenv   func(string) string
}

// command is one of nexusgate's. An error that it returns is shown once, by run; faults that belong
// to its answer it shows itself.
type command interface {
	Run(ctx context.Context, s streams) (answer, error)
}

// commandLine is the grammar: a field for each command, in the order of the help.
type commandLine struct {
	Help helpFlag `short:"h" help:"Show what there is, and end."`

	Serve          serveCommand          `cmd:"" help:"Listen to the forges, and say what is done: checks, statuses, metrics, pages."`
	Doctor         doctorCommand         `cmd:"" help:"Look a running installation over, and say what to do for each fault."`
	Demo           demoCommand           `cmd:"" help:"The whole service at work on stand-in forges: a Nexus of five teams."`
	Init           initCommand           `cmd:"" help:"Write a commented nexus.cue, a test of it and a team's done.cue, to begin with."`
	Vet            vetCommand            `cmd:"" help:"Tell every fault in a Definition of Done, a line each."`
	Test           testCommand           `cmd:"" help:"Run the cases beside a definition, and say which fail."`
	Submit         submitCommand         `cmd:"" help:"Bring evidence from a job of CI to a service: test reports, coverage, scans."`
	Increment      incrementCommand      `cmd:"" help:"What Integrated Increments are made of."`
	Judge          judgeCommand          `cmd:"" help:"Judge the evidence in a file by a Definition of Done."`
	Explain        explainCommand        `cmd:"" help:"Say why a criterion stands as it does, and what would change it."`
	Brief          briefCommand          `cmd:"" help:"What to know at the daily, review, retrospective or planning."`
	Impact         impactCommand         `cmd:"" help:"Judge a service's history again under another definition."`
	Sweep          sweepCommand          `cmd:"" help:"Have a service look for what no webhook told, and say what it found."`
	Replay         replayCommand         `cmd:"" help:"Fold a service's log again, and compare the verdicts."`
	Log            logCommand            `cmd:"" help:"The log of verdicts, which shows what was tampered with."`
	Attest         attestCommand         `cmd:"" help:"The keys that sign statements on Increments."`
	Wait           waitCommand           `cmd:"" help:"Wait in front of a release until what goes out is done, and fail if it is not."`
	Manifest       manifestCommand       `cmd:"" help:"Write what is to be deployed: the commits of a done Increment."`
	VerifyManifest verifyManifestCommand `cmd:"" help:"Say whether what is deployed is a done Increment."`
	Verify         verifyCommand         `cmd:"" help:"Check a signed statement on an Increment, and say whether it may go out."`
	Backup         backupCommand         `cmd:"" help:"Write all that a store holds into a file, beside a service at work."`
	Restore        restoreCommand        `cmd:"" help:"Put what backup has written into an empty store."`
	Copy           copyCommand           `cmd:"" help:"Move a store to another engine, and see that it says the same."`
	Completion     completionCommand     `cmd:"" help:"Write a script that has a shell complete commands and flags."`
	Version        versionCommand        `cmd:"" help:"Print the version."`

	Man    manCommand    `cmd:"" hidden:"" help:"Write the manual's pages, for packages."`
	Settle settleCommand `cmd:"" hidden:"" help:"Compute a definition for the service, in a process of its own."`
}

// parse finds the command and fills in its flags, from the arguments and else from the environment.
// After help was asked for and shown, the error is errHelped.
func parse(args []string, s streams) (command, error) {
	k, err := grammar(s)
	if err != nil {
		return nil, err
	}
	found, err := k.Parse(asked(args))
	if err != nil {
		return nil, usage(err)
	}
	return found.Selected().Target.Addr().Interface().(command), nil
}

// grammar is what the command line may be.
func grammar(s streams) (*kong.Kong, error) {
	k, err := kong.New(&commandLine{}, kong.Name("nexusgate"), kong.NoDefaultHelp(),
		kong.Writers(s.out, s.err), kong.Bind(s), kong.Resolvers(environment(s.getenv)))
	if err != nil {
		return nil, fmt.Errorf("reading the grammar of the command line: %w", err)
	}
	return k, nil
}

// asked reads "help judge" as "judge --help".
func asked(args []string) []string {
	if len(args) > 0 && args[0] == "help" {
		return append(args[1:len(args):len(args)], "--help")
	}
	return args
}

// usage says where to look what the command line can be.
func usage(err error) error {
	if errors.Is(err, errHelped) {
		return errHelped
	}
	about, command := "nexusgate", (*kong.Node)(nil)
	if wrong, ok := errors.AsType[*kong.ParseError](err); ok && wrong.Context != nil && wrong.Context.Selected() != nil {
		command = wrong.Context.Selected()
		about = command.FullPath()
	}
	return fmt.Errorf("%s; %s --help shows what there is", plainly(err.Error(), command), about)
}
