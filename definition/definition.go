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

// On says what a criterion judges.
type On string

// What a criterion judges.
const (
	OnChange    On = "change"
	OnCommit    On = "commit"
	OnIncrement On = "increment"
)

// Level says whether a criterion shuts the door.
type Level string

// The levels of a criterion.
const (
	Required Level = "required"
	Advisory Level = "advisory"
)

// Layer says whose rule it is.
type Layer string

// The two layers of a Definition of Done.
const (
	NexusLayer Layer = "nexus"
	TeamLayer  Layer = "team"
)

// Trust says how far a piece of evidence is proved; a higher one satisfies a lower floor.
type Trust int

// Trust, ascending. Unset asks for no particular floor.
const (
	Unset    Trust = iota
	Declared       // somebody says so, in a file given to judge
	Token          // brought by the bearer of a static token
	Webhook        // signed by the forge
	OIDC           // proved by the pipeline's own identity
)

// Criterion is one rule of the Definition of Done in one layer.
type Criterion struct {
	ID           string
	Why, Fix     string
	On           On
	Evidence     string // the kind: "pipeline", "junit", or the user's own
	Name         string // exact or glob; "" matches any
	AtLeast      int    // how many must match; at least 1
	From         From
	Level        Level
	RequiredFrom time.Time // zero: from the start. Midnight in the Nexus's zone
	AppliesTo    AppliesTo
	Paths        []string      // globs; empty: every path
	Fresh        time.Duration // 0: never stale
	Within       time.Duration // the deadline for the first report; 24h by default
	Must         []Leaf        // every leaf must hold; never empty
	Layer        Layer
	Pos          Pos
}

// From narrows who may bring the evidence. Empty lists admit anyone.
type From struct {
	App      []string
	Workflow []string // exact or glob; a pattern without a slash matches the file name alone
	Trust    Trust
}

// AppliesTo narrows a criterion to teams and components; both empty: to all.
type AppliesTo struct{ Teams, Components []string }

// Leaf is one constraint on one fact.
type Leaf struct {
	Path  string // "lines", or "conclusion", or "suites.slow" in nested facts
	Text  string // the constraint as reports show it: ">=80", `"success"`
	Layer Layer
	Pos   Pos

	predicate predicate
}

// Rule is a criterion as it is in force for one component.
// Its finding is the worse of the two layers, so a team can tighten it and cannot relax it.
type Rule struct {
	Nexus *Criterion // nil: the team's own criterion
	Team  *Criterion // nil: not tightened. The Nexus's criterion with the team's fields laid over, or the team's own
}

// Main is the layer that names the rule: the Nexus's, or else the team's own.
func (r Rule) Main() *Criterion {
	if r.Nexus != nil {
		return r.Nexus
	}
	return r.Team
}
