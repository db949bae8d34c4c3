package gate

import (
	"maps"
	"time"

	"github.com/nexusgate/nexusgate/definition"
)

// grown is what evidence says as of a moment: its facts, and the hours of those that grow.
func (e *Evidence) grown(now time.Time) Facts {
	if len(e.Since) == 0 {
		return e.Facts
	}
	facts := maps.Clone(e.Facts)
	if facts == nil {
		facts = Facts{}
	}
	for fact, since := range e.Since {
		facts[fact] = hoursSince(since, now)
	}
	return facts
}

func hoursSince(since, now time.Time) float64 { return max(0, now.Sub(since).Hours()) }

// turns is when a fact that grows makes some leaf of the criterion answer otherwise; zero where none does.
func (x examination) turns(e *Evidence) (at time.Time) {
	if len(e.Since) == 0 {
		return time.Time{}
	}
	for i := range x.c.Must {
		leaf := &x.c.Must[i]
		if since, grows := e.Since[leaf.Path]; grows {
			at = earliest(at, turnOf(leaf, since, x.now))
		}
	}
	return at
}

// turnOf is the next moment at which a leaf answers otherwise of the hours since another.
func turnOf(leaf *definition.Leaf, since, now time.Time) (next time.Time) {
	says := leaf.Admits(hoursSince(since, now))
	for _, at := range marksOf(leaf, since, now) {
		if at.After(now) && leaf.Admits(hoursSince(since, at)) != says {
			next = earliest(next, at)
		}
	}
	return next
}

// tick is as finely as a step tells time.
const tick = time.Microsecond

// mostHours is as far as hours are counted ahead: two hundred years.
const mostHours = 200 * 366 * 24

// marksOf are the moments at which the hours since another come to a number that a leaf names, and pass it.
func marksOf(leaf *definition.Leaf, since, now time.Time) (all []time.Time) {
	marks, whole := leaf.Marks()
	if whole {
		marks = append(marks, float64(now.Sub(since)/time.Hour), float64(now.Sub(since)/time.Hour+1))
	}
	for _, hours := range marks {
		if hours >= 0 && hours <= mostHours {
			at := since.Add(time.Duration(hours * float64(time.Hour))).Truncate(tick)
			all = append(all, at, at.Add(tick))
		}
	}
	return all
}
