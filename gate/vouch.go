package gate

import (
	"slices"
	"time"

	"github.com/nexusgate/nexusgate/definition"
)

// vouch says whether the Integration Team stands for a landing: it wrote the change that landed, or
// approved it at the head that landed. Where there is no such team anybody does. known is false while
// something has to be read first.
func (w *walk) vouch(l homeLanding) (from origin, vouched, known bool) {
	from.Commit = l.Commit
	team := w.d.IntegrationTeam
	if w.comesBack(l) {
		return from, isNobody(team), true
	}
	for _, key := range w.s.changesLandedAs(w.s.home.Repo, l.Commit) {
		c := w.s.changes[key]
		if c.Weighed || !w.brings(c) {
			continue
		}
		from = origin{Commit: l.Commit, Change: w.s.changeSubject(key, c).Name, Author: c.Author, Approvers: c.approvers()}
		if c.vouchedBy(team) == "" {
			continue
		}
		if brought, known := w.brought(c, l); brought || !known {
			return from, brought && !w.shadows(c), known
		}
	}
	return from, isNobody(team), true
}

// comesBack says whether a landing may bring an old commit back: no forge lands a change so.
func (w *walk) comesBack(l homeLanding) bool {
	return w.arrived[l.Commit] || l.Push != nil && l.Push.Forced
}

// brings says whether a change may have brought the layer to the home's branch.
func (w *walk) brings(c *change) bool {
	return c.Last.Base == w.home.Branch && c.Last.State == ChangeMerged && !c.spares(w.home.Path)
}

// brought says whether a change brought what a landing holds of the layer; its paths are read where they are
// not known. Of one with more paths than a forge lists it is the content at its head that tells.
func (w *walk) brought(c *change, l homeLanding) (brought, known bool) {
	touched, read := c.touched()
	switch {
	case !read:
		w.want(c)
		w.trouble = "which paths the change touches that landed as " + clipSHA(l.Commit) + " is being read; until then the definition in force stays"
		return false, false
	case slices.Contains(touched.Paths, w.home.Path):
		return true, true
	}
	proposed, read := w.read(c.Last.Head)
	landed, both := w.read(l.Commit)
	return proposed.Source == landed.Source, read && both
}

// want asks for the paths that a change touches.
func (w *walk) want(c *change) {
	w.wants = append(w.wants, Want{Kind: WantChange, Repo: w.s.asKnown(c.Last.Repo), Number: c.Last.Number, Commit: c.Last.Head})
}

// together is how far apart changes are merged that land in one push.
const together = time.Minute

// shadows says whether another change that nobody vouches for landed with this one, in the same push: as
// those of a group on a queue do. Where it landed was the head of the branch at no time, or is so with this one.
func (w *walk) shadows(c *change) bool {
	b := w.s.branches[branchKey(w.s.home.Repo, w.home.Branch)]
	shadows := false
	for _, other := range w.s.changes {
		if other == c || other.Last.Repo.Key() != w.s.home.Repo || other.MergedAt.Sub(c.MergedAt).Abs() > together || other.Weighed || !w.brings(other) {
			continue
		}
		alone := other.Last.Landed != c.Last.Landed && (b.arrived(other.Last.Landed) != nil || w.arrived[other.Last.Landed])
		if alone || other.vouchedBy(w.d.IntegrationTeam) != "" {
			continue
		}
		if _, read := other.touched(); !read {
			w.want(other)
		}
		shadows = true
	}
	return shadows
}

// spares says whether a change is known to leave a path alone.
func (c *change) spares(path string) bool {
	touched, known := c.touched()
	return known && touched.Complete && !slices.Contains(touched.Paths, path)
}

// vouchedBy is the first of the author and the approvers who is of the Integration Team; "" for none.
func (c *change) vouchedBy(team definition.IntegrationTeam) string {
	for _, login := range append([]string{c.Author}, c.approvers()...) {
		if team.Includes(string(c.Last.Repo.Forge), login) {
			return login
		}
	}
	return ""
}

// ofTeam keeps of the approvers those of the Integration Team.
func (o origin) ofTeam(forge Forge, team definition.IntegrationTeam) origin {
	o.Approvers = keep(o.Approvers, func(login string) bool { return team.Includes(string(forge), login) || isNobody(team) })
	return o
}

func isNobody(team definition.IntegrationTeam) bool {
	return team.ProductOwner == "" && team.ScrumMaster == "" && len(team.Members) == 0
}
