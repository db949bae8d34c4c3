package dashboard

import (
	"time"

	"github.com/nexusgate/nexusgate/gate"
)

// history is what is known of how a Nexus came to stand as it does.
type history struct {
	Outlook outlook
}

type outlook struct{ Says string }

// heldSince says since when a finding holds back; zero where that is not known.
func (h history) heldSince(gate.Finding) time.Time { return time.Time{} }

// outcomeSince says since when the head's outcome is what it is: without a chronicle, as far as the latest landings tell.
func (h history) outcomeSince(s gate.Standing) time.Time {
	since := s.Head.Made
	for _, i := range s.Landings {
		if i.Outcome != s.HeadSays.Outcome {
			break
		}
		since = i.Made
	}
	return since
}

// history is read seldom, however often a page is asked for.
func (d *dashboard) history(gate.Standing) history { return history{} }
