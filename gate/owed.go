package gate

import "time"

// The names of our reports, on both forges, and what marks the external id of a check run as ours.
const (
	DoneCheck      = "Done"
	IncrementCheck = "Integrated Increment"
	// DefinitionCheck reports on a change to a layer of the Definition of Done.
	DefinitionCheck = "Definition of Done"
	// ReleaseCheck reports on a commit that was released.
	ReleaseCheck = "Release"
	Mark         = "nexusgate:"
)

// Ours says whether a check or a status of that name is one of our reports.
func Ours(check string) bool {
	return check == DoneCheck || check == IncrementCheck || check == DefinitionCheck || check == ReleaseCheck
}

// Owed is a report that a forge has not taken yet. One subject at one commit owes at most one:
// a newer verdict takes the older one's place.
type Owed struct {
	Nexus    string  `json:"nexus"`
	Subject  Subject `json:"subject"`
	Check    string  `json:"check"` // DoneCheck, IncrementCheck or DefinitionCheck
	Repo     Repo    `json:"repo"`
	Commit   string  `json:"commit"`
	Branch   string  `json:"branch,omitempty"`   // GitLab: the ref of the status
	Pipeline int64   `json:"pipeline,omitempty"` // GitLab: the pipeline it joins, where known
	Verdict  string  `json:"verdict"`            // id
	Outcome  Outcome `json:"outcome"`
	Excepted bool    `json:"excepted,omitempty"` // done under exceptions, which is shown as neutral where the forge can
	// Superseded is what took this one's place while it was awaiting, in words: "Integrated Increment 14",
	// "commit 77ab01c2d3e4". Nothing more will be said here.
	Superseded string    `json:"superseded,omitempty"`
	Received   time.Time `json:"received"` // when the delivery that changed the verdict was received
	Urgent     bool      `json:"urgent"`   // the outcome changed, not the text alone
	Digest     string    `json:"digest"`   // of all that the report shows: the same digest need not be sent again
}

// Key tells what is reported on apart: a subject at a commit.
func (o Owed) Key() string {
	return o.Nexus + " " + o.Subject.Key() + " " + o.Repo.Key() + " " + o.Commit
}

// Untaken is what one forge has not taken when it was sent: since when the oldest report waits, and why the
// forge did not take that one.
type Untaken struct {
	Forge   Forge     `json:"forge"`
	Reports int       `json:"reports"`
	Since   time.Time `json:"since"`
	Reason  string    `json:"reason"`
}
