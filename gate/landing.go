package gate

import (
	"cmp"
	"time"
)

// LandingRead is the changes that brought a landing on the home of a definition, as read from the forge:
// those that landed after Base, at the latest as Commit, and touch Path, the oldest first. It tells what
// their own deliveries would have told, so that a change whose deliveries were lost is vouched for too.
type LandingRead struct {
	Repo    Repo           `json:"repo"`
	Base    string         `json:"base"`
	Commit  string         `json:"commit"`
	Path    string         `json:"path"`
	Changes []LandedChange `json:"changes,omitempty"`
}

// LandedChange is a change that was merged, and the reviews of it.
type LandedChange struct {
	Number   int            `json:"number"`
	Title    string         `json:"title,omitempty"`
	Author   string         `json:"author,omitempty"`
	URL      string         `json:"url,omitempty"`
	Head     string         `json:"head"`
	Base     string         `json:"base"`   // the branch
	Landed   string         `json:"landed"` // the commit that the branch came to
	MergedAt time.Time      `json:"mergedAt"`
	Reviews  []LandedReview `json:"reviews,omitempty"`
}

// LandedReview is one person's word on a change that was merged.
type LandedReview struct {
	Reviewer string      `json:"reviewer"`
	State    ReviewState `json:"state"`
	Commit   string      `json:"commit,omitempty"` // the head it was given for, "" where not told
	At       time.Time   `json:"at"`
}

// seen is the change as its own delivery would have told it when it was merged.
func (c LandedChange) seen(repo Repo) ChangeSeen {
	return ChangeSeen{
		Repo: repo, Number: c.Number, State: ChangeMerged, Title: c.Title, Author: c.Author, URL: c.URL,
		Head: c.Head, Base: c.Base, Landed: c.Landed, UpdatedAt: c.MergedAt,
	}
}

func (s *State) foldLandingRead(e LandingRead, repo string, m moment) bool {
	if h, ok := s.place(); !ok || s.home.Repo != repo || h.Path != e.Path {
		return false
	}
	var brought []int
	for _, c := range e.Changes {
		s.foldChange(c.seen(e.Repo), repo, m)
		for _, r := range c.Reviews {
			s.foldReview(Reviewed{
				Repo: e.Repo, Number: c.Number, Reviewer: r.Reviewer, State: r.State, Commit: r.Commit, At: r.At, Trust: m.trust,
			}, repo)
		}
		brought = append(brought, c.Number)
	}
	c := s.commit(repo, e.Commit)
	if c.Landing == nil {
		c.Landing = map[string][]int{}
	}
	c.Landing[e.Path] = brought
	s.touch(commitDoc, commitKey(repo, e.Commit))
	s.stirHome()
	return true
}

// landingRead is the changes that the forge says brought a landing, where it was asked.
func (w *walk) landingRead(sha string) (changes []int, read bool) {
	if c, ok := w.s.commits[commitKey(w.s.home.Repo, sha)]; ok {
		changes, read = c.Landing[w.home.Path]
	}
	return changes, read
}

// uncovered puts before each landing those that nobody told of, and that the forge named when it was asked.
func (w *walk) uncovered(landings []homeLanding) []homeLanding {
	known := map[string]bool{w.Commit: true}
	for _, l := range landings {
		known[l.Commit] = true
	}
	var all []homeLanding
	for _, l := range landings {
		numbers, _ := w.landingRead(l.Commit)
		for _, number := range numbers {
			c := w.s.changes[changeKey(w.s.home.Repo, number)]
			if c == nil || c.Last.Landed == "" || known[c.Last.Landed] {
				continue
			}
			known[c.Last.Landed] = true
			all = append(all, homeLanding{Commit: c.Last.Landed, Named: true})
		}
		all = append(all, l)
	}
	return all
}

// grace is how long the deliveries of a change may come after that of its landing before the forge is asked.
const grace = time.Minute

// ask has the forge asked, once, which changes brought a landing that nobody vouches for: their deliveries
// may have been lost. An old commit that came back brings no change. Where the push itself was missed, nothing else is
// waited for.
func (w *walk) ask(l homeLanding) {
	base := w.Commit
	if l.Push != nil {
		base = l.Push.Before
	}
	if _, read := w.landingRead(l.Commit); read || l.Named || base == "" || w.comesBack(l) {
		return
	}
	if l.Push != nil {
		if due := l.Push.Received.Add(grace); due.After(w.now) {
			w.due = earliest(w.due, due)
			return
		}
	}
	w.wants = append(w.wants, Want{
		Kind: WantLanding, Repo: w.s.homeRepo(w.home), Branch: w.home.Branch, Base: base, Commit: l.Commit, Path: w.home.Path,
	})
}

// beforeGap is the latest push not used, of those since the basis: what led to a landing that nobody told of.
func (b *branch) beforeGap(base basis, used map[*push]bool) *push {
	var last *push
	for i := range b.Pushes {
		p := &b.Pushes[i]
		if used[p] || p.when().Before(base.Since) || p.After == "" {
			continue
		}
		if last == nil || cmp.Or(p.when().Compare(last.when()), cmp.Compare(p.Key, last.Key)) >= 0 {
			last = p
		}
	}
	return last
}
