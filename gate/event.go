package gate

import (
	"encoding/json"
	"time"

	"github.com/nexusgate/nexusgate/definition"
)

// Event is what a delivery says in our words. A delivery decodes to none, one or several.
type Event interface{ event() }

// Pushed is a move of a branch.
type Pushed struct {
	Repo          Repo
	Branch        string
	Before, After string // "" where the branch was created or deleted
	Forced        bool
	PushedAt      time.Time // the forge's time of the push; zero on GitLab, which tells none
	Paths         []string  // every path that any commit of the push touches
	PathsKnown    bool      // false: the list was cut short, or the push was forced
	Tree          string    // of After, where told
}

// ChangeState is where a change stands.
type ChangeState string

// The states of a change.
const (
	ChangeOpen   ChangeState = "open"
	ChangeMerged ChangeState = "merged"
	ChangeClosed ChangeState = "closed"
)

// ChangeSeen is a pull or merge request as of one moment.
type ChangeSeen struct {
	Repo      Repo // the one that it would land in, never the fork
	Number    int
	State     ChangeState
	Title     string
	Author    string
	URL       string
	Draft     bool
	Head      string    // the commit proposed
	Before    string    // the head before this one, where the delivery tells
	HeadRepo  int64     // the repository of the head; another one for a fork
	Base      string    // the branch it would land on
	Landed    string    // the commit it landed as, once merged
	Pipeline  int64     // GitLab: the head pipeline
	OpenedAt  time.Time `json:",omitzero"` // zero where not told
	UpdatedAt time.Time
	Needs     []Ref `json:",omitempty"` // as its text declares
	Closes    []Ref `json:",omitempty"` // the items that it is for
}

// GroupSeen is a merge group or a merge train's car: changes queued to land together.
type GroupSeen struct {
	Repo      Repo
	Head      string
	Base      string // branch
	Ref       string
	Pipeline  int64 // GitLab
	Destroyed bool
	Reason    string // "merged", "invalidated", "dequeued"
	At        time.Time
}

// ReviewState is what a reviewer said.
type ReviewState string

// The states of a review. Withdrawn takes back whatever the reviewer said before.
const (
	Approved         ReviewState = "approved"
	ChangesRequested ReviewState = "changes_requested"
	Withdrawn        ReviewState = "withdrawn"
)

// Reviewed is one person's word on a change.
type Reviewed struct {
	Repo     Repo
	Number   int
	Reviewer string
	State    ReviewState
	Commit   string // the head it was given for, "" where not told
	At       time.Time
	Trust    definition.Trust // of the delivery; the fold fills it in
}

// Reported is evidence about a commit.
type Reported struct {
	Repo     Repo
	Commit   string
	Tree     string // of the commit, where told
	Evidence Evidence
}

// Rerequested asks for a fresh look at a commit: somebody pressed "re-run" on one of our checks.
type Rerequested struct {
	Repo   Repo
	Commit string
}

// RepositorySeen tells of a repository itself.
type RepositorySeen struct {
	Repo     Repo // by its new name
	OldName  string
	Gone     bool // deleted, or taken out of the installation
	Archived bool
	At       time.Time
}

// InstallationSeen tells of the App's installation on an account.
type InstallationSeen struct {
	Installation int64
	Active       bool // false: deleted or suspended
	At           time.Time
}

// NexusGiven puts a Nexus-wide definition in force.
type NexusGiven struct {
	File   string `json:"file"`
	Source string `json:"source"`
	// Home is where the definition lives, as "github:acme/nexus@main:nexus.cue", and Settled what it
	// computes to. Both are "" of a file given to serve.
	Home    string `json:"home,omitempty"`
	Repo    Repo   `json:"repo,omitzero"`
	Commit  string `json:"commit,omitempty"`
	Settled string `json:"settled,omitempty"`
}

// NexusRetired ends a Nexus that is no longer configured; what it decided is kept.
type NexusRetired struct {
	Nexus string `json:"nexus"`
}

// NexusRead is a Nexus-wide layer at a commit of its home, as read from the forge and computed under
// limits of time and memory, outside this process.
type NexusRead struct {
	Repo    Repo              `json:"repo"`
	Commit  string            `json:"commit"`
	Path    string            `json:"path"`
	Source  string            `json:"source,omitempty"`
	Settled string            `json:"settled,omitempty"` // what it computes to; "" where it has faults
	Faults  definition.Faults `json:"faults,omitempty"`
	Absent  bool              `json:"absent,omitempty"`
	Cut     bool              `json:"cut,omitempty"` // larger than we read
	// Claimed are the components whose place another Nexus has, each with that Nexus.
	Claimed map[string]string `json:"claimed,omitempty"`
}

// FoundEvent is the event of the own deliveries that hold a [Found].
const FoundEvent = "found"

// Found is what a sweep found that nobody told us of: a delivery as the forge would have sent it, made
// from what its API answered, so that the ordinary decoder reads it and it is the same thing.
type Found struct {
	Source Source          `json:"source"`
	Event  string          `json:"event"` // the forge's word, "check_run"
	Body   json.RawMessage `json:"body"`
}

// Pruned has a Nexus forget closed changes, groups and commits with their evidence that are older than a
// moment and that nothing rests on. It is an event, so that a replay forgets the same.
type Pruned struct {
	Before time.Time `json:"before"`
}

// HeadRead is the head of a branch as read from the forge.
type HeadRead struct {
	Repo   Repo      `json:"repo"`
	Branch string    `json:"branch"`
	Commit string    `json:"commit,omitempty"` // "" when Absent
	Absent bool      `json:"absent,omitempty"`
	At     time.Time `json:"at"`               // the forge's own clock
	Covers []string  `json:"covers,omitempty"` // the pushes that were known when it was asked for
}

// FileRead is a file at a commit, as read from the forge.
type FileRead struct {
	Repo   Repo   `json:"repo"`
	Commit string `json:"commit"`
	Path   string `json:"path"`
	Source string `json:"source,omitempty"`
	Absent bool   `json:"absent,omitempty"`
	Cut    bool   `json:"cut,omitempty"` // larger than we read
}

// CommitRead is a commit's tree and parents, as read from the forge.
type CommitRead struct {
	Repo    Repo     `json:"repo"`
	Commit  string   `json:"commit"`
	Tree    string   `json:"tree,omitempty"`
	Parents []string `json:"parents,omitempty"`
	Absent  bool     `json:"absent,omitempty"`
}

// PathsRead is what differs between two commits, as read from the forge.
type PathsRead struct {
	Repo     Repo     `json:"repo"`
	Base     string   `json:"base"`
	Head     string   `json:"head"`
	Paths    []string `json:"paths,omitempty"`
	Complete bool     `json:"complete"` // false: the forge cut the list; every path counts as touched
}

// ChangeRead is the list of paths that a change touches, as read from the forge.
type ChangeRead struct {
	Repo     Repo     `json:"repo"`
	Number   int      `json:"number"`
	Head     string   `json:"head"`
	Paths    []string `json:"paths,omitempty"`
	Complete bool     `json:"complete"`
}

func (Pushed) event()           {}
func (ChangeSeen) event()       {}
func (GroupSeen) event()        {}
func (Reviewed) event()         {}
func (Reported) event()         {}
func (Rerequested) event()      {}
func (RepositorySeen) event()   {}
func (InstallationSeen) event() {}
func (NexusGiven) event()       {}
func (NexusRetired) event()     {}
func (NexusRead) event()        {}
func (Found) event()            {}
func (Pruned) event()           {}
func (HeadRead) event()         {}
func (FileRead) event()         {}
func (CommitRead) event()       {}
func (PathsRead) event()        {}
func (ChangeRead) event()       {}
func (LandingRead) event()      {}
