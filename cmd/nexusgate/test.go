package main

import (
	"context"
	"errors"
	"fmt"
	"regexp"

	"github.com/nexusgate/nexusgate/definition"
)

// testCommand runs the cases beside a definition, and exits with no if one of them fails.
type testCommand struct {
	Paths    []string `arg:"" optional:"" name:"PATH..." help:"Files of cases, or folders with *_test.cue in them; FOLDER/... takes those below as well. Default: the current folder."`
	Nexus    string   `variable:"nexus-file" placeholder:"FILE" help:"The Nexus-wide definition. Absent: the nexus.cue beside each file of cases."`
	Matching string   `name:"run" placeholder:"REGEXP" help:"Run the cases whose names match, and no other."`
	Coverage bool     `help:"Tell which criteria and constraints the cases never met, or never left unmet."`
	JUnit    string   `name:"junit" placeholder:"FILE" help:"Write the results as JUnit XML too."`
	Verbose  bool     `help:"Show each case's findings."`
	Format   string   `enum:"text,json" default:"text" placeholder:"text|json" help:"How the results are written."`
}

// Help is what the command's help says besides its flags.
func (*testCommand) Help() string {
	return `A case is evidence, and what is wanted of the verdict on it. Cases stand in a
*_test.cue beside the nexus.cue, and are CUE, so that they may share and compute
what they say:

  cases: "a red pipeline": {
    component: "cart-api"
    evidence: {now: "2026-01-12T12:00:00Z", composition: ..., evidence: [...]}
    teams: cart: ".nexus/done.cue"
    want: {outcome: "not-done", findings: [{criterion: "ci", state: "unmet"}]}
  }

The evidence is that of judge --evidence. Without component or change the
Increment is judged. Of a finding, got may be a regular expression: =~"84.2".
With only: true no other finding may be short of met.

Exit codes: 0 all pass, 1 one fails, 3 an error, no case included.

Examples:
  nexusgate test
  nexusgate test shop/... --coverage
  nexusgate test --run 'pipeline' --verbose --junit results.xml`
}

// Run is the command.
func (c *testCommand) Run(_ context.Context, s streams) (answer, error) {
	bench, err := c.run()
	if err != nil {
		if faults, ok := errors.AsType[definition.Faults](err); ok {
			if err := tell(s.err, faults, nil); err != nil {
				return failed, err
			}
			return failed, errors.New("the cases cannot be run: mend what is told above")
		}
		return failed, err
	}
	switch {
	case len(bench.results) > 0:
	case bench.passedOver > 0:
		return failed, fmt.Errorf("--run %q matches the name of no case, of %s", c.Matching, count(bench.passedOver, "case", "cases"))
	default:
		return failed, errors.New("there is no case to run; write one in a *_test.cue, or name a folder that has one (nexusgate test --help shows how)")
	}
	if err := c.write(s.out, bench); err != nil {
		return failed, err
	}
	if bench.failed() > 0 {
		return no, nil
	}
	return yes, nil
}

// run runs the cases of all files, once all of them are read: what is wrong is told at once.
func (c *testCommand) run() (*testBench, error) {
	matching, err := regexp.Compile(c.Matching)
	if err != nil {
		return nil, fmt.Errorf("--run: %w", err)
	}
	cases, err := readCases(c.Paths)
	if err != nil {
		return nil, err
	}
	bench := newTestBench(c.Nexus)
	for i := range cases {
		if !matching.MatchString(cases[i].Name) {
			bench.passedOver++
		} else if err := bench.run(&cases[i]); err != nil {
			return nil, err
		}
	}
	return bench, nil
}

// readCases reads the files of cases that the arguments name.
func readCases(args []string) (all []definition.TestCase, err error) {
	paths, err := testFiles(args)
	if err != nil {
		return nil, err
	}
	var faults definition.Faults
	for _, path := range paths {
		file, err := readFile(path)
		if err != nil {
			return nil, fmt.Errorf("reading the cases: %w", err)
		}
		cases, err := computeWithin(ofFiles, file, definition.LoadCases)
		if err != nil {
			faults = append(faults, faultsIn(err)...)
		}
		all = append(all, cases...)
	}
	if len(faults) > 0 {
		return nil, faults
	}
	return all, nil
}
