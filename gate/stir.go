package gate

import "strings"

// stir marks a subject to be judged again.
func (s *State) stir(subject Subject) {
	if subject.Kind == OfDefinition {
		s.reviews[subject.Key()] = subject
		return
	}
	s.stirred[subject.Key()] = subject
}

func (s *State) stirCommit(key string) {
	for subject := range s.watch[key] {
		s.stir(s.subject[subject])
	}
}

func (s *State) stirComponent(name string) { s.stir(Subject{Kind: OfComponent, ID: name, Name: name}) }

// stirAll has everything that is open judged again: components, changes, groups, the head Increment.
func (s *State) stirAll() {
	for name := range s.components {
		s.stirComponent(name)
	}
	for key, c := range s.changes {
		if c.Last.State == ChangeOpen {
			s.stirChange(key, c)
		}
	}
	for key, g := range s.groups {
		if !g.Last.Destroyed {
			s.stirGroup(key, g)
		}
	}
	if s.record.Number > 0 {
		s.stir(s.incrementSubject())
	}
	s.stirHome()
}

// stirUngoverned has judged again what a component's repository bears on when the first is known of it: that
// it is heard of at all, or that the team has no layer in it. No rule comes into force or goes by that. Of
// all that is judged by the same rules as before, what time has turned is judged with it, as it is when rules change.
func (s *State) stirUngoverned(repo string) {
	for key, c := range s.changes {
		if c.Last.State == ChangeOpen && strings.HasPrefix(key, repo+"#") {
			s.stirChange(key, c)
		}
	}
	for key, g := range s.groups {
		if g.Last.Destroyed {
			continue
		}
		if strings.HasPrefix(key, repo+" ") {
			s.stirGroup(key, g)
		}
		s.stir(s.queuedSubject(key, g)) // whether its layer is sound is asked of the day, too
	}
	for _, subject := range s.proposals {
		s.stir(subject)
	}
	if s.record.Number > 0 {
		s.stir(s.incrementSubject())
	}
	s.stirHome()
	s.overdue = true
}
