package gate

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"
)

// ErrandKind is what a forge is to do for us.
type ErrandKind string

// The kinds of errand.
const (
	DispatchErrand ErrandKind = "dispatch" // start the Increment's own pipeline
	AnswerErrand   ErrandKind = "answer"   // let a deployment that waits for us go on, or not
	ApproveErrand  ErrandKind = "approve"  // approve a GitLab deployment, or reject it
	CheckErrand    ErrandKind = "check"    // tell an external status check of GitLab's whether a merge request passed
	CommentErrand  ErrandKind = "comment"  // say something on an issue
	BriefErrand    ErrandKind = "brief"    // bring a brief to where a team is, which may be no forge
	ReleaseErrand  ErrandKind = "release"  // show on a commit what is said of the releases that are at it
)

// Errand is something that a forge is to do for us and that is no report, or a brief that goes to somebody else. It is
// kept like a report, and tried until it was done or refused for good; what came of it enters the log as an [ErrandDone].
type Errand struct {
	Nexus string          `json:"nexus"`
	Key   string          `json:"key"` // a later errand of the same key takes the place of one that was not run yet
	Kind  ErrandKind      `json:"kind"`
	Repo  Repo            `json:"repo"`
	Body  json.RawMessage `json:"body,omitempty"` // of the kind's own type
	Made  time.Time       `json:"made"`
	Over  bool            `json:"over,omitempty"` // nothing is to be done any more under this key
}

// Mark is by what a forge's thing is known to have come of the errand, so that none is made twice: letters, digits
// and dashes, the same in every process. Nobody knows it beforehand who does not know the microsecond in which the
// errand was made: else a thing that bears it could be there already.
func (e Errand) Mark() string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%s\x00%d", e.Nexus, e.Key, e.Made.UnixMicro()))
	return "nexusgate-" + hex.EncodeToString(sum[:12])
}

// ErrandDone is what came of an errand.
type ErrandDone struct {
	Nexus   string     `json:"nexus"`
	Key     string     `json:"key"`
	Kind    ErrandKind `json:"kind"`
	Repo    Repo       `json:"repo,omitzero"`     // as the forge names it
	Run     int64      `json:"run,omitempty"`     // of a workflow, or a pipeline, that was started
	URL     string     `json:"url,omitempty"`     // where people see it
	Refused string     `json:"refused,omitempty"` // why the forge will not do it, whenever it is asked
	At      time.Time  `json:"at"`
	Of      time.Time  `json:"of,omitzero"` // of a brief: its time, see [BriefSending]
}

// ErrandEvent is the event of the own deliveries that hold an [ErrandDone].
const ErrandEvent = "errand"

func (ErrandDone) event() {}
