package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/nexusgate/nexusgate/gate/report"
)

// publish says what came of the waiting: to whoever looks, to the summary of the job, and to its next steps.
func (c *waitCommand) publish(ctx context.Context, s streams, client *apiClient, said *doorAnswer) error {
	statement, err := c.fetch(ctx, client, said)
	if err != nil {
		return err
	}
	if err := appendTo(s.getenv("GITHUB_STEP_SUMMARY"), said.summary()); err != nil {
		return fmt.Errorf("writing the summary of the job: %w", err)
	}
	if err := appendTo(s.getenv("GITHUB_OUTPUT"), said.outputs(statement)); err != nil {
		return fmt.Errorf("writing the outputs of the step: %w", err)
	}
	if c.Format == "text" {
		return tellLine(s.out, string(said.Outcome))
	}
	text, err := json.MarshalIndent(said, "", "  ")
	if err != nil {
		return fmt.Errorf("writing the answer: %w", err)
	}
	return tellLine(s.out, string(text))
}

// fetch writes the signed statement where it was asked for, and says where it is.
func (c *waitCommand) fetch(ctx context.Context, client *apiClient, said *doorAnswer) (at string, err error) {
	if c.Attestation == "" || said.Attestation == "" {
		return "", nil
	}
	var statement json.RawMessage
	if err := client.get(ctx, said.Attestation, &statement); err != nil {
		return "", fmt.Errorf("fetching the signed statement: %w", err)
	}
	if err := os.WriteFile(c.Attestation, statement, 0o600); err != nil {
		return "", fmt.Errorf("writing the signed statement: %w", err)
	}
	return c.Attestation, nil
}

// appendTo adds to a file that the runner of a job gave; "" where there is none.
func appendTo(name, text string) error {
	if name == "" {
		return nil
	}
	file, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	if _, err := file.WriteString(text); err != nil {
		_ = file.Close()
		return err
	}
	return file.Close()
}

// summary is the report, as the page of the job shows it.
func (a *doorAnswer) summary() string {
	mark := report.OutcomeMark(a.Outcome)
	text := fmt.Sprintf("### %s %s\n\n", mark.Symbol, report.Prose(report.Cut(report.Plain(a.Why), 1000)))
	if a.Verdict != nil {
		text += report.Markdown(*a.Verdict, report.Links{Verdict: report.WebAddress(a.Page)})
	}
	return text + "\n"
}

// outputs are those of the step, a line each.
func (a *doorAnswer) outputs(statement string) string {
	composition := "{}"
	if text, err := json.Marshal(a.Composition); err == nil && len(a.Composition) > 0 {
		composition = string(text)
	}
	increment := ""
	if a.Increment > 0 {
		increment = strconv.FormatInt(a.Increment, 10)
	}
	var b strings.Builder
	for _, line := range [][2]string{
		{"outcome", string(a.Outcome)}, {"increment", increment}, {"composition", composition}, {"digest", a.Digest}, {"attestation", statement},
	} {
		b.WriteString(line[0] + "=" + strings.Map(oneLine, line[1]) + "\n")
	}
	return b.String()
}

// oneLine keeps a value from being read as another output.
func oneLine(c rune) rune {
	if c == '\n' || c == '\r' {
		return ' '
	}
	return c
}
