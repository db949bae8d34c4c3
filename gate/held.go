package gate

import (
	"cmp"
	"strings"

	"github.com/nexusgate/nexusgate/definition"
)

// The criteria that nobody writes and everybody is held to.
const (
	branchCriterion     = "integration-branch"
	definitionCriterion = "definition-of-done"
)

// held is what is wrong with a component before any evidence is looked at.
func (s *State) held(g *Governed, c *component, b *brief) []Finding {
	var held []Finding
	if f := s.heldBranch(g, c); f != nil {
		held = append(held, *f)
	}
	switch {
	case g.Refused != nil:
		held = append(held, refusal(g, g.Refused))
	case c.Commit != "" && !c.Gone && len(s.wantFile(g, c)) > 0:
		held = append(held, unread(g, "the team's Definition of Done", "nothing yet: "+FilePath(g.Component)+" is being read"))
	}
	b.wants = append(b.wants, s.wantHead(g, c)...)
	b.wants = append(b.wants, s.wantFile(g, c)...)
	b.wants = append(b.wants, s.wantPaths(g, c)...)
	return held
}

func (s *State) heldBranch(g *Governed, c *component) *Finding {
	f := Finding{
		Criterion: branchCriterion, Component: g.Name, Team: g.Team, State: Error, Level: definition.Required, Layer: definition.NexusLayer,
		Why: "The Increment is made of what is on the integration branches", Want: g.Branch + " of " + g.Forge + ":" + g.Repo, At: g.Pos.String(),
	}
	r := s.repos[c.Repo]
	switch {
	case c.Rival != "":
		f.Got = "another repository now bears the name"
		f.Fix = "name the repository that is meant in the Nexus's definition, or give the new one another name"
	case r != nil && r.Gone:
		f.Got, f.Fix = "the repository was deleted or taken out of the App's installation", "add it to the installation again, or take the component out of the Nexus"
	case r != nil && r.Inactive:
		f.Got, f.Fix = "the App's installation is suspended or deleted", "install or unsuspend the App"
	case c.Gone:
		f.Got, f.Fix = "the branch was deleted or renamed", "restore the branch, or name the new one in the Nexus's definition"
	case c.Commit == "" || c.Trouble != "":
		f.State, f.Got = Waiting, "its head is not known: "+cmp.Or(c.Trouble, "it is being read from the forge")
	default:
		return nil
	}
	return &f
}

// refusal holds back the component whose file is refused, and the change that brings such a file.
func refusal(g *Governed, faults definition.Faults) Finding {
	return Finding{
		Criterion: definitionCriterion, Component: g.Name, Team: g.Team, State: Error, Level: definition.Required, Layer: definition.TeamLayer,
		Why:  "A team may tighten the Definition of Done and never relax it",
		Want: "a file that only tightens",
		Got:  clip(strings.ReplaceAll(faults.Error(), "\n", "; "), 2000),
		At:   faults[0].Pos.String(),
		Fix:  "mend " + FilePath(g.Component) + "; until then the Nexus's rules alone are in force, and the door stays shut",
	}
}

// unread is the finding for what a read is under way for.
func unread(g *Governed, want, got string) Finding {
	return Finding{
		Criterion: definitionCriterion, Component: g.Name, Team: g.Team, State: Waiting, Level: definition.Required, Layer: definition.NexusLayer,
		Why: "Which rules are in force must be known before anything is judged by them", Want: want, Got: got, At: g.Pos.String(),
	}
}

// ungoverned holds back what is proposed to a component whose team's layer was never read.
func (s *State) ungoverned(g *Governed) []Finding {
	if s.components[g.Name].File.Read {
		return nil
	}
	return []Finding{unread(g, "the team's Definition of Done", "nothing yet: "+FilePath(g.Component)+" is being read from "+g.Branch)}
}

// untouched is the finding of a change that adds nothing to any component, and so to the Increment.
func untouched() Finding {
	return Finding{
		Criterion: definitionCriterion, State: Met, Level: definition.Required, Layer: definition.NexusLayer,
		Why:  "The Definition of Done governs the components of the Nexus",
		Want: "every touched component done", Got: "the change touches no component of this Nexus",
	}
}
