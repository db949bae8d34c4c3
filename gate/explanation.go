package gate

import (
	"time"

	"github.com/nexusgate/nexusgate/definition"
)

// Explanation says of one criterion for one component where its rule comes from, what the evidence
// was, why its state is what it is, and what would change it.
type Explanation struct {
	Nexus   string
	Subject Subject
	Commit  string
	At      time.Time // the moment that was judged for
	Finding Finding
	Rule    []Clause
	Heard   []Testimony // what counts first, the worst of it before all
	More    int         // pieces of evidence beyond those that Heard lists
	Because []string    // why the state is what it is, a sentence each
	Mend    []string    // what would change it, a sentence each
}

// Clause is one part of a rule, and whose it is.
type Clause struct {
	Says  string // "lines >=90", "required", "within 45m", "from github-actions"
	Layer definition.Layer
	At    string // FILE:LINE:COL
}

// Testimony is one piece of evidence that bears the criterion's kind and name, or nearly that name.
type Testimony struct {
	Evidence Evidence
	Said     string // what it says of the rule: "lines 84.2", "running"
	Counts   bool
	Why      string       // why it counts, or does not: "the latest of 3", "superseded by attempt 2"
	State    FindingState // what it alone comes to, where it counts
}
