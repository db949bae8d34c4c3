package gate

import "github.com/nexusgate/nexusgate/definition"

// record keeps a verdict that says something new, and owes the forge its report.
func (t *sitting) record(subject Subject, v Verdict, w spelling) (fresh bool) {
	s, key := t.s, subject.Key()
	last, known := s.standings[key]
	says := w.says(&v)
	fresh = !known || last.Says != says
	if !fresh {
		v = last.Verdict
	}
	next := &standing{Verdict: v, Says: says, of: w.shares}
	if known {
		next.Reported, next.Asked, next.Rests = last.Reported, last.Asked, last.Rests
	}
	if !fresh {
		next.shared, next.of = last.shared, last.of
	}
	if known && last.Verdict.Commit != v.Commit {
		t.leave(subject, "commit "+clipSHA(v.Commit))
	}
	if fresh {
		t.step.Verdicts, t.step.spelt = append(t.step.Verdicts, v), append(t.step.spelt, w)
		s.touchSum(subject)
	}
	if fresh || s.allowedNow(v) {
		t.note(subject, v)
	}
	t.owe(subject, next, known && last.Verdict.Outcome == v.Outcome && last.Verdict.Commit == v.Commit)
	t.tellChecks(subject, &v)
	if fresh || next.Reported != last.Reported {
		s.standings[key] = next
		s.touch(standingDoc, key)
	}
	return fresh
}

// note writes a verdict where history looks for it.
func (t *sitting) note(subject Subject, v Verdict) {
	switch subject.Kind {
	case OfIncrement:
		t.step.Increments = append(t.step.Increments, t.s.conclude(v, t.m.now))
		t.s.chroniclePoint(&v, t.m.now)
	case OfChange:
		at := ""
		if v.Outcome == Done {
			at = v.Commit
		}
		if c := t.s.changes[subject.ID]; c.DoneAt != at {
			c.DoneAt = at
			t.s.touch(changeDoc, subject.ID)
		}
	case OfGroup:
		t.s.groups[subject.ID].Done = v.Outcome == Done
		t.s.touch(groupDoc, subject.ID)
		t.s.stirCommit(subject.ID) // it may have landed already
	case OfComponent, OfDefinition:
	}
}

// owe owes a report where there is somewhere to say it and something new to say.
func (t *sitting) owe(subject Subject, st *standing, sameOutcome bool) {
	owed, ok := t.s.target(subject)
	if !ok {
		return
	}
	owed.Nexus, owed.Subject, owed.Verdict, owed.Outcome = t.s.name, subject, st.Verdict.ID, st.Verdict.Outcome
	owed.Excepted = owed.Outcome == Done && len(st.Verdict.Exceptions) > 0
	owed.Received = t.m.received
	owed.Urgent = !sameOutcome || st.Reported == ""
	owed.Digest = digest([]any{st.Says, owed.Commit, owed.Pipeline, st.Asked})
	if owed.Digest == st.Reported {
		return
	}
	st.Reported = owed.Digest
	t.step.Owed = append(t.step.Owed, owed)
}

// target is where a subject's report goes.
func (s *State) target(subject Subject) (o Owed, ok bool) {
	switch subject.Kind {
	case OfChange:
		c, known := s.changes[subject.ID]
		if !known {
			return Owed{}, false
		}
		last := c.Last
		o = Owed{Check: DoneCheck, Repo: last.Repo, Commit: last.Head, Pipeline: last.Pipeline}
	case OfDefinition:
		o = s.definitionTarget(subject)
	case OfGroup:
		g, known := s.groups[subject.ID]
		if !known {
			return Owed{}, false
		}
		last := g.Last
		o = Owed{Check: DoneCheck, Repo: last.Repo, Commit: last.Head, Pipeline: last.Pipeline}
	case OfIncrement:
		l := s.record.Head.Landing
		o = Owed{Check: IncrementCheck, Repo: l.Repo, Commit: l.Commit, Branch: l.Branch}
	case OfComponent:
		return Owed{}, false
	}
	return s.placed(o), o.Commit != ""
}

func (s *State) definitionTarget(subject Subject) Owed {
	if g, ok := s.groups[subject.ID]; ok {
		return Owed{Check: DefinitionCheck, Repo: g.Last.Repo, Commit: g.Last.Head, Pipeline: g.Last.Pipeline}
	}
	c, ok := s.changes[subject.ID]
	if !ok {
		return Owed{}
	}
	last := c.Last
	return Owed{Check: DefinitionCheck, Repo: last.Repo, Commit: last.Head, Pipeline: last.Pipeline}
}

// placed fills in what is known now of the place: the repository's name, and on GitLab the pipeline
// that our status joins.
func (s *State) placed(o Owed) Owed {
	o.Repo = s.asKnown(o.Repo)
	if c, ok := s.commits[commitKey(o.Repo.Key(), o.Commit)]; ok && o.Repo.Forge == GitLab {
		if id := c.pipeline(); id != 0 {
			o.Pipeline = id
		}
	}
	return o
}

// supersede closes the report of an Increment that was still awaiting when the next one was made.
func (t *sitting) supersede(i Increment) {
	l, head := i.Landing, t.s.record.Head
	if i.Successor == 0 || i.Outcome != Awaiting || l.Commit == "" || l.Commit == head.Landing.Commit {
		return // judged, never shown, or shown on the commit that shows its successor
	}
	t.close(Owed{
		Subject: incrementSubject(i.Number), Check: IncrementCheck, Repo: l.Repo, Commit: l.Commit, Branch: l.Branch,
		Verdict: i.Verdict, Superseded: incrementSubject(i.Successor).Name,
	})
}

// leave closes the report on a commit that a change or a group no longer proposes. A check that
// nothing more will be said on is not left running.
func (t *sitting) leave(subject Subject, by string) {
	st, judged := t.s.standings[subject.Key()]
	if !judged || st.Verdict.Outcome != Awaiting {
		return
	}
	if o, ok := t.s.target(subject); ok {
		o.Subject, o.Commit, o.Verdict, o.Superseded = subject, st.Verdict.Commit, st.Verdict.ID, by
		o.Pipeline = 0 // it was that of the commit proposed now
		t.close(o)
	}
}

func (t *sitting) close(o Owed) {
	o = t.s.placed(o)
	o.Nexus, o.Outcome, o.Received, o.Urgent = t.s.name, Awaiting, t.m.received, true
	o.Digest = digest([]any{o.Verdict, o.Commit, o.Pipeline, o.Superseded})
	t.step.Owed = append(t.step.Owed, o)
}

func digestOf(source string) string { return definition.Digest([]byte(source)) }
