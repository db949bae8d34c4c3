package gate

import (
	"slices"

	"github.com/nexusgate/nexusgate/definition"
)

// vouch says whether the Integration Team stands for a landing: it wrote the change that landed, or
// approved it at the head that landed. Where there is no such team anybody does.
func (w *walk) vouch(sha string) (from origin, vouched bool) {
	from.Commit = sha
	team := w.d.IntegrationTeam
	for _, key := range w.s.changesLandedAs(w.s.home.Repo, sha) {
		c := w.s.changes[key]
		if c.Last.Base != w.home.Branch || c.Last.State != ChangeMerged || c.spares(w.home.Path) {
			continue
		}
		from = origin{Commit: sha, Change: w.s.changeSubject(key, c).Name, Author: c.Author, Approvers: c.approvers()}
		if c.vouchedBy(team) != "" {
			return from, true
		}
	}
	return from, isNobody(team)
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
