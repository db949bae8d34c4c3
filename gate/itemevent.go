package gate

import "time"

// ItemSeen is an issue or a work item as of one moment. Its text was looked at when it came, for what the item
// needs, and is not kept.
type ItemSeen struct {
	Repo      Repo
	Number    int
	Title     string
	URL       string `json:",omitempty"`
	Open      bool
	Labels    []string  `json:",omitempty"`
	Milestone Milestone `json:",omitzero"`
	Iteration Milestone `json:",omitzero"` // GitLab's
	Assignees []string  `json:",omitempty"`
	Opened    time.Time `json:",omitzero"`
	Closed    time.Time `json:",omitzero"`
	UpdatedAt time.Time
	Parent    Ref   `json:",omitzero"`  // where told
	Needs     []Ref `json:",omitempty"` // as its text declares
	Outside   bool  `json:",omitempty"` // anybody may have written the text
	Gone      bool  `json:",omitempty"` // deleted, or moved to another repository

	// Links are what the forge says blocks it, all of it as of LinksAt; zero: not told.
	Links   []Ref     `json:",omitempty"`
	LinksAt time.Time `json:",omitzero"`
}

// Milestone is a milestone, or an iteration, as an item bears it. GitLab's webhooks tell the number alone.
type Milestone struct {
	ID    int64     `json:"id,omitempty"` // of the forge
	Title string    `json:"title,omitempty"`
	Due   time.Time `json:"due,omitzero"` // the day on which it ends
	At    time.Time `json:"at,omitzero"`  // when the forge changed it last; zero where it does not say
}

// MilestoneSeen is a milestone as of one moment.
type MilestoneSeen struct {
	Repo      Repo
	Milestone Milestone
}

// LabelRenamed tells that a label is called otherwise on all items of a repository, or that it is no more. Forges
// do not say when.
type LabelRenamed struct {
	Repo     Repo
	From, To string // To "": deleted
}

// LinkKind is a kind of link between items.
type LinkKind string

// The kinds of links.
const (
	Blocks LinkKind = "blocks" // From waits for To
	Parent LinkKind = "parent" // From is a part of To
)

// ItemLinked is a link that the forge itself keeps between two items, made or taken away.
type ItemLinked struct {
	Repo     Repo // that tells of it
	Kind     LinkKind
	From, To Ref
	Removed  bool
	At       time.Time
}

// ThingRead is what somebody needs, as read from the forge because nobody tells us of it.
type ThingRead struct {
	Ref    Ref         `json:"ref"` // as it was asked for
	State  ChangeState `json:"state,omitempty"`
	Title  string      `json:"title,omitempty"`
	Change bool        `json:"change,omitempty"`
	Absent bool        `json:"absent,omitempty"` // there is none, or we may not see it
	At     time.Time   `json:"at"`               // the forge's own clock
}

func (ItemSeen) event()      {}
func (MilestoneSeen) event() {}
func (LabelRenamed) event()  {}
func (ItemLinked) event()    {}
func (ThingRead) event()     {}
