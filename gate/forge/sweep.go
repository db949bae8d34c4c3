package forge

import (
	"time"

	"github.com/nexusgate/nexusgate/gate"
)

// SweepOf is a repository to look through, and what is known of it already: a sweep tells what is there,
// and leaves out what the known shows to be no news.
type SweepOf struct {
	Repo     gate.Repo
	Branches []Branch  // the integration branches; changes onto others are passed over, but for the known ones
	Changes  []Change  // those that are taken for open
	Groups   []Group   // GitHub's merge groups that are taken for queued
	Runs     []int64   // runs of a workflow, or pipelines, that are waited for
	Deploys  bool      // those of GitLab that wait for approvals are looked at
	Since    time.Time // changes that were merged since then are looked at too; zero: none
	Items    bool      // its issues are looked at as well
	From     int       // the change to begin with, as the last sweep told it in Swept.Next; 0: the first
	// ItemsSince is since when issues that were updated are told, closed ones too; zero: none of these.
	ItemsSince time.Time
	AllItems   bool   // all that are open are told, and what became of those in Open
	Open       []Item // those that are taken for open
	Releases   bool   // are looked at too: the newest few
	Calls      int    // how many requests it may send, one after the other; 0: as many as a sweep may at most
}

// Branch is an integration branch to look at.
type Branch struct {
	Name   string
	Covers []string // of the head that is wanted; handed back in its gate.HeadRead
}

// Change is a pull or merge request as it is known.
type Change struct {
	Number    int
	Head      string
	Updated   time.Time // the forge's time of what is known of it
	Approvers []string  // those who are taken to approve it
	Against   []string  // those who are taken to ask for changes of it
}

// Item is an issue as it is known.
type Item struct {
	Number int
	Linked time.Time // as of when all that blocks it is known
}

// Group is a merge group as it is known.
type Group struct{ Head, Base, Ref string }

// Swept is what a sweep found. A sweep is partial where it ran out of its requests or where the forge
// refused one; what it found until then holds. Where less than a fifth is left of what the forge grants in
// an hour it ends with a [Later].
type Swept struct {
	Repo    gate.Repo       // as the forge has it now: its id, its name of today, its installation
	Heads   []gate.HeadRead // of the integration branches
	Found   []gate.Found    // deliveries as the forge would have sent them
	Items   bool            // the issues were looked through
	Changes int             // how many changes onto the branches are open, as far as it came
	Hidden  []string        // what the forge refuses to show us, by the operation: "list_jobs"
	Next    int             // where Partial: the change to go on with; 0: the first
	Partial bool
	Spent   Spent
}

// Spent are the requests that something took.
type Spent struct {
	Requests  int
	Unchanged int // of them: those that the forge answered with 304, which GitHub does not count
}

// Sweeping begins with the integration branches, each with its evidence: what is landed decides most. Then
// come the changes that are no longer open and those that are news, and then the evidence of each open
// change in turn, beginning where the last sweep ended.
