package gate

import (
	"cmp"
	"fmt"
)

func (w *briefing) review() []BriefSection {
	done, not := w.contains()
	return []BriefSection{
		{Title: "Toward the goals", Lines: w.goals(), Empty: "No goal is defined."},
		{
			Title: "What the done Increment contains", Note: noted(w.containsNote(), w.kept()), Lines: w.byTeam(done),
			Empty: "Nothing that landed since " + w.day(w.Since) + " is in a done Increment.",
		},
		{
			Title: "Landed, and in no done Increment", Note: noted("It is not to be shown: what is not known to be done is not done.", w.Standing.OnlyExcepted()), Lines: w.byTeam(not),
			Empty: "Nothing.",
		},
		{Title: "What went out", Lines: w.wentOut(), Empty: "Nothing was released since " + w.day(w.Since) + "."},
		{Title: "Items that were closed", Lines: w.byTeam(w.closed()), Empty: "None that is known."},
	}
}

// goals are the Product Goal and the Sprint's, and how far they are.
func (w *briefing) goals() (lines []BriefLine) {
	if goal := w.Standing.Definition.ProductGoal; goal != "" {
		line := BriefLine{Text: "Product Goal: " + goal}
		if p := w.Backlog.Goal; p.Items > 0 {
			line.Lines = []BriefLine{{Text: fmt.Sprintf("%d of %d items that lead there are closed", p.Closed, p.Items)}}
		}
		lines = append(lines, line)
	}
	if goal := w.Standing.Sprint.Goal; goal != "" {
		lines = append(lines, BriefLine{Text: "Nexus Sprint Goal: " + goal})
	}
	if w.Standing.Sprint.Number > 0 {
		lines = append(lines, BriefLine{Text: fmt.Sprintf("%s became done in Sprint %d", counted(w.Standing.Sprint.Done, "Increment", "Increments"), w.Standing.Sprint.Number)})
	}
	return lines
}

func (w *briefing) containsNote() string {
	last := w.Standing.LastDone
	if last.Number == 0 {
		return "No Increment was ever done."
	}
	return fmt.Sprintf("Integrated Increment %d, done on %s, with all that landed since %s.", last.Number, w.hour(last.DoneAt), w.day(w.Since))
}

// contains are the changes that landed, by team and item: those that a done Increment holds, and the others. A change
// is told once for each team, however many of its components it moved.
func (w *briefing) contains() (done, not map[string][]BriefLine) {
	is, isNot := &shelf{w: w}, &shelf{w: w}
	for i := range w.Chronicle.Landed {
		l := &w.Chronicle.Landed[i]
		switch {
		case !w.in(l.At):
		case l.Done.IsZero():
			isNot.put(l)
		default:
			is.put(l)
		}
	}
	return is.lines(), isNot.lines()
}

// shelf holds landings by team, and there by item.
type shelf struct {
	w     *briefing
	seen  map[string]bool
	items map[string]map[string][]BriefLine // team → item → changes; "" is none
	refs  map[string]Ref
}

func (s *shelf) put(l *Landed) {
	if s.items == nil {
		s.seen, s.items, s.refs = map[string]bool{}, map[string]map[string][]BriefLine{}, map[string]Ref{}
	}
	once := l.Team + " " + cmp.Or(l.Change.key(), l.Commit)
	if s.seen[once] {
		return
	}
	s.seen[once] = true
	if s.items[l.Team] == nil {
		s.items[l.Team] = map[string][]BriefLine{}
	}
	of := ""
	if len(l.Items) > 0 {
		of = l.Items[0].key()
		s.refs[of] = l.Items[0]
	}
	s.items[l.Team][of] = append(s.items[l.Team][of], s.w.landedLine(l))
}

func (s *shelf) lines() map[string][]BriefLine {
	all := map[string][]BriefLine{}
	for team, items := range s.items {
		for _, key := range sortedKeys(items) {
			if key != "" {
				line := s.w.itemLine(s.refs[key])
				line.Lines = items[key]
				all[team] = append(all[team], line)
			}
		}
		if loose := items[""]; len(loose) > 0 {
			all[team] = append(all[team], BriefLine{Text: "for no item", Lines: loose})
		}
	}
	return all
}

// itemLine is an item by its title, where it is known.
func (w *briefing) itemLine(r Ref) BriefLine {
	if item := w.items[r.key()]; item != nil {
		return w.backlogLine(item)
	}
	return BriefLine{Text: refWords(r)}
}

func (w *briefing) backlogLine(i *BacklogItem) BriefLine {
	return BriefLine{Text: fmt.Sprintf("%s (%s)", i.Title, refWords(i.Ref)), URL: i.URL}
}

func (w *briefing) wentOut() (lines []BriefLine) {
	for i := range w.Chronicle.Released {
		if r := &w.Chronicle.Released[i]; w.in(r.At) {
			lines = append(lines, BriefLine{Text: r.words(), Since: r.At})
		}
	}
	return lines
}

// closed are the items that were closed, by team.
func (w *briefing) closed() map[string][]BriefLine {
	all := map[string][]BriefLine{}
	for i := range w.Backlog.Items {
		if item := &w.Backlog.Items[i]; !item.Open && w.in(item.Closed) {
			all[item.Team] = append(all[item.Team], w.backlogLine(item))
		}
	}
	return all
}
