package gate

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

func (s *State) foldChange(e ChangeSeen, repo string, m moment) bool {
	if e.UpdatedAt.IsZero() {
		e.UpdatedAt = m.received
	}
	key := changeKey(repo, e.Number)
	c := s.change(key)
	s.stirCommit(commitKey(repo, c.Last.Landed))
	s.stirIntegration(repo, c.Last.Base)
	landed := !c.MergedAt.IsZero()
	if c.see(e); !landed && !c.MergedAt.IsZero() {
		s.chronicleMerged(c, m.now)
	}
	s.indexLanded(key, c)
	s.endTrain(c)
	s.proposes(repo, e.Number)
	s.touch(changeDoc, key)
	s.stirChange(key, c)
	s.stirThing(c.Last.ref(), repo)
	s.stirBranch(repo, c.Last.Base)
	s.stirCommit(commitKey(repo, c.Last.Landed))
	return true
}

// indexLanded finds a change again by the commit that it landed as.
func (s *State) indexLanded(key string, c *change) {
	if c.Last.Landed == "" {
		return
	}
	landed := commitKey(c.Last.Repo.Key(), c.Last.Landed)
	if s.landedAs[landed] == nil {
		s.landedAs[landed] = map[string]bool{}
	}
	s.landedAs[landed][key] = true
}

// mostInternal bounds the merged-result commits remembered of one merge request.
const mostInternal = 32

// addInternal remembers a commit that a pipeline for a merge request ran on. The one whose pipeline
// is the oldest makes room.
func (s *State) addInternal(repo string, c *change, sha string) bool {
	if slices.Contains(c.Internal, sha) || !c.Heads[sha].IsZero() {
		return false
	}
	c.Internal = append(c.internals(), sha)
	slices.Sort(c.Internal)
	if len(c.Internal) > mostInternal {
		oldest := slices.MinFunc(c.Internal, func(a, b string) int {
			return cmp.Compare(s.commit(repo, a).pipeline(), s.commit(repo, b).pipeline())
		})
		c.Internal = keep(c.Internal, func(sha string) bool { return sha != oldest })
	}
	return true
}

func (s *State) changeSubject(key string, c *change) Subject {
	separator := "#"
	if c.Last.Repo.Forge == GitLab {
		separator = "!"
	}
	name := c.Last.Repo.Name + separator + key[strings.LastIndexByte(key, '#')+1:]
	return Subject{Kind: OfChange, ID: key, Name: name}
}

func (s *State) foldReview(e Reviewed, repo string) bool {
	key := changeKey(repo, e.Number)
	c := s.change(key)
	if c.review(e) {
		s.touch(changeDoc, key)
		s.stirChange(key, c)
	}
	return true
}

// change finds or makes the record of a change; what is said of one may come before the change itself.
func (s *State) change(key string) *change {
	c, ok := s.changes[key]
	if !ok {
		c = &change{}
		s.changes[key] = c
	}
	return c
}

func (s *State) stirChange(key string, c *change) {
	if c.Last.Number != 0 {
		s.stir(s.changeSubject(key, c))
		s.stir(s.definitionSubject(key, c))
		if s.isHome(c.Last.Repo.Key(), c.Last.Base) {
			s.stirHome() // it may have landed already
		}
	}
}

func (s *State) foldChangeRead(e ChangeRead, repo string) bool {
	key := changeKey(repo, e.Number)
	c := s.change(key)
	// An empty list says nothing: a forge that has not worked it out yet answers so too.
	c.Reads = with(c.Reads, e.Head, diff{Paths: e.Paths, Complete: e.Complete && len(e.Paths) > 0})
	s.touch(changeDoc, key)
	s.stirChange(key, c)
	s.stirThing(c.Last.ref(), repo) // whose it is may be known now
	s.stirIntegration(repo, c.Last.Base)
	return true
}

func (s *State) foldGroup(e GroupSeen, repo string, m moment) bool {
	if e.At.IsZero() {
		e.At = m.received
	}
	key := commitKey(repo, e.Head)
	g, ok := s.groups[key]
	if !ok {
		g = &group{}
		s.groups[key] = g
	}
	g.see(e)
	if c, ok := s.changes[trainOf(repo, e.Ref)]; ok && e.Repo.Forge == GitLab && c.ended() {
		g.end(c.Last.State)
	}
	s.touch(groupDoc, key)
	s.stirGroup(key, g)
	s.stirCommit(key) // it may have landed already
	return true
}

// trainOf is the key of the merge request whose train a ref is.
func trainOf(repo, ref string) string {
	number, _ := strings.CutPrefix(ref, "refs/merge-requests/")
	number, _ = strings.CutSuffix(number, "/train")
	return repo + "#" + number
}

// endTrain takes a merge request's cars off the train once it has ended: GitLab does not say so.
func (s *State) endTrain(c *change) {
	ref := fmt.Sprintf("refs/merge-requests/%d/train", c.Last.Number)
	if !c.ended() || c.Last.Repo.Forge != GitLab {
		return
	}
	for _, key := range sortedKeys(s.groups) {
		if g := s.groups[key]; g.Last.Repo.Key() == c.Last.Repo.Key() && g.Last.Ref == ref && !g.Last.Destroyed {
			g.end(c.Last.State)
			s.touch(groupDoc, key)
			s.stirGroup(key, g)
		}
	}
}

func (s *State) stirGroup(key string, g *group) {
	s.stir(s.groupSubject(key, g))
	s.stir(s.queuedSubject(key, g))
}

func (s *State) groupSubject(key string, g *group) Subject {
	return Subject{Kind: OfGroup, ID: key, Name: g.Last.Repo.Name + "@" + clipSHA(g.Last.Head)}
}

// ask makes the reports on a commit be sent again, changed or not: somebody pressed "re-run".
func (s *State) ask(repo, sha, delivery string) {
	subjects := sortedKeys(s.watch[commitKey(repo, sha)])
	if landing := s.record.Head.Landing; landing.Commit == sha && landing.Repo.Key() == repo {
		subjects = append(subjects, s.incrementSubject().Key())
	}
	for _, key := range subjects {
		if st, ok := s.standings[key]; ok {
			st.Asked = delivery
			s.touch(standingDoc, key)
			s.stir(st.Verdict.Subject)
		}
	}
}

func clipSHA(sha string) string { return sha[:min(len(sha), 12)] }
