package definition

import (
	"slices"
	"strings"
	"time"
)

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

// Criterion is one rule of the Definition of Done in one layer.
type Criterion struct {
	ID           string
	Why, Fix     string
	On           On
	Evidence     string // the kind: "pipeline", "junit", or the user's own
	Name         string // exact or glob; "" matches any
	AtLeast      int    // how many must match; at least 1
	From         From
	Renew        On `json:",omitempty"` // of a sign-off: OnChange where that of a change outlives new commits of it
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

// Includes says whether the criterion applies to a component.
func (a AppliesTo) Includes(c Component) bool {
	if !a.narrows() {
		return true
	}
	return slices.Contains(a.Teams, c.Team) || slices.Contains(a.Components, c.Name)
}

func (a AppliesTo) narrows() bool { return len(a.Teams)+len(a.Components) > 0 }

// HasGlob says whether many pieces of evidence may match the criterion's name: it is a glob, or
// there is none.
func (c *Criterion) HasGlob() bool {
	return c.Name == "" || strings.ContainsAny(c.Name, `*?[`)
}

// RequiredAt says whether the criterion shuts the door at a moment: it is advisory until the day
// it is required from.
func (c *Criterion) RequiredAt(now time.Time) bool {
	return c.Level == Required && !now.Before(c.RequiredFrom)
}
