package gate

import (
	"fmt"
	"slices"
	"time"
)

func (w *briefing) retrospective() []BriefSection {
	forLearning := "For learning, and no ranking: teams and criteria stand in the order of their names."
	held, passing := w.heldBack()
	return []BriefSection{
		{
			Title: "What held us back", Note: noted(forLearning, passing, w.kept()), Lines: ofTheWhole(w.byTeam(held)),
			Empty: "No required criterion held the Increment back since " + w.day(w.Since) + ".",
		},
		{
			Title: "Flaky producers", Lines: w.flaky(), Empty: "None that is known.",
			Note: "What said one thing of a commit and, run again, another.",
		},
		{Title: "Exceptions used", Lines: w.excepted(), Empty: "None."},
		{
			Title: "Changes to the Definition of Done", Lines: w.definitions(), Empty: "None.",
			Note: "With how many required criteria there were, and how many of them held, before it and after.",
		},
		{
			Title: "From landing to done", Lines: w.landingToDone(), Empty: "Nothing landed since " + w.day(w.Since) + ".",
			Note: "How long it took from a landing until an Increment that holds it was first done.",
		},
		{
			Title: "Four measures of delivery", Lines: w.dora(), Note: "DORA's, for the Nexus as a whole, as far as the forges tell them. They are no measure of a team or a person.",
		},
	}
}

// ofTheWhole names who has what is of the Increment itself, and so of no team.
func ofTheWhole(lines []BriefLine) []BriefLine {
	for i := range lines {
		if lines[i].Of == "" {
			lines[i].Text = nobodys
		}
	}
	return lines
}

// within is how much of a hold lies in what is looked back on.
func (w *briefing) within(h *Hold) time.Duration {
	from, to := latest(h.From, w.Since), h.To
	if to.IsZero() || to.After(w.Now) {
		to = w.Now
	}
	return max(0, to.Sub(from))
}

// heldTime is for how long a criterion held back, and how often.
type heldTime struct {
	notDone, awaited time.Duration
	times            int
}

// heldBack is for how long each criterion held the Increment back, by team. Of components that were held back at once
// each counts by itself. What was passing is counted alone.
func (w *briefing) heldBack() (lines map[string][]BriefLine, passing string) {
	sums := map[string]map[string]*heldTime{}
	left, leftTime := 0, time.Duration(0)
	for i := range w.Chronicle.Holds {
		h := &w.Chronicle.Holds[i]
		long := w.within(h)
		switch {
		case long == 0:
			continue
		case h.Passing():
			left, leftTime = left+1, leftTime+long
			continue
		case sums[h.Team] == nil:
			sums[h.Team] = map[string]*heldTime{}
		}
		what := h.Criterion
		if h.Component != "" {
			what += " of " + h.Component
		}
		if sums[h.Team][what] == nil {
			sums[h.Team][what] = &heldTime{}
		}
		sums[h.Team][what].add(h, long)
	}
	lines = map[string][]BriefLine{}
	for team, criteria := range sums {
		for _, what := range sortedKeys(criteria) {
			lines[team] = append(lines[team], BriefLine{Text: what + ": " + criteria[what].words()})
		}
	}
	return lines, SayPassing(left, leftTime)
}

func (h *heldTime) add(hold *Hold, long time.Duration) {
	if hold.Outcome == Awaiting {
		h.awaited += long
	} else {
		h.notDone += long
		h.times++
	}
}

func (h *heldTime) words() string {
	switch {
	case h.times == 0:
		return "awaited for " + Left(h.awaited)
	case h.awaited == 0:
		return fmt.Sprintf("not met for %s, %s", Left(h.notDone), counted(h.times, "time", "times"))
	default:
		return fmt.Sprintf("not met for %s, %s, and awaited for %s", Left(h.notDone), counted(h.times, "time", "times"), Left(h.awaited))
	}
}

// flaky are the producers that came to another end when they were run again, by component and name.
func (w *briefing) flaky() (lines []BriefLine) {
	type flake struct{ component, producer, criterion string }
	times, last := map[string]int{}, map[string]*Rerun{}
	for i := range w.Chronicle.Retried {
		r := &w.Chronicle.Retried[i]
		if !w.in(r.At) {
			continue
		}
		key := fmt.Sprintf("%+q", flake{r.Component, r.Producer, r.Criterion})
		times[key] += 1 + r.More
		last[key] = r
	}
	for _, key := range sortedKeys(times) {
		r := last[key]
		lines = append(lines, BriefLine{
			Text: fmt.Sprintf("%s of %s, which %s rests on: %s, last from %s to %s on %s", r.Producer, r.Component, r.Criterion,
				counted(times[key], "time", "times"), r.From, r.To, brief12(r.Commit)),
			Of: r.Team, URL: r.URL, Since: r.At,
		})
	}
	return lines
}

// excepted are the exceptions that were used, by their ids.
func (w *briefing) excepted() (lines []BriefLine) {
	used := map[string]map[string]time.Duration{}
	for i := range w.Chronicle.Excepted {
		h := &w.Chronicle.Excepted[i]
		long := w.within(h)
		if long == 0 {
			continue
		}
		if used[h.Exception] == nil {
			used[h.Exception] = map[string]time.Duration{}
		}
		what := h.Criterion
		if h.Component != "" {
			what += " of " + h.Component
		}
		used[h.Exception][what] += long
	}
	for _, id := range sortedKeys(used) {
		line := BriefLine{Text: id}
		at := slices.IndexFunc(w.Standing.Exceptions, func(e ExceptionStanding) bool { return e.ID == id })
		if at >= 0 {
			e := &w.Standing.Exceptions[at]
			line.Text = fmt.Sprintf("%s: %s (%s, %s)", id, e.Reason, e.State, e.Says)
		}
		for _, what := range sortedKeys(used[id]) {
			line.Lines = append(line.Lines, BriefLine{Text: what + ", for " + Left(used[id][what])})
		}
		lines = append(lines, line)
	}
	return lines
}

// definitions are the layers that came into force, with what that did to the Increment.
func (w *briefing) definitions() (lines []BriefLine) {
	for i := range w.Chronicle.Versions {
		v := &w.Chronicle.Versions[i]
		if !w.in(v.At) {
			continue
		}
		line := BriefLine{Text: v.words(), Of: v.Component, Since: v.At}
		before, was := w.Chronicle.At(v.At.Add(-time.Nanosecond))
		after, is := w.Chronicle.At(v.At)
		if was && is {
			line.Lines = []BriefLine{{Text: fmt.Sprintf("%d of %d held before it, %d of %d after it", before.Met, before.Required, after.Met, after.Required)}}
		}
		lines = append(lines, line)
	}
	return lines
}

// landingToDone is how long landings took until they were done, for the Nexus and by team.
func (w *briefing) landingToDone() (lines []BriefLine) {
	all, waits := map[string][]time.Duration{}, map[string]int{}
	for i := range w.Chronicle.Landed {
		l := &w.Chronicle.Landed[i]
		switch {
		case !w.in(l.At):
		case l.Done.IsZero():
			waits[l.Team]++
			waits[""]++
		default:
			all[l.Team] = append(all[l.Team], l.Done.Sub(l.At))
			all[""] = append(all[""], l.Done.Sub(l.At))
		}
	}
	names := map[string]bool{}
	for team := range all {
		names[team] = true
	}
	for team := range waits {
		names[team] = true
	}
	for _, team := range sortedKeys(names) {
		text := "the whole Nexus: "
		if team != "" {
			text = team + ": "
		}
		lines = append(lines, BriefLine{Text: text + spread(all[team], waits[team]), Of: team})
	}
	return lines
}

// spread is the middle of some times, and what nine of ten stay within.
func spread(times []time.Duration, waits int) string {
	still := ""
	if waits > 0 {
		still = fmt.Sprintf("; %d not yet", waits)
	}
	if len(times) == 0 {
		return "none is done" + still
	}
	return fmt.Sprintf("half within %s, nine of ten within %s, of %s%s",
		Left(quantile(times, 0.5)), Left(quantile(times, 0.9)), counted(len(times), "landing", "landings"), still)
}

// quantile is the least of the times that so large a part of them does not exceed.
func quantile(times []time.Duration, part float64) time.Duration {
	sorted := slices.Sorted(slices.Values(times))
	at := int(part*float64(len(sorted))+0.999999) - 1
	return sorted[min(max(at, 0), len(sorted)-1)]
}
