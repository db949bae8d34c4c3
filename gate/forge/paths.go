package forge

import (
	"maps"
	"slices"

	"github.com/google/go-github/v60/github"
	"github.com/xanzy/go-gitlab"
)

// paths is a set of paths. A renamed file counts under both its names: it left one component and
// came to another.
type paths map[string]bool

func (p paths) add(files []*github.CommitFile) {
	for _, file := range files {
		p.touch(file.GetFilename())
		p.touch(file.GetPreviousFilename())
	}
}

func (p paths) addDiffs(diffs []*gitlab.Diff) {
	for _, diff := range diffs {
		p.touch(diff.OldPath)
		p.touch(diff.NewPath)
	}
}

func (p paths) touch(path string) {
	if path != "" {
		p[path] = true
	}
}

func (p paths) sorted() []string { return slices.Sorted(maps.Keys(p)) }
