package gate

import (
	"slices"
	"strings"
)

// signsOn is what was said on a change and on its heads, in order, each with the commit that it is for.
func (s *State) signsOn(c *change) signatures {
	repo, views := c.Last.Repo.Key(), c.viewsInOrder()
	var all signatures
	for _, w := range c.Signs {
		w.Commit = c.signedHead(w, views)
		all = append(all, w)
	}
	for _, sha := range sortedKeys(c.Heads) {
		if known := s.commits[commitKey(repo, sha)]; known != nil {
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

// signedHead is the commit that a word on a change is for: the head that it names, or the one of its moment, and
// what landed after the merge; "" where that cannot be told. A head of the very second may have come after the
// word, and is not what was signed unless it was the first.
func (c *change) signedHead(w signature, views []view) string {
	if w.Commit != "" {
		named := keep(sortedKeys(c.Heads), func(sha string) bool { return strings.HasPrefix(sha, w.Commit) })
		if len(named) != 1 {
			return ""
		}
		return named[0]
	}
	said := w.said()
	if !c.MergedAt.IsZero() && said.After(c.MergedAt) {
		return c.Last.Landed
	}
	for i, v := range slices.Backward(views) {
		switch {
		case !v.At.Before(said) && (i > 0 || !v.At.Equal(said)):
		case i+1 < len(views) && views[i+1].Late:
			return ""
		default:
			return v.Head
		}
	}
	return ""
}
