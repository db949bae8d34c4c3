package gate

import (
	"cmp"
	"slices"
	"time"
)

// Hindsight is what a history would have been under another definition: what its verdicts found at
// their moments, and would have found there. What cannot be known from what was kept is counted, and
// not guessed.
type Hindsight struct {
	From, To time.Time // of the first and the last verdict judged again; zero where there is none
	Judged   []Retried // by kind of subject
	// Differing is how many verdicts would have found something else, or come to another outcome.
	Differing int
	Outcomes  []OutcomeTurn // by kind, team and turn
	Findings  []FindingTurn // by team, criterion and turn
	Unknown   []Unknown     // by team and criterion
	Left      int           // verdicts on what the candidate does not have any more
}

// Retried counts the verdicts on a kind of subject that were judged again.
type Retried struct {
	Kind    SubjectKind `json:"kind"`
	Count   int         `json:"count"`
	Turned  int         `json:"turned"`  // to another outcome
	Unknown int         `json:"unknown"` // whose outcome rests on what is not known
}

// OutcomeTurn counts the verdicts whose outcome would have been another.
type OutcomeTurn struct {
	Kind SubjectKind `json:"kind"`
	Team string      `json:"team,omitempty"` // "" of the Increment
	From Outcome     `json:"from"`
	To   Outcome     `json:"to"`
	// FromUnder and ToUnder say that it was, or would be, done under exceptions: another outcome than done.
	FromUnder bool   `json:"fromUnderExceptions,omitempty"`
	ToUnder   bool   `json:"toUnderExceptions,omitempty"`
	Count     int    `json:"count"`
	Example   string `json:"example"` // the id of the first of them
}

// Unknown counts the findings that cannot be known from what was kept.
type Unknown struct {
	Team      string `json:"team,omitempty"`
	Criterion string `json:"criterion,omitempty"` // "" where it is not one criterion
	Why       string `json:"why"`
	Count     int    `json:"count"`
}

// Total is how many verdicts were judged again.
func (h *Hindsight) Total() (total int) {
	for _, r := range h.Judged {
		total += r.Count
	}
	return total
}

// tally adds up what differs.
type tally struct {
	h        Hindsight
	judged   map[SubjectKind]*Retried
	outcomes map[OutcomeTurn]*count
	findings map[FindingTurn]*count
	unknown  map[Unknown]int
}

// count is how often something turned, and for an example the first verdict on which it did.
type count struct {
	times   int
	example string
}

func newTally() *tally {
	return &tally{
		judged: map[SubjectKind]*Retried{}, outcomes: map[OutcomeTurn]*count{}, findings: map[FindingTurn]*count{},
		unknown: map[Unknown]int{},
	}
}

func add[T comparable](to map[T]*count, turn T, verdict string) {
	c := to[turn]
	if c == nil {
		c = &count{example: verdict}
		to[turn] = c
	}
	c.times++
}

// verdict adds one that was judged again: what it comes to, and whether it was done under exceptions.
func (t *tally) verdict(g *Ground, team string, sum weighed, was, differs bool) {
	if t.h.From.IsZero() {
		t.h.From = g.At
	}
	t.h.To = g.At
	r := t.judged[g.Subject.Kind]
	if r == nil {
		r = &Retried{Kind: g.Subject.Kind}
		t.judged[g.Subject.Kind] = r
	}
	r.Count++
	turn := OutcomeTurn{
		Kind: g.Subject.Kind, Team: team, From: g.Outcome, To: sum.outcome(), FromUnder: was, ToUnder: sum.under(),
	}
	switch {
	case turn.To == "":
		r.Unknown++
	case turn.From != turn.To || turn.FromUnder != turn.ToUnder:
		r.Turned++
		differs = true
		add(t.outcomes, turn, g.Verdict)
	}
	if differs {
		t.h.Differing++
	}
}

// compare adds how the findings differ from what a verdict said, less those that are not known
// (by component and criterion), and says whether they do.
func (t *tally) compare(g *Ground, found []*Finding, unknown map[string]bool) (differs bool) {
	var room [64]bool
	told := append(room[:0], make([]bool, len(g.Said))...)
	for _, f := range found {
		now, was := f.said(), Said{}
		for i := range g.Said {
			if s := &g.Said[i]; !told[i] && s.Criterion == now.Criterion && s.Component == now.Component {
				told[i], was = true, *s
				break
			}
		}
		differs = t.turn(g, was, now) || differs
	}
	for i := range g.Said {
		if !told[i] && !unknown[g.Said[i].Component+" "+g.Said[i].Criterion] {
			differs = t.turn(g, g.Said[i], Said{}) || differs
		}
	}
	return differs
}

// turn adds one finding's difference. Of one that is new or gone, the other is empty.
func (t *tally) turn(g *Ground, was, now Said) bool {
	before, after := was.standing(), now.standing()
	if was.State == now.State && before == after {
		return false
	}
	turn := FindingTurn{Team: cmp.Or(now.Team, was.Team), Criterion: cmp.Or(now.Criterion, was.Criterion), From: was.State, To: now.State}
	switch {
	case before != after && before != "" && after != "":
		turn.Level = before + " → " + after
	case before == "" && now.Exception != "":
		turn.Level = after
	}
	add(t.findings, turn, g.Verdict)
	return true
}

// standing is what weight a finding has, in a word.
func (s *Said) standing() string {
	if s.Exception != "" {
		return "under an exception"
	}
	return string(s.Level)
}

// sum is what was added up, in a fixed order.
func (t *tally) sum() Hindsight {
	h := t.h
	for _, kind := range [...]SubjectKind{OfComponent, OfChange, OfGroup, OfIncrement} {
		if r := t.judged[kind]; r != nil {
			h.Judged = append(h.Judged, *r)
		}
	}
	for turn, c := range t.outcomes {
		turn.Count, turn.Example = c.times, c.example
		h.Outcomes = append(h.Outcomes, turn)
	}
	for turn, c := range t.findings {
		turn.Count, turn.Example = c.times, c.example
		h.Findings = append(h.Findings, turn)
	}
	for u, times := range t.unknown {
		u.Count = times
		h.Unknown = append(h.Unknown, u)
	}
	slices.SortFunc(h.Outcomes, func(a, b OutcomeTurn) int {
		return cmp.Or(cmp.Compare(turn(a.Kind), turn(b.Kind)), cmp.Compare(a.Team, b.Team), cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To),
			yesLast(a.FromUnder, b.FromUnder), yesLast(a.ToUnder, b.ToUnder))
	})
	slices.SortFunc(h.Findings, func(a, b FindingTurn) int {
		return cmp.Or(cmp.Compare(a.Team, b.Team), cmp.Compare(a.Criterion, b.Criterion),
			cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To), cmp.Compare(a.Level, b.Level))
	})
	slices.SortFunc(h.Unknown, func(a, b Unknown) int {
		return cmp.Or(cmp.Compare(a.Team, b.Team), cmp.Compare(a.Criterion, b.Criterion), cmp.Compare(a.Why, b.Why))
	})
	return h
}

// yesLast orders no before yes.
func yesLast(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	default:
		return 1
	}
}
