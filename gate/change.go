package gate

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/nexusgate/nexusgate/definition"
)

// change is a pull or merge request as its deliveries tell of it.
type change struct {
	Last    ChangeSeen           `json:"last"`
	Heads   map[string]time.Time `json:"heads"` // head → when it was first seen
	Views   []view               `json:"views,omitempty"`
	Reviews []Reviewed           `json:"reviews,omitempty"`
	Signs   signatures           `json:"signs,omitempty"`
	Reads   map[string]diff      `json:"reads,omitempty"` // head → the paths it touches, seen from the base
	// Author is kept once told: GitLab names it only where the author is who did something.
	Author string `json:"author,omitempty"`
	// DoneAt is the head, if it was done as it was judged last: whether a change was done when it landed.
	DoneAt   string    `json:"doneAt,omitempty"`
	MergedAt time.Time `json:"mergedAt,omitzero"` // when it was first seen to have landed
	OpenedAt time.Time `json:"openedAt,omitzero"` // as the forge says
	// Since is when each need of it was first seen, by the reference.
	Since map[string]time.Time `json:"since,omitempty"`
	// Weighed says that its landing on the definition's home is decided, once and for all.
	Weighed bool `json:"weighed,omitempty"`
	// Checks are GitLab's external status checks that asked for our word on it, by id.
	Checks []statusCheck `json:"checks,omitempty"`
	// Internal are the commits of merged-result pipelines: in no branch, made by GitLab from a head and its target.
	Internal []string `json:"internal,omitempty"`
}

func (c *change) see(e ChangeSeen) {
	if c.Heads == nil {
		c.Heads = map[string]time.Time{}
	}
	c.view(e.Head, e.UpdatedAt)
	if first, ok := c.Heads[e.Head]; !ok || e.UpdatedAt.Before(first) {
		c.Heads[e.Head] = e.UpdatedAt
	}
	c.Author, c.OpenedAt = cmp.Or(c.Author, e.Author), earliest(c.OpenedAt, e.OpenedAt)
	for _, r := range e.Needs {
		c.Since = note(c.Since, r.String(), e.UpdatedAt)
	}
	if e.State == ChangeMerged && (c.MergedAt.IsZero() || e.UpdatedAt.Before(c.MergedAt)) {
		c.MergedAt = e.UpdatedAt
	}
	if c.Last.Number == 0 || compareSeen(c.Last, e) < 0 {
		c.retarget(e.Base)
		c.Last = e
	}
}

// retarget voids what was found with another base in view.
func (c *change) retarget(base string) {
	if c.Last.Number != 0 && c.Last.Base != base {
		c.Reads, c.DoneAt = nil, ""
	}
}

// compareSeen orders two views of one change by the forge's time, then by which head follows on
// which; a change that has ended stays ended within its second, and one that needs more needs it.
func compareSeen(a, b ChangeSeen) int {
	return cmp.Or(
		a.UpdatedAt.Compare(b.UpdatedAt),
		follows(a, b),
		cmp.Compare(a.State.rank(), b.State.rank()),
		cmp.Compare(len(a.Needs), len(b.Needs)), // of two words of one second, the one that waits
		strings.Compare(canonical(a), canonical(b)),
	)
}

func follows(a, b ChangeSeen) int {
	switch {
	case b.Before != "" && b.Before == a.Head && a.Before != b.Head:
		return -1
	case a.Before != "" && a.Before == b.Head && b.Before != a.Head:
		return 1
	default:
		return 0
	}
}

func (s ChangeState) rank() int {
	return slices.Index([]ChangeState{ChangeOpen, ChangeClosed, ChangeMerged}, s)
}

// review keeps every word; which one of a reviewer counts is decided when they are counted.
func (c *change) review(r Reviewed) (changed bool) {
	if slices.Contains(c.Reviews, r) {
		return false
	}
	c.Reviews = append(c.Reviews, r)
	slices.SortFunc(c.Reviews, func(a, b Reviewed) int {
		return cmp.Or(a.At.Compare(b.At), strings.Compare(a.Reviewer, b.Reviewer), strings.Compare(string(a.State), string(b.State)), strings.Compare(a.Commit, b.Commit))
	})
	return true
}

// reviewEvidence counts the last word of each reviewer. An approval counts for the head that it was
// given for and never from the author; a request for changes stands until it is taken back. While
// nobody objects, more approvals may come.
func (c *change) reviewEvidence(d *definition.Definition) Evidence {
	approvals, outside, against := 0, 0, 0
	author := c.teamsOf(d, c.Author)
	e := Evidence{Object: "review", Kind: "review", Status: Completed, Trust: definition.Webhook, Observed: c.Heads[c.Last.Head]}
	for _, r := range lastWords(c.Reviews) {
		switch {
		case r.State == ChangesRequested:
			against++
		case c.approves(r):
			approvals++
			if apart(author, c.teamsOf(d, r.Reviewer)) {
				outside++
			}
		}
		e.Observed, e.Trust = latest(e.Observed, r.At), min(e.Trust, r.Trust)
	}
	e.Facts = Facts{"approvals": approvals, "changesRequested": against}
	if len(author) > 0 { // where it is not known, there is no outside
		e.Facts["approvalsOutside"] = outside
	}
	e.Open = against == 0
	return e
}

func (c *change) teamsOf(d *definition.Definition, login string) []string {
	return d.TeamsOf(string(c.Last.Repo.Forge), login)
}

// apart says whether two people are known to be of teams, and of none together.
func apart(one, other []string) bool {
	shared := slices.ContainsFunc(one, func(team string) bool { return slices.Contains(other, team) })
	return len(one) > 0 && len(other) > 0 && !shared
}

// lastWords is the last word of each reviewer.
func lastWords(reviews []Reviewed) map[string]Reviewed {
	last := map[string]Reviewed{}
	for _, r := range reviews {
		if !stands(last[r.Reviewer], r) {
			last[r.Reviewer] = r
		}
	}
	return last
}

// approves says whether a word counts as an approval: for the head, and by another than the author.
func (c *change) approves(r Reviewed) bool {
	return r.State == Approved && !strings.EqualFold(r.Reviewer, c.Author) && (r.Commit == "" || r.Commit == c.Last.Head)
}

// approvers are those whose approval counts, by name. What landed with an approval stays approved: after
// that one can still be given, and none be taken back.
func (c *change) approvers() []string {
	said := keep(c.Reviews, func(r Reviewed) bool {
		return c.MergedAt.IsZero() || r.State == Approved || !r.At.After(c.MergedAt)
	})
	var names []string
	for _, r := range lastWords(said) {
		if c.approves(r) && r.Trust >= definition.Token {
			names = append(names, r.Reviewer)
		}
	}
	slices.Sort(names)
	return names
}

// stands says whether a request for changes outlasts what its reviewer takes back: a review of
// another commit, and not this one.
func stands(said, next Reviewed) bool {
	return said.State == ChangesRequested && next.State == Withdrawn && next.Commit != "" && next.Commit != said.Commit
}

func latest(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// internals are the commits of merged-result pipelines. What was ever a head is none: it is the
// proposal itself, or one that was taken back.
func (c *change) internals() []string {
	return keep(c.Internal, func(sha string) bool { return c.Heads[sha].IsZero() })
}

// ended says whether the change is known, and open no more.
func (c *change) ended() bool { return c.Last.Number != 0 && c.Last.State != ChangeOpen }

// touched is what the head touches; known is false until it was read.
func (c *change) touched() (d diff, known bool) {
	d, known = c.Reads[c.Last.Head]
	return d, known
}

// group is a merge group or a merge train's car.
type group struct {
	Last  GroupSeen `json:"last"`
	First time.Time `json:"first"`
	Done  bool      `json:"done,omitempty"` // as it was judged last
}

func (g *group) see(e GroupSeen) {
	if g.First.IsZero() || e.At.Before(g.First) {
		g.First = e.At
	}
	if g.Last.Head == "" || (e.Destroyed && !g.Last.Destroyed) {
		g.Last = e
	}
}

func (g *group) end(s ChangeState) { g.Last.Destroyed, g.Last.Reason = true, string(s) }
