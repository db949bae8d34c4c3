package gate

import "time"

// BriefEvent is an event of the Nexus that a brief is for.
type BriefEvent string

// The events, in the order of a Sprint.
const (
	PlanningBrief      BriefEvent = "planning"
	DailyBrief         BriefEvent = "daily"
	ReviewBrief        BriefEvent = "review"
	RetrospectiveBrief BriefEvent = "retrospective"
)

// BriefEvents lists the events, in the order of a Sprint.
var BriefEvents = [...]BriefEvent{PlanningBrief, DailyBrief, ReviewBrief, RetrospectiveBrief}

// Brief is what people who meet at an event of the Nexus should know. Whatever it says of the forges' texts is as
// the forges told it: who renders it escapes it.
type Brief struct {
	Event BriefEvent `json:"event"`
	Nexus string     `json:"nexus"`
	Title string     `json:"title"`
	Since time.Time  `json:"since"` // what is told of lies between Since and Until
	Until time.Time  `json:"until"`
	At    time.Time  `json:"at"` // the moment that it was made for
	// Sections answer one question each, in the order in which they are asked.
	Sections []BriefSection `json:"sections"`
}

// BriefSection answers one question.
type BriefSection struct {
	Title string      `json:"title"`
	Note  string      `json:"note,omitempty"` // how it was worked out, or what to read from it
	Lines []BriefLine `json:"lines"`
	Empty string      `json:"empty,omitempty"` // what is said where there are no lines
}

// BriefLine says one thing.
type BriefLine struct {
	Text  string      `json:"text"`
	Of    string      `json:"of,omitempty"`  // the team or the component that it is of
	URL   string      `json:"url,omitempty"` // an address of a forge, as it was told
	Since time.Time   `json:"since,omitzero"`
	Lines []BriefLine `json:"lines,omitempty"` // what it is made up of
}
