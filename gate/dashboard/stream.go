package dashboard

import (
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/report"
)

// landedShown bounds the changes in a table.
const landedShown = 100

// streamPage shows the way of changes from being proposed to being released.
type streamPage struct {
	Nexus  string
	Says   string
	Kept   time.Time
	Spans  []span
	Stages []stage
	Rows   []landedRow
	More   int
}

// stage is a step of the way: how many have come to it, how long that takes and how many wait for it.
type stage struct {
	Name   string
	Count  int
	Took   string // "3 h", the median from the stage before; "" of the first
	Most   string // for nine of ten
	Wait   int    // that have come to the stage before, and not to this
	Longer string // the longest of those has waited
}

// landedRow is a change that landed.
type landedRow struct {
	broughtIn
	Name             string
	ToLand, ToDone   string
	ToRelease, State string
	Shade            string
}

// streamStates are how far a change has come, for a filter.
var streamStates = []option{{"landed", "landed, and not done"}, {"done", "done, and not released"}, {"released", "released"}}

func (d *dashboard) stream(w http.ResponseWriter, r *http.Request) {
	s, since, f := d.sinceOf(r)
	if f != nil || d.options.Chronicle == nil {
		d.refuseOr(w, r, f)
		return
	}
	chosen, none := filterBy(r.URL, byTeam(s), byComponent(s), byState(streamStates))
	if none != nil {
		d.refuseChoice(w, r, s, atStream, none)
		return
	}
	now := d.options.Now()
	body := newStreamPage(s, d.chronicleOf(s, since), chosen, now)
	body.Spans = spans(r.URL, s, since, now)
	d.render(w, r, http.StatusOK, "stream", d.within(s, page{Title: "Value stream", Here: atStream, Live: seldom, Filter: chosen, Body: body}))
}

// reached is how far a change has come.
func reached(l *broughtIn) string {
	switch {
	case !l.Released.IsZero():
		return "released"
	case !l.Done.IsZero():
		return "done"
	default:
		return "landed"
	}
}

func newStreamPage(s gate.Standing, c gate.Chronicle, f *filter, now time.Time) streamPage {
	p := streamPage{Nexus: s.Definition.Name}
	if c.Since.Before(c.Kept) {
		p.Kept = c.Kept
	}
	some := eachOnce(slices.DeleteFunc(slices.Clone(c.Landed), func(l gate.Landed) bool { return !f.of(l.Team, l.Component) }))
	some = slices.DeleteFunc(some, func(b *broughtIn) bool { return !f.in(reached(b)) })
	p.Stages = stages(some, now)
	p.Says = fmt.Sprintf("%s landed, %d done, %d released.", counted(len(some), "change", "changes"), p.Stages[2].Count, p.Stages[3].Count)
	slices.Reverse(some)
	for i := range some[:min(len(some), landedShown)] {
		p.Rows = append(p.Rows, newLandedRow(some[i]))
	}
	p.More = len(some) - len(p.Rows)
	return p
}

// stages are the four of the way, with the median of each step.
func stages(all []*broughtIn, now time.Time) []stage {
	var toLand, toDone, toRelease, undone, unreleased []time.Duration
	opened, released := 0, 0
	for _, l := range all {
		if !l.Opened.IsZero() {
			opened++
			toLand = append(toLand, l.At.Sub(l.Opened))
		}
		toDone = appendStep(toDone, l.At, l.Done)
		toRelease = appendStep(toRelease, toBeReleased(l), l.Released)
		if !l.Released.IsZero() {
			released++
		} else if !l.Done.IsZero() {
			unreleased = append(unreleased, now.Sub(l.Done))
		}
		if l.Done.IsZero() {
			undone = append(undone, now.Sub(l.At))
		}
	}
	return []stage{
		{Name: "Proposed", Count: opened},
		newStage("Landed", len(all), toLand, nil),
		newStage("Done", len(toDone), toDone, undone),
		newStage("Released", released, toRelease, unreleased),
	}
}

// toBeReleased is from when on a change waited to be released: since it was done, or, where it went out before that or
// under an exception, since it landed.
func toBeReleased(l *broughtIn) time.Time {
	if l.Done.IsZero() || !l.Released.IsZero() && l.Released.Before(l.Done) {
		return l.At
	}
	return l.Done
}

// appendStep adds how long a step took, where both its ends are known.
func appendStep(all []time.Duration, from, to time.Time) []time.Duration {
	if from.IsZero() || to.IsZero() {
		return all
	}
	return append(all, max(0, to.Sub(from)))
}

func newStage(name string, count int, took, waiting []time.Duration) stage {
	s := stage{Name: name, Count: count, Wait: len(waiting)}
	if len(took) > 0 {
		s.Took, s.Most = report.Left(quantile(took, 50)), report.Left(quantile(took, 90))
	}
	if len(waiting) > 0 {
		s.Longer = report.Left(slices.Max(waiting))
	}
	return s
}

// quantile is the least of them that so many of a hundred are not above.
func quantile(all []time.Duration, percent int) time.Duration {
	sorted := slices.Sorted(slices.Values(all))
	return sorted[max(0, (len(sorted)*percent+99)/100-1)]
}

func newLandedRow(l *broughtIn) landedRow {
	row := landedRow{broughtIn: *l, Name: refName(l.Change)}
	if l.Change.IsZero() {
		row.Name = report.Short(l.Commit)
	}
	step := func(from, to time.Time) string {
		if from.IsZero() || to.IsZero() {
			return ""
		}
		return report.Left(max(0, to.Sub(from)))
	}
	row.ToLand, row.ToDone, row.ToRelease = step(l.Opened, l.At), step(l.At, l.Done), step(toBeReleased(l), l.Released)
	switch reached(l) {
	case "released":
		if row.State, row.Shade = "released", "done"; l.Done.IsZero() {
			row.Shade = "excepted"
		}
	case "done":
		row.State, row.Shade = "done", "done"
	default:
		row.State, row.Shade = "landed", "awaiting"
	}
	return row
}
