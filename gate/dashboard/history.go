package dashboard

import (
	"time"

	"github.com/nexusgate/nexusgate/gate"
)

// history is what is known of how a Nexus came to stand as it does.
type history struct {
	Chronicle gate.Chronicle
	Outlook   outlook
}

// outlook says when the Increment will be done, and how that was worked out.
type outlook struct{ Says, How string }

// lookBack is how far is looked back where no Sprint says from when.
const lookBack = 14

// sprintStart is the first moment of the Sprint, or of the last fortnight where there is none.
func sprintStart(s gate.Standing, now time.Time) time.Time {
	if s.Sprint.Number > 0 {
		return s.Sprint.Start
	}
	return now.UTC().Truncate(24*time.Hour).AddDate(0, 0, -lookBack)
}

// chronicleOf is what a Nexus came to since a moment, where that is known.
func (d *dashboard) chronicleOf(s gate.Standing, since time.Time) gate.Chronicle {
	if d.options.Chronicle == nil {
		return gate.Chronicle{}
	}
	return d.options.Chronicle(s.Definition.Name, since)
}

func (d *dashboard) history(s gate.Standing) history {
	now := d.options.Now()
	since := sprintStart(s, now)
	if fortnight := now.UTC().Truncate(24*time.Hour).AddDate(0, 0, -lookBack); fortnight.Before(since) {
		since = fortnight // as far as a forecast looks back
	}
	h := history{Chronicle: d.chronicleOf(s, since)}
	if d.options.Chronicle != nil {
		h.Outlook = foresee(h.Chronicle, s.Sprint, now)
	}
	return h
}

// heldSince says since when a finding holds back; zero where that is not known.
func (h history) heldSince(f gate.Finding) time.Time {
	for i := len(h.Chronicle.Holds) - 1; i >= 0; i-- {
		held := &h.Chronicle.Holds[i]
		if held.To.IsZero() && held.Criterion == f.Criterion && held.Component == f.Component {
			return held.From
		}
	}
	return time.Time{}
}

// outcomeSince says since when the head's outcome is what it is: without a chronicle, as far as the latest landings tell.
func (h history) outcomeSince(s gate.Standing) time.Time {
	var since time.Time
	points := h.Chronicle.Points
	for i := len(points) - 1; i >= 0 && points[i].Outcome == s.HeadSays.Outcome; i-- {
		since = points[i].At
	}
	if !since.IsZero() {
		return since
	}
	since = s.Head.Made
	for _, i := range s.Landings {
		if i.Outcome != s.HeadSays.Outcome {
			break
		}
		since = i.Made
	}
	return since
}
