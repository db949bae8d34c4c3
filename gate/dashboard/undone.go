package dashboard

import (
	"fmt"
	"net/http"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/report"
)

// undone are lines on what the forges do not do. A page without them is better than none.
func (d *dashboard) undone(r *http.Request, nexus string) (lines []string) {
	if d.options.Undone == nil {
		return nil
	}
	all, err := d.options.Undone(r.Context(), nexus)
	if err != nil {
		d.options.Log.ErrorContext(r.Context(), "reading what the forges have not done", "nexus", nexus, "error", err)
		return []string{"What the forges have not done could not be read; the error was logged."}
	}
	for _, u := range all {
		lines = append(lines, sayUndone(u))
	}
	return lines
}

func sayUndone(u gate.Undone) string {
	if u.Kind == gate.BriefErrand {
		return sayUnsent(u)
	}
	more := ""
	if u.Errands > 1 {
		more = fmt.Sprintf(" and %d more times", u.Errands-1)
	}
	since := u.Since.UTC().Format("2 Jan 15:04 UTC")
	if why, held := u.Held(); held {
		return fmt.Sprintf("%s is to %s since %s%s, and nexusgate holds it back: %s",
			forgeName(u.Forge), errandWord(u.Kind), since, more, report.Cut(report.Plain(why), 300))
	}
	return fmt.Sprintf("%s was asked to %s at %s%s, and has not yet. It is asked again by itself. What came of it: %s",
		forgeName(u.Forge), errandWord(u.Kind), since, more, report.Cut(report.Plain(u.Reason), 300))
}

// sayUnsent says why a brief did not come to where it should.
func sayUnsent(u gate.Undone) string {
	why := report.Cut(report.Plain(u.Reason), 300)
	brief := fmt.Sprintf("The %s brief of %s", u.Brief, u.Since.UTC().Format("2 Jan 15:04 UTC"))
	switch {
	case u.To == "":
		return fmt.Sprintf("%s was missed: %s", brief, why)
	case u.Final:
		return fmt.Sprintf("%s did not come to %s, and is not sent again: %s", brief, report.Plain(u.To), why)
	default:
		return fmt.Sprintf("%s has not come to %s yet. It is sent again by itself. The last time: %s", brief, report.Plain(u.To), why)
	}
}

func errandWord(k gate.ErrandKind) string {
	switch k {
	case gate.DispatchErrand:
		return "start the Increment's pipeline"
	case gate.AnswerErrand:
		return "let a deployment go on or not"
	case gate.ApproveErrand:
		return "approve a deployment or reject it"
	case gate.CheckErrand:
		return "tell an external status check whether a merge request passed"
	case gate.ReleaseErrand:
		return "show on a commit what is said of its release"
	default:
		return string(k)
	}
}
