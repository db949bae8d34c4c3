package report

import (
	"fmt"
	"time"

	"github.com/nexusgate/nexusgate/gate"
)

// Left is how long something is away, in the largest unit that leaves two of it: "31 min", "3 h",
// "54 days". It is rounded down, so that nobody is promised more than there is.
func Left(d time.Duration) string { return gate.Left(d) }

// Day is a day as people write it: "15 January 2027". A moment's own zone says which day it is.
func Day(t time.Time) string { return t.Format("2 January 2006") }

// Due says when time alone changes the state of a finding, and how long that is as of at: "deadline
// 12:45 UTC, 31 min left" while its evidence is awaited, "good until 15:00 UTC, stale in 3 h" while
// it is fresh; with the date where that is not the day of at. It is "" where time changes nothing.
func Due(f gate.Finding, at time.Time) string {
	if f.Due.IsZero() {
		return ""
	}
	layout, due := "15:04 UTC", f.Due.UTC()
	if due.Format(time.DateOnly) != at.UTC().Format(time.DateOnly) {
		layout = "2006-01-02 15:04 UTC"
	}
	left := due.Sub(at)
	switch {
	case f.State == gate.Met && left > 0:
		return fmt.Sprintf("good until %s, stale in %s", due.Format(layout), Left(left))
	case f.State == gate.Met:
		return "good until " + due.Format(layout)
	case left > 0:
		return fmt.Sprintf("deadline %s, %s left", due.Format(layout), Left(left))
	default:
		return fmt.Sprintf("deadline %s, passed", due.Format(layout))
	}
}

// advisoryUntil says of a finding that is yet to be required from when it is.
func advisoryUntil(f gate.Finding) string {
	if f.RequiredFrom.IsZero() {
		return ""
	}
	return "advisory until " + Day(f.RequiredFrom)
}
