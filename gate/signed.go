package gate

import (
	"time"

	"github.com/nexusgate/nexusgate/definition"
)

// Signed is somebody's word on a sign-off, given or taken back: on a change, a commit or a composition.
// A change's is given for a head of it. What is taken back is all that the person has said before
// of that name on that thing.
type Signed struct {
	Repo   Repo   `json:"repo,omitzero"`
	Number int    `json:"number,omitempty"` // of the change that it was said on
	Commit string `json:"commit,omitempty"` // that it is for, whole or its beginning; "": the head that the change had then
	// Increment is the digest of the composition that it is for, and Composition what that is made of.
	Increment   string      `json:"increment,omitempty"`
	Composition Composition `json:"composition,omitempty"`
	Name        string      `json:"name"` // of the sign-off
	By          string      `json:"by"`   // "github:ana", "gitlab:li", "login:ana@example.com"
	At          time.Time   `json:"at"`   // zero: when it came
	Withdrawn   bool        `json:"withdrawn,omitempty"`
	Object      string      `json:"object,omitempty"` // where it was said: "comment/12", "check/7"
}

// SignedEvent is the event of the own deliveries that hold a [Signed].
const SignedEvent = "signed"

func (Signed) event() {}

// foldSigned keeps the word of somebody whom a criterion in force names. That of others is no evidence.
func (s *State) foldSigned(e Signed, m moment) bool {
	if e.At.IsZero() {
		e.At = m.received
	}
	told := e.At
	if e.At = settleClock(e.At, m).UTC(); !s.maySign(e) {
		return false
	}
	repo, word := e.Repo.Key(), signatureOf(e, m)
	if told.After(e.At) {
		word.Told = told.UTC()
	}
	switch {
	case e.Increment != "":
		s.signComposition(e, word)
	case e.Number != 0:
		s.signChange(repo, e.Number, word)
	default:
		s.signCommit(repo, word)
	}
	return true
}

func (s *State) signComposition(e Signed, word signature) {
	c := s.composed(e.Increment, e.Composition)
	if c.Signs.add(word) {
		s.touch(compositionDoc, e.Increment)
		s.stirCommit(compositionKey(e.Increment))
	}
}

func (s *State) signChange(repo string, number int, word signature) {
	key := changeKey(repo, number)
	c := s.change(key)
	if c.Signs.add(word) {
		s.touch(changeDoc, key)
		s.stirChange(key, c)
		s.stirCommit(commitKey(repo, c.Last.Landed)) // it may have landed already
	}
}

func (s *State) signCommit(repo string, word signature) {
	key := commitKey(repo, word.Commit)
	if !s.commit(repo, word.Commit).Signs.add(word) {
		return
	}
	s.touch(commitDoc, key)
	s.stirCommit(key)
	for of, c := range s.changes { // it may outlive the head that it is for
		if c.Last.Repo.Key() == repo && !c.Heads[word.Commit].IsZero() {
			s.stirChange(of, c)
			s.stirCommit(commitKey(repo, c.Last.Landed))
		}
	}
}

// maySign says whether some criterion in force asks whoever it is for such a sign-off.
func (s *State) maySign(e Signed) bool {
	for c := range s.nexus.signOffs() {
		of := (c.On == definition.OnIncrement) == (e.Increment != "")
		if of && c.From.Names(e.By) && (c.Name == e.Name || definition.MatchGlob(c.Name, e.Name)) {
			return true
		}
	}
	return false
}

// signOffs are the criteria in force that ask for one, of all layers.
func (n *Nexus) signOffs() func(yield func(*definition.Criterion) bool) {
	return func(yield func(*definition.Criterion) bool) {
		rules := n.increment
		for _, name := range sortedKeys(n.components) {
			rules = append(rules[:len(rules):len(rules)], n.components[name].Rules...)
		}
		for _, r := range rules {
			if c := r.Main(); c.Evidence == definition.SignOff && !yield(c) {
				return
			}
		}
	}
}

// signName is the name that a sign-off for a criterion is given by; "" where it asks for several by a glob.
func signName(c *definition.Criterion) string {
	if c.HasGlob() {
		return ""
	}
	return c.Name
}
