package gate

import "time"

// SubjectKind is what kind of thing a verdict is about.
type SubjectKind string

// The kinds of subject.
const (
	OfChange    SubjectKind = "change"
	OfGroup     SubjectKind = "group"
	OfComponent SubjectKind = "component"
	OfIncrement SubjectKind = "increment"
	// OfDefinition is a change to a layer of the Definition of Done, judged as such: its ID is that of the change.
	OfDefinition SubjectKind = "definition"
)

// Subject is what a verdict is about.
type Subject struct {
	Kind SubjectKind `json:"kind"`
	ID   string      `json:"id"`   // within its Nexus and for ever: "github:1296269#17", "cart-api", "12"
	Name string      `json:"name"` // as people write it: "acme/cart-api#17", "group/project!3", "Integrated Increment 12"
}

// Key is unique within a Nexus.
func (s Subject) Key() string { return string(s.Kind) + " " + s.ID }

// Composition is what an Increment is made of: component → commit.
type Composition map[string]string

// Verdict is a decision as it was made: it is kept, shown and signed, and never made again on view.
type Verdict struct {
	ID          string      `json:"id"`
	Nexus       string      `json:"nexus"`
	Subject     Subject     `json:"subject"`
	Outcome     Outcome     `json:"outcome"`
	Definition  string      `json:"definition"`          // digest of all that was in force
	Increment   string      `json:"increment,omitempty"` // digest of the composition
	Commit      string      `json:"commit,omitempty"`    // the commit judged, of a change, group or component
	Composition Composition `json:"composition,omitempty"`
	Exceptions  []string    `json:"exceptions"`       // the ids of those that it rests on, each once, in order
	Grants      []Grant     `json:"grants,omitempty"` // what those exceptions are, in the same order
	Findings    []Finding   `json:"findings"`
	Notices     []string    `json:"notices,omitempty"`  // what is worth a word and holds nothing back: an exception that nothing uses
	Proposal    *Proposal   `json:"proposal,omitempty"` // of a change to a definition: what it would do
	At          time.Time   `json:"at"`                 // the now it was made for
}

// Increment is a numbered composition: the sum of all integrated work at one moment.
type Increment struct {
	Nexus       string      `json:"nexus"`
	Number      int64       `json:"number"`
	Digest      string      `json:"digest"` // "sha256:…" over the canonical JSON of the composition
	Composition Composition `json:"composition"`
	Made        time.Time   `json:"made"`
	Landing     Landing     `json:"landing,omitzero"` // what made it; zero where the definition did
	Outcome     Outcome     `json:"outcome,omitempty"`
	Verdict     string      `json:"verdict,omitempty"`    // id of its last verdict
	DoneAt      time.Time   `json:"doneAt,omitzero"`      // when it first became done, exceptions allowed for by the release rule alone
	Exceptions  []string    `json:"exceptions,omitempty"` // that its last verdict rests on: such an Increment is never plainly done
	Successor   int64       `json:"successor,omitempty"`
}

// Landing is a commit arriving on an integration branch.
type Landing struct {
	Component string    `json:"component"`
	Team      string    `json:"team"`
	Repo      Repo      `json:"repo"`
	Branch    string    `json:"branch"`
	Commit    string    `json:"commit"`
	Change    string    `json:"change,omitempty"` // "acme/cart-api#17", where it came by one
	At        time.Time `json:"at"`
	Also      []string  `json:"also,omitempty"` // other components that moved with it
}
