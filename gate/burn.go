package gate

import (
	"slices"
	"time"

	"github.com/nexusgate/nexusgate/definition"
)

// Burn is how the required criteria of the Increment were met over a Sprint.
type Burn struct {
	Days []BurnDay `json:"days"` // at the begin of the Sprint, at the end of each of its days, and now
}

// BurnDay is how the head Increment stood at one moment. Ideal is how many criteria were open then, had as many been
// met each day as lead from the first of the moments to none at the end of the Sprint.
type BurnDay struct {
	At        time.Time `json:"at"`
	Increment int64     `json:"increment"`
	Outcome   Outcome   `json:"outcome"`
	Required  int       `json:"required"`
	Met       int       `json:"met"` // or under an exception
	Open      int       `json:"open"`
	Ideal     float64   `json:"ideal"`
}

// Open is how many required criteria were not met.
func (p *Point) Open() int { return p.Required - p.Met }

// At is the point that stood at a moment; false where that is not known.
func (c *Chronicle) At(at time.Time) (p Point, known bool) {
	for _, next := range slices.Backward(c.Points) {
		if !next.At.After(at) {
			return next, true
		}
	}
	return p, false
}

// ExceptedAt is how many required criteria held nothing back at a moment because they were under an exception.
func (c *Chronicle) ExceptedAt(at time.Time) (n int) {
	for i := range c.Excepted {
		if h := &c.Excepted[i]; !h.From.After(at) && (h.To.IsZero() || h.To.After(at)) {
			n++
		}
	}
	return n
}

// ExceptedOf is the same of the moment of each point.
func (c *Chronicle) ExceptedOf() []int {
	n := make([]int, len(c.Points)+1)
	first := func(at time.Time) int {
		i, _ := slices.BinarySearchFunc(c.Points, at, func(p Point, at time.Time) int { return p.At.Compare(at) })
		return i
	}
	for i := range c.Excepted {
		h, until := &c.Excepted[i], len(c.Points)
		if !h.To.IsZero() {
			until = first(h.To)
		}
		n[first(h.From)]++
		n[until]--
	}
	for i := range c.Points {
		n[i+1] += n[i]
	}
	return n[:len(c.Points)]
}

// BurnOf works out a Sprint's burn. It has no days before the first of which something is known, and none without a
// Sprint.
func BurnOf(c Chronicle, s SprintStanding, now time.Time) Burn {
	burn := Burn{Days: []BurnDay{}}
	if s.Number == 0 {
		return burn
	}
	for day := 0; ; day++ {
		at := earliest(earliest(definition.AddDays(s.Start, day, s.Start.Location()), now), s.End)
		if p, known := c.At(at); known {
			burn.Days = append(burn.Days, BurnDay{
				At: at, Increment: p.Increment, Outcome: p.Outcome, Required: p.Required, Met: p.Met, Open: p.Open(),
			})
		}
		if !at.Before(now) || !at.Before(s.End) {
			break
		}
	}
	for i := range burn.Days {
		first, d := &burn.Days[0], &burn.Days[i]
		if whole := s.End.Sub(first.At); whole > 0 {
			d.Ideal = float64(first.Open) * float64(s.End.Sub(d.At)) / float64(whole)
		}
	}
	return burn
}
