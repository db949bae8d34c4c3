package gate

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// signsOn is what was said on a change and on its heads, in order, each with the commit that it is for.
func (s *State) signsOn(c *change) signatures {
	repo, heads := c.Last.Repo.Key(), c.headsInOrder()
	var all signatures
	for _, w := range c.Signs {
		w.Commit = c.signedHead(w, heads)
		all = append(all, w)
	}
	for _, h := range heads {
		if known := s.commits[commitKey(repo, h.sha)]; known != nil {
			all = append(all, known.Signs...)
		}
	}
	slices.SortFunc(all, signature.compare)
	return all
}

// signsOnLanded is what was said on a landed commit and on the changes that it came by, in order.
func (s *State) signsOnLanded(repo, sha string) signatures {
	var all signatures
	if c := s.commits[commitKey(repo, sha)]; c != nil {
		all = slices.Clone(c.Signs)
	}
	for _, key := range s.changesLandedAs(repo, sha) {
		all = append(all, s.signsOn(s.changes[key])...)
	}
	slices.SortFunc(all, signature.compare)
	return all
}

// head is a head of a change, and when it was first seen.
type head struct {
	sha   string
	since time.Time
}

// headsInOrder are those of a change by when they were first seen; of one moment the one that stands is the last.
func (c *change) headsInOrder() []head {
	var heads []head
	for sha, since := range c.Heads {
		heads = append(heads, head{sha, since})
	}
	slices.SortFunc(heads, func(a, b head) int {
		return cmp.Or(a.since.Compare(b.since), yesLast(a.sha == c.Last.Head, b.sha == c.Last.Head), strings.Compare(a.sha, b.sha))
	})
	return heads
}

// signedHead is the commit that a word on a change is for: the head that it names, or the one of its moment, and
// what landed after the merge; "" where that cannot be told. A head of the very second may have come after the
// word, and is not what was signed unless it was the first.
func (c *change) signedHead(w signature, heads []head) string {
	if w.Commit != "" {
		named := keep(heads, func(h head) bool { return strings.HasPrefix(h.sha, w.Commit) })
		if len(named) != 1 {
			return ""
		}
		return named[0].sha
	}
	if !c.MergedAt.IsZero() && w.At.After(c.MergedAt) {
		return c.Last.Landed
	}
	for i, h := range slices.Backward(heads) {
		if h.since.Before(w.At) || i == 0 && h.since.Equal(w.At) {
			return h.sha
		}
	}
	return ""
}
