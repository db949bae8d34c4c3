package dashboard

import (
	"fmt"
	"time"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/report"
)

// How many releases a page tells of: whose alarm stands, and whose alarm has ended.
const (
	alarmsShown = 20
	calmedShown = 3
)

// sayAlarms are lines on the releases that are in no done Increment.
func sayAlarms(all []gate.Release) (lines []string) {
	more := 0
	for i := range all {
		switch r := &all[i]; {
		case !r.Judged.Alarm:
		case len(lines) == alarmsShown:
			more++
		default:
			lines = append(lines, fmt.Sprintf("%s, since %s: %s", sayRelease(r), moment(r.Raised), report.Cut(report.Plain(r.Judged.Why), 500)))
		}
	}
	if more > 0 {
		lines = append(lines, fmt.Sprintf("And %d more.", more))
	}
	return lines
}

// sayCalmed are lines on the releases whose alarm has ended.
func sayCalmed(all []gate.Release) (lines []string) {
	for i := range all {
		if r := &all[i]; !r.Judged.Alarm && !r.Ended.IsZero() && len(lines) < calmedShown {
			lines = append(lines, fmt.Sprintf("%s was an alarm from %s until %s.", sayRelease(r), moment(r.Raised), moment(r.Ended)))
		}
	}
	return lines
}

func sayRelease(r *gate.Release) string {
	said := report.Cut(report.Plain(r.Tag), 100) + " of " + report.Plain(r.Repo.String())
	if r.Commit != "" {
		said += fmt.Sprintf(" at %.12s", r.Commit)
	}
	return said
}

func moment(at time.Time) string { return at.UTC().Format("2 Jan 15:04 UTC") }
