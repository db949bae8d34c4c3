package gate

import (
	"fmt"
	"slices"
)

// Deploys says which components go out with a commit of a repository, each at the commit that an Increment has it
// at: of a monorepo, a component stands at the landing that last touched it. Where that is not known, or nothing
// goes out, it says why.
func (l *Ledger) Deploys(nexus, environment string, repo Repo, commit string) (all Composition, why string) {
	s, known := l.standingOf(nexus)
	if !known {
		return nil, fmt.Sprintf("There is no Nexus %q here.", nexus)
	}
	only := s.nexus.Definition.Release.Environment(environment).Components
	all = Composition{}
	for _, name := range s.onBranchesWith(repo.Key(), commit) {
		if len(only) > 0 && !slices.Contains(only, name) {
			continue
		}
		g, _ := s.nexus.Component(name)
		at, why := s.asOf(g, commit)
		if why != "" {
			return nil, why
		}
		all[name] = at
	}
	if len(all) == 0 {
		return nil, fmt.Sprintf("%s holds no component of the Nexus %s that is deployed there.", s.asKnown(repo), nexus)
	}
	return all, ""
}

// onBranchesWith are the components in a repository whose branch is known to have come to a commit; all of them,
// where that is known of none.
func (s *State) onBranchesWith(repo, commit string) []string {
	all := s.componentsIn(repo)
	came := keep(all, func(name string) bool {
		g, ok := s.nexus.Component(name)
		b := s.branches[branchKey(repo, g.branch())]
		return ok && (s.components[name].Commit == commit || b != nil && b.arrived(commit) != nil)
	})
	if len(came) > 0 {
		return came
	}
	return keep(all, func(name string) bool { _, ok := s.nexus.Component(name); return ok })
}

func (g *Governed) branch() string {
	if g == nil {
		return ""
	}
	return g.Branch
}

// asOf is the commit at which a component stands once its branch has come to one.
func (s *State) asOf(g *Governed, commit string) (at, why string) {
	c := s.components[g.Name]
	b := s.branches[branchKey(c.Repo, g.Branch)]
	if g.Path == "" || b == nil || commit == c.Commit {
		return commit, ""
	}
	t := s.touching(g, c, b, commit)
	if t.Unknown != nil {
		return "", fmt.Sprintf("Which paths %s touches is not known, so that %s may be another one in it.", brief12(t.Unknown.After), g.Name)
	}
	return t.Commit, ""
}
