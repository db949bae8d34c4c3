package gate

import (
	"fmt"
	"path"
	"strings"
)

// Home is where a Nexus-wide definition lives on a forge: read on start and on each landing there.
type Home struct {
	Forge  Forge
	Repo   string // "acme/nexus"
	Branch string
	Path   string // "nexus.cue"
}

// ParseHome reads "github:acme/nexus@main" or "gitlab:acme/nexus@main:folder/nexus.cue".
func ParseHome(text string) (Home, error) {
	forge, rest, _ := strings.Cut(text, ":")
	repo, at, _ := strings.Cut(rest, "@")
	branch, file, named := strings.Cut(at, ":")
	if !named {
		file = "nexus.cue"
	}
	h := Home{Forge: Forge(forge), Repo: repo, Branch: branch, Path: file}
	known := h.Forge == GitHub && strings.Count(repo, "/") == 1 || h.Forge == GitLab && strings.Contains(repo, "/")
	if !known || branch == "" || file == "" || path.Clean("/"+file) != "/"+file || strings.HasPrefix(repo, "/") || strings.HasSuffix(repo, "/") {
		return Home{}, fmt.Errorf("%q is no home of a definition; write one such as github:acme/nexus@main, or gitlab:acme/nexus@main:folder/nexus.cue", text)
	}
	return h, nil
}

// String is the home as people write it, in full.
func (h Home) String() string {
	return fmt.Sprintf("%s:%s@%s:%s", h.Forge, h.Repo, h.Branch, h.Path)
}
