package dashboard

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/report"
)

// How much of what holds back the first screen shows.
const (
	holdsShown  = 6
	holdsOfOne  = 3
	factsOfNext = 7
)

// questions are those that the page of a Nexus answers first. Whether it is done its headline says.
type questions struct {
	Holders []holder // what holds it back, by whose move it is
	More    int      // of what holds it back, beyond what is shown
	Nothing string   // what is said where nothing does
	Done    bool     // it is done
	Ahead   []fact   // what could hold it back next, once it is done
	Since   []fact
	Coming  []fact
	Teams   []teamChip

	Uncounted string // why it is not the last done one, although it is done under exceptions
}

// holder is who could move next, and what for.
type holder struct {
	Mover string
	Count int
	Holds []hold
}

// hold is a finding that holds back, and for how long it has.
type hold struct {
	item
	Since time.Time // zero: not known
	Lasts string
}

// fact is one line of an answer.
type fact struct {
	Name, Text, Note string
	Path             string // where there is more, "" nowhere
	At               time.Time
}

// teamChip is how a team stands, in two words.
type teamChip struct {
	Team, Path, Shade, Symbol, Says string
}

// ask answers the questions of a standing.
func ask(s gate.Standing, was history, look sight, f *filter) questions {
	t := report.Count(s.HeadSays)
	q := questions{Since: sinceWhen(s, was, look.now), Coming: whatIsComing(s, was, t, look.now), Teams: teamChips(s), Uncounted: s.OnlyExcepted()}
	back := t.Holding
	if len(back) == 0 {
		back, q.Nothing = t.Awaited, nothingBack(s, t)
	}
	if q.Done = s.Head.Number > 0 && s.HeadSays.Outcome == gate.Done; q.Done {
		q.Ahead = whatIsAhead(s, t, f, look.now)
	}
	back = slices.DeleteFunc(slices.Clone(back), func(f2 gate.Finding) bool { return !f.of(f2.Team, f2.Component) || !f.in(string(f2.State)) })
	q.Holders, q.More = holders(s, back, was, look)
	return q
}

// nothingBack says why nothing is listed as not met.
func nothingBack(s gate.Standing, t report.Tally) string {
	switch {
	case s.Head.Number == 0:
		return "Nothing was judged yet, and unknown is never done."
	case t.Required() == 0:
		return "No required criterion is in force, and unknown is never done."
	case len(t.Awaited) > 0:
		return "Nothing is wrong. This is still awaited:"
	case len(t.Excepted) > 0:
		return "Nothing: what is not met is under an exception."
	default:
		return "Nothing: every required criterion is met."
	}
}

// holders groups what holds back by whose move it is, in the order of the worst.
func holders(s gate.Standing, back []gate.Finding, was history, look sight) (all []holder, more int) {
	shown := 0
	for _, f := range back {
		mover := cmp.Or(move(f), "On its way")
		i := slices.IndexFunc(all, func(h holder) bool { return h.Mover == mover })
		if i < 0 {
			i, all = len(all), append(all, holder{Mover: mover})
		}
		all[i].Count++
		if shown == holdsShown || len(all[i].Holds) == holdsOfOne {
			more++
			continue
		}
		shown++
		h := hold{item: look.item(s.HeadSays, f), Since: was.heldSince(f)}
		if !h.Since.IsZero() {
			h.Lasts = report.Left(look.now.Sub(h.Since))
		}
		all[i].Holds = append(all[i].Holds, h)
	}
	return all, more
}

// sinceWhen says since when it stands as it does, and when it was done last.
func sinceWhen(s gate.Standing, was history, now time.Time) (facts []fact) {
	if s.Head.Number == 0 {
		return []fact{{Name: "Integrated Increment", Text: "none yet"}}
	}
	if at := was.outcomeSince(s); !at.IsZero() {
		facts = append(facts, fact{Name: "It stands so for", Text: report.Left(now.Sub(at)), Note: "since", At: at})
	}
	last := fact{Name: "Last done", Text: "never yet"}
	switch {
	case s.LastDone.Number == s.Head.Number && s.LastDone.Number > 0:
		last.Text, last.Note, last.At, last.Path = "this one", fmt.Sprintf("Increment %d,", s.LastDone.Number), s.LastDone.DoneAt, pathOf(s.LastDone)
	case s.LastDone.Number > 0:
		last.Text, last.At, last.Path = ago(s.LastDone.DoneAt, now), s.LastDone.DoneAt, pathOf(s.LastDone)
		last.Note = fmt.Sprintf("Increment %d,", s.LastDone.Number)
	}
	head := fact{Name: "Last landing", Text: ago(s.Head.Made, now), Note: fmt.Sprintf("Increment %d,", s.Head.Number), At: s.Head.Made, Path: pathOf(s.Head)}
	if s.Head.Landing.Component != "" {
		head.Note = fmt.Sprintf("%s made Increment %d,", s.Head.Landing.Component, s.Head.Number)
	}
	return append(facts, last, head)
}

func pathOf(i gate.Increment) string {
	if i.Verdict == "" {
		return ""
	}
	return verdictPath(i.Verdict)
}

// whatIsComing says what the next days bring.
func whatIsComing(s gate.Standing, was history, t report.Tally, now time.Time) []fact {
	name := s.Definition.Name
	facts := []fact{sprintFact(s, now)}
	if was.Outlook.Says != "" && s.HeadSays.Outcome != gate.Done {
		facts = append(facts, fact{Name: "Forecast", Note: was.Outlook.Says})
	}
	if n := len(t.Awaited); n > 0 && len(t.Holding) > 0 {
		facts = append(facts, fact{Name: "Awaited", Text: counted(n, "criterion", "criteria"), Note: nextDue(t.Awaited, now), Path: "#back"})
	}
	changes := fact{Name: "Open changes", Text: "none"}
	if n := len(s.Changes); n > 0 {
		changes = fact{Name: "Open changes", Text: fmt.Sprint(n), Note: sayChanges(s.Changes), Path: "#changes"}
	}
	facts = append(facts, changes)
	open := 0
	for _, d := range s.Dependencies {
		open += d.Open
	}
	if open > 0 {
		facts = append(facts, fact{Name: "Teams wait for teams", Text: counted(open, "dependency", "dependencies"), Path: nexusPath(name) + "/dependencies"})
	}
	if later := gate.Forecasts(s.HeadSays.Findings); len(later) > 0 && s.HeadSays.Outcome != gate.Done { // or it is told as what is ahead
		facts = append(facts, fact{Name: "Required later", Text: later[0].Criterion, Note: later[0].String(), Path: "#forecasts"})
	}
	if n := len(s.Proposals); n > 0 {
		facts = append(facts, fact{Name: "Proposed for the definition", Text: counted(n, "change", "changes"), Path: definitionPath(name) + "#proposals"})
	}
	return facts[:min(len(facts), factsOfNext)]
}

// sprintFact is the Sprint in a line.
func sprintFact(s gate.Standing, now time.Time) fact {
	if s.Sprint.Number == 0 {
		return fact{Name: "Sprint", Text: "none now"}
	}
	f := fact{Name: fmt.Sprintf("Sprint %d ends in", s.Sprint.Number), Text: gate.InDays(s.Sprint.End.Sub(now)), Path: nexusPath(s.Definition.Name) + "/sprint"}
	f.Note = counted(s.Sprint.Done, "done Increment", "done Increments") + " in it"
	if s.Sprint.Goal != "" {
		f.Note += ". Nexus Sprint Goal: " + s.Sprint.Goal
	}
	return f
}

// nextDue says when the first of them is late.
func nextDue(awaited []gate.Finding, now time.Time) string {
	var first time.Time
	for _, f := range awaited {
		if !f.Due.IsZero() && (first.IsZero() || f.Due.Before(first)) {
			first = f.Due
		}
	}
	if first.IsZero() || !first.After(now) {
		return ""
	}
	return "the first within " + report.Left(first.Sub(now))
}

// teamChips say of each team whether it holds the head back.
func teamChips(s gate.Standing) (all []teamChip) {
	t := report.Count(s.HeadSays)
	count := func(findings []gate.Finding, team string) (n int) {
		for _, f := range findings {
			if f.Team == team {
				n++
			}
		}
		return n
	}
	if s.Head.Number == 0 {
		return nil
	}
	for _, team := range s.Definition.Teams {
		c := teamChip{Team: team.Name, Path: teamsPath(s.Definition.Name) + "?" + asked("team", team.Name), Shade: "done", Symbol: report.OutcomeMark(gate.Done).Symbol, Says: "done"}
		not, awaited, excepted := count(t.Holding, team.Name), count(t.Awaited, team.Name), count(t.Excepted, team.Name)
		switch {
		case not > 0:
			c.Shade, c.Symbol, c.Says = "not-done", report.OutcomeMark(gate.NotDone).Symbol, fmt.Sprintf("%d not met", not)
		case awaited > 0:
			c.Shade, c.Symbol, c.Says = "awaiting", report.OutcomeMark(gate.Awaiting).Symbol, fmt.Sprintf("%d awaited", awaited)
		case excepted > 0:
			c.Shade, c.Symbol, c.Says = "excepted", "±", "under exceptions"
		case count(t.Met, team.Name) == 0:
			c.Shade, c.Symbol, c.Says = "empty", "∅", "not judged"
		}
		all = append(all, c)
	}
	return all
}
