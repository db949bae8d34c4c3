package gate

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/nexusgate/nexusgate/definition"
)

// BriefCase is all that a brief is made of.
type BriefCase struct {
	Standing  Standing
	Backlog   Backlog
	Chronicle Chronicle // all that is kept
	Event     BriefEvent
	Since     time.Time // zero: since the event before, see BriefSince
	Now       time.Time
}

// BriefCase gathers what the brief of a Nexus for an event is made of; false where there is no such Nexus or event.
func (l *Ledger) BriefCase(nexus string, event BriefEvent, since, now time.Time) (c BriefCase, known bool) {
	s, known := l.Standing(nexus, now)
	if !known || !slices.Contains(BriefEvents[:], event) {
		return c, false
	}
	return BriefCase{
		Standing: s, Backlog: l.Backlog(nexus, now), Chronicle: l.Chronicle(nexus, time.Time{}, time.Time{}),
		Event: event, Since: since, Now: now,
	}, true
}

// noSprint is what is looked back on where there is no Sprint.
const noSprint = 14 * 24 * time.Hour

// BriefSince is since when an event looks back: the Daily on a day, the Review and the Retrospective on the Sprint,
// the Planning on the Sprint before.
func BriefSince(event BriefEvent, s SprintStanding, now time.Time) time.Time {
	switch {
	case event == DailyBrief:
		return now.AddDate(0, 0, -1)
	case s.Number == 0:
		return now.Add(-noSprint)
	case event == PlanningBrief && s.Number > 1:
		return s.before().Start
	default:
		return s.Start
	}
}

// before is the Sprint before, which was as long by the calendar.
func (s SprintStanding) before() SprintStanding {
	days, zone := 0, s.Start.Location()
	for definition.AddDays(s.Start, days, zone).Before(s.End) {
		days++
	}
	return SprintStanding{Number: s.Number - 1, Start: definition.AddDays(s.Start, -days, zone), End: s.Start}
}

// BriefOf makes a brief.
func BriefOf(c BriefCase) Brief {
	if c.Since.IsZero() || !c.Since.Before(c.Now) {
		c.Since = BriefSince(c.Event, c.Standing.Sprint, c.Now)
	}
	w := briefing{BriefCase: c, zone: c.Now.Location()}
	if d := c.Standing.Definition; d.Zone != nil {
		w.zone = d.Zone
	}
	w.index()
	b := Brief{Event: c.Event, Nexus: c.Standing.Definition.Name, Since: c.Since.In(w.zone), Until: c.Now.In(w.zone), At: c.Now.In(w.zone)}
	switch c.Event {
	case DailyBrief:
		b.Title, b.Sections = "Nexus Daily Scrum", w.daily()
	case ReviewBrief:
		b.Title, b.Sections = "Nexus Sprint Review", w.review()
	case RetrospectiveBrief:
		b.Title, b.Sections = "Nexus Sprint Retrospective", w.retrospective()
	case PlanningBrief:
		b.Title, b.Sections = "Nexus Sprint Planning", w.planning()
	}
	b.Title += " of " + b.Nexus
	switch n := c.Standing.Sprint.Number; {
	case n > 0 && c.Event == PlanningBrief:
		b.Title += fmt.Sprintf(", for Sprint %d", w.planned())
	case n > 0:
		b.Title += fmt.Sprintf(", Sprint %d", n)
	}
	for i := range b.Sections {
		s := &b.Sections[i]
		s.Lines = bounded(s.Lines)
	}
	return b
}

// briefing is a brief under way.
type briefing struct {
	BriefCase
	zone  *time.Location
	items map[string]*BacklogItem // by the keys of their references
	urls  map[string]string       // where items and changes are shown, likewise
}

// index has items and changes found at once.
func (w *briefing) index() {
	w.items, w.urls = map[string]*BacklogItem{}, map[string]string{}
	shown := func(r Ref, url string) {
		if _, known := w.urls[r.key()]; !known {
			w.urls[r.key()] = url
		}
	}
	for i := range w.Backlog.Items {
		item := &w.Backlog.Items[i]
		if key := item.Ref.key(); w.items[key] == nil {
			w.items[key] = item
		}
		shown(item.Ref, item.URL)
		for _, c := range item.Changes {
			shown(c.Ref, c.URL)
		}
	}
}

// mostBriefLines bounds the lines of a section, and those of a line.
const mostBriefLines = 100

func bounded(lines []BriefLine) []BriefLine {
	if lines == nil {
		return []BriefLine{}
	}
	if more := len(lines) - mostBriefLines; more > 0 {
		lines = append(lines[:mostBriefLines:mostBriefLines], BriefLine{Text: fmt.Sprintf("and %d more", more)})
	}
	for i := range lines {
		if len(lines[i].Lines) > 0 {
			lines[i].Lines = bounded(lines[i].Lines)
		}
	}
	return lines
}

// in says whether a moment is of what is looked back on. A forge's clock may be ahead of ours.
func (w *briefing) in(at time.Time) bool { return !at.Before(w.Since) }

func (w *briefing) day(at time.Time) string  { return at.In(w.zone).Format(dayWords) }
func (w *briefing) hour(at time.Time) string { return at.In(w.zone).Format("2 January 15:04") }

// kept says that not all is known of what is looked back on, where that is so.
func (w *briefing) kept() string {
	switch kept := w.Chronicle.Kept; {
	case kept.IsZero():
		return "Nothing of what happened is kept yet."
	case kept.After(w.Since):
		return "What was before " + w.hour(kept) + " is not known."
	default:
		return ""
	}
}

// noted joins sentences.
func noted(sentences ...string) string {
	return strings.Join(keep(sentences, func(s string) bool { return s != "" }), " ")
}

// nobodys is who has what is no team's.
const nobodys = "Nexus Integration Team"

func ownerOf(team string) string { return cmp.Or(team, nobodys) }

// byTeam deals lines to the teams of the Nexus, in the order of their names; what is of none comes last.
func (w *briefing) byTeam(of map[string][]BriefLine) (lines []BriefLine) {
	var names []string
	for _, t := range w.Standing.Definition.Teams {
		names = append(names, t.Name)
	}
	for _, name := range sortedKeys(of) {
		if name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range append(names, "") {
		if len(of[name]) > 0 {
			lines = append(lines, BriefLine{Text: w.teamWords(name), Of: name, Lines: of[name]})
		}
	}
	return lines
}

// teamWords is a team with its Sprint Goal.
func (w *briefing) teamWords(name string) string {
	for _, t := range w.Standing.Definition.Teams {
		if t.Name == name && t.Goal != "" {
			return name + ": " + t.Goal
		}
	}
	return cmp.Or(name, "no team's")
}

// landedLine is a change that landed.
func (w *briefing) landedLine(l *Landed) BriefLine {
	line := BriefLine{Text: fmt.Sprintf("%s (%s)", l.Title, refWords(l.Change)), Of: l.Component, URL: l.URL, Since: l.At}
	if l.Change.zero() {
		line.Text = "pushed without a change: " + brief12(l.Commit)
	}
	return line
}

// refWords is a reference without its forge.
func refWords(r Ref) string {
	_, rest, _ := strings.Cut(r.String(), ":")
	return cmp.Or(rest, r.String())
}
