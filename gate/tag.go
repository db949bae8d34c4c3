package gate

import (
	"maps"
	"slices"
	"time"
)

// tag is a tag of a repository, what was published of it, and what was said of that.
type tag struct {
	Repo      Repo              `json:"repo"`
	Name      string            `json:"name"`
	Ref       branch            `json:"ref"`              // a tag moves as a branch does: its head is what it names
	Peeled    map[string]string `json:"peeled,omitempty"` // of each object that it named, the commit that it leads to; "": to none
	Published []publication     `json:"published,omitempty"`
	Judged    *judgedRelease    `json:"judged,omitempty"`
}

// publication is one release of a tag.
type publication struct {
	At        time.Time `json:"at"`
	Commits   []string  `json:"commits,omitempty"` // that the forge said it is at
	Withdrawn bool      `json:"withdrawn,omitempty"`
}

// judgedRelease is what was last said of a release.
type judgedRelease struct {
	Said   ReleaseJudged `json:"said"`
	Times  int           `json:"times"`
	First  string        `json:"first,omitempty"` // the commit that it was first judged at
	Began  time.Time     `json:"began"`           // at the commit
	At     time.Time     `json:"at"`
	Raised time.Time     `json:"raised,omitzero"` // of the alarm
	Ended  time.Time     `json:"ended,omitzero"`
}

// The bounds on what is kept of one tag. What is beyond was long ago.
const (
	mostPublications = 4
	mostToldCommits  = 4
)

// publish takes in what is told of one release, in whatever order.
func (t *tag) publish(e ReleaseSeen) {
	at := slices.IndexFunc(t.Published, func(p publication) bool { return p.At.Equal(e.At) })
	if at < 0 {
		t.Published = append(t.Published, publication{At: e.At})
		slices.SortFunc(t.Published, func(p, q publication) int { return p.At.Compare(q.At) })
		t.Published = t.Published[max(0, len(t.Published)-mostPublications):]
		if at = slices.IndexFunc(t.Published, func(p publication) bool { return p.At.Equal(e.At) }); at < 0 {
			return
		}
	}
	p := &t.Published[at]
	p.Withdrawn = p.Withdrawn || e.Withdrawn
	if e.Commit != "" && !slices.Contains(p.Commits, e.Commit) {
		p.Commits = append(p.Commits, e.Commit)
		slices.Sort(p.Commits)
		p.Commits = firstOf(mostToldCommits, p.Commits)
	}
}

// publication is the latest that was not taken back; nil where there is none.
func (t *tag) publication() *publication {
	for i := range slices.Backward(t.Published) {
		if !t.Published[i].Withdrawn {
			return &t.Published[i]
		}
	}
	return nil
}

// stands is the commit that the tag names; not known where only a read can tell.
func (t *tag) stands() (at tip) {
	told := t.told()
	at = t.Ref.head()
	switch {
	case len(t.Ref.Pushes) == 0 && len(t.Ref.Reads) == 0 && len(told) == 1:
		return tip{Commit: told[0], Known: true}
	case !at.Known:
		return tip{}
	}
	commit, peeled := t.Peeled[at.Commit]
	if !peeled && !at.Gone {
		return tip{}
	}
	at.Commit = commit
	if slices.ContainsFunc(told, func(commit string) bool { return commit != at.Commit }) {
		return tip{}
	}
	return at
}

// told are the commits that the release is said to be at, less those that the tag was read after.
func (t *tag) told() (commits []string) {
	p, r := t.publication(), t.Ref.latestRead()
	if p == nil {
		return nil
	}
	return keep(p.Commits, func(commit string) bool {
		return r == nil || !slices.Contains(r.Covers, toldKey(commit))
	})
}

func toldKey(commit string) string { return "released " + commit }

// covers is all that is known of where the tag is, for a read to name.
func (t *tag) covers() []string {
	keys := t.Ref.keys()
	if p := t.publication(); p != nil {
		for _, commit := range p.Commits {
			keys = append(keys, toldKey(commit))
		}
	}
	slices.Sort(keys)
	return keys
}

// peel keeps which commit an object leads to.
func (t *tag) peel(object, commit string) {
	if t.Peeled == nil {
		t.Peeled = map[string]string{}
	}
	t.Peeled[object] = commit
	if len(t.Peeled) <= longestHistory {
		return
	}
	for _, known := range sortedKeys(t.Peeled) {
		if known != object && t.Ref.arrived(known) == nil {
			delete(t.Peeled, known)
		}
	}
}

// tells is how often something was told of the tag, as far as that is known.
func (t *tag) tells() int { return len(t.Published) + len(t.Ref.Pushes) + len(t.Ref.Reads) }

// heard is when the last was told of the tag.
func (t *tag) heard() (last time.Time) {
	for _, p := range t.Published {
		last = latest(last, p.At)
	}
	for _, p := range t.Ref.Pushes {
		last = latest(last, p.when())
	}
	return last
}

// moved is the commit that it was released from, where it names another one since; "" where it does not. A tag that
// was moved before it was published was not moved after it, whichever is heard of first.
func (t *tag) moved(at tip) string {
	j, p := t.Judged, t.publication()
	switch {
	case j == nil || j.First == "" || j.First == at.Commit || !at.Known:
		return ""
	case p != nil && !j.Said.Published.Equal(p.At):
		return "" // it is another release
	case p != nil && t.Repo.Forge == GitHub && at.Pushed && !at.Since.After(p.At):
		return ""
	}
	return j.First
}

func (t *tag) clone() *tag {
	c := *t
	c.Ref, c.Peeled, c.Published = *t.Ref.clone(), maps.Clone(t.Peeled), slices.Clone(t.Published)
	for i := range c.Published {
		c.Published[i].Commits = slices.Clone(c.Published[i].Commits)
	}
	if t.Judged != nil {
		judged := *t.Judged
		c.Judged = &judged
	}
	return &c
}
