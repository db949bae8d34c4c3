package gate

import (
	"slices"
	"time"

	"github.com/nexusgate/nexusgate/definition"
)

// integrationKind is the kind of evidence on how a component integrates with the others. It is worked out
// from what is known, and only where a rule asks for it.
const integrationKind = "integration"

// asksForIntegration says whether a rule rests on how its component integrates.
func asksForIntegration(r definition.Rule) bool { return r.Main().Evidence == integrationKind }

// integration tells since when a component stands at its commit, and which changes wait to land.
func (b *brief) integration(g *Governed, c *component) []Evidence {
	if !slices.ContainsFunc(g.Rules, asksForIntegration) {
		return nil
	}
	e := Evidence{
		Object: integrationKind, Kind: integrationKind, Status: Completed, Trust: definition.Webhook,
		Since: map[string]time.Time{"hoursSinceLanding": c.Since},
	}
	if history := b.s.branches[branchKey(c.Repo, g.Branch)]; history != nil {
		if p := history.arrived(c.Commit); p != nil {
			e.Trust = p.Trust
		}
	}
	opened := b.s.openedOnto(g, b.s.repos[c.Repo].Repo)
	e.Facts = Facts{"openChanges": len(opened)}
	if len(opened) == 0 {
		e.Facts["oldestChangeHours"] = 0
		return []Evidence{e}
	}
	e.Since["oldestChangeHours"] = slices.MinFunc(opened, time.Time.Compare)
	return []Evidence{e}
}

// openedOnto are the times at which the open changes to a component were opened. One of which it is not
// known what it touches counts.
func (s *State) openedOnto(g *Governed, repo Repo) (opened []time.Time) {
	for _, c := range s.changes {
		last := &c.Last
		if last.State != ChangeOpen || last.Base != g.Branch || last.Repo.ID != repo.ID || last.Repo.Forge != repo.Forge {
			continue
		}
		touched, known := c.touched()
		if !known || !touched.Complete || anyPath(touched.Paths, func(path string) bool { return under(g.Path, path) }) {
			opened = append(opened, c.opened())
		}
	}
	return opened
}

// opened is when a change was opened: as the forge says, or else when it was first seen.
func (c *change) opened() time.Time {
	at := c.OpenedAt
	if at.IsZero() {
		for _, seen := range c.Heads {
			at = earliest(at, seen)
		}
	}
	return at
}

// stirIntegration has judged again the components on a branch that are asked how they integrate.
func (s *State) stirIntegration(repo, branch string) {
	for _, g := range s.governed(repo, branch) {
		if slices.ContainsFunc(g.Rules, asksForIntegration) {
			s.stirComponent(g.Name)
		}
	}
}
