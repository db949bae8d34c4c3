package gate

import (
	"slices"
	"time"

	"github.com/nexusgate/nexusgate/definition"
)

// foldPruned forgets what is older than a moment and bears on nothing that is judged: all verdicts stay
// as they are, and so do those that come of what is told later.
func (s *State) foldPruned(e Pruned, now time.Time) bool {
	if s.nexus == nil || !e.Before.After(s.record.Pruned) {
		return false
	}
	s.record.Pruned = e.Before.UTC()
	s.touch(recordDoc, "")
	p := pruning{
		s: s, before: e.Before, now: now, changes: map[string]bool{}, groups: map[string]bool{}, commits: map[string]bool{},
		walked: map[string]bool{}, pushes: map[*push]bool{},
	}
	p.hold()
	p.forgetChanges()
	p.forgetGroups()
	p.forgetCommits()
	p.forgetCompositions()
	p.forgetAwaited()
	p.forgetSumRuns()
	s.leaveCommits()
	p.forgetDeployments()
	p.forgetTags()
	p.forgetItems()
	p.cutBranches()
	s.forgetChapters(now)
	return true
}

// pruning finds what something rests on, and forgets the rest. It goes by the documents alone, and by
// nothing that a process remembers besides, so that a replay forgets the same.
type pruning struct {
	s           *State
	before, now time.Time
	// What stays, by key. Of the commits walked only that is asked in what they differ from those before.
	changes, groups, commits, walked map[string]bool
	pushes                           map[*push]bool
}

func (p *pruning) hold() {
	s := p.s
	for key, c := range s.changes {
		if !c.forgettable(p.before) {
			p.holdChange(key)
		}
	}
	for key, g := range s.groups {
		if !g.Last.Destroyed || !latest(g.Last.At, g.First).Before(p.before) {
			p.holdGroup(key)
		}
	}
	for name := range s.components {
		p.holdComponent(name)
	}
	head := s.record.Head
	p.holdLanded(head.Landing.Repo.Key(), head.Landing.Commit)
	for _, sum := range []Composition{head.Composition, s.record.LastDone.Composition} {
		for name, commit := range sum {
			if c := s.components[name]; c != nil {
				p.holdLanded(c.Repo, commit)
			}
		}
	}
	p.holdHome()
	p.holdNeeded()
}

// forgettable says whether a change has ended, or was never told of itself, and nothing was said of it since.
func (c *change) forgettable(before time.Time) bool {
	if c.Last.Number != 0 && !c.ended() {
		return false
	}
	heard := latest(c.Last.UpdatedAt, c.MergedAt)
	for _, r := range c.Reviews {
		heard = latest(heard, r.At)
	}
	return latest(heard, c.Signs.latest()).Before(before)
}

func (p *pruning) holdChange(key string) {
	c := p.s.changes[key]
	p.changes[key] = true
	repo := c.Last.Repo.Key()
	for _, sha := range append([]string{c.Last.Head, c.Last.Landed}, c.internals()...) {
		p.holdCommit(repo, sha)
	}
}

func (p *pruning) holdGroup(key string) { p.groups[key], p.commits[key] = true, true }

func (p *pruning) holdCommit(repo, sha string) { p.commits[commitKey(repo, sha)] = true }

// holdLanded holds a commit with all that its evidence may be carried from.
func (p *pruning) holdLanded(repo, sha string) {
	key := commitKey(repo, sha)
	p.holdCommit(repo, sha)
	for _, change := range p.s.changesLandedAs(repo, sha) {
		p.holdChange(change)
	}
	if p.s.groups[key] != nil {
		p.holdGroup(key)
	}
}

// holdComponent holds what a component stands at, and each landing that evidence is carried from.
func (p *pruning) holdComponent(name string) {
	s := p.s
	c := s.components[name]
	g, ok := s.nexus.Component(name)
	if !ok || c.Repo == "" {
		return
	}
	p.holdLanded(c.Repo, c.Commit)
	p.holdCommit(c.Repo, c.File.Commit)
	b := s.branches[branchKey(c.Repo, g.Branch)]
	if b == nil {
		return
	}
	head := b.head()
	if !head.Known {
		p.holdBranch(c.Repo, b) // any of it may turn out to be the head
		return
	}
	for _, start := range []string{head.Commit, c.Commit} {
		p.holdLanded(c.Repo, start)
		p.holdPush(b.arrived(start))
		for _, touches := range scopesOf(g) {
			p.holdWalk(c.Repo, b, start, touches)
		}
		p.holdWay(c.Repo, b, start, c.File.Commit)
	}
}

// scopesOf are the paths that anything of a component watches, less those that are all of them.
func scopesOf(g *Governed) (all []func(path string) bool) {
	for _, r := range g.Rules {
		for _, c := range []*definition.Criterion{r.Nexus, r.Team} {
			if c == nil {
				continue
			}
			if touches, narrow := scope(c, g.Path); narrow {
				all = append(all, touches)
			}
		}
	}
	if g.Path != "" {
		all = append(all, func(path string) bool { return under(g.Path, path) })
	}
	return all
}

// holdWalk holds the landing that last touched some paths, and the way there. Beyond one whose paths are
// not known the walk may go on.
func (p *pruning) holdWalk(repo string, b *branch, start string, touches func(string) bool) {
	t := b.touching(start, p.s.reader(repo), touches)
	p.holdWay(repo, b, start, t.Commit)
	p.holdLanded(repo, t.Commit)
	p.holdPush(b.arrived(t.Commit))
	if t.Unknown != nil {
		p.holdBranch(repo, b)
	}
}

// holdWay holds the pushes that lead from a commit back to another, where they do.
func (p *pruning) holdWay(repo string, b *branch, from, to string) {
	var way []*push
	for commit := from; commit != to; {
		at := b.arrived(commit)
		if at == nil || len(way) > longestHistory {
			return
		}
		way, commit = append(way, at), at.Before
	}
	for _, at := range way {
		p.holdPush(at)
		p.walked[commitKey(repo, at.After)] = true
	}
}

func (p *pruning) holdPush(at *push) {
	if at != nil {
		p.pushes[at] = true
	}
}

func (p *pruning) holdBranch(repo string, b *branch) {
	for i := range b.Pushes {
		p.holdPush(&b.Pushes[i])
		p.holdLanded(repo, b.Pushes[i].Before)
		p.holdLanded(repo, b.Pushes[i].After)
	}
}

// forgetChanges forgets those that have ended, less what would have to be known were one opened again.
func (p *pruning) forgetChanges() {
	s := p.s
	for key, c := range s.changes {
		if p.changes[key] {
			continue
		}
		rest, stays := c.remains()
		if stays && c.Heads == nil {
			continue // it is that already
		}
		s.drop(s.changeSubject(key, c).Key())
		s.drop(s.definitionSubject(key, c).Key())
		s.touch(changeDoc, key)
		delete(s.changes, key)
		if stays {
			s.changes[key] = rest
		}
	}
	clear(s.landedAs)
	for key, c := range s.changes {
		s.indexLanded(key, c)
	}
}

// remains is what has to be known of a closed change should it be opened again: who objects to it, and on
// GitLab, which seldom says so, who wrote it. What was merged is never opened again.
func (c *change) remains() (rest *change, stays bool) {
	if c.Last.State != ChangeClosed {
		return nil, false
	}
	rest = &change{Author: c.Author, Last: c.Last}
	rest.Last.Title, rest.Last.URL = "", ""
	objectors := lastWords(c.Reviews)
	for _, reviewer := range sortedKeys(objectors) {
		if r := objectors[reviewer]; r.State == ChangesRequested {
			rest.review(r)
		}
	}
	return rest, len(rest.Reviews) > 0 || c.Last.Repo.Forge == GitLab && c.Author != ""
}

func (p *pruning) forgetGroups() {
	s := p.s
	for key, g := range s.groups {
		if p.groups[key] {
			continue
		}
		s.drop(s.groupSubject(key, g).Key())
		s.drop(s.queuedSubject(key, g).Key())
		delete(s.groups, key)
		s.touch(groupDoc, key)
	}
}

func (p *pruning) forgetCommits() {
	s := p.s
	for key, c := range s.commits {
		switch {
		case p.commits[key] || !p.old(key, c):
		case p.walked[key]:
			if !c.isEmpty() || len(c.Files) > 0 || c.Read {
				s.commits[key] = &commit{Differs: c.Differs, Idle: c.Idle}
				s.touch(commitDoc, key)
			}
		default:
			delete(s.commits, key)
			s.touch(commitDoc, key)
		}
	}
}

// old says whether the last word on a commit is older than what is kept. One that nothing dates counts
// from when it was first found so.
func (p *pruning) old(key string, c *commit) bool {
	heard := latest(latest(c.Idle, c.heard()), c.Signs.latest())
	if heard.IsZero() {
		c.Idle = p.now
		p.s.touch(commitDoc, key)
		return false
	}
	return heard.Before(p.before)
}

// forgetCompositions forgets those that are no Increment at hand, and of which nothing was heard since.
func (p *pruning) forgetCompositions() {
	s := p.s
	held := map[string]bool{s.record.Head.Digest: true, s.record.LastDone.Digest: true}
	for _, i := range s.record.Recent {
		held[i.Digest] = true
	}
	for digest, c := range s.compositions {
		heard := latest(latest(c.Made, c.heard()), c.Signs.latest())
		if !held[digest] && heard.Before(p.before) {
			delete(s.compositions, digest)
			s.touch(compositionDoc, digest)
		}
	}
}

// forgetAwaited forgets what waits for runs that nobody has told of.
func (p *pruning) forgetAwaited() {
	for key, w := range p.s.awaited {
		if w.At.Before(p.before) {
			delete(p.s.awaited, key)
			p.s.touch(awaitedDoc, key)
		}
	}
}

// cutBranches lets go of the oldest pushes to where one begins that is held or is not old. A home's are
// left alone: which layer is in force follows from them.
func (p *pruning) cutBranches() {
	s := p.s
	h, _ := s.place()
	for key, b := range s.branches {
		at := len(b.Pushes) - 1 // the latest stays
		for i := range slices.Backward(b.Pushes) {
			if p.pushes[&b.Pushes[i]] || !b.Pushes[i].Received.Before(p.before) {
				at = i
			}
		}
		if at <= 0 || key == branchKey(s.home.Repo, h.Branch) {
			continue
		}
		rest := &branch{Forge: b.Forge, Pushes: slices.Clone(b.Pushes[at:]), Reads: b.Reads, Cut: true}
		if head := b.head(); head.Known && rest.head() == head {
			s.branches[key] = rest
			s.touch(branchDoc, key)
		}
	}
}

// late says whether somebody tells only now of what happened before anything was forgotten, and what
// nothing is known of: it may be the older word on a thing whose newer one was forgotten. What we have
// read ourselves is never late.
func (s *State) late(e Event, m moment) bool {
	if m.happened.IsZero() || !m.happened.Before(s.record.Pruned) {
		return false
	}
	repo := repoOf(e).Key()
	switch e := e.(type) {
	case Pushed:
		return true
	case ChangeSeen:
		return s.changes[changeKey(repo, e.Number)] == nil
	case Reviewed:
		return s.changes[changeKey(repo, e.Number)] == nil
	case GroupSeen:
		return s.groups[commitKey(repo, e.Head)] == nil
	case TagSeen:
		return s.tags[branchKey(repo, e.Tag)] == nil
	case ItemSeen:
		return s.items[changeKey(repo, e.Number)] == nil
	case ItemLinked:
		return s.items[changeKey(repo, e.From.Number)] == nil
	case Signed:
		if e.Number != 0 {
			return s.changes[changeKey(repo, e.Number)] == nil
		}
		return s.commits[commitKey(repo, e.Commit)] == nil
	case Reported:
		c := s.commits[commitKey(repo, e.Commit)]
		if c == nil {
			return true
		}
		_, known := c.objects()[e.Evidence.Object]
		return !known
	default:
		return false
	}
}

// happened is the latest moment that a forge's delivery tells of; zero where that is not known of all of it.
func happened(d Delivery, events []Event) (last time.Time) {
	for _, e := range events {
		at := EventTime(e)
		if d.Source == FromUs || at.IsZero() {
			return time.Time{}
		}
		last = latest(last, at)
	}
	return last
}
