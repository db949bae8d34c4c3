package gate

import "time"

// inForce is the Nexus-wide layer as it is in force, and all that was told of it. It is a document of
// its own: it is large, and seldom changes.
type inForce struct {
	File    string `json:"file"`
	Source  string `json:"source"`
	Settled string `json:"settled,omitempty"` // what it computes to, where it came from a home
	Home    string `json:"home,omitempty"`
	Origin  origin `json:"origin,omitzero"`
	// Manifest is the one last told by a step, so that whatever comes into force is told once.
	Manifest Manifest          `json:"manifest,omitzero"`
	Brought  map[string]origin `json:"brought,omitempty"` // of a home: exceptions by their content, and what first brought each
	// Granted is when an exception first came into force, by its content.
	Granted map[string]time.Time `json:"granted,omitempty"`
}

// origin is how a layer came into force.
type origin struct {
	Commit    string   `json:"commit,omitempty"`
	Change    string   `json:"change,omitempty"` // "acme/nexus#3"
	Author    string   `json:"author,omitempty"`
	Approvers []string `json:"approvers,omitempty"`
	Note      string   `json:"note,omitempty"`
}

// asGiven is the layer that an event gives.
func asGiven(e NexusGiven) inForce {
	note := "given to the service as a file"
	if e.Home != "" {
		note = "first read of its home"
	}
	return inForce{File: e.File, Source: e.Source, Settled: e.Settled, Home: e.Home, Origin: origin{Commit: e.Commit, Note: note}}
}
