package webhook

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/nexusgate/nexusgate/gate"
)

// maxPaths bounds the paths taken from one push.
const maxPaths = 10_000

// touching is a commit as pushes list it, on both forges. A list that is absent is nil.
type touching struct {
	ID       string   `json:"id"`
	Added    []string `json:"added"`
	Modified []string `json:"modified"`
	Removed  []string `json:"removed"`
}

// touched is every path that the commits touch, sorted. It is not known where the commit that the
// branch now has is not among them, where one of them tells no paths, or where there are too many.
func touched(commits []touching, head string) (paths []string, complete bool) {
	set := map[string]bool{}
	found := false
	for _, c := range commits {
		found = found || c.ID == head
		if c.Added == nil && c.Modified == nil && c.Removed == nil {
			return nil, false
		}
		for _, path := range slices.Concat(c.Added, c.Modified, c.Removed) {
			set[path] = true
			if len(set) > maxPaths || len(path) > maxPath {
				return nil, false
			}
		}
	}
	if !found {
		return nil, false
	}
	return slices.Sorted(maps.Keys(set)), true
}

// edge is where a branch was and where it is: "" where it was not, or is no more.
func edge(before, after string) (string, string, error) {
	from, err := commit(before)
	if err != nil {
		return "", "", err
	}
	to, err := commit(after)
	if err == nil && from == "" && to == "" {
		err = errors.New("it moves from nothing to nothing")
	}
	return from, to, err
}

// moved is the push as the one event there is.
func moved(p gate.Pushed) ([]gate.Event, error) {
	if len(p.Branch) > maxRef {
		return nil, fmt.Errorf("the name of the branch has %d bytes", len(p.Branch))
	}
	return []gate.Event{p}, nil
}
