package gate

import (
	"fmt"
	"slices"
	"time"
)

// Chronicle is what a Nexus came to in a span of time, the oldest first. It is kept with the state, for half a year
// at the most, and a replay makes the same. What was before Kept is not known.
type Chronicle struct {
	Since time.Time `json:"since"`
	Until time.Time `json:"until,omitzero"`
	Kept  time.Time `json:"kept,omitzero"` // zero: nothing is kept yet
	// Points are how the Increment stood, each from its moment to the next. The first is the one that stood when the
	// span began, where it is known.
	Points   []Point    `json:"points"`
	Holds    []Hold     `json:"holds"`    // what held it back
	Excepted []Hold     `json:"excepted"` // what would have, were it not under an exception
	Landed   []Landed   `json:"landed"`
	Retried  []Rerun    `json:"retried"`
	Released []Released `json:"released"`
	Versions []Version  `json:"versions"` // of the layers of the definition, as they came into force
	Done     []DoneMark `json:"done"`     // Increments that became done
}

// Point is how the Increment stood from a moment on.
type Point struct {
	At        time.Time `json:"at"`
	Increment int64     `json:"increment"`
	Outcome   Outcome   `json:"outcome"`
	Required  int       `json:"required"` // findings on required criteria: of each component, and of the sum
	Met       int       `json:"met"`      // of them, those that hold nothing back: met, or under an exception
	Verdict   string    `json:"verdict"`
}

// Hold is a required criterion that was not met in the head Increment, from one moment to another.
type Hold struct {
	Team      string    `json:"team,omitempty"` // "" of the Increment itself
	Component string    `json:"component,omitempty"`
	Criterion string    `json:"criterion"`
	Outcome   Outcome   `json:"outcome"` // what it made of the Increment: awaiting, or not done
	Exception string    `json:"exception,omitempty"`
	From      time.Time `json:"from"`
	To        time.Time `json:"to,omitzero"` // zero: it still does
}

// Passing says that evidence was on its way for less than a minute, and came: that held nobody up.
func (h *Hold) Passing() bool {
	return h.Outcome == Awaiting && !h.To.IsZero() && h.To.Sub(h.From) < time.Minute
}

// SayPassing tells of holds that were passing, and are not told one by one; "" of none.
func SayPassing(n int, all time.Duration) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("Left out: %s of less than a minute each for evidence that came, %s in all.", counted(n, "wait", "waits"), Left(all))
}

// Landed is a change that landed, or a push that brought none, as one component has it.
type Landed struct {
	At        time.Time `json:"at"`
	Team      string    `json:"team"`
	Component string    `json:"component"`
	Commit    string    `json:"commit"`
	Change    Ref       `json:"change,omitzero"` // zero: none is known
	Title     string    `json:"title,omitempty"`
	URL       string    `json:"url,omitempty"`
	Opened    time.Time `json:"opened,omitzero"`    // as the forge says
	Done      time.Time `json:"done,omitzero"`      // when the first done Increment held it; zero: none yet
	Released  time.Time `json:"released,omitzero"`  // when it was first released or deployed; zero: not yet
	Increment int64     `json:"increment,omitzero"` // the first that held it; 0: not yet
	Items     []Ref     `json:"items,omitempty"`    // that it is for
}

// Rerun is a producer that said one thing of a commit and then, run again, another: one of the two was no judgement
// of the commit.
type Rerun struct {
	At        time.Time `json:"at"`
	Team      string    `json:"team"`
	Component string    `json:"component"`
	Producer  string    `json:"producer"` // the name of the pipeline, job or check
	Criterion string    `json:"criterion"`
	Commit    string    `json:"commit"`
	From      string    `json:"from"` // "success" or "failure"
	To        string    `json:"to"`
	URL       string    `json:"url,omitempty"`
	More      int       `json:"more,omitempty"` // times after that within a day; what else is told is of the last
}

// Released is a release, or a deployment that the door let through or refused.
type Released struct {
	At          time.Time `json:"at"`
	Key         string    `json:"key"`
	Repo        Repo      `json:"repo"`
	Tag         string    `json:"tag,omitempty"`         // of a release
	Environment string    `json:"environment,omitempty"` // of a deployment
	Commit      string    `json:"commit"`
	Unknown     bool      `json:"unknown,omitempty"` // no integration branch is known to have come to the commit: what it holds is not known
	Components  []string  `json:"components,omitempty"`
	Increment   int64     `json:"increment,omitempty"` // that was judged
	Outcome     Outcome   `json:"outcome"`             // the last word on it
	Alarmed     time.Time `json:"alarmed,omitzero"`    // when it was first found to be in no done Increment
	Mended      time.Time `json:"mended,omitzero"`     // when that was so no more
}

// DoneMark is when an Increment first became done.
type DoneMark struct {
	Number int64     `json:"number"`
	At     time.Time `json:"at"`
}

// From is as much of a chronicle as there is since a moment, which lies in it. The one that it is cut from stays whole.
func (c Chronicle) From(since time.Time) Chronicle {
	if !since.After(c.Since) {
		return c
	}
	in := func(at time.Time) bool { return !at.Before(since) }
	held := func(h Hold) bool { return h.To.IsZero() || h.To.After(since) }
	return Chronicle{
		Since: since, Until: c.Until, Kept: c.Kept, Points: pointsFrom(c.Points, since),
		Holds: some(c.Holds, held), Excepted: some(c.Excepted, held),
		Landed:   some(c.Landed, func(l Landed) bool { return in(l.At) }),
		Retried:  some(c.Retried, func(r Rerun) bool { return in(r.At) }),
		Released: some(c.Released, func(r Released) bool { return in(r.At) }),
		Versions: some(c.Versions, func(v Version) bool { return in(v.At) }),
		Done:     some(c.Done, func(m DoneMark) bool { return in(m.At) }),
	}
}

// pointsFrom begin with the one that stood at a moment, where it is known.
func pointsFrom(points []Point, since time.Time) []Point {
	first, _ := slices.BinarySearchFunc(points, since, func(p Point, at time.Time) int { return p.At.Compare(at) })
	if first > 0 && (first == len(points) || points[first].At.After(since)) {
		first--
	}
	return slices.Clip(points[first:])
}

// some are those that are so, in a list of their own.
func some[T any](all []T, so func(T) bool) []T {
	list := []T{}
	for _, one := range all {
		if so(one) {
			list = append(list, one)
		}
	}
	return list
}

// Chronicle tells what a Nexus came to from one moment to another; a zero until is now. It is empty of a Nexus
// that there is not.
func (l *Ledger) Chronicle(nexus string, since, until time.Time) Chronicle {
	s, known := l.standingOf(nexus)
	if !known {
		s = NewState(nexus)
	}
	return newChronicler(s, since, until).read()
}
