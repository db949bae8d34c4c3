package gate

import (
	"slices"
	"strings"

	"github.com/nexusgate/nexusgate/definition"
)

// backlogRepos are the repositories of items alone, each by the name that the definition gives it and the key that
// it had when it was first heard of.
type backlogRepos struct {
	Keys map[string]string `json:"keys,omitempty"`
}

// backlogNames are the repositories of items alone, as they are listened to.
func backlogNames(d *definition.Definition) (names []string) {
	if d.Backlog != nil {
		for _, repo := range d.Backlog.Repos {
			names = append(names, strings.ToLower(repo.Forge+":"+repo.Repo))
		}
	}
	return names
}

// backlogIn says whether a repository is one of items besides the components' own.
func (s *State) backlogIn(repo string) bool {
	for _, name := range backlogNames(s.nexus.Definition) {
		if s.backlog.Keys[name] == repo {
			return true
		}
	}
	return false
}

// backlogAlone says whether nothing else of the Nexus lies there.
func (s *State) backlogAlone(repo string) bool {
	return s.backlogIn(repo) && len(s.componentsIn(repo)) == 0 && !s.homeIn(repo) && !s.integratesIn(repo)
}

// wantBacklog has the repositories of items found that were never heard of: that a head of one is read tells its id,
// and from then on its issues are swept.
func (s *State) wantBacklog() {
	var wants []Want
	defer func() { s.wanting(backlogDoc, wants) }()
	if s.rules() == nil {
		return
	}
	for _, repo := range s.rules().Repos {
		r := Repo{Forge: Forge(repo.Forge), Name: repo.Repo}
		if key := s.backlog.Keys[strings.ToLower(r.String())]; key == "" || s.isGone(key) {
			wants = append(wants, Want{Kind: WantHead, Repo: r, Branch: "main"})
		}
	}
}

// bindBacklog ties a repository of items to its id the first time it is heard of, as a component's is.
func (s *State) bindBacklog(repo Repo) (ours bool) {
	name, key := strings.ToLower(repo.String()), repo.Key()
	if !slices.Contains(backlogNames(s.nexus.Definition), name) {
		return s.backlogIn(key)
	}
	if at := s.backlog.Keys[name]; at == "" || at != key && s.isGone(at) {
		if s.backlog.Keys == nil {
			s.backlog.Keys = map[string]string{}
		}
		s.backlog.Keys[name], s.rerouted = key, true
		s.touch(backlogDoc, "")
	}
	return s.backlog.Keys[name] == key
}
