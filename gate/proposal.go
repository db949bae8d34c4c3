package gate

import "github.com/nexusgate/nexusgate/definition"

// Proposal is what a change to a layer of the Definition of Done would do.
type Proposal struct {
	File        string            `json:"file"` // the path in the repository: where annotations go
	Faults      definition.Faults `json:"faults,omitempty"`
	Warnings    definition.Faults `json:"warnings,omitempty"`
	Differences []string          `json:"differences,omitempty"` // in words: "coverage: lines raised from >=80 to >=85 for all"
	Impact      *Impact           `json:"impact,omitempty"`      // nil where the file does not load
}

// Impact is what would turn under another definition, on the evidence as it stands.
type Impact struct {
	Increment int64         `json:"increment"` // the head Increment that it was worked out on
	Judged    int           `json:"judged"`    // components and Increments judged again
	Turns     []Turn        `json:"turns,omitempty"`
	Layers    []LayerTurn   `json:"layers,omitempty"`
	Findings  []FindingTurn `json:"findings,omitempty"` // by team and criterion
	Joining   []string      `json:"joining,omitempty"`  // components that the Nexus would gain
	Leaving   []string      `json:"leaving,omitempty"`  // components that it would lose
}

// Turn is a subject whose outcome would be another: done under exceptions is another than done.
type Turn struct {
	Subject   Subject  `json:"subject"`
	Team      string   `json:"team,omitempty"`
	From      Outcome  `json:"from,omitempty"` // "" for one that joins
	FromUnder []string `json:"fromExceptions,omitempty"`
	To        Outcome  `json:"to,omitempty"` // "" for one that leaves
	ToUnder   []string `json:"toExceptions,omitempty"`
}

// LayerTurn is a team's layer that would stand otherwise.
type LayerTurn struct {
	Component string   `json:"component"`
	Team      string   `json:"team"`
	Says      []string `json:"says"` // "would be refused: …", "would be overtaken: …", "would be accepted"
}

// FindingTurn counts the findings of a criterion that would be in another state or of another level.
type FindingTurn struct {
	Team      string       `json:"team,omitempty"` // "" for the Increment's own
	Criterion string       `json:"criterion"`
	From      FindingState `json:"from,omitempty"`  // "" where the criterion is new
	To        FindingState `json:"to,omitempty"`    // "" where it is gone
	Level     string       `json:"level,omitempty"` // "advisory → required", where it changes; "under an exception", where it is new
	Count     int          `json:"count"`
	Example   string       `json:"example,omitempty"` // the id of one verdict, in a history
}
