package gate

import (
	"cmp"
	"maps"
	"slices"
	"time"
)

// sitting is one Nexus judging what a step has stirred.
type sitting struct {
	s    *State
	m    moment
	step *Step
}

func (l *Ledger) judge(step *Step, m moment) {
	for _, name := range sortedKeys(l.states) {
		s := l.states[name]
		if s.nexus == nil {
			continue
		}
		if !s.record.Retired {
			(&sitting{s: s, m: m, step: step}).sit()
		}
		step.Wanted = append(step.Wanted, s.takeWanted()...)
		step.Docs = append(step.Docs, s.takeDocs()...)
		s.publish(step.Seq)
		if s.rerouted {
			s.rerouted, step.Routes = false, l.Routes()
		}
	}
}

// sit brings the components up to their branches, makes the next Increment if they moved, and
// judges: components first, then what is proposed, then the sum, then what is proposed to the definition.
func (t *sitting) sit() {
	t.s.watchReleases(t.m.now)
	t.s.takeUpBriefs(t.m.now)
	t.step.Errands, t.s.errands = append(t.step.Errands, t.s.errands...), nil
	t.settle()
	for len(t.s.stirred) > 0 {
		for _, key := range t.s.turns() {
			t.judgeStirred(key)
		}
	}
	t.judgeProposals()
}

func (t *sitting) judgeStirred(key string) {
	subject, ok := t.s.stirred[key]
	delete(t.s.stirred, key)
	if !ok || !t.judge(subject) {
		return
	}
	if subject.Kind == OfComponent && t.s.record.Number > 0 {
		t.s.stir(t.s.incrementSubject())
	}
	if subject.Kind == OfComponent || subject.Kind == OfIncrement {
		t.s.stirProposals(t.m.now)
	}
}

func (t *sitting) settle() {
	t.settleHome()
	t.s.grantAll(t.m.now)
	t.s.wantBacklog()
	var moved []string
	regovern := false
	for _, key := range sortedKeys(t.s.stirred) {
		if subject := t.s.stirred[key]; subject.Kind == OfComponent && t.s.components[subject.ID] != nil {
			did, layered := t.s.settle(subject.ID)
			if did {
				moved = append(moved, subject.ID)
				t.stirBase(subject.ID)
			}
			regovern = regovern || layered
			t.keepLayer(subject.ID, layered)
		}
	}
	if regovern {
		t.s.regovern()
	}
	t.passed()
	t.tellVersions()
	made := t.s.advance(moved, t.m.now)
	t.step.Increments = append(t.step.Increments, made...)
	for _, i := range made {
		t.supersede(i)
	}
	t.integrate()
}

// passed has judged what time has turned, where something bears on more than what is told of.
func (t *sitting) passed() {
	if t.s.overdue {
		t.s.overdue = false
		t.s.wake(t.m.now)
	}
}

// stirBase has judged again what is proposed to a component that moved.
func (t *sitting) stirBase(name string) {
	if g, ok := t.s.nexus.Component(name); ok {
		t.s.stirCommit(branchKey(t.s.components[name].Repo, g.Branch))
	}
}

// keepLayer keeps a team's layer by its digest.
func (t *sitting) keepLayer(name string, layered bool) {
	if file := t.s.components[name].File; layered && !file.Absent && !file.Cut {
		g, _ := t.s.nexus.Component(name)
		t.step.Definitions = append(t.step.Definitions, DefinitionSource{
			Digest: digestOf(file.Source), Nexus: t.s.name, File: layerName(g.Component), Source: file.Source,
		})
	}
}

// turns are the keys of what is to be judged, in order. The Increment comes last: it is the sum of the others.
func (s *State) turns() []string {
	return slices.SortedFunc(maps.Keys(s.stirred), func(a, b string) int {
		return cmp.Or(cmp.Compare(turn(s.stirred[a].Kind), turn(s.stirred[b].Kind)), cmp.Compare(a, b))
	})
}

func turn(k SubjectKind) int {
	return slices.Index([]SubjectKind{OfComponent, OfChange, OfGroup, OfIncrement}, k)
}

// judge decides one subject and says whether its verdict is a new one.
func (t *sitting) judge(subject Subject) (fresh bool) {
	kase, b, open := t.s.caseOf(subject, t.m.now)
	if !open {
		t.leave(subject, t.s.endOf(subject))
		t.s.drop(subject.Key())
		return false
	}
	kase.remember()
	v, w := kase.judge(t.m.now)
	t.s.plan(subject, &v, b)
	if fresh = t.record(subject, v, w); fresh {
		t.step.Grounds = append(t.step.Grounds, GroundOf(kase, v))
	}
	return fresh
}

// endOf says how a subject came to be judged no more.
func (s *State) endOf(subject Subject) string {
	if c, ok := s.changes[subject.ID]; ok && subject.Kind != OfGroup {
		switch {
		case c.Last.State == ChangeOpen && subject.Kind == OfDefinition:
			return "the change leaving the definition alone"
		case c.Last.State == ChangeOpen:
			return "the change proposing to " + c.Last.Base
		}
		return "the change being " + cmp.Or(string(c.Last.State), "closed")
	}
	return "the end of the group"
}

// caseOf gathers the case of a subject; open is false where there is nothing to judge any more.
func (s *State) caseOf(subject Subject, now time.Time) (kase Case, b *brief, open bool) {
	switch subject.Kind {
	case OfComponent:
		if _, open = s.components[subject.ID]; open {
			kase, b = s.componentCase(subject, now)
		}
	case OfChange:
		if c := s.changes[subject.ID]; c != nil && c.Last.State == ChangeOpen && len(s.governed(c.Last.Repo.Key(), c.Last.Base)) > 0 {
			kase, b = s.changeCase(subject, now)
			open = true
		}
	case OfGroup:
		if g := s.groups[subject.ID]; g != nil && !g.Last.Destroyed && len(s.governed(g.Last.Repo.Key(), g.Last.Base)) > 0 {
			kase, b = s.groupCase(subject, now)
			open = true
		}
	case OfIncrement:
		if open = subject == s.incrementSubject(); open {
			kase, b = s.incrementCase(subject, now)
		}
	case OfDefinition: // judged apart, after all else
	}
	return kase, b, open
}

// plan notes what the verdict waits for: reads, and the next moment to judge again.
func (s *State) plan(subject Subject, v *Verdict, b *brief) {
	key := subject.Key()
	s.wanting(key, b.wants)
	s.due[key] = b.due(v)
	if s.due[key].IsZero() {
		delete(s.due, key)
	}
}

// due is the next moment at which time alone may change a verdict that was made of the brief.
func (b *brief) due(v *Verdict) time.Time {
	if b.wake.After(v.At) {
		return earliest(v.Due(), b.wake)
	}
	return v.Due()
}
