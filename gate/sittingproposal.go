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
		s.wanting(key, p.wants) // nothing is said before it is known whether there is anything to say
		return
	}
	s.proposals[key] = subject
	v := p.verdict()
	rests := t.impact(p, &v)
	v.ID = v.Address()
	p.wake = earliest(p.wake, rests.Until)
	s.plan(subject, &v, p.brief)
	t.record(subject, v, spelling{})
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
	rests = resting{Of: p.compares(), On: t.s.saysAll()}
	var before *Impact
	if last, known := t.s.standings[p.subject.Key()]; known && last.Verdict.Proposal != nil {
		before = last.Verdict.Proposal.Impact
		if kept, keeps := last.Rests.keeps(rests, p.stoodFor(), t.m.now); keeps && before != nil {
			v.Proposal.Impact = before
			return kept
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
	rests.Until, rests.At = until.UTC(), t.m.now
	if before != nil && before.same(now) {
		now = *before // on which Increment alone is no news
	}
	v.Proposal.Impact = &now
	return rests
}

// resting is what an impact rests on: the layers that are compared and what is said of all that is judged
// by them, both in short, and the moment until which time alone does not change it; zero where it never does.
type resting struct {
	Of    string    `json:"of,omitempty"`
	On    string    `json:"on,omitempty"`
	At    time.Time `json:"at,omitzero"` // when it was worked out
	Until time.Time `json:"until,omitzero"`
}

// patience is how long the impact of a proposal that none of the Integration Team stands for is kept,
// whatever turns meanwhile: anybody may propose, as often as they like, and each is work.
const patience = 10 * time.Minute

// keeps says whether what was worked out stands, and until when.
func (r resting) keeps(on resting, stoodFor bool, now time.Time) (kept resting, keeps bool) {
	switch lasts := r.Until.IsZero() || now.Before(r.Until); {
	case r.Of != on.Of:
		return r, false
	case r.On == on.On && lasts:
		return r, true
	}
	again := r.At.Add(patience)
	r.Until = again
	return r, !stoodFor && now.Before(again)
}

// stoodFor says whether one of the Integration Team wrote or approved what is proposed.
func (p *proposing) stoodFor() bool {
	return p.c.vouchedBy(p.s.nexus.Definition.IntegrationTeam) != ""
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

// compares is which layers an impact compares, in short: those in force and those proposed.
func (p *proposing) compares() string {
	says := []string{p.s.nexus.Digest, digestOf(p.next.source), canonical(p.next.void)}
	for _, name := range sortedKeys(p.next.files) {
		says = append(says, name, digestOf(p.next.files[name].Source))
	}
	return digest(says)
}

// saysAll is what is said of the components and their sum, in short.
func (s *State) saysAll() string {
	var says []string
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

// stirProposals has what proposals would do worked out again, or once it is time for that.
func (s *State) stirProposals(now time.Time) {
	for key, subject := range s.proposals {
		if again, waits := s.waits(key, subject, now); waits {
			s.due[key] = earliest(s.due[key], again)
			continue
		}
		s.stir(subject)
	}
}

// waits says whether what a proposal would do is not worked out again yet.
func (s *State) waits(key string, subject Subject, now time.Time) (again time.Time, waits bool) {
	c, st := s.changes[subject.ID], s.standings[key]
	if c == nil || st == nil || c.vouchedBy(s.nexus.Definition.IntegrationTeam) != "" {
		return time.Time{}, false
	}
	again = st.Rests.At.Add(patience)
	return again, now.Before(again)
}
