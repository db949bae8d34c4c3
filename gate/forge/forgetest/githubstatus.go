package forgetest

import (
	"net/http"
	"slices"
	"time"
)

// status is a commit status that somebody posted.
type status struct {
	id                           int64
	user, context, commit, state string
	at                           time.Time
}

// Status posts a commit status, as anybody with write access can.
func (r *Repo) Status(user, context, commit, state string) {
	r.hub.move(func(out *outbox) {
		posted := status{r.hub.next(), user, context, commit, state, r.hub.now()}
		r.statuses = append(r.statuses, posted)
		out.add("status", r.statusEvent(posted))
	})
}

func (r *Repo) statusEvent(s status) object {
	who, branches := r.hub.user(s.user), []object{}
	if branch := r.branchAt(s.commit); branch != "" {
		branches = append(branches, object{
			"name": branch, "protected": false,
			"commit": object{"sha": s.commit, "url": r.api() + "/commits/" + s.commit},
		})
	}
	return object{
		"id": s.id, "sha": s.commit, "name": r.full, "avatar_url": who["avatar_url"], "target_url": nil,
		"context": s.context, "description": nil, "state": s.state, "branches": branches,
		"commit":     r.wholeCommit(r.git.commits[s.commit]),
		"created_at": instant(s.at), "updated_at": instant(s.at), "sender": who,
		"repository": r.object(false), "organization": r.hub.organization(r.owner()), "installation": r.installation(),
	}
}

// listStatuses lists every status of a commit, the newest first.
func (g *GitHub) listStatuses(r *Repo, c *call) reply {
	all := []object{}
	for _, s := range slices.Backward(r.statuses) {
		if s.commit != c.PathValue("ref") {
			continue
		}
		who := r.hub.user(s.user)
		all = append(all, object{
			"id": s.id, "node_id": nodeID("SC", s.id), "url": r.api() + "/statuses/" + s.commit, "avatar_url": who["avatar_url"],
			"state": s.state, "description": nil, "target_url": nil, "context": s.context,
			"created_at": instant(s.at), "updated_at": instant(s.at), "creator": who,
		})
	}
	shown, next := page(c, all)
	return reply{status: http.StatusOK, body: shown, header: next}
}
