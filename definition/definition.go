package definition

import (
	"slices"
	"strings"
	"time"
)

// Definition is the Nexus-wide layer: one product, its teams, and the Definition of Done they share.
type Definition struct {
	File            string // as faults name it
	Name            string
	ProductGoal     string
	Zone            *time.Location // of the Sprint calendar and of requiredFrom; UTC by default
	IntegrationTeam IntegrationTeam
	Sprint          Sprint
	Teams           []Team      // by name
	Criteria        []Criterion // by id
	Exceptions      []Exception // by id
	Longest         int         // days that an exception may lie ahead
	Release         Release
	Integration     *Integration `json:",omitempty"` // nil: the Increment has no pipeline of its own
	Backlog         *Backlog     `json:",omitempty"` // nil: none is kept
	Briefs          []Briefing   `json:",omitempty"` // by event, in the order of BriefedEvents
	Warnings        Faults       // what is legal and yet worth a word: two teams, ten teams

	done   Pos    // of the field
	source string // the digest of the file
}

// IntegrationTeam is the Nexus Integration Team: the only ones who change the Nexus-wide layer.
type IntegrationTeam struct {
	ProductOwner, ScrumMaster string
	Members                   []string
}

// Includes says whether somebody belongs to the Integration Team. A name is a login on any forge, or
// on one alone where it is written so, "github:kim". With forge "" the login itself may be written so.
func (t IntegrationTeam) Includes(forge, login string) bool {
	if login == "" {
		return false
	}
	return namesOne(append([]string{t.ProductOwner, t.ScrumMaster}, t.Members...), forge, login)
}

// namesOne says whether one of the names is somebody's on a forge.
func namesOne(names []string, forge, login string) bool {
	return login != "" && slices.ContainsFunc(names, func(name string) bool {
		return strings.EqualFold(name, login) || (forge != "" && strings.EqualFold(name, forge+":"+login))
	})
}

// names says whether somebody belongs to it, on the forge that the name says, or on some.
func (t IntegrationTeam) names(name string) bool {
	forge, login := cutForge(name)
	if forge != "" {
		return t.Includes(forge, login)
	}
	return t.Includes("github", login) || t.Includes("gitlab", login)
}

// Sprint is the calendar: a first day, a length in days, and the Nexus Sprint Goal.
// Days is 0 when the definition names no Sprint.
type Sprint struct {
	Start time.Time
	Days  int
	Goal  string
}

// Team is a Scrum Team, who is of it and the components it owns.
type Team struct {
	Name, Goal string
	Members    []string    `json:",omitempty"` // as the Integration Team's are written
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

// TeamsOf are the names of the Scrum Teams that somebody on a forge is a member of; none where no team says so.
func (d *Definition) TeamsOf(forge, login string) []string {
	var of []string
	for _, t := range d.Teams {
		if login != "" && namesOne(t.Members, forge, login) {
			of = append(of, t.Name)
		}
	}
	return of
}

// All are the components of the Nexus, by team, then by name.
func (d *Definition) All() []Component {
	var all []Component
	for _, t := range d.Teams {
		all = append(all, t.Components...)
	}
	return all
}
