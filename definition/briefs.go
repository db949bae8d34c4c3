package definition

import (
	"fmt"
	"strings"
	"time"
)

// Briefing is when the brief of one of the four events is sent, and where to.
type Briefing struct {
	Event string         // one of BriefedEvents
	At    string         // by the clock of the Nexus's zone: "09:00"
	On    []time.Weekday `json:",omitempty"` // of the daily one, in their order; the others have a day of the Sprint
	To    []Address
}

// The events that are briefed for.
const (
	Daily         = "daily"         // on each of its days
	Review        = "review"        // on the last day of each Sprint
	Retrospective = "retrospective" // likewise
	Planning      = "planning"      // on the first day of each Sprint
)

// BriefedEvents are all of them, in the order in which they come in a Sprint.
var BriefedEvents = []string{Planning, Daily, Review, Retrospective}

// Address is where a brief is sent.
type Address struct {
	By    AddressKind
	Name  string // of a room or a bus, whose address the service alone knows; of mail the address; of an issue "github:acme/product"
	Issue int    `json:",omitempty"` // its number
}

// AddressKind is a way to send a brief.
type AddressKind string

// The ways.
const (
	BySlack       AddressKind = "slack"       // a webhook of a room, as Slack's are
	ByMail        AddressKind = "mail"        // a message by SMTP
	ByIssue       AddressKind = "issue"       // a comment on an issue of a forge
	ByCloudEvents AddressKind = "cloudevents" // an event over HTTP
)

// String is the address as it is written: "issue:github:acme/product#12".
func (a Address) String() string {
	if a.By == ByIssue {
		return fmt.Sprintf("%s:%s#%d", a.By, a.Name, a.Issue)
	}
	return string(a.By) + ":" + a.Name
}

// Repo is the repository of an issue.
func (a Address) Repo() (forge, repo string) {
	forge, repo, _ = strings.Cut(a.Name, ":")
	return forge, repo
}

// Clock is the time of day.
func (b *Briefing) Clock() (hour, minute int) {
	at, err := time.Parse(clock, b.At)
	if err != nil {
		return 0, 0 // it was read, or found formed
	}
	return at.Hour(), at.Minute()
}

const clock = "15:04"

// text is a briefing in words: "09:00 on mon, tue to slack:room".
func (b *Briefing) text() string {
	text := b.At
	if len(b.On) > 0 {
		days := make([]string, len(b.On))
		for i, day := range b.On {
			days[i] = strings.ToLower(day.String()[:3])
		}
		text += " on " + strings.Join(days, ", ")
	}
	to := make([]string, len(b.To))
	for i := range b.To {
		to[i] = b.To[i].String()
	}
	return text + " to " + strings.Join(to, ", ")
}
