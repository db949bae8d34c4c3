package gate

import (
	"fmt"
	"slices"
	"time"

	"github.com/nexusgate/nexusgate/definition"
)

// judgeProposals judges the changes to a layer of the definition, after all else: what they would do is
// told against what stands.
func (t *sitting) judgeProposals() {
	for _, key := range sortedKeys(t.s.reviews) {
		subject := t.s.reviews[key]
		delete(t.s.reviews, key)
		if t.s.groups[subject.ID] != nil {
			t.judgeQueued(subject)
			continue
		}
		t.judgeProposal(subject)
	}
}

func (t *sitting) judgeProposal(subject Subject) {
	s, key := t.s, subject.Key()
	p := s.propose(subject, t.m.now)
	if last, known := s.standings[key]; known && (p == nil || last.Verdict.Commit != p.c.Last.Head) {
		s.forgetNexusFile(last.Verdict.Commit)
	}
	switch {
	case p == nil:
		t.leave(subject, s.endOf(subject))
		s.drop(key)
		return
	case p.unread:
		s.wants[key] = p.wants // nothing is said before it is known whether there is anything to say
		return
	}
	s.proposals[key] = subject
	v := p.verdict()
	rests := t.impact(p, &v)
	v.ID = v.Address()
	p.wake = earliest(p.wake, rests.Until)
	s.plan(subject, &v, p.brief)
	t.record(subject, v)
	if st := s.standings[key]; st.Rests != rests {
		st.Rests = rests
		s.touch(standingDoc, key)
	}
}

// impact works out what the proposal would turn, where that may be another than it was, and says on what
// it rests.
func (t *sitting) impact(p *proposing, v *Verdict) (rests resting) {
	if !p.whole || !p.touchesAny() {
		return resting{}
	}
	rests.On = t.s.basisOf(p)
	var before *Impact
	if last, known := t.s.standings[p.subject.Key()]; known && last.Verdict.Proposal != nil {
		if before = last.Verdict.Proposal.Impact; last.Rests.holds(rests.On, t.m.now) && before != nil {
			v.Proposal.Impact = before
			return last.Rests
		}
	}
	if n := rulesIn(p.next.d); n > mostRehearsed {
		v.Proposal.Warnings = append(v.Proposal.Warnings, definition.Fault{
			Pos:     definition.Pos{File: v.Proposal.File, Line: 1, Column: 1},
			Message: fmt.Sprintf("what it would turn is not worked out: its components and criteria make %d rules, more than %d", n, mostRehearsed),
		})
		return rests
	}
	now, until := t.s.rehearse(p.next, p.names(), t.m.now)
	rests.Until = until
	if before != nil && before.same(now) {
		now = *before // on which Increment alone is no news
	}
	v.Proposal.Impact = &now
	return rests
}

// resting is what an impact rests on: what is said of all that it was worked out from, in short, and the
// moment until which time alone does not change it; zero where it never does.
type resting struct {
	On    string    `json:"on,omitempty"`
	Until time.Time `json:"until,omitzero"`
}

func (r resting) holds(on string, now time.Time) bool {
	return r.On == on && (r.Until.IsZero() || now.Before(r.Until))
}

// names are the components that a proposal bears on; nil for all.
func (p *proposing) names() map[string]bool {
	if p.home {
		return nil
	}
	names := map[string]bool{}
	for _, g := range p.teams {
		names[g.Name] = true
	}
	return names
}

// same says whether two impacts are one but for the Increment that they were worked out on.
func (i *Impact) same(other Impact) bool {
	return digest(i.onAny()) == digest(other.onAny())
}

func (i Impact) onAny() Impact {
	i.Increment, i.Turns = 0, slices.Clone(i.Turns)
	for at := range i.Turns {
		if i.Turns[at].Subject.Kind == OfIncrement {
			i.Turns[at].Subject = Subject{Kind: OfIncrement}
		}
	}
	return i
}

// basisOf is what an impact is worked out from, in short: the candidate, the definition in force, and
// what is said of the components and their sum.
func (s *State) basisOf(p *proposing) string {
	says := []string{s.nexus.Digest, digestOf(p.next.source), canonical(p.next.void)}
	for _, name := range sortedKeys(p.next.files) {
		f := p.next.files[name]
		says = append(says, name, digestOf(f.Source))
	}
	for _, name := range sortedKeys(s.components) {
		if st, ok := s.standings[(Subject{Kind: OfComponent, ID: name}).Key()]; ok {
			says = append(says, name, st.Says)
		}
	}
	if st, ok := s.standings[s.incrementSubject().Key()]; ok {
		says = append(says, st.Says)
	}
	return digest(says)
}

// stirProposals has what proposals would do worked out again.
func (s *State) stirProposals() {
	for _, subject := range s.proposals {
		s.stir(subject)
	}
}
