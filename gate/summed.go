package gate

import "fmt"

// share is what a component adds to the sum; nil where its findings cannot be put together with others'.
func (st *standing) share(component string) *share {
	if st.shared == nil {
		st.shared = shareOf(component, st.Verdict.Findings)
	}
	return st.shared
}

// short is the standing of the sum as it is kept: without what its components have found, where that is
// what is kept of them.
func (s *State) short(st *standing) *standing {
	head := s.record.Head.Digest
	if st.Verdict.Subject.Kind != OfIncrement || st.Verdict.Increment != head || s.nexus == nil || len(st.of) != len(s.nexus.summands) {
		return st
	}
	brief := *st
	brief.Sum = 0
	for i := range s.nexus.summands {
		m := &s.nexus.summands[i]
		var stands *share
		if c, judged := s.standings[m.key]; judged {
			if stands = c.share(m.name); stands == nil {
				return st
			}
			brief.Sum++
		}
		if st.of[m.place] != stands {
			return st
		}
	}
	brief.Verdict.Findings = keep(st.Verdict.Findings, func(f Finding) bool { return f.Component == "" })
	brief.Verdict.Composition = nil // it is the head's
	return &brief
}

// touchSum has what is kept of the sum written with what is kept of a component: it may be less than the whole.
func (s *State) touchSum(subject Subject) {
	key := s.incrementSubject().Key()
	if _, stands := s.standings[key]; stands && subject.Kind == OfComponent {
		s.touch(standingDoc, key)
	}
}

// recallSum completes the standing of the sum. Its address tells that it is what it was.
func (s *State) recallSum() error {
	st, ok := s.standings[s.incrementSubject().Key()]
	if !ok || st.Sum == 0 {
		return nil
	}
	var c Case
	c.add(s.nexus.summands, s.standings)
	v, w := st.Verdict, spelling{shares: c.shares}
	v.Composition = s.record.Head.Composition
	v.Findings, w.runs = joined(st.Verdict.Findings, c.shares)
	if len(c.Parts) != st.Sum || w.address(&v) != v.ID {
		return fmt.Errorf("the verdict %s on %s is kept without those on its %d components, and %d are kept that do not make it up",
			v.ID, v.Subject.Name, st.Sum, len(c.Parts))
	}
	st.Verdict, st.Sum, st.of = v, 0, c.shares
	return nil
}
