package dashboard

import (
	"fmt"
	"net/http"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/report"
)

// untaken are lines on what the forges do not take. A page without them is better than none.
func (d *dashboard) untaken(r *http.Request, nexus string) (lines []string) {
	if d.options.Untaken == nil {
		return nil
	}
	all, err := d.options.Untaken(r.Context(), nexus)
	if err != nil {
		d.options.Log.ErrorContext(r.Context(), "reading what the forges have not taken", "nexus", nexus, "error", err)
		return []string{"Which reports the forges have not taken could not be read; the error was logged."}
	}
	for _, u := range all {
		lines = append(lines, sayUntaken(u))
	}
	return lines
}

func sayUntaken(u gate.Untaken) string {
	reports, wait := fmt.Sprintf("%d reports", u.Reports), "They stay owed, and are sent again by themselves"
	if u.Reports == 1 {
		reports, wait = "one report", "It stays owed, and is sent again by itself"
	}
	return fmt.Sprintf("%s has not taken %s, the oldest since %s. %s. What came of it: %s",
		forgeName(u.Forge), reports, u.Since.UTC().Format("2 Jan 15:04 UTC"), wait, report.Cut(report.Plain(u.Reason), 300))
}

func forgeName(f gate.Forge) string {
	switch f {
	case gate.GitHub:
		return "GitHub"
	case gate.GitLab:
		return "GitLab"
	default:
		return string(f)
	}
}
