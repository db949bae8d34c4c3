package gate

import (
	"fmt"
	"slices"
	"strings"
)

// WantKind says what is to be read.
type WantKind string

// What can be wanted, and the event that answers it.
const (
	WantHead   WantKind = "head"   // HeadRead of Branch
	WantFile   WantKind = "file"   // FileRead of Path at Commit
	WantCommit WantKind = "commit" // CommitRead of Commit
	WantPaths  WantKind = "paths"  // PathsRead from Base to Commit
	WantChange WantKind = "change" // ChangeRead of Number at Commit
	WantNexus  WantKind = "nexus"  // NexusRead of Path at Commit
	// WantLanding is LandingRead of what landed on Branch after Base, up to Commit, and touches Path.
	WantLanding WantKind = "landing"
	WantTag     WantKind = "tag"   // TagRead of Tag
	WantThing   WantKind = "thing" // ThingRead of what Path names, as [Ref.String] writes it
)

// Want is something a verdict waits for that only a read from the forge can settle.
// The answer enters the log as a delivery of our own, so that the log holds all a verdict rests on.
type Want struct {
	Kind   WantKind
	Repo   Repo // ID 0 where the repository was never heard of: it is found by name
	Branch string
	Commit string
	Base   string
	Path   string
	Number int
	Tag    string
	Covers []string // handed back in HeadRead and TagRead
	Landed bool     // what is in force waits for it: it goes before what is proposed, by whomever
}

// Key tells two wants apart; the same want has the same key in every process.
func (w Want) Key() string {
	return fmt.Sprintf("%s %s %s %s %s %s %d %v%s", w.Kind, w.Repo, w.Branch, w.Commit, w.Base, w.Path, w.Number, w.Covers, w.Tag)
}

// same says whether two wants are the same one.
func (w Want) same(as Want) bool {
	return w.Kind == as.Kind && w.Repo.String() == as.Repo.String() && w.Branch == as.Branch && w.Commit == as.Commit && w.Base == as.Base &&
		w.Path == as.Path && w.Number == as.Number && w.Tag == as.Tag && slices.Equal(w.Covers, as.Covers)
}

// wanting has reads wanted for a subject, in the place of those that were.
func (s *State) wanting(subject string, wants []Want) {
	before := s.wants[subject]
	if !slices.EqualFunc(before, wants, Want.same) {
		for _, w := range wants {
			if !slices.ContainsFunc(before, w.same) {
				w.Repo = s.asKnown(w.Repo)
				s.wanted = append(s.wanted, w)
			}
		}
	}
	if s.wants[subject] = wants; len(wants) == 0 {
		delete(s.wants, subject)
	}
}

// takeWanted are the reads that are wanted since this step, some of which may have been wanted for something else.
func (s *State) takeWanted() (wants []Want) {
	wants, s.wanted = s.wanted, nil
	for key := range s.changed {
		if strings.HasPrefix(key, tagDoc+" ") {
			return append(wants, s.wantedTags()...)
		}
	}
	return wants
}
