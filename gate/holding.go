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

// hold ends what holds the Increment back no more, and begins what does now.
func (s *State) hold(findings []Finding, now time.Time) {
	found := map[string]*holding{}
	for i := range findings {
		f := &findings[i]
		if !isRequired(f) || f.State == Met {
			continue
		}
		h := found[f.Component]
		if h == nil {
			h = &holding{Team: f.Team, Holds: map[string]heldSince{}}
			found[f.Component] = h
		}
		if is := heldBy(f, now); outweighs(is, h.Holds[f.Criterion]) {
			h.Holds[f.Criterion] = is
		}
	}
	for _, component := range sortedKeys(s.holdings) {
		s.letGo(component, found[component], now)
	}
	for component, h := range found {
		s.holdOn(component, h)
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
func (s *State) letGo(component string, found *holding, now time.Time) {
	was := s.holdings[component]
	for _, criterion := range sortedKeys(was.Holds) {
		h := was.Holds[criterion]
		if found != nil && found.Holds[criterion].same(h) {
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

// holdOn takes in what of a component holds back and did not before.
func (s *State) holdOn(component string, found *holding) {
	was := s.holdings[component]
	if was == nil {
		was = &holding{Team: found.Team, Holds: map[string]heldSince{}}
		s.holdings[component] = was
	}
	was.Team = found.Team
	for criterion, h := range found.Holds {
		if _, known := was.Holds[criterion]; !known {
			was.Holds[criterion] = h
			s.touch(heldDoc, component)
		}
	}
}
