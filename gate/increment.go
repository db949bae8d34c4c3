package gate

import (
	"fmt"
	"maps"
	"strconv"
	"time"
)

// mostRecent bounds the Increments that a Nexus keeps at hand; all of them are in the store.
const mostRecent = 50

func incrementSubject(number int64) Subject {
	id := strconv.FormatInt(number, 10)
	return Subject{Kind: OfIncrement, ID: id, Name: fmt.Sprintf("Integrated Increment %d", number)}
}

// composition is the sum of all integrated work as it is known.
func (s *State) composition() Composition {
	sum := Composition{}
	for name, c := range s.components {
		if c.Commit != "" && !c.Gone {
			sum[name] = c.Commit
		}
	}
	return sum
}

// advance makes the next Increment if the composition is another one, and returns what it made or changed.
func (s *State) advance(moved []string, now time.Time) (made []Increment) {
	if !s.unsummed {
		return nil
	}
	s.unsummed = false
	sum := s.composition()
	if maps.Equal(sum, s.record.Head.Composition) || (len(sum) == 0 && s.record.Number == 0) {
		return nil
	}
	before := s.record.Head
	s.record.Number++
	s.record.Head = Increment{Nexus: s.name, Number: s.record.Number, Digest: sum.Digest(), Composition: sum, Made: now, Landing: s.landingOf(moved)}
	s.touch(recordDoc, "")
	s.touch(historyDoc, "")
	if before.Number > 0 {
		before.Successor = s.record.Number
		made = append(made, before)
		s.remember(before)
		s.drop(incrementSubject(before.Number).Key())
	}
	s.chronicleLandings(before.Composition, now)
	s.remember(s.record.Head)
	s.stir(s.incrementSubject())
	return append(made, s.record.Head)
}

// remember keeps the latest Increments at hand, each as it stands now and without its composition:
// the store has it, and fifty of them would be written again with every verdict on the sum.
func (s *State) remember(i Increment) {
	i.Composition = nil
	for at := range s.record.Recent {
		if s.record.Recent[at].Number == i.Number {
			s.record.Recent[at] = i
			return
		}
	}
	s.record.Recent = append([]Increment{i}, s.record.Recent...)
	s.record.Recent = s.record.Recent[:min(len(s.record.Recent), mostRecent)]
}

// landingOf names the landing that moved components; zero where the definition did.
func (s *State) landingOf(moved []string) Landing {
	for i, name := range moved {
		c := s.components[name]
		g, ok := s.nexus.Component(name)
		if !ok || c == nil || c.Repo == "" || c.Commit == "" || c.Gone {
			continue
		}
		l := Landing{
			Component: name, Team: g.Team, Repo: s.repos[c.Repo].Repo, Branch: g.Branch, Commit: c.Commit, At: c.Since,
			Also: moved[i+1:],
		}
		s.nameChange(&l)
		return l
	}
	return Landing{}
}

// conclude writes the head Increment's verdict into its record. What is done under exceptions that the
// release rule does not allow for was never done: it marks no Sprint, and is not the last done one.
func (s *State) conclude(v Verdict, now time.Time) Increment {
	head := &s.record.Head
	head.Outcome, head.Verdict, head.Exceptions = v.Outcome, v.ID, nil
	if len(v.Exceptions) > 0 {
		head.Exceptions = v.Exceptions
	}
	released := v.Releases(s.nexus.Definition.Release)
	if released && head.DoneAt.IsZero() {
		head.DoneAt = now
		s.markDone(head.Number, now)
	}
	s.touch(recordDoc, "")
	s.remember(*head)
	if released {
		s.record.LastDone = *head
	}
	return *head
}

// allowedNow says whether an Increment whose verdict stays the same is released by a release rule
// that has changed.
func (s *State) allowedNow(v Verdict) bool {
	return v.Subject.Kind == OfIncrement && s.record.Head.DoneAt.IsZero() && v.Releases(s.nexus.Definition.Release)
}

// mostMarks bounds the moments kept at which Increments became done.
const mostMarks = 1000

func (s *State) markDone(number int64, now time.Time) {
	s.touch(historyDoc, "")
	s.record.Done = append(s.record.Done, DoneMark{Number: number, At: now})
	if extra := len(s.record.Done) - mostMarks; extra > 0 {
		s.record.Done = s.record.Done[extra:]
	}
}
