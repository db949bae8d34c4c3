package forgetest

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// review is what the API tells of a review.
type review struct {
	id           int64
	user, commit string
	state        string // "approved", "changes_requested", "commented", "dismissed"
	at           time.Time
}

// note keeps a review for the API. Dismissing changes the one that was there.
func (c *Change) note(r review) {
	if r.state == "dismissed" {
		for i := range slices.Backward(c.reviews) {
			if c.reviews[i].user == r.user {
				c.reviews[i].state = r.state
				return
			}
		}
	}
	c.reviews = append(c.reviews, r)
}

// object is a review as its webhook tells it.
func (r review) object(c *Change) object {
	page := fmt.Sprintf("%s#pullrequestreview-%d", c.html(), r.id)
	return object{
		"id": r.id, "node_id": nodeID("PRR", r.id), "user": c.repo.hub.user(r.user), "body": nil,
		"commit_id": r.commit, "submitted_at": instant(r.at), "state": r.state, "html_url": page,
		"pull_request_url": c.api(), "author_association": "MEMBER",
		"_links": object{"html": object{"href": page}, "pull_request": object{"href": c.api()}},
	}
}

// readReviews lists reviews as the API does: with no body it is "", and the states are in capitals.
func (g *GitHub) readReviews(r *Repo, c *call) reply {
	change := r.find(int(c.number("number")))
	if change == nil {
		return refuse(http.StatusNotFound, "Not Found")
	}
	all := []object{}
	for _, said := range change.reviews {
		o := said.object(change)
		o["body"], o["state"] = "", strings.ToUpper(said.state)
		all = append(all, o)
	}
	shown, next := page(c, all)
	return reply{status: http.StatusOK, body: shown, header: next}
}

// listCommits lists the commits that a commit stands on, and that touch a path where one is given.
func (g *GitHub) listCommits(r *Repo, c *call) reply {
	from, path := c.URL.Query().Get("sha"), c.URL.Query().Get("path")
	if r.git.commits[from] == nil {
		return refuse(http.StatusNotFound, "Not Found")
	}
	found := r.git.lineage(from)
	if path != "" {
		found = r.git.touching(from, path)
	}
	all := []object{}
	for _, one := range found {
		all = append(all, r.listedCommit(one))
	}
	shown, next := page(c, all)
	return reply{status: http.StatusOK, body: shown, header: next}
}

// listPulls lists the pull requests of a commit: of one on the default branch the merged ones that brought
// it there, of another also those that only propose it.
func (g *GitHub) listPulls(r *Repo, c *call) reply {
	sha := c.PathValue("ref")
	if r.git.commits[sha] == nil {
		return refuse(http.StatusUnprocessableEntity, "No commit found for SHA: "+sha)
	}
	onMain := slices.Contains(r.git.lineage(r.git.branches["main"]), r.git.commits[sha])
	all := []object{}
	for _, change := range r.changes {
		proposes := slices.Contains(r.git.between(cmp.Or(change.before, r.git.branches[change.base]), change.sha()), r.git.commits[sha])
		if r.git.brings(change.before, change.landed, sha) || !onMain && proposes && (change.open() || change.landed != "") {
			all = append(all, change.small())
		}
	}
	shown, next := page(c, all)
	return reply{status: http.StatusOK, body: shown, header: next}
}
