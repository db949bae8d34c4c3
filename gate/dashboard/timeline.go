package dashboard

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
	"github.com/nexusgate/nexusgate/gate/report"
)

// How much a page tells of what was.
const (
	pointsShown = 60
	holdsTold   = 60
)

// timelinePage shows how the Increment stood, and what held it back for how long.
type timelinePage struct {
	Nexus    string
	Says     string
	Kept     time.Time // what was before is not known
	Spans    []span
	Chart    chart
	Points   []pointRow // the newest first
	More     int
	Holds    []holdRow // the longest first
	MoreHeld int
	Passing  string // what is left out of them, "" nothing
	Landings []gate.Increment
}

// span is a stretch of time that can be chosen.
type span struct {
	Name, Path string
	Here       bool
}

// pointRow is how the Increment stood for a while, however often it was judged meanwhile.
type pointRow struct {
	gate.Point
	Began  string // how many criteria were met when it began to stand so, where that was another number
	Answer answer
	Lasted string
	Now    bool
}

// holdRow is what held it back for a while.
type holdRow struct {
	gate.Hold
	Of, Whose string
	Lasted    string
	lasted    time.Duration
}

func (d *dashboard) timeline(w http.ResponseWriter, r *http.Request) {
	s, since, f := d.sinceOf(r)
	if f != nil || d.options.Chronicle == nil {
		d.refuseOr(w, r, f)
		return
	}
	chosen, none := filterBy(r.URL, byTeam(s), byComponent(s))
	if none != nil {
		d.refuseChoice(w, r, s, atTimeline, none)
		return
	}
	now := d.options.Now()
	body := newTimelinePage(s, d.chronicleOf(s, since), chosen, now)
	body.Spans = spans(r.URL, s, since, now)
	d.render(w, r, http.StatusOK, "timeline", d.within(s, page{Title: "Increment timeline", Here: atTimeline, Live: seldom, Chart: true, Filter: chosen, Body: body}))
}

// sinceOf is from when on somebody wants to know of a Nexus: since its Sprint began, where nothing else is asked for.
func (d *dashboard) sinceOf(r *http.Request) (gate.Standing, time.Time, *fault) {
	s, f := d.standing(r)
	if f != nil {
		return s, time.Time{}, f
	}
	since, err := gate.ParseSince(r.URL.Query().Get("since"), d.options.Now(), s.Definition.Zone)
	if err != nil {
		return s, since, noMoment(err)
	}
	if since.IsZero() {
		since = sprintStart(s, d.options.Now())
	}
	return s, since, nil
}

// spans are those that people mostly ask for.
func spans(here *url.URL, s gate.Standing, since, now time.Time) (all []span) {
	q, zone := here.Query(), cmp.Or(s.Definition.Zone, time.UTC) // in which a day of the address is read
	add := func(name string, from time.Time) {
		day := from.In(zone).Format(time.DateOnly)
		if name == "This Sprint" || name == "14 days" {
			q.Del("since")
		} else {
			q.Set("since", day)
		}
		path := here.EscapedPath()
		if chosen := chosenOf(q); chosen != "" {
			path += "?" + chosen
		}
		all = append(all, span{name, path, since.In(zone).Format(time.DateOnly) == day})
	}
	first := "14 days"
	if s.Sprint.Number > 0 {
		first = "This Sprint"
	}
	add(first, sprintStart(s, now))
	for _, days := range [...]int{30, 90, 180} {
		add(fmt.Sprintf("%d days", days), definition.AddDays(now.In(zone), -days, zone))
	}
	return all
}

func newTimelinePage(s gate.Standing, c gate.Chronicle, f *filter, now time.Time) timelinePage {
	excepted := c.ExceptedOf()
	c.Points = slices.Clone(c.Points) // others look at the same
	for i := range c.Points {
		c.Points[i].Met = max(0, c.Points[i].Met-excepted[i])
	}
	points := within(c)
	p := timelinePage{Nexus: s.Definition.Name, Kept: c.Kept, Chart: pointsChart(points, now), Says: sayPoints(points, excepted, now)}
	if !c.Since.Before(c.Kept) {
		p.Kept = time.Time{}
	}
	rows := pointRows(c.Points, excepted, now)
	p.Points = rows[:min(len(rows), pointsShown)]
	p.More = len(rows) - len(p.Points)
	p.Holds, p.MoreHeld, p.Passing = holdRows(c.Holds, f, now)
	for _, i := range s.Landings {
		if i.Landing.Component == "" && !f.Any || i.Landing.Component != "" && f.of(i.Landing.Team, i.Landing.Component) {
			p.Landings = append(p.Landings, i)
		}
	}
	return p
}

// pointRows are the points, the newest first. Neighbours of one Increment and outcome are one row, which leads to
// the verdict that came last.
func pointRows(points []gate.Point, excepted []int, now time.Time) (rows []pointRow) {
	for i, until := len(points)-1, now; i >= 0; i-- {
		first := i
		for first > 0 && alike(&points[first-1], &points[i]) && (excepted[first-1] > 0) == (excepted[i] > 0) {
			first--
		}
		row := pointRow{
			Point: points[i], Answer: answerOf(points[i].Outcome, make([]string, excepted[i])),
			Lasted: report.Left(until.Sub(points[first].At)), Now: i == len(points)-1,
		}
		if was := &points[first]; was.Met != row.Met || was.Required != row.Required {
			row.Began = fmt.Sprintf("%d of %d", was.Met, was.Required)
		}
		row.At = points[first].At
		rows, until, i = append(rows, row), row.At, first
	}
	return rows
}

func alike(a, b *gate.Point) bool {
	return a.Increment == b.Increment && a.Outcome == b.Outcome
}

// within are the points of a chronicle as its span has them: the one that stood when it began stood from then on.
func within(c gate.Chronicle) []gate.Point {
	if len(c.Points) == 0 || !c.Points[0].At.Before(c.Since) {
		return c.Points
	}
	points := slices.Clone(c.Points)
	points[0].At = c.Since
	return points
}

// sayPoints sums up how the Increment stood: how many there were, and for how much of the time it was done.
func sayPoints(points []gate.Point, under []int, now time.Time) string {
	if len(points) == 0 {
		return "Nothing is known of this time yet."
	}
	increments, done, excepted := make(map[int64]bool), make(map[int64]bool), make(map[int64]bool)
	var all, green time.Duration
	for i, at := range points {
		until := now
		if i+1 < len(points) {
			until = points[i+1].At
		}
		increments[at.Increment] = true
		all += until.Sub(at.At)
		if at.Outcome == gate.Done {
			if under[i] == 0 {
				done[at.Increment] = true
			} else {
				excepted[at.Increment] = true
			}
			green += until.Sub(at.At)
		}
	}
	said := fmt.Sprintf("%s, %d of them done%s.", counted(len(increments), "Integrated Increment", "Integrated Increments"), len(done), sayExcepted(excepted, done))
	if all > 0 {
		said += fmt.Sprintf(" The head was done%s for %d %% of the time.", orExcepted(excepted), int64(100*green/all))
	}
	return said
}

// sayExcepted counts those that were done under exceptions alone.
func sayExcepted(excepted, done map[int64]bool) string {
	alone := 0
	for number := range excepted {
		if !done[number] {
			alone++
		}
	}
	if alone == 0 {
		return ""
	}
	return fmt.Sprintf(" and %d under exceptions", alone)
}

func orExcepted(excepted map[int64]bool) string {
	if len(excepted) == 0 {
		return ""
	}
	return ", exceptions included,"
}

func holdRows(holds []gate.Hold, f *filter, now time.Time) (rows []holdRow, more int, passing string) {
	left, leftTime := 0, time.Duration(0)
	for _, h := range holds {
		if !f.of(h.Team, h.Component) {
			continue
		}
		until := cmp.Or(h.To, now)
		if h.Passing() {
			left, leftTime = left+1, leftTime+until.Sub(h.From)
			continue
		}
		row := holdRow{Hold: h, Of: cmp.Or(h.Component, "the Increment"), Whose: cmp.Or(h.Team, integrationTeam), lasted: until.Sub(h.From)}
		row.Lasted = report.Left(row.lasted)
		rows = append(rows, row)
	}
	slices.SortStableFunc(rows, func(a, b holdRow) int { return cmp.Compare(b.lasted, a.lasted) })
	shown := min(len(rows), holdsTold)
	return rows[:shown], len(rows) - shown, gate.SayPassing(left, leftTime)
}
