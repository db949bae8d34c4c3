package gate

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/nexusgate/nexusgate/definition"
)

// News says whether a delivery, which has its id, would change anything that is known of a forge's
// repositories, heads, changes, groups, reviews and evidence. It changes nothing itself. What a forge's API says anew with more
// proof, with a later time or in more words of the same is no news: nothing was missed. Of all other
// events it says yes.
func (l *Ledger) News(d Delivery, events []Event) bool {
	m := moment{id: d.ID, trust: d.Trust, received: d.Received, now: d.Received}
	for _, e := range events {
		for _, s := range l.states {
			if s.nexus != nil && !s.record.Retired && s.news(e, m) {
				return true
			}
		}
	}
	return false
}

func (s *State) news(e Event, m moment) bool {
	if s.binds(repoOf(e)) {
		return true
	}
	switch e := e.(type) {
	case RepositorySeen:
		return s.newRepository(e)
	case HeadRead:
		return s.newHead(e)
	case ChangeSeen:
		return s.tried(s.sameChange(e), m)
	case Reviewed:
		m.trust = s.sameReview(e, m.trust)
		return s.tried(e, m)
	case Reported:
		return s.tried(s.sameReport(e), m)
	case ItemSeen:
		return s.tried(s.sameItem(e), m)
	case GroupSeen, Pushed, ReleaseSeen:
		return s.tried(e, m)
	case DeploymentAsked:
		return s.newlyAsked(e)
	default:
		return true
	}
}

// binds says whether hearing of a repository would tie a component or the home to it.
func (s *State) binds(repo Repo) bool {
	if s.nexus == nil || repo.ID == 0 {
		return false
	}
	for _, name := range s.inRepo[strings.ToLower(repo.String())] {
		if c := s.components[name]; c.Repo != repo.Key() && (c.Rival != repo.Key() || s.isGone(c.Repo)) {
			return true
		}
	}
	h, ok := s.place()
	return ok && repo.named(string(h.Forge), h.Repo) && s.home.Repo != repo.Key() && s.home.Rival != repo.Key()
}

// newRepository says whether a repository is told of otherwise than it is known.
func (s *State) newRepository(e RepositorySeen) bool {
	r, ok := s.repos[e.Repo.Key()]
	return ok && !e.At.Before(r.At) && (r.Repo.Name != e.Repo.Name || r.Gone != e.Gone || r.Archived != e.Archived)
}

// newHead says whether a head that was read is another than the one known.
func (s *State) newHead(e HeadRead) bool {
	repo := e.Repo.Key()
	if _, ours := s.repos[repo]; !ours || !s.listensTo(repo, e.Branch) {
		return false
	}
	b := s.branches[branchKey(repo, e.Branch)]
	if b == nil {
		return true
	}
	after := b.clone()
	after.addRead(e)
	was, is := b.head(), after.head()
	return was.Known != is.Known || was.Commit != is.Commit || was.Gone != is.Gone
}

// sameChange is the change as it is known, where what is told of it differs in nothing but its time and
// in what only some ways of telling tell.
func (s *State) sameChange(e ChangeSeen) ChangeSeen {
	c, ok := s.changes[changeKey(e.Repo.Key(), e.Number)]
	if !ok || e.UpdatedAt.Before(c.Last.UpdatedAt) {
		return e
	}
	told, last := e, c.Last
	told.Repo, told.UpdatedAt, told.Pipeline, told.OpenedAt = last.Repo, last.UpdatedAt, last.Pipeline, last.OpenedAt
	if told.Before == "" {
		told.Before = last.Before
	}
	if told.Author == c.Author || told.Author == "" {
		told.Author = last.Author
	}
	if canonical(told) == canonical(last) {
		return last
	}
	return e
}

// sameItem is an item whose links are told anew, and are those that are known, as if nobody had asked again.
func (s *State) sameItem(e ItemSeen) ItemSeen {
	i := s.items[changeKey(e.Repo.Key(), e.Number)]
	if i != nil && !e.LinksAt.IsZero() && slices.Equal(i.links(Blocks), e.Links) && len(i.Last.Needs) == len(e.Needs) {
		e.Links, e.LinksAt = nil, time.Time{}
	}
	return e
}

// sameReview is the trust of a word that is known already.
func (s *State) sameReview(e Reviewed, told definition.Trust) definition.Trust {
	if c, ok := s.changes[changeKey(e.Repo.Key(), e.Number)]; ok {
		for _, r := range c.Reviews {
			e.Trust, e.Repo = r.Trust, r.Repo
			if r == e {
				return r.Trust
			}
		}
	}
	return told
}

// sameReport is evidence as it is known, where it says the same and only its proof, or its time by less
// than clocks differ, is another. A forge's clock that runs ahead is settled anew with each receipt.
func (s *State) sameReport(e Reported) Reported {
	c, ok := s.commits[commitKey(e.Repo.Key(), e.Commit)]
	if !ok {
		return e
	}
	seen, known := c.objects()[e.Evidence.Object]
	if !known {
		return e
	}
	e.Evidence.Trust = min(e.Evidence.Trust, seen.Trust)
	if ahead := e.Evidence.Observed.Sub(seen.Observed); ahead > 0 && ahead <= skew {
		same := e.Evidence
		if same.Observed = seen.Observed; same.fingerprint() == seen.fingerprint() {
			return Reported{Repo: e.Repo, Commit: e.Commit, Tree: e.Tree, Evidence: same}
		}
	}
	return e
}

// tried folds an event into copies of what it bears on, and says whether any of them came out differently.
func (s *State) tried(e Event, m moment) bool {
	t := s.trial(e)
	t.fold(e, m)
	for key := range t.changed {
		after, gone := t.document(key)
		before, none := s.document(key)
		if gone != none || !gone && canonical(unseen(after)) != canonical(unseen(before)) {
			return true
		}
	}
	return false
}

// unseen is a document without that for which a thing was only seen once more, as it was known.
func unseen(document any) any {
	switch of := document.(type) {
	case *change:
		d := of.clone()
		for i := range d.Views {
			d.Views[i].Until = time.Time{}
		}
		return d
	case *item:
		d := *of
		d.Heard = time.Time{}
		return &d
	default:
		return document
	}
}

// trial is a State of nothing but copies of what an event bears on. What the fold of such an event only
// reads is shared.
func (s *State) trial(e Event) *State {
	t := NewState(s.name)
	t.nexus, t.record, t.inForce, t.home = s.nexus, s.record, s.inForce, s.home
	t.components, t.inRepo, t.bound, t.integrating, t.releases = s.components, s.inRepo, s.bound, s.integrating, s.releases
	repo := repoOf(e).Key()
	copyOf(t.repos, s.repos, repo, func(r *repository) *repository { c := *r; return &c })
	switch e := e.(type) {
	case Pushed:
		t.copyCommit(s, repo, e.After)
		copyOf(t.branches, s.branches, branchKey(repo, e.Branch), (*branch).clone)
	case ChangeSeen:
		t.copyChange(s, repo, e.Number)
		t.copyTrain(s, repo)
	case Reviewed:
		t.copyChange(s, repo, e.Number)
	case GroupSeen:
		copyOf(t.groups, s.groups, commitKey(repo, e.Head), (*group).clone)
		copyOf(t.changes, s.changes, trainOf(repo, e.Ref), (*change).clone)
	case ItemSeen:
		t.backlog = s.backlog
		copyOf(t.items, s.items, changeKey(repo, e.Number), (*item).clone)
		copyOf(t.things, s.things, e.ref().key(), func(of *thing) *thing { c := *of; return &c })
		maps.Copy(t.milestones, s.milestones)
	case ReleaseSeen:
		copyOf(t.tags, s.tags, branchKey(repo, e.Tag), (*tag).clone)
	case Reported:
		t.copyChange(s, repo, e.Evidence.Change)
		t.copyCommit(s, repo, e.Commit)
		copyOf(t.sumRuns, s.sumRuns, sumRunKey(repo, holderOf(&e.Evidence)), (*sumRun).clone)
	}
	return t
}

func (s *State) copyCommit(from *State, repo, sha string) {
	copyOf(s.commits, from.commits, commitKey(repo, sha), (*commit).clone)
}

// copyChange shares the change's internal commits: one of them may have to make room.
func (s *State) copyChange(from *State, repo string, number int) {
	key := changeKey(repo, number)
	copyOf(s.changes, from.changes, key, (*change).clone)
	if c, ok := s.changes[key]; ok {
		for _, sha := range c.Internal {
			copyOf(s.commits, from.commits, commitKey(repo, sha), func(c *commit) *commit { return c })
		}
	}
}

// copyTrain copies the groups that may end with a merge request.
func (s *State) copyTrain(from *State, repo string) {
	for key, g := range from.groups {
		if g.Last.Repo.Key() == repo && g.Last.Repo.Forge == GitLab {
			s.groups[key] = g.clone()
		}
	}
}

func copyOf[T any](to, from map[string]*T, key string, clone func(*T) *T) {
	if value, ok := from[key]; ok {
		to[key] = clone(value)
	}
}

func (b *branch) clone() *branch {
	c := *b
	c.Pushes, c.Reads = slices.Clone(b.Pushes), slices.Clone(b.Reads)
	return &c
}

func (c *commit) clone() *commit {
	objects := c.objects()
	d := *c
	d.Objects, d.Signs = maps.Clone(objects), slices.Clone(c.Signs)
	return &d
}

func (c *change) clone() *change {
	d := *c
	d.Heads, d.Views, d.Reads = maps.Clone(c.Heads), slices.Clone(c.Views), maps.Clone(c.Reads)
	d.Since = maps.Clone(c.Since)
	d.Reviews, d.Internal, d.Signs = slices.Clone(c.Reviews), slices.Clone(c.Internal), slices.Clone(c.Signs)
	d.Checks = slices.Clone(c.Checks)
	return &d
}

func (i *item) clone() *item {
	c := *i
	c.Since, c.Marks, c.Links = maps.Clone(i.Since), maps.Clone(i.Marks), maps.Clone(i.Links)
	return &c
}

func (r *sumRun) clone() *sumRun {
	c := *r
	c.Objects = maps.Clone(r.Objects)
	return &c
}

func (g *group) clone() *group {
	c := *g
	return &c
}
