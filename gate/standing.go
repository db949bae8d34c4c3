package gate

import (
	"fmt"
	"strings"
	"time"

	"github.com/nexusgate/nexusgate/definition"
)

// Standing is how a Nexus stands at one moment, for pages and metrics. It is a copy: nothing in it
// changes after it was made.
type Standing struct {
	Definition *definition.Definition
	Digest     string // of all that is in force
	At         time.Time
	Head       Increment
	HeadSays   Verdict             // of the head Increment
	LastDone   Increment           // Number 0: none yet
	Components []ComponentStanding // by team, then name
	Changes    []ChangeStanding    // the open ones, newest first
	Home       string              // where the definition lives, "github:acme/nexus@main:nexus.cue"; "" for a file given to serve
	Proposals  []ChangeStanding    // open changes to a layer of the definition, judged as such, newest first
	Exceptions []ExceptionStanding // all that the definition grants, by id
	Landings   []Increment         // the latest Increments without their compositions, newest first, at most 50
	Sprint     SprintStanding
	// Integration is how the Increment's own pipeline stands.
	Integration IntegrationStanding
	// Dependencies are those that are open between teams, by whose they are.
	Dependencies []TeamDependencies
	Releases     []Release // whose alarm stands, and the latest others, each the newest first
	Warnings     []string  // what the Integration Team should know: an uncertain head, a file overtaken, two teams
}

// TeamDependencies counts what a team needs of another and what is not there. A team is "" where it is not known.
type TeamDependencies struct {
	From, To string
	Open     int
}

// ComponentStanding is how a component stands.
type ComponentStanding struct {
	definition.Component
	Commit string // "" while its head is not known
	Since  time.Time
	URL    string // of the repository
	Says   Verdict
	File   string // of the team's layer: "none", "in force", "refused", "unread"
	Faults []string
	Rules  []definition.Rule
	Heard  time.Time // when a delivery of its repository last came, to the hour; zero: none yet
	Habit  bool      // they came on several days
	Silent bool      // and then none for long: see [Standing.Alarm]
}

// ChangeStanding is how an open change stands.
type ChangeStanding struct {
	Subject    Subject
	Title      string
	Author     string
	URL        string
	Components []string
	Team       string
	Says       Verdict
	UpdatedAt  time.Time
}

// ExceptionStanding is an exception, and what has become of it.
type ExceptionStanding struct {
	Exception
	State string   // "active", "unused", "expired", "void"
	Says  string   // that in words: "until 15 January 2027", "asked for by ana, and the change that brought it is kim's"
	Uses  []string // the findings under it on the integration branches, as "coverage of cart-api"
}

// SprintStanding is how the Sprint stands. Number is 0 outside the calendar or without one.
type SprintStanding struct {
	Number     int
	Start, End time.Time // End is the first moment after it
	Middle     time.Time
	Goal       string
	Done       int  // Increments that became done in it
	Late       bool // it has passed its middle, and none did
}

// OnlyExcepted says why the head Increment, which is done under exceptions, is not the last done one; "" where it is,
// and where it is not done at all.
func (s *Standing) OnlyExcepted() string {
	if s.Head.Outcome != Done || len(s.Head.Exceptions) == 0 || s.LastDone.Number == s.Head.Number {
		return ""
	}
	says := fmt.Sprintf("Integrated Increment %d does not count as done: the release rule refuses what is done under exceptions (%s)",
		s.Head.Number, strings.Join(s.Head.Exceptions, ", "))
	var but []string
	for _, e := range s.Definition.Release.Environments {
		if e.Exceptions {
			but = append(but, e.ID)
		}
	}
	if len(but) > 0 {
		says += ", and allows it for " + strings.Join(but, ", ") + " alone"
	}
	return says + "."
}
