package report

import (
	"cmp"
	"slices"

	"github.com/nexusgate/nexusgate/definition"
	"github.com/nexusgate/nexusgate/gate"
)

// Tally is a verdict's findings sorted by what they mean for its outcome, each list worst first.
type Tally struct {
	Holding  []gate.Finding // required and worse than waiting: they hold the subject back
	Excepted []gate.Finding // required, not met, and under an exception: they hold nothing back
	Awaited  []gate.Finding // required and waiting
	Met      []gate.Finding // required and met
	Advisory []gate.Finding // not required, in any state
}

// Count sorts the findings of a verdict.
func Count(v gate.Verdict) Tally {
	var t Tally
	for _, f := range WorstFirst(v.Findings) {
		switch {
		case f.Level == definition.Advisory:
			t.Advisory = append(t.Advisory, f)
		case f.State == gate.Met:
			t.Met = append(t.Met, f)
		case f.Exception != "":
			t.Excepted = append(t.Excepted, f)
		case f.State == gate.Waiting:
			t.Awaited = append(t.Awaited, f)
		default:
			t.Holding = append(t.Holding, f)
		}
	}
	return t
}

// Required is the number of required criteria.
func (t Tally) Required() int {
	return len(t.Holding) + len(t.Excepted) + len(t.Awaited) + len(t.Met)
}

// WorstFirst is a copy of the findings, the worst first; among equals required before advisory,
// then as they were judged.
func WorstFirst(findings []gate.Finding) []gate.Finding {
	sorted := slices.Clone(findings)
	slices.SortStableFunc(sorted, func(a, b gate.Finding) int {
		return cmp.Or(cmp.Compare(Rank(a.State), Rank(b.State)), cmp.Compare(advisory(a), advisory(b)))
	})
	return sorted
}

// Rank orders states, the worst lowest. A state that is not known ranks with errors.
func Rank(s gate.FindingState) int {
	return max(slices.Index(gate.FindingStates[:], s), 0)
}

func advisory(f gate.Finding) int {
	if f.Level == definition.Advisory {
		return 1
	}
	return 0
}
