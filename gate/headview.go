package gate

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// view is a head that a change was seen to have, from one moment of the forge to another. A head that was taken away
// may come back: so it is not enough to know when each was seen first.
type view struct {
	Head  string    `json:"head"`
	At    time.Time `json:"at"`
	Until time.Time `json:"until"`
	// Late says that it may have been the head before: that there was another one meanwhile was told too late.
	Late bool `json:"late,omitempty"`
}

// mostViews bounds those that are kept of one change.
const mostViews = 64

// view keeps which head the change had at a moment.
func (c *change) view(sha string, at time.Time) {
	c.Views = c.views()
	next := slices.IndexFunc(c.Views, func(v view) bool { return v.At.After(at) })
	if next < 0 {
		next = len(c.Views)
	}
	come := []view{{Head: sha, At: at, Until: at}}
	if next > 0 {
		switch v := &c.Views[next-1]; {
		case v.Head == sha:
			v.Until = latest(v.Until, at)
			return
		case at.Before(v.Until):
			come = append(come, view{Head: v.Head, At: v.Until, Until: v.Until, Late: true})
			v.Until = v.At
		}
	}
	if len(come) == 1 && next < len(c.Views) && c.Views[next].Head == sha {
		c.Views[next].At = at
		return
	}
	c.Views = slices.Insert(c.Views, next, come...)
	c.Views = slices.Delete(c.Views, 0, max(0, len(c.Views)-mostViews))
}

// views are those of a change; where it was kept by a build that kept none, they are made of its heads.
func (c *change) views() []view {
	if len(c.Views) > 0 {
		return slices.Clone(c.Views)
	}
	var views []view
	for sha, since := range c.Heads {
		views = append(views, view{Head: sha, At: since, Until: since})
	}
	slices.SortFunc(views, func(a, b view) int { return cmp.Or(a.At.Compare(b.At), strings.Compare(a.Head, b.Head)) })
	return views
}

// viewsInOrder are those of a change; of one moment the head that stands is the last.
func (c *change) viewsInOrder() []view {
	views := c.views()
	slices.SortStableFunc(views, func(a, b view) int {
		return cmp.Or(a.At.Compare(b.At), yesLast(a.Head == c.Last.Head, b.Head == c.Last.Head), strings.Compare(a.Head, b.Head))
	})
	return views
}
