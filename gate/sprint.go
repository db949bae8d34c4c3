package gate

import (
	"time"

	"github.com/nexusgate/nexusgate/definition"
)

// SprintAt is the Sprint that a moment lies in; Number 0 before the first, or without a calendar.
// Days are days of the calendar's zone: a Sprint may be an hour longer or shorter than its days, and begins with the
// first moment of its first day, which is not midnight where the clocks jump over that.
func SprintAt(d *definition.Definition, now time.Time) SprintStanding {
	sprint := d.Sprint
	if sprint.Days <= 0 || now.Before(sprint.Start) {
		return SprintStanding{Goal: sprint.Goal}
	}
	n := int(now.Sub(sprint.Start).Hours()/24) / sprint.Days
	begin := func(i int) time.Time { return definition.AddDays(sprint.Start, i*sprint.Days, sprint.Start.Location()) }
	for begin(n+1).Compare(now) <= 0 {
		n++
	}
	for n > 0 && begin(n).After(now) {
		n--
	}
	s := SprintStanding{Number: n + 1, Start: begin(n), End: begin(n + 1), Goal: sprint.Goal}
	s.Middle = s.Start.Add(s.End.Sub(s.Start) / 2)
	return s
}

// sprint counts the Increments that became done in the current Sprint.
func (s *State) sprint(now time.Time) SprintStanding {
	standing := SprintAt(s.nexus.Definition, now)
	for _, mark := range s.record.Done {
		if standing.Number > 0 && !mark.At.Before(standing.Start) && mark.At.Before(standing.End) {
			standing.Done++
		}
	}
	standing.Late = standing.Number > 0 && standing.Done == 0 && now.After(standing.Middle)
	return standing
}
