package definition

import (
	"maps"
	"slices"
)

// leafChanges compares the constraints on each fact by what they admit.
func leafChanges(criterion string, old, new []Leaf) []change {
	before, after := byFact(old), byFact(new)
	var changes []change
	for _, path := range slices.Sorted(maps.Keys(after)) {
		was, known := before[path]
		is := after[path]
		switch {
		case !known:
			changes = append(changes, change{criterion: criterion, field: path, how: added, new: is.String()})
		case was.String() != is.String():
			how, relaxes := turned(was, is)
			changes = append(changes, change{criterion, path, how, was.String(), is.String(), relaxes})
		}
	}
	for _, path := range slices.Sorted(maps.Keys(before)) {
		if _, still := after[path]; !still {
			changes = append(changes, change{criterion: criterion, field: path, how: takenOut, old: before[path].String(), relaxes: true})
		}
	}
	return changes
}

// byFact joins the leaves on one fact, which a team's file may write at several places.
func byFact(leaves []Leaf) map[string]*constraint {
	facts := map[string]*constraint{}
	for i := range leaves {
		l := &leaves[i]
		if earlier, known := facts[l.Path]; known {
			facts[l.Path] = &constraint{op: both, args: []constraint{*earlier, *l.constraint}}
			continue
		}
		facts[l.Path] = l.constraint
	}
	return facts
}

// turned says what became of a constraint. Unlike relate it counts fractions as more than integers.
func turned(old, new *constraint) (how verb, relaxes bool) {
	all, decided := witnesses(old, new)
	if !decided {
		return changed, false
	}
	gained, lost := false, false
	for i := range all {
		was, is := old.admits(&all[i]), new.admits(&all[i])
		gained = gained || is && !was
		lost = lost || was && !is
	}
	switch {
	case gained && lost:
		return changed, false
	case !gained && !lost:
		return rewritten, false
	}
	return moved(old, new, gained), gained
}

// moved names a step in one direction: raised and lowered where both are the same kind of bound.
func moved(old, new *constraint, gained bool) verb {
	if old.operand.kind == numbers && new.operand.kind == numbers {
		switch bound := [2]operator{old.op, new.op}; {
		case upward(bound[0]) && upward(bound[1]) && gained, downward(bound[0]) && downward(bound[1]) && !gained:
			return lowered
		case upward(bound[0]) && upward(bound[1]), downward(bound[0]) && downward(bound[1]):
			return raised
		}
	}
	if gained {
		return relaxed
	}
	return tightened
}

func upward(op operator) bool   { return op == atLeast || op == above }
func downward(op operator) bool { return op == atMost || op == below }
