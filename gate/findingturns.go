package gate

import (
	"cmp"
	"slices"
)

// findingTurns counts findings that would be in another state or of another level. The count stands in
// the value, and is 0 in the key.
type findingTurns map[FindingTurn]int

// note compares what is found of a part with what would be found.
func (t findingTurns) note(from, to []Finding, of func(Finding) bool) {
	before, after := byCriterion(from, of), byCriterion(to, of)
	for criterion, f := range before {
		turn := FindingTurn{Team: f.Team, Criterion: criterion, From: f.State}
		if g, stays := after[criterion]; stays {
			turn.To = g.State
			if was, would := f.said(), g.said(); was.standing() != would.standing() {
				turn.Level = was.standing() + " → " + would.standing()
			}
		}
		if turn.From != turn.To || turn.Level != "" {
			t[turn]++
		}
	}
	for criterion, g := range after {
		if _, stood := before[criterion]; !stood {
			turn := FindingTurn{Team: g.Team, Criterion: criterion, To: g.State}
			if would := g.said(); g.Exception != "" {
				turn.Level = would.standing()
			}
			t[turn]++
		}
	}
}

// byCriterion is the worst finding of each criterion among those of a part.
func byCriterion(findings []Finding, of func(Finding) bool) map[string]Finding {
	worst := map[string]Finding{}
	for _, f := range findings {
		if seen, some := worst[f.Criterion]; of(f) && (!some || worse(f, seen)) {
			worst[f.Criterion] = f
		}
	}
	return worst
}

// mostTurns bounds what is told of findings: a proposal may name as many criteria as it likes.
const mostTurns = 300

func (t findingTurns) sorted() []FindingTurn {
	var all []FindingTurn
	for turn, n := range t {
		turn.Count = n
		all = append(all, turn)
	}
	slices.SortFunc(all, func(a, b FindingTurn) int {
		return cmp.Or(
			cmp.Compare(a.Team, b.Team), cmp.Compare(a.Criterion, b.Criterion),
			cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To), cmp.Compare(a.Level, b.Level),
		)
	})
	return all[:min(len(all), mostTurns)]
}
