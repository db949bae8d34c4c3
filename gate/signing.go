package gate

import (
	"slices"
	"strconv"
	"strings"
)

// Signing is the sign-off that somebody gives on what a verdict is about, for just the commit or the composition
// that it was made on, and whether they have given it. It is none where no criterion in force asks them for it.
func (l *Ledger) Signing(v Verdict, name, by string) (e Signed, may, given bool) {
	s, known := l.states[v.Nexus]
	if !known || s.nexus == nil || s.record.Retired {
		return Signed{}, false, false
	}
	e, said, known := s.signing(v)
	e.Name, e.By, e.Object = name, by, "verdict/"+v.ID
	if !known || !s.maySign(e) {
		return Signed{}, false, false
	}
	given = slices.ContainsFunc(said.standing(), func(w signature) bool { return w.By == by && w.Name == name })
	return e, true, given
}

// signing is what a verdict is about, as it is signed, and what was said on it.
func (s *State) signing(v Verdict) (e Signed, said signatures, known bool) {
	switch v.Subject.Kind {
	case OfChange:
		repo, number, _ := strings.Cut(v.Subject.ID, "#")
		e.Number, _ = strconv.Atoi(number)
		e.Repo, known = s.signedIn(repo)
		if c := s.changes[v.Subject.ID]; c != nil {
			said = s.signsOn(c)
		}
	case OfComponent:
		if c := s.components[v.Subject.ID]; c != nil {
			e.Repo, known = s.signedIn(c.Repo)
			said = s.signsOnLanded(c.Repo, v.Commit)
		}
	case OfIncrement:
		e.Increment, e.Composition = v.Increment, v.Composition
		if c := s.compositions[v.Increment]; c != nil {
			said = c.Signs
		}
		return e, said, v.Increment != ""
	case OfGroup, OfDefinition: // nobody signs these
	}
	e.Commit = v.Commit
	return e, said, known && v.Commit != ""
}

func (s *State) signedIn(key string) (Repo, bool) {
	r, known := s.repos[key]
	if !known {
		return Repo{}, false
	}
	return r.Repo, true
}
