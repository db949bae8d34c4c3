package gate

import (
	"cmp"
	"time"

	"github.com/nexusgate/nexusgate/definition"
)

// home is what is recorded of the place where the Nexus-wide layer lives.
type home struct {
	Repo  string `json:"repo,omitempty"`  // the key of its repository, once heard of
	Rival string `json:"rival,omitempty"` // another repository that now bears the name
	Base  basis  `json:"base"`            // from where its landings are weighed
}

// basis is a commit of the home up to which everything is decided, and what is in force there. The
// landings after it are weighed anew whenever something is told of them, so that it does not matter
// which delivery came first.
type basis struct {
	Commit   string            `json:"commit,omitempty"`
	Since    time.Time         `json:"since,omitzero"` // what was pushed before is older than the basis
	Source   string            `json:"source,omitempty"`
	Settled  string            `json:"settled,omitempty"`
	Origin   origin            `json:"origin,omitzero"`
	Brought  map[string]origin `json:"brought,omitempty"`  // exceptions by their content, and the change that first brought each
	Unspoken string            `json:"unspoken,omitempty"` // the latest landing on the layer that nobody vouched for
}

// nexusFile is a Nexus-wide layer at a commit of its home.
type nexusFile struct {
	Source  string            `json:"source,omitempty"`
	Settled string            `json:"settled,omitempty"`
	Faults  definition.Faults `json:"faults,omitempty"`
	Absent  bool              `json:"absent,omitempty"`
	Cut     bool              `json:"cut,omitempty"`
	Claimed map[string]string `json:"claimed,omitempty"` // components whose place another Nexus had, when it was read
}

// place is where the definition in force lives; ok is false where it was given as a file.
func (s *State) place() (h Home, ok bool) {
	if s.inForce.Home == "" {
		return Home{}, false
	}
	h, err := ParseHome(s.inForce.Home)
	return h, err == nil
}

// isHome says whether the definition lives on a branch of a repository.
func (s *State) isHome(repo, branch string) bool {
	h, ok := s.place()
	return ok && s.home.Repo == repo && h.Branch == branch
}

// settleIn begins to listen to a home: what was first read of it is in force as it is.
func (s *State) settleIn(e NexusGiven, from origin, received time.Time) {
	s.home = home{Base: basis{Commit: e.Commit, Since: received, Source: e.Source, Settled: e.Settled, Origin: from}}
	s.touch(homeDoc, "")
	s.rerouted = true
	s.pending, s.homeDue = "", time.Time{}
	delete(s.wants, homeWants)
	h, ok := s.place()
	if !ok || e.Repo.ID == 0 {
		return
	}
	s.home.Repo = e.Repo.Key()
	if _, known := s.repos[s.home.Repo]; !known {
		s.repos[s.home.Repo] = &repository{Repo: e.Repo}
		s.touch(repoDoc, s.home.Repo)
	}
	s.keepNexusFile(s.home.Repo, e.Commit, h.Path, nexusFile{Source: e.Source, Settled: e.Settled})
}

// bindHome ties the home to its repository the first time it is heard of, as a component is. Under
// another name it is not borne out to be ours, even by its id.
func (s *State) bindHome(repo Repo) (ours bool) {
	h, ok := s.place()
	if !ok || !repo.named(string(h.Forge), h.Repo) {
		return false
	}
	switch {
	case s.home.Repo == repo.Key():
		return true
	case s.home.Repo == "" || s.isGone(s.home.Repo):
		s.rebase()
		s.home.Repo, s.home.Rival = repo.Key(), ""
	case s.home.Rival == repo.Key():
		return false
	default:
		s.home.Rival = repo.Key()
	}
	s.rerouted = true
	s.touch(homeDoc, "")
	s.stirHome()
	return s.home.Repo == repo.Key()
}

// stirHome has the landings on the home weighed again.
func (s *State) stirHome() { s.unsettled = s.inForce.Home != "" }

func (s *State) foldNexusRead(e NexusRead, repo string) bool {
	if h, ok := s.place(); !ok || s.home.Repo != repo || h.Path != e.Path {
		return false
	}
	if s.proposedBefore(repo, e.Commit) {
		return true
	}
	s.keepNexusFile(repo, e.Commit, e.Path, nexusFile{
		Source: e.Source, Settled: e.Settled, Faults: e.Faults, Absent: e.Absent, Cut: e.Cut, Claimed: e.Claimed,
	})
	s.stirCommit(commitKey(repo, e.Commit))
	s.stirHome()
	return true
}

func (s *State) keepNexusFile(repo, sha, path string, f nexusFile) {
	c := s.commit(repo, sha)
	if c.Nexus == nil {
		c.Nexus = map[string]nexusFile{}
	}
	c.Nexus[path] = f
	s.touch(commitDoc, commitKey(repo, sha))
}

// forgetNexusFile lets go of the layer at the head of a change that is proposed no more: anybody may
// propose large ones. What landed is kept.
func (s *State) forgetNexusFile(sha string) {
	c, ok := s.commits[commitKey(s.home.Repo, sha)]
	if !ok || c.Nexus == nil || s.landedHome(sha) {
		return
	}
	c.Nexus = nil
	s.touch(commitDoc, commitKey(s.home.Repo, sha))
}

// landedHome says whether a commit ever was the head of the home's branch, as far as is kept.
func (s *State) landedHome(sha string) bool {
	h, _ := s.place()
	b := s.branches[branchKey(s.home.Repo, h.Branch)]
	base := s.home.Base
	return sha == base.Commit || sha == base.Unspoken || len(s.changesLandedAs(s.home.Repo, sha)) > 0 ||
		b != nil && (b.arrived(sha) != nil || b.leaves(sha, nil) || b.head().Commit == sha)
}

// proposedBefore says whether a commit is an earlier head of a change, and nothing else that is known.
func (s *State) proposedBefore(repo, sha string) bool {
	if s.landedHome(sha) {
		return false
	}
	before := false
	for _, c := range s.changes {
		if c.Last.Repo.Key() != repo || c.Heads[sha].IsZero() {
			continue
		}
		if c.Last.Head == sha && (c.Last.State == ChangeOpen || c.Last.State == ChangeMerged && !c.Weighed) {
			return false // it is what is proposed, or what a landing is held against
		}
		before = true
	}
	return before
}

// nexusFileAt is the layer at a commit of its home, where it was read.
func (s *State) nexusFileAt(sha, path string) (f nexusFile, read bool) {
	if c, ok := s.commits[commitKey(s.home.Repo, sha)]; ok {
		f, read = c.Nexus[path]
	}
	return f, read
}

// homeRepo is the home's repository as far as it is known.
func (s *State) homeRepo(h Home) Repo {
	if r, ok := s.repos[s.home.Repo]; ok {
		return r.Repo
	}
	return Repo{Forge: h.Forge, Name: h.Repo}
}

// homeHead is the head of the home's branch, and what is to be read where it is not known.
func (s *State) homeHead(h Home) (head tip, wants []Want) {
	want := Want{Kind: WantHead, Repo: s.homeRepo(h), Branch: h.Branch}
	b := s.branches[branchKey(s.home.Repo, h.Branch)]
	if s.home.Repo == "" || b == nil {
		return tip{}, []Want{want}
	}
	if head = b.head(); !head.Known {
		want.Covers = b.keys()
		return head, []Want{want}
	}
	return head, nil
}

// homeTrouble is what keeps the home from being listened to, in words.
func (s *State) homeTrouble(h Home, head tip) string {
	r := s.repos[s.home.Repo]
	switch {
	case s.home.Rival != "":
		return "another repository now bears the name; name the one that is meant when the service is started"
	case r != nil && r.Gone:
		return "the repository was deleted or taken out of the App's installation; add it to the installation again"
	case r != nil && r.Inactive:
		return "the App's installation is suspended or deleted; install or unsuspend the App"
	case head.Gone:
		return "the branch " + h.Branch + " was deleted or renamed; restore it, or name another home when the service is started"
	case !head.Known:
		return "the head of " + h.Branch + " is not known: " + cmp.Or(head.Uncertain, "it is being read from the forge")
	case r != nil && !r.Repo.named(string(h.Forge), h.Repo):
		return "the repository is now " + r.Repo.String() + "; name it so when the service is started"
	default:
		return ""
	}
}

// listensTo says whether anything of the Nexus lies on a branch of a repository.
func (s *State) listensTo(repo, branch string) bool {
	return len(s.governed(repo, branch)) > 0 || s.isHome(repo, branch)
}

// homeIn says whether the home lies in a repository.
func (s *State) homeIn(repo string) bool { return s.inForce.Home != "" && s.home.Repo == repo }

// rebase has landings weighed from what is in force now: those before it will not be known any more.
func (s *State) rebase() {
	base := basis{
		Commit: s.inForce.Origin.Commit, Source: s.inForce.Source, Settled: s.inForce.Settled,
		Origin: s.inForce.Origin, Brought: s.inForce.Brought,
	}
	if h, ok := s.place(); ok {
		w := s.weighHome(h, time.Time{})
		if w.d != nil && !w.open {
			base = w.basis
		}
		w.conclude()
	}
	s.home.Base = base
	s.touch(homeDoc, "")
}
