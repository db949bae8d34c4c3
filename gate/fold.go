package gate

import (
	"strings"
	"time"

	"github.com/nexusgate/nexusgate/definition"
)

// moment is what a fold knows of the delivery that an event came in.
type moment struct {
	id       string // of the delivery
	trust    definition.Trust
	told     bool // a forge sent it by itself
	received time.Time
	now      time.Time
	happened time.Time // the latest that it tells of, by the forge; zero where that is not known
}

// fold takes one event into the state and says whether anything in this Nexus rests on it. Heads,
// evidence and changes come out the same in whatever order the events arrive.
func (s *State) fold(e Event, m moment) (used bool) {
	switch e := e.(type) {
	case NexusRetired:
		return s.foldRetired(e)
	case InstallationSeen:
		return s.foldInstallation(e)
	case RepositorySeen:
		return s.foldRepository(e, m.trust)
	case Pruned:
		return s.foldPruned(e, m.now)
	case Signed:
		if e.Increment != "" {
			return s.nexus != nil && s.foldSigned(e, m)
		}
		return s.foldOfRepo(e, m)
	case ErrandDone:
		return s.foldErrand(e)
	case ThingRead:
		return s.foldThing(e, m)
	case DeploymentAnswered:
		return s.foldDeploymentAnswered(e, m)
	case ReleaseJudged:
		return s.foldReleaseJudged(e, m)
	case BriefMade:
		return s.foldBriefMade(e, m)
	case Submitted:
		if e.Increment != "" {
			return s.nexus != nil && s.foldTested(e, m)
		}
		return s.foldOfRepo(e, m)
	default:
		return s.foldOfRepo(e, m)
	}
}

// foldOfRepo takes in what is of a repository, where it is one of ours.
func (s *State) foldOfRepo(e Event, m moment) bool {
	repo := repoOf(e)
	if !s.bind(repo, m.trust) || s.late(e, m) {
		return false
	}
	s.hear(repo.Key(), m)
	return s.foldInRepo(e, repo.Key(), m)
}

func (s *State) foldInRepo(e Event, repo string, m moment) bool {
	if used, told := s.foldItems(e, repo, m); told || s.backlogAlone(repo) {
		return used
	}
	if s.integratesAlone(repo) {
		e, told := e.(Reported)
		return told && s.foldSumReport(e, repo, m)
	}
	switch e := e.(type) {
	case Pushed:
		return s.foldPush(e, repo, m)
	case ChangeSeen:
		return s.foldChange(e, repo, m)
	case GroupSeen:
		return s.foldGroup(e, repo, m)
	case Reviewed:
		e.Trust = m.trust
		return s.foldReview(e, repo)
	case Reported:
		return s.foldReport(e, repo, m)
	case DeploymentAsked:
		return s.foldDeploymentAsked(e, m)
	case CheckAsked:
		return s.foldCheckAsked(e, repo)
	case ReleaseSeen:
		return s.foldReleaseSeen(e, m)
	case TagSeen:
		return s.foldTagSeen(e, m)
	case TagRead:
		return s.foldTagRead(e, m)
	case Rerequested:
		s.ask(repo, e.Commit, m.id)
		return true
	case HeadRead:
		return s.foldHeadRead(e, repo)
	case FileRead:
		return s.foldFileRead(e, repo)
	case CommitRead:
		return s.foldCommitRead(e, repo)
	case PathsRead:
		return s.foldPathsRead(e, repo)
	case ChangeRead:
		return s.foldChangeRead(e, repo)
	case NexusRead:
		return s.foldNexusRead(e, repo)
	case LandingRead:
		return s.foldLandingRead(e, repo, m)
	case Signed:
		return s.foldSigned(e, m)
	case Submitted:
		return s.foldSubmitted(e, repo, m)
	default:
		return false
	}
}

// bind finds out whether a repository is one of ours, and ties the components that name it to its
// id, which outlives its name.
func (s *State) bind(repo Repo, trust definition.Trust) (ours bool) {
	if s.nexus == nil || repo.ID == 0 {
		return false
	}
	key := repo.Key()
	for _, name := range s.inRepo[strings.ToLower(repo.String())] {
		ours = s.bindComponent(name, key) || ours
	}
	ours = s.bindHome(repo) || ours
	ours = s.bindSum(repo) || ours
	ours = s.bindBacklog(repo) || ours
	known, ok := s.repos[key]
	switch {
	case !ok && !ours:
		return false
	case !ok:
		s.repos[key] = &repository{Repo: repo}
		s.rerouted = true
		s.touch(repoDoc, key)
		return true
	case !ours && s.claimed(known, repo, trust):
		return false
	}
	s.learn(known, repo, ours)
	return true
}

// claimed says whether a delivery that a plain token brought names a known id under another name.
// The token is one project's: whoever holds it may write any id into a body. A project that was
// really renamed is heard again once the definition names it so.
func (s *State) claimed(known *repository, repo Repo, trust definition.Trust) bool {
	if trust > definition.Token || strings.EqualFold(known.Repo.Name, repo.Name) {
		return false
	}
	if known.Claim != repo.Name {
		known.Claim = repo.Name
		s.touch(repoDoc, repo.Key())
	}
	return true
}

// learn keeps what a delivery tells of a repository: its installation, and its name where the
// definition bears that out.
func (s *State) learn(known *repository, repo Repo, ours bool) {
	before := *known
	if repo.Installation != 0 {
		known.Repo.Installation = repo.Installation
	}
	if ours {
		known.Repo.Name, known.Claim = repo.Name, ""
	}
	if *known != before {
		s.rerouted = true
		s.touch(repoDoc, repo.Key())
	}
}

// bindComponent ties a component to a repository the first time it is heard of. Another repository
// that takes over the name later is not it: the component says so and its door stays shut.
func (s *State) bindComponent(name, key string) bool {
	c := s.components[name]
	switch {
	case c.Repo == key:
		return true
	case c.Repo == "":
		s.bindTo(name, key)
		s.stirUngoverned(key)
	case s.isGone(c.Repo):
		s.bindTo(name, key)
		s.govern() // the layer of the repository that is gone is in force no more
		s.stirAll()
	case c.Rival == key:
		return false
	default:
		c.Rival = key
	}
	s.rerouted = true
	s.touch(componentDoc, name)
	s.stirComponent(name)
	return c.Repo == key
}

func (s *State) isGone(repo string) bool {
	r, ok := s.repos[repo]
	return ok && r.Gone
}

func (s *State) foldRepository(e RepositorySeen, trust definition.Trust) bool {
	if s.nexus == nil {
		return false
	}
	s.foldRival(e)
	r, ok := s.repos[e.Repo.Key()]
	switch {
	case !ok || e.At.Before(r.At):
		return ok
	case s.claimed(r, e.Repo, trust):
		return false
	}
	if r.Gone && !e.Gone {
		s.doubt(e.Repo.Key())
	}
	s.rerouted = s.rerouted || r.Repo.Name != e.Repo.Name
	r.Repo.Name, r.Gone, r.Archived, r.At = e.Repo.Name, e.Gone, e.Archived, e.At
	s.touch(repoDoc, e.Repo.Key())
	s.stirRepo(e.Repo.Key())
	return true
}

// foldRival lets go of a repository that bore a component's name, once it bears another or is gone.
func (s *State) foldRival(e RepositorySeen) {
	for _, name := range sortedKeys(s.components) {
		g, ok := s.nexus.Component(name)
		if c := s.components[name]; ok && c.Rival == e.Repo.Key() && (e.Gone || !e.Repo.named(g.Forge, g.Repo)) {
			c.Rival, s.rerouted = "", true
			s.touch(componentDoc, name)
			s.stirComponent(name)
		}
	}
	if h, ok := s.place(); ok && s.home.Rival == e.Repo.Key() && (e.Gone || !e.Repo.named(string(h.Forge), h.Repo)) {
		s.home.Rival, s.rerouted = "", true
		s.touch(homeDoc, "")
		s.stirHome()
	}
}

func (s *State) foldInstallation(e InstallationSeen) (used bool) {
	for key, r := range s.repos {
		if r.Repo.Installation == e.Installation && !e.At.Before(r.Told) {
			if r.Inactive && e.Active {
				s.doubt(key)
			}
			r.Inactive, r.Told, used = !e.Active, e.At, true
			s.touch(repoDoc, key)
			s.stirRepo(key)
		}
	}
	return used
}

// doubt forgets the branches of a repository that was not listened to for a while: what landed
// meanwhile nobody told, and each head is read again.
func (s *State) doubt(repo string) {
	if s.homeIn(repo) {
		s.rebase()
	}
	s.forgetBranches(func(key string) bool { return strings.HasPrefix(key, repo+" ") })
	for _, name := range s.componentsIn(repo) {
		if c := s.components[name]; c.Commit != "" {
			c.Trouble = "what landed while nobody told us of it is being read"
			s.touch(componentDoc, name)
		}
	}
	s.stirRepo(repo)
}

func (s *State) forgetBranches(are func(key string) bool) {
	for key := range s.branches {
		if are(key) {
			delete(s.branches, key)
			s.touch(branchDoc, key)
		}
	}
}

func (s *State) stirRepo(repo string) {
	if s.homeIn(repo) {
		s.stirHome()
	}
	for _, name := range s.componentsIn(repo) {
		s.stirComponent(name)
	}
}

func (s *State) foldPush(e Pushed, repo string, m moment) bool {
	if e.Tree != "" && e.After != "" {
		s.knowTree(repo, e.After, e.Tree)
	}
	if !s.listensTo(repo, e.Branch) {
		return false
	}
	key := branchKey(repo, e.Branch)
	if s.branch(key, e.Repo.Forge).addPush(pushOf(e, m)) {
		s.touch(branchDoc, key)
		s.stirBranch(repo, e.Branch)
	}
	return true
}

// mostPaths bounds the paths kept of one push; a longer list is read when something asks for it.
const mostPaths = 300

func pushOf(e Pushed, m moment) push {
	p := push{
		Key: m.id, Before: e.Before, After: e.After, Forced: e.Forced, At: e.PushedAt, Received: m.received,
		Paths: e.Paths, PathsKnown: e.PathsKnown, Trust: m.trust,
	}
	if p.At.IsZero() && e.Repo.Forge == GitHub {
		p.At = m.received
	}
	if len(p.Paths) > mostPaths {
		p.Paths, p.PathsKnown = nil, false
	}
	return p
}

func (s *State) branch(key string, forge Forge) *branch {
	b, ok := s.branches[key]
	if !ok {
		b = &branch{Forge: forge}
		s.branches[key] = b
	}
	return b
}

// stirBranch has judged again what lies on a branch, and what looked at it.
func (s *State) stirBranch(repo, name string) {
	s.stirCommit(branchKey(repo, name))
	if s.isHome(repo, name) {
		s.stirHome()
	}
	for _, g := range s.governed(repo, name) {
		s.stirComponent(g.Name)
	}
}

func (s *State) foldHeadRead(e HeadRead, repo string) bool {
	if !s.listensTo(repo, e.Branch) {
		return false
	}
	key := branchKey(repo, e.Branch)
	s.branch(key, e.Repo.Forge).addRead(e)
	s.touch(branchDoc, key)
	s.stirBranch(repo, e.Branch)
	return true
}

func (s *State) foldReport(e Reported, repo string, m moment) bool {
	if s.foldSumReport(e, repo, m) {
		return true // it is of a composition, and not of the commit that the pipeline lies on
	}
	if e.Tree != "" {
		s.knowTree(repo, e.Commit, e.Tree)
	}
	e.Evidence.Observed = settleClock(e.Evidence.Observed, m)
	e.Evidence.Deploys = s.deploysTo(e)
	c := s.commit(repo, e.Commit)
	pipeline, seen := c.pipeline(), c.objects()[e.Evidence.Object]
	if c.add(e.Evidence) {
		s.rerun(repo, c, seen, &e, m)
		s.touch(commitDoc, commitKey(repo, e.Commit))
		s.stirCommit(commitKey(repo, e.Commit))
	}
	if c.pipeline() != pipeline {
		s.stirLanding(repo, e.Commit)
	}
	s.internal(repo, e)
	s.ran(repo, e)
	return true
}

// stirLanding has the head Increment said again where a commit is the landing that made it: its status joins
// another pipeline now, which need not turn any verdict.
func (s *State) stirLanding(repo, commit string) {
	if l := s.record.Head.Landing; l.Commit == commit && l.Repo.Key() == repo {
		s.stir(s.incrementSubject())
	}
}

// skew is how far a forge's clock may run ahead of ours before its evidence is not believed.
const skew = 5 * time.Minute

// settleClock takes a little haste of the forge's clock for what it is. Where ours was set back it is held
// against the last moment of the log, which never runs back.
func settleClock(observed time.Time, m moment) time.Time {
	for _, ours := range []time.Time{m.received, m.now} {
		if observed.After(ours) && observed.Sub(ours) <= skew {
			return ours
		}
	}
	return observed
}

// internal remembers a merged-result pipeline's commit with its merge request, which may not have
// been heard of yet.
func (s *State) internal(repo string, e Reported) {
	if e.Evidence.Change == 0 {
		return
	}
	key := changeKey(repo, e.Evidence.Change)
	c := s.change(key)
	if s.addInternal(repo, c, e.Commit) {
		s.touch(changeDoc, key)
		s.stirCommit(commitKey(repo, c.Last.Landed)) // it may be how that commit was tested
	}
	s.stirChange(key, c)
}

func (s *State) knowTree(repo, sha, tree string) {
	if c := s.commit(repo, sha); c.Tree != tree {
		c.Tree = tree
		s.touch(commitDoc, commitKey(repo, sha))
		s.stirCommit(commitKey(repo, sha))
	}
}

func (s *State) foldCommitRead(e CommitRead, repo string) bool {
	c := s.commit(repo, e.Commit)
	c.Read, c.Parents = true, e.Parents
	if e.Tree != "" {
		c.Tree = e.Tree
	}
	s.touch(commitDoc, commitKey(repo, e.Commit))
	s.stirCommit(commitKey(repo, e.Commit))
	return true
}

func (s *State) foldPathsRead(e PathsRead, repo string) bool {
	c := s.commit(repo, e.Head)
	if c.Differs == nil {
		c.Differs = map[string]diff{}
	}
	c.Differs[e.Base] = diff{Paths: e.Paths, Complete: e.Complete}
	s.touch(commitDoc, commitKey(repo, e.Head))
	s.stirCommit(commitKey(repo, e.Head))
	s.stirRepo(repo)
	return true
}

func (s *State) foldFileRead(e FileRead, repo string) bool {
	c := s.commit(repo, e.Commit)
	if c.Files == nil {
		c.Files = map[string]fileRead{}
	}
	c.Files[e.Path] = fileRead{Source: e.Source, Absent: e.Absent, Cut: e.Cut}
	s.touch(commitDoc, commitKey(repo, e.Commit))
	s.stirCommit(commitKey(repo, e.Commit))
	s.stirRepo(repo)
	return true
}
