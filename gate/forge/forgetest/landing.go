package forgetest

import (
	"slices"
)

// touching are the commits that touch a path, seen from one, the newest first. As Git does, it follows of
// a merge the side that the file was taken from.
func (g *git) touching(sha, path string) []*commit {
	var found []*commit
	seen := map[string]bool{}
	for queue := []string{sha}; len(queue) > 0; queue = queue[1:] {
		c := g.commits[queue[0]]
		if c == nil || seen[c.sha] {
			continue
		}
		seen[c.sha] = true
		i := slices.IndexFunc(c.parents, func(parent string) bool { return g.same(parent, c.sha, path) })
		switch {
		case i >= 0:
			queue = append(queue, c.parents[i])
		case len(c.parents) > 0 || c.has(path):
			found = append(found, c)
			queue = append(queue, c.parents...)
		}
	}
	slices.SortStableFunc(found, func(a, b *commit) int { return b.at.Compare(a.at) })
	return found
}

// same says whether a path is the same in two commits.
func (g *git) same(a, b, path string) bool {
	before, was := g.files(a)[path]
	after, is := g.files(b)[path]
	return was == is && before == after
}

func (c *commit) has(path string) bool { _, ok := c.files[path]; return ok }

// brings says whether what landed, as one commit after another, brought a commit to the branch.
func (g *git) brings(before, landed, sha string) bool {
	return landed != "" && slices.ContainsFunc(g.between(before, landed), func(c *commit) bool { return c.sha == sha })
}
