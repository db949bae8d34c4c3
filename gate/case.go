package gate

import (
	"slices"
	"time"

	"github.com/nexusgate/nexusgate/definition"
)

// brief gathers a case, and on the way what it looked at and what only a read can tell.
type brief struct {
	s       *State
	subject string
	wants   []Want
	now     time.Time
	settles bool      // whether a rule asks how a commit landed
	wake    time.Time // when time alone changes the evidence
}

func (s *State) brief(subject Subject, now time.Time) *brief {
	key := subject.Key()
	s.unwatch(key)
	s.subject[key] = subject
	return &brief{s: s, subject: key, now: now}
}

// evidence is what is known of a commit; the subject is judged again when that changes.
func (b *brief) evidence(repo, sha string) []Evidence {
	if c := b.look(repo, sha); c != nil {
		b.s.asked = append(b.s.asked, c)
		return c.evidence()
	}
	return nil
}

func (b *brief) look(repo, sha string) *commit {
	key := commitKey(repo, sha)
	b.watch(key)
	return b.s.commits[key]
}

// watch has the subject be judged again when something is stirred.
func (b *brief) watch(key string) {
	if b.s.watch[key] == nil {
		b.s.watch[key] = map[string]bool{}
	}
	if !b.s.watch[key][b.subject] {
		b.s.watch[key][b.subject] = true
		b.s.watching[b.subject] = append(b.s.watching[b.subject], key)
	}
}

// unwatch forgets which commits a subject looked at.
func (s *State) unwatch(subject string) {
	for _, commit := range s.watching[subject] {
		delete(s.watch[commit], subject)
		if len(s.watch[commit]) == 0 {
			delete(s.watch, commit)
			s.left[commit] = true
		}
	}
	delete(s.watching, subject)
}

// leaveCommits has all commits put away that nobody looks at by the end of the next step.
func (s *State) leaveCommits() {
	for key := range s.commits {
		s.left[key] = true
	}
}

// foldLeft puts away what is known of commits that nobody looks at any more, and lets go of what was made of
// the others for this step.
func (s *State) foldLeft() {
	for _, c := range s.asked {
		c.resolved = nil
	}
	clear(s.asked)
	s.asked = s.asked[:0]
	for key := range s.left {
		switch c := s.commits[key]; {
		case c == nil:
		case s.watch[key] == nil:
			c.fold()
		default:
			c.shareFacts()
		}
	}
	if len(s.left) > 0 {
		s.left = map[string]bool{} // a cleared one keeps the room for as many
	}
}

func (b *brief) want(w Want) { b.wants = append(b.wants, w) }

func (s *State) newCase(subject Subject, commit string) Case {
	return Case{
		Nexus: s.name, Subject: subject, Definition: s.nexus.Digest, Commit: commit, Floor: definition.Token,
		Exceptions: s.nexus.Exceptions,
	}
}

// rulesOn are the rules that judge any of the given things.
func rulesOn(rules []definition.Rule, on ...definition.On) []definition.Rule {
	return keep(rules, func(r definition.Rule) bool { return slices.Contains(on, r.Main().On) })
}

// rulesBefore are the rules that judge a proposal. How it lands cannot be asked before it has, and to land
// may be what mends how the component integrates.
func rulesBefore(rules []definition.Rule, on ...definition.On) []definition.Rule {
	return keep(rulesOn(rules, on...), func(r definition.Rule) bool {
		c := r.Main()
		return c.Evidence != landingKind && (c.Evidence != integrationKind || c.On != definition.OnCommit)
	})
}

// componentCase judges a component by what is on its integration branch.
func (s *State) componentCase(subject Subject, now time.Time) (Case, *brief) {
	b := s.brief(subject, now)
	g, _ := s.nexus.Component(subject.ID)
	c := s.components[subject.ID]
	b.settles = slices.ContainsFunc(g.Rules, asksForChange)
	part := Part{Component: g.Name, Team: g.Team, Since: c.Since, Held: s.held(g, c, b)}
	if c.Commit != "" && !c.Gone {
		part.On = []definition.On{definition.OnCommit}
		part.Rules = rulesOn(g.Rules, part.On...)
		part.Evidence = append(b.landed(c.Repo, g.Branch, c.Commit), b.integration(g, c)...)
		part.Carry = b.carry(c.Repo, g, c.Commit, part.Evidence)
	}
	kase := s.newCase(subject, c.Commit)
	kase.Parts = []Part{part}
	return kase, b
}

// groupCase judges a merge group's head as what it is: the commit that will land.
func (s *State) groupCase(subject Subject, now time.Time) (Case, *brief) {
	b := s.brief(subject, now)
	g := s.groups[subject.ID]
	repo := g.Last.Repo.Key()
	kase := s.newCase(subject, g.Last.Head)
	for _, governed := range s.governed(repo, g.Last.Base) {
		evidence := integrated(b.evidence(repo, g.Last.Head))
		kase.Parts = append(kase.Parts, Part{
			Component: governed.Name, Team: governed.Team, Since: g.First,
			On:       []definition.On{definition.OnCommit},
			Rules:    rulesFor(OfGroup, []definition.On{definition.OnCommit}, governed),
			Evidence: evidence,
			Carry:    b.carryGroup(repo, governed, g, evidence),
			Held:     s.ungoverned(governed),
		})
	}
	return kase, b
}

// incrementCase is the sum: every component as it was just judged, and the Increment's own criteria.
func (s *State) incrementCase(subject Subject, now time.Time) (Case, *brief) {
	b := s.brief(subject, now)
	head := s.record.Head
	kase := s.newCase(subject, "")
	for _, e := range kase.Exceptions {
		if e.Until.After(now) {
			b.wake = earliest(b.wake, e.Until) // also one that nothing is under: the Increment says that it has expired
		}
	}
	kase.Increment, kase.Composition = head.Digest, head.Composition
	kase.add(s.nexus.summands, s.standings)
	kase.Parts = append(kase.Parts, b.whole(head))
	return kase, b
}

// whole is the share of a case that is an Increment's own.
func (b *brief) whole(i Increment) Part {
	evidence := append(b.composition(i.Digest), b.s.sumEvidence(i.Digest)...)
	return Part{On: []definition.On{definition.OnIncrement}, Rules: b.s.nexus.Increment(), Since: i.Made, Evidence: evidence}
}

// add takes in the components as they stand.
func (c *Case) add(summands []summand, standings map[string]*standing) {
	c.Parts = make([]Part, 0, len(summands)+1)
	shares, whole := make([]*share, len(summands)), true
	for i := range summands {
		m := &summands[i]
		st, ok := standings[m.key]
		if !ok {
			continue
		}
		c.Parts = append(c.Parts, Part{Component: m.name, Team: m.team, Verdict: st.Verdict.ID, Held: st.Verdict.Findings})
		if shares[m.place] = st.share(m.name); shares[m.place] == nil {
			whole = false
		}
	}
	if whole {
		c.shares = shares
	}
}

func (s *State) incrementSubject() Subject { return incrementSubject(s.record.Number) }
