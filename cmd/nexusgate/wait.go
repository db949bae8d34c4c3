package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"strings"
	"time"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/report"
)

// waitCommand is a step in front of a release.
type waitCommand struct {
	Commit      string        `variable:"commit-ref" placeholder:"REF" help:"What is to go out: a commit, or a tag or a branch of the checkout here. Without it, and without the next two, the commit of the job."`
	Component   []string      `sep:"none" variable:"component-at" placeholder:"NAME=COMMIT" help:"In its place, components at their commits, which must all be in one Increment. May be repeated."`
	Increment   string        `variable:"increment-which" placeholder:"WHICH" help:"In its place, or besides: head, last-done, a number, or the digest of a composition."`
	Environment string        `placeholder:"NAME" help:"Where it goes, as the forge calls it: release in the definition says what that asks for. Of a job that has an environment, that one."`
	Nexus       string        `variable:"nexus-name" placeholder:"NAME" help:"Of which Nexus, where several have the repository."`
	Repo        string        `variable:"repo-name" placeholder:"REPO" help:"Without the token of a job, whose commit it is: github:acme/cart-api."`
	Limit       time.Duration `default:"30m" placeholder:"DURATION" help:"How long to wait at most."`
	Until       string        `enum:"decided,done" default:"decided" placeholder:"decided|done" help:"done waits on where it is not done: a re-run or the next landing may mend it."`
	Attestation string        `placeholder:"FILE" help:"Where to write the signed statement on the Increment, if there is one."`
	Format      string        `enum:"text,json" default:"text" variable:"format-waited" placeholder:"text|json" help:"json writes the whole answer."`
	apiFlags    `embed:""`
}

// Help is what the command's help says besides its flags.
func (*waitCommand) Help() string {
	return `Ends well when what is to go out is done as it is judged now, by the evidence
that is known and the definition in force. What was done once opens nothing. In a
job of GitHub the report goes into its summary, and outcome, increment,
composition and attestation are outputs of the step.

Exit codes: 0 it may go out, 1 it is not done, 2 it was awaited until the limit,
3 an error: it may not go out either.

Examples:
  nexusgate wait --url https://done.example.com --environment production
  nexusgate wait --commit v1.4.0 --limit 2h --until done
  nexusgate wait --component cart-api=9c1f… --component web=77ab… --nexus storefront`
}

// Run waits.
func (c *waitCommand) Run(ctx context.Context, s streams) (answer, error) {
	ctx, stop := untilSignal(ctx)
	defer stop()
	client, err := c.client(s)
	if err != nil {
		return failed, err
	}
	q, err := c.question(ctx)
	if err != nil {
		return failed, err
	}
	said, err := client.waitAtDoor(ctx, q, c.Limit)
	if err != nil {
		return failed, fmt.Errorf("waiting for %s: %w", q, err)
	}
	if err := c.publish(ctx, s, client, &said); err != nil {
		return failed, err
	}
	if said.Outcome != gate.Done && !said.Outcome.Decided() {
		fmt.Fprintf(s.err, "nexusgate: %s was awaited for %s, and may not go out; wait longer with --limit\n", q, c.Limit)
	}
	return answerOf(said.Outcome), nil
}

// question is what the flags ask.
func (c *waitCommand) question(ctx context.Context) (q question, err error) {
	q = question{Nexus: c.Nexus, Environment: c.Environment, Repo: c.Repo, Increment: c.Increment, Until: c.Until}
	switch {
	case c.Commit != "" && len(c.Component) > 0:
		return q, errors.New("give --commit or --component, and not both")
	case c.Limit < 0:
		return q, errors.New("--limit: give a duration such as 30m")
	case len(c.Component) > 0:
		q.Components, err = componentCommits(c.Component)
	case c.Commit != "":
		q.Commit, err = resolved(ctx, c.Commit)
	}
	return q, err
}

// String is what is waited for, in words.
func (q question) String() string {
	switch {
	case q.Increment == gate.HeadIncrement || q.Increment == gate.LastDoneIncrement:
		return "the Increment " + q.Increment
	case q.Increment != "":
		return "Increment " + report.Short(q.Increment)
	case len(q.Components) > 0:
		return fmt.Sprintf("%d components together", len(q.Components))
	case q.Commit != "":
		return "commit " + report.Short(q.Commit)
	default:
		return "the commit of the job"
	}
}

// resolved is the commit that a name means in the checkout here.
func resolved(ctx context.Context, name string) (string, error) {
	if _, err := wholeCommit(name); err == nil {
		return name, nil
	}
	var out, errs bytes.Buffer
	git := exec.CommandContext(ctx, "git", "rev-parse", "--verify", "--end-of-options", name+"^{commit}") //nolint:gosec // one argument, after which git looks for no options
	git.Stdout, git.Stderr = &out, &errs
	if err := git.Run(); err != nil {
		return "", fmt.Errorf("--commit %s: git does not find it here (%s); check it out, or give the whole commit", report.Plain(name), report.Plain(strings.TrimSpace(errs.String()+" "+err.Error())))
	}
	return strings.TrimSpace(out.String()), nil
}

// door asks once.
func (c *apiClient) door(ctx context.Context, q question) (said doorAnswer, err error) {
	body, err := json.Marshal(q)
	if err != nil {
		return said, fmt.Errorf("writing the question: %w", err)
	}
	err = c.ask(ctx, apiRequest{
		method: http.MethodPost, path: "/api/v1/door", contentType: "application/json",
		body: func() io.Reader { return bytes.NewReader(body) },
	}, &said)
	return said, err
}

// How long one question waits for its answer, and how long its answer may take beyond the limit.
const (
	oneWait    = 25 * time.Second
	lastAnswer = 10 * time.Second
)

// waitAtDoor asks until the door opens, it is decided that it does not, or the limit is reached. While the service does
// not answer, it is asked again until then.
func (c *apiClient) waitAtDoor(ctx context.Context, q question, limit time.Duration) (said doorAnswer, err error) {
	ends, told := time.Now().Add(limit), ""
	for wait := time.Duration(0); ; wait = min(time.Until(ends), oneWait) { // at first it is asked how it stands
		if wait > 0 && wait < time.Second {
			pause(ctx, wait)
		}
		q.Wait = max(0, int(wait/time.Second))
		c.patience = max(time.Until(ends), lastAnswer)
		if said, err = c.door(ctx, q); err != nil {
			return said, err
		}
		if said.Why != told {
			told = said.Why
			fmt.Fprintln(c.told, report.Plain(told))
		}
		if said.Outcome == gate.Done || said.Outcome.Decided() && q.Until != untilDone || time.Until(ends) <= 0 {
			return said, nil
		}
		if ctx.Err() != nil {
			return said, context.Cause(ctx)
		}
	}
}
