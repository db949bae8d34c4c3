package dashboard

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/report"
)

// aheadShown bounds what of each kind is told of what could hold back next.
const aheadShown = 3

// whatIsAhead says of an Increment that is done what could hold the next one back: evidence that grows stale,
// exceptions that end, changes that are not done, and criteria that are required later and not met.
func whatIsAhead(s gate.Standing, t report.Tally, f *filter, now time.Time) (facts []fact) {
	facts = append(facts, growsStale(t, f, now)...)
	facts = append(facts, exceptionsEnd(s)...)
	facts = append(facts, notDoneYet(changesOf(s, f))...)
	later := slices.DeleteFunc(gate.Forecasts(s.HeadSays.Findings), func(c gate.Forecast) bool { return c.NotDone == 0 })
	for _, c := range later[:min(len(later), aheadShown)] {
		facts = append(facts, fact{Name: "Required later", Text: c.Criterion, Note: c.String(), Path: "#forecasts"})
	}
	return facts
}

// growsStale are the first of what is met to be stale.
func growsStale(t report.Tally, f *filter, now time.Time) (facts []fact) {
	met := slices.DeleteFunc(slices.Clone(t.Met), func(g gate.Finding) bool { return !g.Due.After(now) || !f.of(g.Team, g.Component) })
	slices.SortStableFunc(met, func(a, b gate.Finding) int { return a.Due.Compare(b.Due) })
	for _, g := range met[:min(len(met), aheadShown)] {
		of := g.Criterion
		if g.Component != "" {
			of += " of " + g.Component
		}
		facts = append(facts, fact{Name: "Stale in " + report.Left(g.Due.Sub(now)), Text: of, Note: "good until", At: g.Due})
	}
	return facts
}

// exceptionsEnd are those that something rests on.
func exceptionsEnd(s gate.Standing) (facts []fact) {
	for i := range s.Exceptions {
		if e := &s.Exceptions[i]; len(e.Uses) > 0 && len(facts) < aheadShown {
			facts = append(facts, fact{Name: "Exception", Text: e.ID, Note: e.Says + ", for " + strings.Join(e.Uses[:min(len(e.Uses), aheadShown)], ", "), Path: "#exceptions"})
		}
	}
	return facts
}

// notDoneYet are the open changes that would hold it back, were they landed now.
func notDoneYet(changes []gate.ChangeStanding) (facts []fact) {
	for i := range changes {
		if c := &changes[i]; c.Says.Outcome == gate.NotDone && len(facts) < aheadShown {
			facts = append(facts, fact{Name: "Open change", Text: c.Subject.Name, Note: fmt.Sprintf("“%s”. %s", report.Cut(report.Plain(c.Title), 80), report.Title(c.Says)), Path: "#changes"})
		}
	}
	return facts
}

// onTheWall leaves out the ways to parts of the page that a wall display does not show.
func (q *questions) onTheWall() {
	for _, facts := range [...][]fact{q.Since, q.Coming, q.Ahead} {
		for i := range facts {
			if strings.HasPrefix(facts[i].Path, "#") {
				facts[i].Path = ""
			}
		}
	}
}
