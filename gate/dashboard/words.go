package dashboard

import (
	"fmt"
	"net/url"
	"time"

	"github.com/nexusgate/nexusgate/gate/report"
)

// counted is a number of things: "1 item", "2 items".
func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// ago says how long something is past.
func ago(at, now time.Time) string {
	if at.IsZero() {
		return "not known"
	}
	return report.Left(now.Sub(at)) + " ago"
}

// asked is a query of one thing.
func asked(name, value string) string { return url.Values{name: {value}}.Encode() }
