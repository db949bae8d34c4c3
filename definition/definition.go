package definition

import "time"

// Definition is the Nexus-wide layer: one product, its teams, and the Definition of Done they share.
type Definition struct {
	Name            string
	ProductGoal     string
	Zone            *time.Location // of the Sprint calendar and of requiredFrom; UTC by default
	IntegrationTeam IntegrationTeam
	Sprint          Sprint
	Teams           []Team      // by name
	Criteria        []Criterion // by id
	Warnings        Faults      // what is legal and yet worth a word: two teams, ten teams

	done Pos // of the field
}

// IntegrationTeam is the Nexus Integration Team: the only ones who change the Nexus-wide layer.
type IntegrationTeam struct {
	ProductOwner, ScrumMaster string
	Members                   []string
}

// Sprint is the calendar: a first day, a length in days, and the Nexus Sprint Goal.
// Days is 0 when the definition names no Sprint.
type Sprint struct {
	Start time.Time
	Days  int
	Goal  string
}

// Team is a Scrum Team and the components it owns.
type Team struct {
	Name, Goal string
	Components []Component // by name
}

// Component is a repository, or a path prefix of one, and its integration branch.
type Component struct {
	Name   string
	Team   string
	Forge  string // "github" or "gitlab"
	Repo   string // "acme/cart-api", as written
	Branch string
	Path   string // "" or a clean prefix without slashes at its ends: "services/cart"
	Pos    Pos
}

// Component finds a component by its name.
func (d *Definition) Component(name string) (Component, bool) {
	for _, t := range d.Teams {
		for _, c := range t.Components {
			if c.Name == name {
				return c, true
			}
		}
	}
	return Component{}, false
}

// All are the components of the Nexus, by team, then by name.
func (d *Definition) All() []Component {
	var all []Component
	for _, t := range d.Teams {
		all = append(all, t.Components...)
	}
	return all
}
