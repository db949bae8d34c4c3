package gate

import (
	"slices"
	"time"

	"github.com/nexusgate/nexusgate/definition"
)

// BriefDue is a brief whose time has come.
type BriefDue struct {
	Event BriefEvent
	At    time.Time // its time
	Since time.Time // of the one before; zero: there was none, or the Sprint says it
	Late  bool      // it is too late to send it: it was missed
}

// BriefGrace is how long after its time a brief is still sent, where the service was down then. Later it is missed: what
// an event is to be briefed for has begun.
const BriefGrace = 4 * time.Hour

// briefTimes are the times of a brief around a moment, in their order: at least one before it and one after, where
// there are any.
func briefTimes(d *definition.Definition, b *definition.Briefing, now time.Time) (times []time.Time) {
	if b.Event == definition.Daily {
		for i := -14; i <= 7; i++ { // one that is of a single day has one before it, too
			if at := onDay(d, b, now, i); slices.Contains(b.On, at.In(d.Zone).Weekday()) {
				times = append(times, at)
			}
		}
		return times
	}
	days, last := d.Sprint.Days, d.Sprint.Days-1
	if b.Event == definition.Planning {
		last = 0 // its first day
	}
	around := max(SprintAt(d, now).Number-1, 0)
	for i := max(around-2, 0); i <= around+2 && days > 0; i++ {
		times = append(times, onDay(d, b, d.Sprint.Start, i*days+last))
	}
	return times
}

// onDay is the time of a brief so many days after the day of a moment, by the clock of the Nexus's zone. What a change
// of the clock leaves out is as much later, and what it brings twice is once.
func onDay(d *definition.Definition, b *definition.Briefing, from time.Time, days int) time.Time {
	hour, minute := b.Clock()
	return definition.ClockAt(from.In(d.Zone), days, hour, minute, d.Zone)
}

// lastBrief is the latest time up to a moment, and the one before it; zero where there is none.
func lastBrief(times []time.Time, now time.Time) (last, before time.Time) {
	for _, at := range times {
		if !at.After(now) {
			last, before = at, last
		}
	}
	return last, before
}

// nextBrief is the first time after a moment; zero where there is none.
func nextBrief(times []time.Time, now time.Time) time.Time {
	for _, at := range times {
		if at.After(now) {
			return at
		}
	}
	return time.Time{}
}

// BriefsDue are the briefs of a Nexus that are to be made now, and when there is another one; zero where there is none.
func (l *Ledger) BriefsDue(nexus string, now time.Time) (due []BriefDue, next time.Time) {
	s, known := l.states[nexus]
	if !known || s.nexus == nil || s.record.Retired {
		return nil, next
	}
	d := s.nexus.Definition
	for i := range d.Briefs {
		b := &d.Briefs[i]
		times := briefTimes(d, b, now)
		next = earliest(next, nextBrief(times, now))
		last, before := lastBrief(times, now)
		if at := s.briefs.Of[b.Event]; at == nil || last.IsZero() || !last.After(at.Heeded) {
			continue // not taken up yet, or made already
		}
		one := BriefDue{Event: BriefEvent(b.Event), At: last.UTC(), Late: now.Sub(last) > BriefGrace}
		if b.Event == definition.Daily && !before.IsZero() {
			one.Since = before.UTC()
		}
		due = append(due, one)
	}
	return due, next
}
