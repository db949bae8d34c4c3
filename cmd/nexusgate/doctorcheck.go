package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/nexusgate/nexusgate/gate/report"
)

// health is what a check comes to.
type health string

const (
	isOK     health = "ok"
	isFault  health = "fault"
	isUnsure health = "cannot tell"
)

// check is one thing that was looked at.
type check struct {
	Check  string `json:"check"`        // "permissions"
	Of     string `json:"of,omitempty"` // "github:acme/cart-api@main"
	Health health `json:"health"`
	Says   string `json:"says"`
	Do     string `json:"do,omitempty"`
}

func (d *checkup) ok(name, of, says string) { d.add(check{name, of, isOK, says, ""}) }

func (d *checkup) fault(name, of, says, do string) { d.add(check{name, of, isFault, says, do}) }

func (d *checkup) unsure(name, of, says, do string) { d.add(check{name, of, isUnsure, says, do}) }

// add takes a check. What a forge told may be in it: it becomes one plain line.
func (d *checkup) add(c check) {
	for _, text := range []*string{&c.Of, &c.Says, &c.Do} {
		*text = report.Cut(report.Plain(strings.Join(strings.Fields(*text), " ")), 1000)
	}
	d.checks = append(d.checks, c)
}

// failedToRead is a check that could not be made.
func (d *checkup) failedToRead(name, of string, err error) {
	line, _, _ := strings.Cut(err.Error(), "\n")
	d.unsure(name, of, line, "See to it that this machine reaches the forge, then ask again")
}

// outcome is the answer that the checks come to.
func (d *checkup) outcome() (said answer, word string) {
	has := func(h health) bool { return slices.ContainsFunc(d.checks, func(c check) bool { return c.Health == h }) }
	switch {
	case has(isFault):
		return no, "faults"
	case has(isUnsure):
		return notYet, "cannot tell"
	default:
		return yes, "ok"
	}
}

// tell writes the checks and gives the answer.
func (d *checkup) tell(w io.Writer, format string) (answer, error) {
	said, word := d.outcome()
	var err error
	if format == "json" {
		encoder := json.NewEncoder(w)
		encoder.SetIndent("", "  ")
		encoder.SetEscapeHTML(false)
		err = encoder.Encode(map[string]any{"answer": word, "checks": d.checks})
	} else {
		_, err = io.WriteString(w, d.text())
	}
	if err != nil {
		return failed, fmt.Errorf("telling the checks: %w", err)
	}
	return said, nil
}

// text is a line for each check, its name and what it is of in columns, and what to do below.
func (d *checkup) text() string {
	mark := map[health]string{isOK: "ok", isFault: "FAULT", isUnsure: "?"}
	var b strings.Builder
	for _, c := range d.checks {
		about := c.Check
		if c.Of != "" {
			about += " of " + c.Of
		}
		fmt.Fprintf(&b, "%-5s  %s: %s\n", mark[c.Health], about, c.Says)
		if c.Do != "" {
			fmt.Fprintf(&b, "       do: %s\n", c.Do)
		}
	}
	count := map[health]int{}
	for _, c := range d.checks {
		count[c.Health]++
	}
	fmt.Fprintf(&b, "%d ok, %d at fault, %d cannot be told\n", count[isOK], count[isFault], count[isUnsure])
	return b.String()
}
