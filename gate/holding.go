package gate

import "time"

// holding is what of a component holds the Increment back, or would were it not under an exception, by criterion.
// What is found of the Increment itself stands under "".
type holding struct {
	Team  string               `json:"team,omitempty"`
	Holds map[string]heldSince `json:"holds"`
}

type heldSince struct {
	Outcome   Outcome   `json:"outcome"`
	Exception string    `json:"exception,omitempty"`
	Since     time.Time `json:"since"`
}

// place is a criterion of a component.
type place struct{ component, criterion string }

// foundHeld is what is found of one now.
type foundHeld struct {
	team string
	heldSince
}

// hold ends what holds the Increment back no more, and begins what does now.
func (s *State) hold(findings []Finding, now time.Time) {
	found := map[place]foundHeld{}
	for i := range findings {
		f := &findings[i]
		if !isRequired(f) || f.State == Met {
			continue
		}
		at, is := place{f.Component, f.Criterion}, heldBy(f, now)
		if outweighs(is, found[at].heldSince) {
			found[at] = foundHeld{f.Team, is}
		}
	}
	for _, component := range sortedKeys(s.holdings) {
		s.letGo(component, found, now)
	}
	for i := range findings { // in their order, which is the same each time
		f := &findings[i]
		at := place{f.Component, f.Criterion}
		if h, holds := found[at]; holds && isRequired(f) && f.State != Met {
			s.holdOn(at, h)
		}
	}
}

func heldBy(f *Finding, now time.Time) heldSince {
	h := heldSince{Outcome: NotDone, Exception: f.Exception, Since: now}
	if f.State == Waiting {
		h.Outcome = Awaiting
	}
	return h
}

// outweighs says whether of two findings on one criterion the first is the one that holds back.
func outweighs(h, than heldSince) bool {
	rank := func(h heldSince) int {
		switch {
		case h.Outcome == "":
			return 0
		case h.Exception != "":
			return 1
		case h.Outcome == Awaiting:
			return 2
		default:
			return 3
		}
	}
	return rank(h) > rank(than)
}

// letGo writes down what of a component has ended.
func (s *State) letGo(component string, found map[place]foundHeld, now time.Time) {
	was := s.holdings[component]
	for _, criterion := range sortedKeys(was.Holds) {
		h := was.Holds[criterion]
		if found[place{component, criterion}].same(h) {
			continue
		}
		delete(was.Holds, criterion)
		s.touch(heldDoc, component)
		if h.Since.Before(now) {
			s.chronicle(entry{At: now, Hold: &Hold{
				Team: was.Team, Component: component, Criterion: criterion, Outcome: h.Outcome, Exception: h.Exception, From: h.Since, To: now,
			}})
		}
	}
	if len(was.Holds) == 0 {
		delete(s.holdings, component)
	}
}

func (h heldSince) same(as heldSince) bool {
	return h.Outcome == as.Outcome && h.Exception == as.Exception
}

// holdOn takes in what holds back, where it did not before.
func (s *State) holdOn(at place, found foundHeld) {
	was := s.holdings[at.component]
	if was == nil {
		was = &holding{Holds: map[string]heldSince{}}
		s.holdings[at.component] = was
	}
	if _, known := was.Holds[at.criterion]; !known || was.Team != found.team {
		if !known {
			was.Holds[at.criterion] = found.heldSince
		}
		was.Team = found.team
		s.touch(heldDoc, at.component)
	}
}
