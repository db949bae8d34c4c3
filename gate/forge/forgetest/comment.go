package forgetest

import "fmt"

// Comment is somebody's comment on the change, and returns its id. GitHub tells nothing of the head.
func (c *Change) Comment(user, text string) int64 {
	var id int64
	c.repo.hub.move(func(out *outbox) {
		id = c.repo.hub.next()
		c.updated = c.repo.hub.now()
		out.add("issue_comment", c.commented("created", user, id, text))
	})
	return id
}

// EditComment is somebody editing what was a comment, and DeleteComment deleting it.
func (c *Change) EditComment(user string, id int64, text string) {
	c.recomment("edited", user, id, text)
}

// DeleteComment is somebody deleting a comment.
func (c *Change) DeleteComment(user string, id int64, text string) {
	c.recomment("deleted", user, id, text)
}

func (c *Change) recomment(action, user string, id int64, text string) {
	c.repo.hub.move(func(out *outbox) { out.add("issue_comment", c.commented(action, user, id, text)) })
}

// commented is an issue_comment webhook: to it a pull request is an issue.
func (c *Change) commented(action, user string, id int64, text string) object {
	r, now := c.repo, instant(c.repo.hub.now())
	issue := fmt.Sprintf("%s/issues/%d", r.api(), c.Number)
	return object{
		"action": action, "repository": r.object(false), "organization": r.hub.organization(r.owner()), "sender": r.hub.user(user),
		"installation": r.installation(),
		"issue": object{
			"id": c.id, "node_id": nodeID("PR", c.id), "number": c.Number, "title": c.title, "state": c.state, "user": r.hub.user(c.author),
			"url": issue, "html_url": c.html(), "created_at": instant(c.created), "updated_at": instant(c.updated),
			"pull_request": object{"url": c.api(), "html_url": c.html(), "diff_url": c.html() + ".diff", "patch_url": c.html() + ".patch"},
		},
		"comment": object{
			"id": id, "node_id": nodeID("IC", id), "body": text, "user": r.hub.user(user), "created_at": now, "updated_at": now,
			"url": fmt.Sprintf("%s/issues/comments/%d", r.api(), id), "html_url": fmt.Sprintf("%s#issuecomment-%d", c.html(), id),
			"issue_url": issue, "author_association": "MEMBER", "performed_via_github_app": nil,
		},
	}
}

// Press is somebody pressing a button of one of our checks: GitHub tells the App whose check it is, and no other.
// It says whether the check has that button.
func (r *Repo) Press(id int64, identifier, user string) (pressed bool) {
	r.hub.move(func(out *outbox) {
		for _, run := range r.checks {
			for _, action := range run.Actions {
				if run.ID != id || run.App != ourApp || action.Identifier != identifier {
					continue
				}
				event := r.checkEvent("requested_action", run)
				event["requested_action"], event["sender"] = object{"identifier": identifier}, r.hub.user(user)
				out.add("check_run", event)
				pressed = true
			}
		}
	})
	return pressed
}

// Comment is somebody's comment on the merge request, and returns its id.
func (m *MergeRequest) Comment(user, text string) int64 {
	var id int64
	m.project.lab.move(func(out *outbox) {
		id = m.project.lab.next()
		out.add("Note Hook", m.noted("create", user, id, text))
	})
	return id
}

// EditComment is somebody editing a comment.
func (m *MergeRequest) EditComment(user string, id int64, text string) {
	m.project.lab.move(func(out *outbox) { out.add("Note Hook", m.noted("update", user, id, text)) })
}

// noted is a Note Hook.
func (m *MergeRequest) noted(action, user string, id int64, text string) object {
	p, now := m.project, stamp(m.project.lab.now())
	by := p.user(user)
	merge := m.small()
	merge["last_commit"] = p.commitObject(p.git.commits[m.sha()], false)
	merge["source"], merge["target"] = p.object(), p.object()
	return object{
		"object_kind": "note", "event_type": "note", "user": by, "project_id": p.ID, "project": p.object(), "repository": p.repository(),
		"object_attributes": object{
			"id": id, "note": text, "noteable_type": "MergeRequest", "author_id": by["id"], "created_at": now, "updated_at": now, //nolint:misspell // GitLab's spelling
			"project_id": p.ID, "noteable_id": m.id, "system": false, "action": action, "commit_id": nil, "line_code": nil, //nolint:misspell // likewise
			"url": fmt.Sprintf("%s#note_%d", m.web(), id),
		},
		"merge_request": merge,
	}
}
