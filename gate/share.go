package gate

import (
	"bytes"
	"cmp"
	"slices"
	"time"
)

// share is what a component adds to the sum: the findings of its verdict, each run of them written once in
// all the forms in which verdicts on the sum hold them. It never changes.
type share struct {
	required bool // one of them is
	runs     []run
}

// run is findings of one component that stand together wherever they stand: they do the same to an outcome,
// in the same state.
type run struct {
	rank     int // the worst first
	findings []Finding
	told     []byte // as an address has them
	said     []byte // less the deliveries
	text     []byte // as JSON, with commas between them
}

// ranks are how many there are.
const ranks = (heaviest + 1) * (severest + 1)

// rankOf orders findings by what they do to an outcome, then by their states.
func rankOf(f *Finding) int {
	return (heaviest-weight(f))*(severest+1) + severest - severity(f.State)
}

// shareOf makes a component's share of the findings of its verdict; nil where they were kept in another order
// than today's, or one of them is not the component's.
func shareOf(component string, findings []Finding) *share {
	for i := range findings {
		if f := &findings[i]; f.Component != component || i > 0 && compareRanked(&findings[i-1], f) > 0 {
			return nil
		}
	}
	return &share{
		required: slices.ContainsFunc(findings, func(f Finding) bool { return isRequired(&f) }),
		runs:     runsOf(findings),
	}
}

func compareRanked(a, b *Finding) int {
	return cmp.Or(cmp.Compare(rankOf(a), rankOf(b)), compareFindings(a, b))
}

// runsOf writes findings that are in order.
func runsOf(findings []Finding) (runs []run) {
	for from := 0; from < len(findings); {
		rank, to := rankOf(&findings[from]), from+1
		for to < len(findings) && rankOf(&findings[to]) == rank {
			to++
		}
		runs = append(runs, written(rank, findings[from:to:to]))
		from = to
	}
	return runs
}

func written(rank int, findings []Finding) run {
	var told, said encoding
	texts := make([][]byte, len(findings))
	for i := range findings {
		told, said = findings[i].encode(told, true), findings[i].encode(said, false)
		texts[i] = canonicalText(&findings[i])
	}
	return run{rank, findings, bytes.Clone(told), bytes.Clone(said), bytes.Join(texts, []byte(","))}
}

// sum puts together what the components of an Increment share, and what is found of it itself.
func (c *Case) sum(now time.Time) (all []Finding, runs []*run) {
	var own findings
	for i := range c.Parts {
		if p := &c.Parts[i]; p.Verdict == "" {
			own = own.part(c, p, now)
		}
	}
	required := slices.ContainsFunc(c.shares, func(s *share) bool { return s != nil && s.required })
	if !required && !slices.ContainsFunc(own, isRequired) {
		own = own.with(noCriterion("", ""))
	}
	return joined(own.inOrder(), c.shares)
}

// joined puts findings of the sum itself, which are in order, together with what its components share.
func joined(own []Finding, shares []*share) (all []Finding, runs []*run) {
	var dealt [ranks][]*run
	n := 0
	for _, s := range append([]*share{{runs: runsOf(own)}}, shares...) {
		if s == nil {
			continue
		}
		for i := range s.runs {
			r := &s.runs[i]
			dealt[r.rank] = append(dealt[r.rank], r)
			n += len(r.findings)
		}
	}
	all, runs = make([]Finding, 0, n), slices.Concat(dealt[:]...)
	for _, r := range runs {
		all = append(all, r.findings...)
	}
	return all, runs
}
