package gate

import (
	"slices"
	"strings"

	"github.com/nexusgate/nexusgate/definition"
)

// bears says what a submission counts for: by its job's event, or as the holder of a token says.
func (s *State) bears(e Submitted, repo string) Bearing {
	if !e.ofJob() {
		return Bearing{On: definition.OnCommit, Commit: e.Commit, Landed: true}
	}
	branches := s.branchesOf(repo)
	if len(branches) == 0 { // nothing is bound to it yet: what it is for is told once its forge has told of it
		branches = s.branchesNamed(e.Repo)
	}
	var first Bearing
	if s.integratesIn(repo) || placeOfSum(s.nexus.Definition) == strings.ToLower(e.Repo.String()) {
		first.Why = "the job is of the Increment's own pipeline: say which composition it is for, with --increment"
	}
	for i, branch := range branches {
		b := e.Job.Bears(e.Repo, branch)
		if b.On != "" {
			return b
		}
		if i == 0 {
			first = b
		}
	}
	return first
}

// branchesNamed are the branches that something of the Nexus lies on by the name of the repository alone.
func (s *State) branchesNamed(repo Repo) []string {
	var branches []string
	for _, name := range s.inRepo[strings.ToLower(repo.String())] {
		if g, ok := s.nexus.Component(name); ok {
			branches = append(branches, g.Branch)
		}
	}
	if h, ok := s.place(); ok && repo.named(string(h.Forge), h.Repo) {
		branches = append(branches, h.Branch)
	}
	slices.Sort(branches)
	return slices.Compact(branches)
}

// branchesOf are the branches of a repository that something of the Nexus lies on.
func (s *State) branchesOf(repo string) []string {
	var branches []string
	for _, name := range s.componentsIn(repo) {
		if g, ok := s.nexus.Component(name); ok {
			branches = append(branches, g.Branch)
		}
	}
	if h, ok := s.place(); ok && s.home.Repo == repo {
		branches = append(branches, h.Branch)
	}
	slices.Sort(branches)
	return slices.Compact(branches)
}

// branchesSummed are those, and the one that the Increment's own pipeline runs on.
func (s *State) branchesSummed(repo string) []string {
	branches := s.branchesOf(repo)
	if s.integratesIn(repo) {
		branches = append(branches, s.nexus.Definition.Integration.Branch)
	}
	return branches
}
