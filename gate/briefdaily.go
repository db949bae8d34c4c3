package gate

import (
	"fmt"
	"slices"
	"time"
)

func (w *briefing) daily() []BriefSection {
	fresh, older := w.issues()
	return []BriefSection{
		{Title: "How the Increment stands", Lines: w.stands()},
		{
			Title: "New integration issues", Lines: fresh, Empty: "None since " + w.hour(w.Since) + ".",
			Note: "Required criteria that do not hold in the sum of the work, whose move it is, and since when.",
		},
		{Title: "Integration issues from before", Lines: older, Empty: "None."},
		{Title: "What changed", Note: w.kept(), Lines: w.changed(), Empty: "Nothing since " + w.hour(w.Since) + "."},
		{
			Title: "New dependencies between teams", Lines: w.newDependencies(), Empty: "None since " + w.hour(w.Since) + ".",
			Note: "What one team needs of another, and is not there.",
		},
	}
}

func (w *briefing) outlook() Outlook { return ForecastOf(w.Chronicle, w.Standing.Sprint, w.Now) }

// stands says how the Increment and the Sprint stand.
func (w *briefing) stands() []BriefLine {
	s := &w.Standing
	if s.Head.Number == 0 {
		return []BriefLine{{Text: "There is no Increment yet: nothing has landed that is known."}}
	}
	now := Point{Increment: s.Head.Number, Outcome: s.Head.Outcome}
	if p, known := w.Chronicle.At(w.Now); known {
		now = p
	}
	head := BriefLine{Text: fmt.Sprintf("Integrated Increment %d is %s", s.Head.Number, outcomeWords(s.Head)), Since: w.standsSince()}
	if now.Required > 0 {
		excepted := w.Chronicle.ExceptedAt(w.Now)
		head.Text += fmt.Sprintf(": %d of %d required criteria hold", max(0, now.Met-excepted), now.Required)
		if excepted > 0 {
			head.Text += fmt.Sprintf(", %d under an exception", excepted)
		}
	}
	lines := []BriefLine{head, {Text: noted(w.lastDone(), w.Standing.OnlyExcepted())}}
	if s.Sprint.Number > 0 {
		lines = append(lines, BriefLine{Text: w.sprintWords()})
	}
	if c := s.Integration.Culprit; c != nil {
		lines = append(lines, BriefLine{Text: sentence(c.Says())})
	}
	foreseen := w.outlook()
	return append(lines, BriefLine{Text: foreseen.Says, Lines: []BriefLine{{Text: foreseen.How}}})
}

func outcomeWords(i Increment) string {
	switch {
	case i.Outcome == Done && len(i.Exceptions) > 0:
		return "done under exceptions"
	case i.Outcome == NotDone:
		return "not done"
	case i.Outcome == Done:
		return "done"
	default:
		return "awaited"
	}
}

// standsSince is since when the sum has had the outcome that it has, in whatever Increment.
func (w *briefing) standsSince() (since time.Time) {
	for _, p := range slices.Backward(w.Chronicle.Points) {
		if p.Outcome != w.Standing.Head.Outcome {
			break
		}
		since = p.At
	}
	return since
}

// lastDone says how long ago an Increment was done.
func (w *briefing) lastDone() string {
	last := w.Standing.LastDone
	switch last.Number {
	case 0:
		return "No Increment was ever done."
	case w.Standing.Head.Number:
		return fmt.Sprintf("It was first done %s ago.", Left(w.Now.Sub(last.DoneAt)))
	default:
		return fmt.Sprintf("The last done one is Integrated Increment %d, which became done %s ago.", last.Number, Left(w.Now.Sub(last.DoneAt)))
	}
}

// sprintWords says how the Sprint stands.
func (w *briefing) sprintWords() string {
	s := w.Standing.Sprint
	text := fmt.Sprintf("Sprint %d ends on %s; %s became done in it.", s.Number, w.day(s.End.Add(-time.Second)), counted(s.Done, "Increment", "Increments"))
	if s.Late {
		text += " It has passed its middle without a done Increment."
	}
	if s.Goal != "" {
		text += " The Nexus Sprint Goal: " + s.Goal
	}
	return text
}

// issues are the required criteria that do not hold, those since the last time and those from before, the oldest first.
func (w *briefing) issues() (fresh, older []BriefLine) {
	for _, h := range w.Chronicle.Holds {
		if !h.To.IsZero() || h.Outcome != NotDone {
			continue
		}
		line := BriefLine{Text: h.Criterion, Of: ownerOf(h.Team), Since: h.From}
		if h.Component != "" {
			line.Text += " of " + h.Component
		}
		for i := range w.Standing.HeadSays.Findings {
			f := &w.Standing.HeadSays.Findings[i]
			if f.Criterion == h.Criterion && f.Component == h.Component && weight(f) == heaviest {
				line.Text += fmt.Sprintf(": wanted %s, got %s", InWords(f.Want), f.Got)
				line.URL = f.URL
				if f.Fix != "" {
					line.Lines = []BriefLine{{Text: f.Fix}}
				}
				break
			}
		}
		line.Text += fmt.Sprintf(" (for %s)", Left(w.Now.Sub(h.From)))
		if w.in(h.From) {
			fresh = append(fresh, line)
		} else {
			older = append(older, line)
		}
	}
	return fresh, older
}

// changed is what happened, the oldest first.
func (w *briefing) changed() (lines []BriefLine) {
	for _, mark := range w.Chronicle.Done {
		if w.in(mark.At) {
			lines = append(lines, BriefLine{Text: fmt.Sprintf("Integrated Increment %d became done", mark.Number), Since: mark.At})
		}
	}
	for i := range w.Chronicle.Landed {
		if l := &w.Chronicle.Landed[i]; w.in(l.At) {
			line := w.landedLine(l)
			if l.Change.zero() {
				line.Text = "landed without a change: " + brief12(l.Commit)
			} else {
				line.Text = "landed: " + line.Text
			}
			lines = append(lines, line)
		}
	}
	for i := range w.Chronicle.Released {
		if r := &w.Chronicle.Released[i]; w.in(r.At) {
			lines = append(lines, BriefLine{Text: r.words(), Since: r.At})
		}
	}
	for i := range w.Chronicle.Versions {
		if v := &w.Chronicle.Versions[i]; w.in(v.At) {
			lines = append(lines, BriefLine{Text: v.words(), Of: v.Component, Since: v.At})
		}
	}
	slices.SortStableFunc(lines, func(a, b BriefLine) int { return a.Since.Compare(b.Since) })
	return lines
}

// words tell of a release or a deployment.
func (r *Released) words() string {
	text := fmt.Sprintf("released: %s of %s", r.Tag, r.Repo.Name)
	if r.Environment != "" {
		text = fmt.Sprintf("deployed to %s: %s of %s", r.Environment, brief12(r.Commit), r.Repo.Name)
		if r.Outcome != Done {
			text = "not let through: " + text
		}
	}
	if r.Unknown {
		text += ", of an unknown commit"
	}
	if r.Unknown && r.Commit != "" {
		text += ": no integration branch is known to have come to " + brief12(r.Commit)
	}
	switch {
	case !r.Alarmed.IsZero() && r.Mended.IsZero():
		return text + ", which is in no done Increment"
	case !r.Alarmed.IsZero():
		return text + ", which was in no done Increment for " + Left(r.Mended.Sub(r.Alarmed))
	default:
		return text
	}
}

// words tell of a layer that came into force.
func (v *Version) words() string {
	text := "the Definition of Done of the Nexus changed"
	switch {
	case v.Component != "" && v.Digest == "":
		text = "the Definition of Done of " + v.Component + " was taken away"
	case v.Component != "":
		text = "the Definition of Done of " + v.Component + " changed"
	}
	if v.Change != "" {
		text += " by " + v.Change
	}
	return text
}

// newDependencies are what a team came to need of another.
func (w *briefing) newDependencies() (lines []BriefLine) {
	for i := range w.Backlog.Dependencies {
		if d := &w.Backlog.Dependencies[i]; d.Between() && w.in(d.Since) {
			lines = append(lines, w.dependencyLine(d))
		}
	}
	return lines
}

func (w *briefing) dependencyLine(d *Dependency) BriefLine {
	text := fmt.Sprintf("%s (%s) needs %s (%s)", refWords(d.From), teamOrNot(d.FromTeam), refWords(d.To), teamOrNot(d.ToTeam))
	switch {
	case d.Cyclic:
		text += "; they wait for one another"
	case d.Discovered:
		text += "; found after the Sprint began"
	}
	return BriefLine{Text: text, Of: d.FromTeam, URL: w.urlOf(d.From), Since: d.Since}
}

func teamOrNot(team string) string {
	if team == "" {
		return "no team's"
	}
	return team
}

// urlOf is where an item or a change is shown; "" where that is not known.
func (w *briefing) urlOf(r Ref) string { return w.urls[r.key()] }
