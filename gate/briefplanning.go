package gate

import (
	"fmt"
	"slices"
	"time"

	"github.com/nexusgate/nexusgate/definition"
)

// planned is the number of the Sprint that is planned: the one that begins on this day, else the next; 0 where there
// is no Sprint.
func (w *briefing) planned() int {
	s := w.Standing.Sprint
	if s.Number > 0 && !w.Now.Before(definition.AddDays(s.Start, 1, s.Start.Location())) {
		return s.Number + 1
	}
	return s.Number
}

func (w *briefing) planning() []BriefSection {
	ready := w.ready()
	begun, waiting := w.unclosed()
	return []BriefSection{
		{
			Title: "What is ready", Note: "Open items that are marked as ready and are in no earlier Sprint, in the order of their references: the Product Backlog's own order is the Product Owner's.",
			Lines: w.byTeam(w.readyLines(ready)), Empty: "No item is marked as ready.",
		},
		{
			Title: "Dependencies of what is ready", Lines: w.needsOf(ready), Empty: "None that is known.",
			Note: "What it needs, or is needed for, and is not there.",
		},
		{Title: "Begun and not closed", Note: "Open items of an earlier Sprint that changes are for.", Lines: w.byTeam(begun), Empty: "None."},
		{Title: "Planned and not begun", Note: "Open items of an earlier Sprint that no change is for.", Lines: w.byTeam(waiting), Empty: "None."},
		{Title: "The last Sprint's rate", Note: w.kept(), Lines: w.rate(), Empty: "There is no Sprint to count over."},
		{Title: "How the Increment stands", Lines: w.stands()},
	}
}

// ready are the items that may be planned.
func (w *briefing) ready() (items []*BacklogItem) {
	for i := range w.Backlog.Items {
		if item := &w.Backlog.Items[i]; item.Open && item.Ready && (item.Sprint == 0 || item.Sprint >= w.planned()) {
			items = append(items, item)
		}
	}
	return items
}

func (w *briefing) readyLines(items []*BacklogItem) map[string][]BriefLine {
	needs := map[string][]BriefLine{}
	for i := range w.Backlog.Dependencies {
		if d := &w.Backlog.Dependencies[i]; d.Open {
			needs[d.From.key()] = append(needs[d.From.key()], BriefLine{
				Text: fmt.Sprintf("needs %s (%s)", refWords(d.To), teamOrNot(d.ToTeam)), Of: d.ToTeam, URL: w.urlOf(d.To), Since: d.Since,
			})
		}
	}
	lines := map[string][]BriefLine{}
	for _, item := range items {
		line := w.backlogLine(item)
		if item.Goal {
			line.Text += ", toward the Product Goal"
		}
		if item.Team == "" && len(item.Likely) > 0 {
			line.Text += ", likely of " + item.Likely[0]
		}
		line.Lines = needs[item.Ref.key()]
		lines[item.Team] = append(lines[item.Team], line)
	}
	return lines
}

// needsOf are the dependencies between teams that what is ready has a part in.
func (w *briefing) needsOf(items []*BacklogItem) (lines []BriefLine) {
	planned := map[string]bool{}
	for _, item := range items {
		planned[item.Ref.key()] = true
	}
	for i := range w.Backlog.Dependencies {
		d := &w.Backlog.Dependencies[i]
		if !d.Between() || !planned[d.From.key()] && !planned[d.To.key()] {
			continue
		}
		line := w.dependencyLine(d)
		if d.Recut {
			line.Lines = []BriefLine{{Text: "Cut again it could go: give " + refWords(d.To) + " to " + teamOrNot(d.FromTeam) + ", or make it a part of " + refWords(d.From) + "."}}
		}
		lines = append(lines, line)
	}
	return lines
}

// unclosed are the open items of earlier Sprints: those that changes are for, and those that wait for one.
func (w *briefing) unclosed() (begun, waiting map[string][]BriefLine) {
	begun, waiting = map[string][]BriefLine{}, map[string][]BriefLine{}
	for i := range w.Backlog.Items {
		item := &w.Backlog.Items[i]
		if !item.Open || item.Sprint == 0 || item.Sprint >= w.planned() {
			continue
		}
		line, lines := w.backlogLine(item), waiting
		line.Text += fmt.Sprintf(", of Sprint %d", item.Sprint)
		if slices.ContainsFunc(item.Changes, func(c ItemChange) bool { return c.State != ChangeClosed }) {
			lines = begun
		}
		lines[item.Team] = append(lines[item.Team], line)
	}
	return begun, waiting
}

// rate is what the last Sprint that is over came to; in the first Sprint, what that came to so far.
func (w *briefing) rate() []BriefLine {
	last, words := w.Standing.Sprint, "Sprint 1, so far"
	switch {
	case last.Number == 0:
		return nil
	case last.Number > 1:
		last = last.before()
		words = fmt.Sprintf("Sprint %d", last.Number)
	}
	in := func(at time.Time) bool { return !at.Before(last.Start) && at.Before(last.End) }
	done, changes := 0, map[string]bool{}
	for _, mark := range w.Chronicle.Done {
		if in(mark.At) {
			done++
		}
	}
	for i := range w.Chronicle.Landed {
		if l := &w.Chronicle.Landed[i]; in(l.At) && !l.Done.IsZero() {
			changes[l.Component+" "+l.Commit] = true
		}
	}
	closed, items := map[string]int{}, 0
	for i := range w.Backlog.Items {
		if item := &w.Backlog.Items[i]; !item.Open && in(item.Closed) {
			closed[item.Team]++
			items++
		}
	}
	lines := []BriefLine{
		{Text: fmt.Sprintf("%s, from %s to %s", words, w.day(last.Start), w.day(last.End.Add(-time.Second)))},
		{Text: counted(done, "Increment", "Increments") + " became done"},
		{Text: counted(len(changes), "landing", "landings") + " came into a done Increment"},
	}
	line := BriefLine{Text: counted(items, "item was closed", "items were closed")}
	for _, team := range sortedKeys(closed) {
		line.Lines = append(line.Lines, BriefLine{Text: fmt.Sprintf("%s: %d", teamOrNot(team), closed[team]), Of: team})
	}
	return append(lines, line)
}
