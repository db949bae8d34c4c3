package gate

import (
	"strconv"
	"time"
)

// The bounds of what is kept: days, chapters, and entries in each. A chapter is a document, and is written again
// with each of its entries.
const (
	chronicleDays = 190
	mostChapters  = 1024
	chapterSize   = 32
)

// chronicle tells which chapters are kept.
type chronicle struct {
	Kept  time.Time `json:"kept,omitzero"` // since when
	First int64     `json:"first"`         // the oldest chapter
	Last  int64     `json:"last"`          // the one that is written
}

// chapter is what happened one after the other.
type chapter struct {
	Entries []entry `json:"entries"`
}

// entry is one thing that happened; one of its parts is given.
type entry struct {
	At       time.Time `json:"at"` // of the step
	Point    *Point    `json:"point,omitempty"`
	Hold     *Hold     `json:"hold,omitempty"` // that ended
	Landing  *movedOn  `json:"landing,omitempty"`
	Merged   *mergedAs `json:"merged,omitempty"`
	Rerun    *Rerun    `json:"rerun,omitempty"`
	Released *Released `json:"released,omitempty"`
	Version  *Version  `json:"version,omitempty"`
}

// movedOn is a component that came to another commit.
type movedOn struct {
	Team      string    `json:"team"`
	Component string    `json:"component"`
	Repo      string    `json:"repo"` // its key
	Commit    string    `json:"commit"`
	Increment int64     `json:"increment"` // that was made of it
	At        time.Time `json:"at"`
}

// mergedAs is a change that was merged into a branch of components.
type mergedAs struct {
	Change     Ref       `json:"change"`
	Repo       string    `json:"repo"` // its key
	Components []string  `json:"components"`
	Commit     string    `json:"commit,omitempty"`
	Title      string    `json:"title,omitempty"`
	URL        string    `json:"url,omitempty"`
	Opened     time.Time `json:"opened,omitzero"`
	At         time.Time `json:"at"`
	Items      []Ref     `json:"items,omitempty"`
}

func chapterKey(number int64) string { return strconv.FormatInt(number, 10) }

// chronicle writes an entry down.
func (s *State) chronicle(e entry) {
	k := &s.chronicled
	if k.Last == 0 {
		k.Kept = e.At
	}
	now := s.chapters[chapterKey(k.Last)]
	if now == nil || len(now.Entries) >= chapterSize {
		if k.Last++; k.First == 0 {
			k.First = k.Last
		}
		now = &chapter{}
		s.chapters[chapterKey(k.Last)] = now
		s.forgetChapters(e.At)
		s.touch(chronicleDoc, "")
	}
	now.Entries = append(now.Entries, e)
	s.touch(chapterDoc, chapterKey(k.Last))
}

// forgetChapters lets go of the oldest, beyond what is kept.
func (s *State) forgetChapters(now time.Time) {
	k := &s.chronicled
	for ; k.First < k.Last; k.First++ {
		key := chapterKey(k.First)
		if c := s.chapters[key]; c != nil {
			last := c.Entries[len(c.Entries)-1].At
			if k.Last-k.First < mostChapters && !last.Before(now.AddDate(0, 0, -chronicleDays)) {
				return
			}
			k.Kept = last
		}
		delete(s.chapters, key)
		s.touch(chapterDoc, key)
		s.touch(chronicleDoc, "")
	}
}

// chroniclePoint writes down how the Increment stands, and what holds it back.
func (s *State) chroniclePoint(v *Verdict, now time.Time) {
	p := Point{At: now, Increment: s.record.Head.Number, Outcome: v.Outcome, Verdict: v.ID}
	for i := range v.Findings {
		if f := &v.Findings[i]; isRequired(f) {
			p.Required++
			if weight(f) == 0 {
				p.Met++
			}
		}
	}
	s.hold(v.Findings, now)
	s.chronicle(entry{At: now, Point: &p})
}

// chronicleLandings writes down which components an Increment has at another commit than the one before. One that
// was not in it was heard of for the first time, and did not land.
func (s *State) chronicleLandings(before Composition, now time.Time) {
	sum := s.record.Head.Composition
	for _, name := range sortedKeys(sum) {
		g, ok := s.nexus.Component(name)
		if was := before[name]; !ok || was == "" || was == sum[name] {
			continue
		}
		c := s.components[name]
		s.chronicle(entry{At: now, Landing: &movedOn{
			Team: g.Team, Component: name, Repo: c.Repo, Commit: sum[name], Increment: s.record.Number, At: c.Since,
		}})
	}
}

// The bounds of what is told of a change.
const (
	longestTitle = 200
	longestURL   = 500
	mostClosed   = 10
)

// chronicleMerged writes down that a change was merged to where components lie.
func (s *State) chronicleMerged(c *change, now time.Time) {
	m := mergedAs{
		Change: c.Last.ref(), Repo: c.Last.Repo.Key(), Commit: c.Last.Landed, Title: clip(c.Last.Title, longestTitle),
		Opened: c.OpenedAt, At: c.MergedAt, Items: c.Last.Closes[:min(len(c.Last.Closes), mostClosed)],
	}
	if len(c.Last.URL) <= longestURL {
		m.URL = c.Last.URL
	}
	touched, known := c.touched()
	for _, g := range s.governed(m.Repo, c.Last.Base) {
		if !known || !touched.Complete || anyPath(touched.Paths, func(path string) bool { return under(g.Path, path) }) {
			m.Components = append(m.Components, g.Name)
		}
	}
	if len(m.Components) > 0 {
		s.chronicle(entry{At: now, Merged: &m})
	}
}

// chronicleRelease writes down what was said of a release.
func (s *State) chronicleRelease(r *Release, now time.Time) {
	e := Released{
		At: now, Key: publishedKey(r.Key, r.Published), Repo: s.asKnown(r.Repo), Tag: r.Tag, Commit: r.Commit, Unknown: r.Strays,
		Components: r.Components, Increment: r.Judged.Increment, Outcome: r.Judged.Outcome,
	}
	if !r.Published.IsZero() {
		e.At = r.Published
	}
	if r.Judged.Alarm {
		e.Alarmed = r.Raised
	}
	s.chronicle(entry{At: now, Released: &e})
}

// publishedKey tells a release of a tag from those that were made of it anew; a zero time is of one by its name alone.
func publishedKey(tag string, published time.Time) string {
	return tag + " " + published.Format(time.RFC3339)
}

// tag is the key of a release's tag.
func (r *Released) tag() string { return branchKey(r.Repo.Key(), r.Tag) }

// chronicleDeployment writes down what the door decided of a deployment.
func (s *State) chronicleDeployment(d *Deployment, e DeploymentAnswered, now time.Time) {
	if !e.Outcome.Decided() {
		return
	}
	s.chronicle(entry{At: now, Released: &Released{
		At: now, Key: d.Key, Repo: s.asKnown(d.Repo), Environment: d.Environment, Commit: d.Commit, Unknown: !s.onSomeBranch(d.Repo.Key(), d.Commit),
		Components: s.onBranchesWith(d.Repo.Key(), d.Commit), Increment: e.Increment, Outcome: e.Outcome,
	}})
}
