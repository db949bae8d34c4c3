package gate

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/nexusgate/nexusgate/definition"
)

// Takes is a repository as a Nexus knows it, where evidence is taken from there: it holds a component or the
// definition. It is found by its id, and one without by its name.
func (l *Ledger) Takes(nexus string, repo Repo) (known Repo, takes bool) {
	s, is := l.states[nexus]
	if !is || s.nexus == nil || s.record.Retired {
		return Repo{}, false
	}
	for _, key := range sortedKeys(s.repos) {
		r := s.repos[key]
		same := r.Repo.ID == repo.ID && r.Repo.Forge == repo.Forge || repo.ID == 0 && repo.named(string(r.Repo.Forge), r.Repo.Name)
		if same && len(s.branchesSummed(key)) > 0 {
			return r.Repo, true
		}
	}
	// Of one that was never heard of, the first word may be a job's.
	if repo.ID != 0 && s.repos[repo.Key()] == nil && s.unbound(repo) {
		return repo, true
	}
	return Repo{}, false
}

// unbound says whether something of the Nexus lies in a repository of that name, and in none that is known yet.
func (s *State) unbound(repo Repo) bool {
	for _, name := range s.inRepo[strings.ToLower(repo.String())] {
		if c := s.components[name]; c == nil || c.Repo == "" {
			return true
		}
	}
	h, ok := s.place()
	return ok && repo.named(string(h.Forge), h.Repo) && s.home.Repo == ""
}

// Counts says what a submission counts for in a Nexus, in words, and whether it counts at all. It changes nothing.
func (l *Ledger) Counts(nexus string, e Submitted) (says string, counts bool) {
	s, is := l.states[nexus]
	if !is || s.nexus == nil {
		return "untrusted: there is no such Nexus", false
	}
	if e.Increment != "" {
		if why := cmp.Or(s.tests(e), s.full(e, Bearing{})); why != "" {
			return "untrusted: " + why, false
		}
		return "the composition " + e.Increment, true
	}
	b := s.bears(e, e.Repo.Key())
	if why := s.full(e, b); why != "" {
		return "untrusted: " + why, false
	}
	switch b.On {
	case definition.OnCommit:
		says = "the commit " + b.Commit
		if !b.Landed {
			says += ", as long as it is proposed: " + b.Why
		}
		return says, true
	case definition.OnChange:
		if b.Change != 0 {
			return fmt.Sprintf("the change %d", b.Change), true
		}
		return "the change that its run is of", true
	case definition.OnIncrement:
	}
	return "untrusted: " + b.Why, false
}

// full says why no more evidence is taken of what a submission is for; "" where it is.
func (s *State) full(e Submitted, b Bearing) string {
	found, of, repo := e.evidence(moment{}), (*reports)(nil), e.Repo.Key()
	if found.Change = b.Change; b.On == definition.OnChange {
		b.Commit = s.commitOf(repo, found, e.pinned())
	}
	if c := s.compositions[e.Increment]; c != nil {
		of = &c.reports
	} else if c := s.commits[commitKey(repo, b.Commit)]; c != nil {
		of = &c.reports
	}
	w := s.awaited[commitKey(repo, found.Holder)]
	if (of == nil || of.submittable(found)) && (w == nil || b.Commit != "" || !w.isFull(found)) {
		return ""
	}
	return fmt.Sprintf("%d pieces of evidence and %d KiB are taken of one commit or composition, and as much has come: bring the files of one name together, and the facts alone that a criterion asks for",
		mostSubmitted, mostFacts>>10)
}
