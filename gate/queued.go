package gate

import "github.com/nexusgate/nexusgate/definition"

// queuedSubject is a merge group on the queue of the home's branch. A check that the branch requires must
// be reported on the group too, or the queue would wait for it for ever.
func (s *State) queuedSubject(key string, g *group) Subject {
	subject := s.groupSubject(key, g)
	subject.Kind = OfDefinition
	return subject
}

// judgeQueued judges what would land of the definition with a merge group. Who stands for it was asked of
// each change before it was queued, and is asked of the landing after.
func (t *sitting) judgeQueued(subject Subject) {
	s, key, g := t.s, subject.Key(), t.s.groups[subject.ID]
	h, _ := s.place()
	if g.Last.Destroyed || !s.isHome(g.Last.Repo.Key(), g.Last.Base) {
		t.leave(subject, s.endOf(subject))
		s.forgetNexusFile(g.Last.Head)
		s.drop(key)
		return
	}
	b := s.brief(subject, t.m.now)
	kase := s.newCase(subject, g.Last.Head)
	kase.Exceptions = nil // none is for what is proposed
	kase.Parts = []Part{{Held: []Finding{b.queued(g, h.Path)}}}
	v := Judge(kase, t.m.now)
	s.plan(subject, &v, b)
	t.record(subject, v, spelling{})
}

// queued says whether the layer at a group's head may come into force.
func (b *brief) queued(g *group, path string) Finding {
	b.look(g.Last.Repo.Key(), g.Last.Head)
	f := layerUnread(path)
	file, read := b.s.nexusFileAt(g.Last.Head, path)
	if read {
		d, faults := b.s.soundNexus(file)
		if d != nil {
			faults, _ = d.Vet(nil, b.now)
		}
		f = soundness(path, placedIn(path, faults))
	}
	if !read || len(file.Claimed) > 0 {
		b.want(Want{Kind: WantNexus, Repo: b.s.asKnown(g.Last.Repo), Commit: g.Last.Head, Path: path})
	}
	f.Level, f.Layer = definition.Required, definition.NexusLayer
	return f
}

// spared is the finding of a change to the home that leaves every layer alone. It is said because the
// branch may require the check of every change.
func spared(path string) Finding {
	f := soundness(path, nil)
	f.Want, f.Got = "what the change does to "+path+" known", "it leaves every layer of the Definition of Done alone"
	return f
}
