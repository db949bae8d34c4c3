package gate

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// findings are those of a case while it is judged. Of an Increment they are many, nearly all of them found
// before by its components' verdicts: they are looked at where they are, and copied once, in their order.
type findings []*Finding

// find judges all parts of a case.
func (c *Case) find(now time.Time) findings {
	n := 1
	for i := range c.Parts {
		n += len(c.Parts[i].Held) + len(c.Parts[i].Rules) + 1
	}
	found := make(findings, 0, n)
	for _, p := range c.byComponent() {
		found = found.part(c, p, now)
	}
	if !slices.ContainsFunc(found, isRequired) {
		found = found.with(noCriterion("", ""))
	}
	return found
}

// byComponent are the parts in the order of their components, so that what they find alike is in order.
func (c *Case) byComponent() []*Part {
	parts := make([]*Part, len(c.Parts))
	for i := range c.Parts {
		parts[i] = &c.Parts[i]
	}
	slices.SortStableFunc(parts, func(a, b *Part) int { return strings.Compare(a.Component, b.Component) })
	return parts
}

func (found findings) with(f Finding) findings { return append(found, &f) }

func (found findings) part(c *Case, p *Part, now time.Time) findings {
	for i := range p.Held {
		found = append(found, &p.Held[i])
	}
	for _, rule := range p.Rules {
		found = found.with(judgeRule(c, p, rule, now))
	}
	if p.Component != "" && !p.governed(now) {
		found = found.with(noCriterion(p.Component, p.Team))
	}
	return found
}

// inOrder puts what holds the door shut first, then goes by component and criterion; what is alike in all
// of that stays as it was found. To deal the findings out by what they do is most of it: what does the
// same was found by component, and mostly by criterion.
func (found findings) inOrder() []Finding {
	var dealt [heaviest + 1][severest + 1]findings
	for _, f := range found {
		alike := &dealt[heaviest-weight(f)][severest-severity(f.State)]
		*alike = append(*alike, f)
	}
	sorted := make([]Finding, 0, len(found))
	for w := range dealt {
		for _, alike := range dealt[w] {
			if !slices.IsSortedFunc(alike, compareFindings) {
				slices.SortStableFunc(alike, compareFindings)
			}
			for _, f := range alike {
				sorted = append(sorted, *f)
			}
		}
	}
	return sorted
}

// compareFindings orders findings that do the same to an outcome, in the same state.
func compareFindings(a, b *Finding) int {
	return cmp.Or(strings.Compare(a.Component, b.Component), strings.Compare(a.Criterion, b.Criterion), strings.Compare(string(a.Layer), string(b.Layer)))
}
