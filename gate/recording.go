package gate

import "github.com/nexusgate/nexusgate/definition"

// record keeps a verdict that says something new, and owes the forge its report.
func (t *sitting) record(subject Subject, v Verdict) (fresh bool) {
	s, key := t.s, subject.Key()
	last, known := s.standings[key]
	says := v.says()
	fresh = !known || last.Says != says
	if !fresh {
		v = last.Verdict
	}
	next := &standing{Verdict: v, Says: says}
	if known {
		next.Reported = last.Reported
	}
	if fresh {
		t.step.Verdicts = append(t.step.Verdicts, v)
		t.note(subject, v)
	}
	t.owe(subject, next, known && last.Verdict.Outcome == v.Outcome && last.Verdict.Commit == v.Commit)
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
	case OfChange:
		if c := t.s.changes[subject.ID]; v.Outcome == Done && c.DoneAt != v.Commit {
			c.DoneAt = v.Commit
			t.s.touch(changeDoc, subject.ID)
		}
	case OfGroup:
		t.s.groups[subject.ID].Done = v.Outcome == Done
		t.s.touch(groupDoc, subject.ID)
	case OfComponent:
	}
}

// owe owes a report where there is somewhere to say it and something new to say.
func (t *sitting) owe(subject Subject, st *standing, sameOutcome bool) {
	owed, ok := t.s.target(subject)
	if !ok {
		return
	}
	owed.Nexus, owed.Subject, owed.Verdict, owed.Outcome = t.s.name, subject, st.Verdict.ID, st.Verdict.Outcome
	owed.Received = t.m.received
	owed.Urgent = !sameOutcome || st.Reported == ""
	owed.Digest = digest([]any{st.Says, owed.Commit, owed.Pipeline, owed.Next})
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
		last := s.changes[subject.ID].Last
		o = Owed{Check: DoneCheck, Repo: last.Repo, Commit: last.Head, Pipeline: last.Pipeline}
	case OfGroup:
		last := s.groups[subject.ID].Last
		o = Owed{Check: DoneCheck, Repo: last.Repo, Commit: last.Head, Pipeline: last.Pipeline}
	case OfIncrement:
		l := s.record.Head.Landing
		o = Owed{Check: IncrementCheck, Repo: l.Repo, Commit: l.Commit, Branch: l.Branch}
	case OfComponent:
		return Owed{}, false
	}
	return s.placed(o), o.Commit != ""
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
	if i.Successor == 0 || i.Landing.Commit == "" || (i.Outcome != Awaiting && i.Outcome != "") {
		return
	}
	if i.Landing.Commit == t.s.record.Head.Landing.Commit {
		return // the same commit shows the successor
	}
	l := i.Landing
	owed := t.s.placed(Owed{
		Nexus: t.s.name, Subject: incrementSubject(i.Number), Check: IncrementCheck, Repo: l.Repo, Commit: l.Commit, Branch: l.Branch,
		Verdict: i.Verdict, Outcome: Awaiting, Next: i.Successor, Received: t.m.received, Urgent: true,
	})
	if owed.Verdict == "" {
		return // it was never judged, so nothing was ever shown
	}
	owed.Digest = digest([]any{i.Verdict, owed.Commit, owed.Pipeline, owed.Next})
	t.step.Owed = append(t.step.Owed, owed)
}

func digestOf(source string) string { return definition.Digest([]byte(source)) }
