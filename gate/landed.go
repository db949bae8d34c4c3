package gate

import (
	"strings"

	"github.com/nexusgate/nexusgate/definition"
)

// touch is where a walk back over landings ended.
type touch struct {
	Commit  string // the commit that last touched the paths, as far as is known
	Unknown *push  // the landing whose paths are not known: it counts as touching, and a read can settle it
	RanOut  bool   // no landing seen touched them: Commit is what stood before the first one seen
}

// touching walks back from a commit to the landing that last touched any of the paths.
func (b *branch) touching(from string, read func(base, head string) *diff, touches func(path string) bool) touch {
	commit := from
	for range longestHistory {
		p := b.arrived(commit)
		if p == nil || p.Before == "" || p.Before == p.After {
			return touch{Commit: commit, RanOut: true}
		}
		paths, known := p.Paths, p.PathsKnown
		if r := read(p.Before, p.After); r != nil {
			paths, known = r.Paths, r.Complete
		} else if !known {
			return touch{Commit: commit, Unknown: p}
		}
		if !known || anyPath(paths, touches) {
			return touch{Commit: commit}
		}
		commit = p.Before
	}
	return touch{Commit: commit, RanOut: true}
}

func anyPath(paths []string, touches func(string) bool) bool {
	for _, path := range paths {
		if touches(path) {
			return true
		}
	}
	return false
}

// under says whether a path lies in a component's prefix; every path lies in the empty one.
func under(prefix, path string) bool {
	return prefix == "" || path == prefix || strings.HasPrefix(path, prefix+"/")
}

// scope says which paths a criterion watches in a component: its own globs, else the component's
// prefix. narrow is false where that is every path.
func scope(c *definition.Criterion, prefix string) (touches func(string) bool, narrow bool) {
	if len(c.Paths) == 0 {
		return func(path string) bool { return under(prefix, path) }, prefix != ""
	}
	return func(path string) bool {
		if !under(prefix, path) {
			return false
		}
		for _, glob := range c.Paths {
			if definition.MatchGlob(glob, path) {
				return true
			}
		}
		return false
	}, true
}
