package gate

import (
	"fmt"
	"maps"
	"time"

	"github.com/nexusgate/nexusgate/definition"
)

// JudgeIncrement judges any composition of a Nexus as of now: by the definition that is in force, by the evidence
// that is known, and by how fresh that is. It need not be the head. Nothing of it stays: the state is as before,
// nothing is recorded, and the verdict is nobody's but the asker's. A component that the composition lacks, or has
// and the Nexus does not, is not known to be done.
func (l *Ledger) JudgeIncrement(i Increment, now time.Time) Verdict {
	s, known := l.standingOf(i.Nexus)
	if !known {
		return Judge(Case{Nexus: i.Nexus, Subject: incrementSubject(i.Number), Composition: i.Composition}, l.moment(now))
	}
	return s.judgeAnew(i, l.seq, l.moment(now))
}

// standingOf is the state of a Nexus that is in force.
func (l *Ledger) standingOf(nexus string) (*State, bool) {
	s, known := l.states[nexus]
	return s, known && s.nexus != nil && !s.record.Retired
}

// moment is a now to judge by: as coarse as the log's, and never before what that has come to.
func (l *Ledger) moment(now time.Time) time.Time {
	return latest(now.UTC().Truncate(time.Microsecond), l.now)
}

// anew are components as they were judged at commits that need not be their heads'. Increments share most of
// them, and so do those who ask at one time. It is void when the ledger has gone on.
type anew struct {
	seq    int64
	judged map[string]Verdict   // by component and commit
	due    map[string]time.Time // when time alone may change it; zero: never
}

func (s *State) judgeAnew(i Increment, seq int64, now time.Time) Verdict {
	s.renew(seq)
	r := s.beside()
	subject := incrementSubject(i.Number)
	b := r.brief(subject, now)
	kase := r.newCase(subject, "")
	i.Digest = i.Composition.Digest() // whatever was asked: it is what evidence is for
	kase.Increment, kase.Composition = i.Digest, i.Composition
	for _, m := range s.nexus.summands {
		kase.Parts = append(kase.Parts, s.partAnew(m, i.Composition[m.name], now))
	}
	for _, name := range sortedKeys(i.Composition) {
		if _, of := s.nexus.Component(name); !of {
			kase.Parts = append(kase.Parts, Part{Component: name, Held: []Finding{foreign(name)}})
		}
	}
	kase.Parts = append(kase.Parts, b.whole(i))
	v := Judge(kase, now)
	s.lookedBeside(r)
	return v
}

// renew forgets what was judged before the ledger went on.
func (s *State) renew(seq int64) {
	if s.anew.judged == nil || s.anew.seq != seq {
		s.anew = anew{seq, map[string]Verdict{}, map[string]time.Time{}}
	}
}

// judgeComponent judges a component at a commit, apart from any Increment.
func (s *State) judgeComponent(g *Governed, commit string, seq int64, now time.Time) Verdict {
	s.renew(seq)
	return s.componentAnew(g, commit, now)
}

// partAnew is a component's share of an Increment that has it at a commit; "" where it has none, as of one that is
// not known yet.
func (s *State) partAnew(m summand, commit string, now time.Time) Part {
	g, _ := s.nexus.Component(m.name)
	if c := s.components[m.name]; commit == "" && c.Commit != "" && !c.Gone {
		return Part{Component: m.name, Team: m.team, Held: []Finding{lacking(g)}}
	}
	v := s.componentAnew(g, commit, now)
	return Part{Component: m.name, Team: m.team, Verdict: v.ID, Held: v.Findings}
}

// componentAnew judges a component at a commit.
func (s *State) componentAnew(g *Governed, commit string, now time.Time) Verdict {
	key := g.Name + " " + commit
	v, judged := s.anew.judged[key]
	if due := s.anew.due[key]; judged && !now.Before(v.At) && (due.IsZero() || now.Before(due)) {
		return v
	}
	r := s.beside()
	r.components = maps.Clone(s.components)
	r.components[g.Name], r.bound = s.componentAt(g, commit), nil
	kase, b := r.componentCase(ofComponent(g.Name), now)
	v = Judge(kase, now)
	s.lookedBeside(r)
	s.anew.judged[key], s.anew.due[key] = v, b.due(&v)
	return v
}

// componentAt is a component as it stood at a commit. One that is not heard of, or whose branch is gone, has no
// evidence at any: it stays what it is, and holds back what it is in.
func (s *State) componentAt(g *Governed, commit string) *component {
	c := s.components[g.Name]
	if c.Commit == commit || c.Repo == "" || c.Gone {
		return c
	}
	at := *c
	at.Commit, at.Since, at.Trouble = commit, time.Time{}, ""
	if b := s.branches[branchKey(c.Repo, g.Branch)]; b != nil {
		if p := b.arrived(commit); p != nil {
			at.Since = p.when()
		}
	}
	return &at
}

// lookedBeside lets go of what was looked at beside the state, as if a step had ended.
func (s *State) lookedBeside(r *State) {
	s.asked = append(s.asked, r.asked...)
	for key := range r.watch {
		if s.watch[key] == nil {
			s.left[key] = true
		}
	}
}

// lacking holds back an Increment of before a component joined the Nexus.
func lacking(g *Governed) Finding {
	return Finding{
		Criterion: branchCriterion, Component: g.Name, Team: g.Team, State: Error, Level: definition.Required, Layer: definition.NexusLayer,
		Why: "The Increment is the sum of all components of the Nexus", Want: "a commit of " + g.Name, At: g.Pos.String(),
		Got: "none: the Increment is of before it was part of the Nexus, or has lost it", Fix: "release an Increment that holds it",
	}
}

// foreign holds back an Increment with a component that nobody governs any more.
func foreign(name string) Finding {
	return Finding{
		Criterion: branchCriterion, Component: name, State: Error, Level: definition.Required, Layer: definition.NexusLayer,
		Why: "The Increment is the sum of all components of the Nexus", Want: "components of the Nexus alone",
		Got: fmt.Sprintf("%s, which is part of the Nexus no more", name), Fix: "release an Increment of after it was taken out",
	}
}
