package forgetest

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Gone as the content of a file takes the file out of the tree.
const Gone = "\x00gone"

// noCommit is what stands for "no commit" in webhooks.
var noCommit = strings.Repeat("0", 40)

// commit is a Git commit with all its files.
type commit struct {
	sha, tree string
	parents   []string
	message   string
	author    string
	at        time.Time
	files     map[string]string
}

// git is the part of a repository that Git knows.
type git struct {
	commits  map[string]*commit
	branches map[string]string
	tags     map[string]ref
	tagged   map[string]tagObject // by id
}

func newGit() git {
	return git{commits: map[string]*commit{}, branches: map[string]string{}, tags: map[string]ref{}, tagged: map[string]tagObject{}}
}

// make stores a commit over its parents. Its files are those given, nothing else.
func (g *git) make(parents []string, files map[string]string, message, author string, at time.Time) *commit {
	c := &commit{
		tree: treeID(files), parents: parents, message: message, author: author,
		at: at.UTC().Truncate(time.Second), files: files,
	}
	var body strings.Builder
	fmt.Fprintf(&body, "tree %s\n", c.tree)
	for _, parent := range parents {
		fmt.Fprintf(&body, "parent %s\n", parent)
	}
	who := fmt.Sprintf("%s <%s@example.test> %d +0000", author, author, c.at.Unix())
	fmt.Fprintf(&body, "author %s\ncommitter %s\n\n%s", who, who, message)
	c.sha = objectID("commit", []byte(body.String()))
	if g.commits[c.sha] == nil {
		g.commits[c.sha] = c
	}
	return g.commits[c.sha]
}

// overlay is a tree's files with others laid over.
func overlay(files, over map[string]string) map[string]string {
	laid := maps.Clone(files)
	if laid == nil {
		laid = map[string]string{}
	}
	for path, content := range over {
		if content == Gone {
			delete(laid, path)
			continue
		}
		laid[path] = content
	}
	return laid
}

func (g *git) files(sha string) map[string]string {
	if c := g.commits[sha]; c != nil {
		return c.files
	}
	return nil
}

// lineage is a commit and all that it stands on, newest first.
func (g *git) lineage(sha string) []*commit {
	var line []*commit
	seen := map[string]bool{}
	for queue := []string{sha}; len(queue) > 0; queue = queue[1:] {
		c := g.commits[queue[0]]
		if c == nil || seen[c.sha] {
			continue
		}
		seen[c.sha] = true
		line = append(line, c)
		queue = append(queue, c.parents...)
	}
	return line
}

// between lists the commits that head has and base has not, oldest first.
func (g *git) between(base, head string) []*commit {
	var line []*commit
	below := g.lineage(base)
	for _, c := range g.lineage(head) {
		if !slices.Contains(below, c) {
			line = append(line, c)
		}
	}
	slices.Reverse(line)
	return line
}

// mergeBase is the newest commit that both stand on, "" where there is none.
func (g *git) mergeBase(a, b string) string {
	below := g.lineage(a)
	for _, c := range g.lineage(b) {
		if slices.Contains(below, c) {
			return c.sha
		}
	}
	return ""
}

// change is a path that differs between two trees.
type change struct {
	path, previous string
	status         string // "added", "removed", "modified", "renamed", in GitHub's words
}

// diff lists what differs between two commits' trees, by path. A file that left one path and came
// to another unchanged is renamed.
func (g *git) diff(from, to string) []change {
	before, after := g.files(from), g.files(to)
	left := map[string]string{} // content → path
	var changes []change
	for _, path := range slices.Sorted(maps.Keys(before)) {
		if _, stays := after[path]; !stays {
			left[before[path]] = path
		}
	}
	for _, path := range slices.Sorted(maps.Keys(after)) {
		content, was := before[path]
		previous, renamed := left[after[path]]
		switch {
		case was && content != after[path]:
			changes = append(changes, change{path: path, status: "modified"})
		case !was && renamed && after[path] != "":
			delete(left, after[path])
			changes = append(changes, change{path: path, previous: previous, status: "renamed"})
		case !was:
			changes = append(changes, change{path: path, status: "added"})
		}
	}
	return append(changes, removed(before, after, changes)...)
}

func removed(before, after map[string]string, known []change) []change {
	var changes []change
	for _, path := range slices.Sorted(maps.Keys(before)) {
		_, stays := after[path]
		moved := slices.ContainsFunc(known, func(c change) bool { return c.previous == path })
		if !stays && !moved {
			changes = append(changes, change{path: path, status: "removed"})
		}
	}
	return changes
}

// merge is the tree of base with what head changed since they parted.
func (g *git) merge(base, head string) map[string]string {
	parted := g.mergeBase(base, head)
	over := map[string]string{}
	for _, c := range g.diff(parted, head) {
		if c.previous != "" {
			over[c.previous] = Gone
		}
		over[c.path] = Gone
		if content, stays := g.files(head)[c.path]; stays {
			over[c.path] = content
		}
	}
	return overlay(g.files(base), over)
}

// land brings head onto base in one of the ways a change is merged, and returns the commit to which
// the base branch then moves.
func (g *git) land(base, head, method, message, author string, at time.Time) *commit {
	files := g.merge(base, head)
	switch method {
	case "ff":
		return g.commits[head]
	case "squash":
		return g.make([]string{base}, files, message, author, at)
	case "rebase":
		on := g.commits[base]
		for _, c := range g.between(base, head) {
			over := g.merge(on.sha, c.sha)
			on = g.make([]string{on.sha}, over, c.message, c.author, at)
		}
		return on
	}
	return g.make([]string{base, head}, files, message, author, at)
}

// starting are the branches whose ref begins in a way, "heads/main", by name.
func (g *git) starting(ref string) []string {
	var found []string
	for _, branch := range slices.Sorted(maps.Keys(g.branches)) {
		if strings.HasPrefix("heads/"+branch, ref) {
			found = append(found, branch)
		}
	}
	return found
}
