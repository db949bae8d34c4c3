package forgetest

import (
	"fmt"
	"net/http"
	"time"
)

// Change is a pull request on the stand-in for GitHub.
type Change struct {
	Number int

	repo             *Repo
	id               int64
	head, base       string // branches
	title, author    string
	body             string
	draft            bool
	state            string // "open", "closed"
	landed           string // the commit it was merged as
	before           string // the base branch when it was merged
	mergedBy         string
	reviews          []review
	created, updated time.Time
	closed           time.Time
}

func (c *Change) open() bool { return c.state == "open" }

// Head is the change's head commit.
func (c *Change) Head() string { return c.repo.Head(c.head) }

// OpenChange opens a pull request from a branch.
func (r *Repo) OpenChange(branch, base, title, author string) *Change {
	var c *Change
	r.hub.move(func(out *outbox) {
		now := r.hub.now()
		c = &Change{
			Number: r.nextNumber(), repo: r, id: r.hub.next(), head: branch, base: base,
			title: title, author: author, state: "open", created: now, updated: now,
		}
		r.changes = append(r.changes, c)
		out.add("pull_request", c.event("opened", nil))
	})
	return c
}

// Close closes the change without merging it.
func (c *Change) Close() {
	c.repo.hub.move(func(out *outbox) {
		c.state, c.closed, c.updated = "closed", c.repo.hub.now(), c.repo.hub.now()
		out.add("pull_request", c.event("closed", nil))
	})
}

// Retarget makes the change land on another branch.
func (c *Change) Retarget(base string) {
	c.repo.hub.move(func(out *outbox) {
		was := object{"ref": object{"from": c.base}, "sha": object{"from": c.repo.git.branches[c.base]}}
		c.base, c.updated = base, c.repo.hub.now()
		out.add("pull_request", c.event("edited", object{"changes": object{"base": was}}))
	})
}

// Merge lands the change in one of the ways "merge", "squash", "rebase" and "ff" (as a merge queue
// does), and returns the commit it became on its base branch. Its author merges it.
func (c *Change) Merge(method string) string { return c.MergeBy(c.author, method) }

// MergeBy is Merge by somebody else.
func (c *Change) MergeBy(user, method string) string {
	c.repo.hub.move(func(out *outbox) {
		r := c.repo
		before := r.git.branches[c.base]
		message := fmt.Sprintf("%s (#%d)", c.title, c.Number)
		to := r.git.land(before, r.git.branches[c.head], method, message, c.author, r.hub.now())
		c.before = before
		r.push(out, c.base, before, to.sha, user)
		c.merged(out, to.sha, user)
	})
	return c.landed
}

func (c *Change) merged(out *outbox, sha, user string) {
	c.state, c.landed, c.mergedBy = "closed", sha, user
	c.closed, c.updated = c.repo.hub.now(), c.repo.hub.now()
	out.add("pull_request", c.event("closed", object{"sender": c.repo.hub.user(user)}))
}

// Review submits a review of the head in one of the states "approved", "changes_requested",
// "commented" and "dismissed".
func (c *Change) Review(reviewer, state string) { c.ReviewAt(reviewer, state, c.Head()) }

// ReviewAt is Review of a head that the change may have left since.
func (c *Change) ReviewAt(reviewer, state, commit string) {
	c.repo.hub.move(func(out *outbox) {
		action := "submitted"
		if state == "dismissed" {
			action = "dismissed"
		}
		c.updated = c.repo.hub.now()
		said := review{c.repo.hub.next(), reviewer, commit, state, c.updated}
		c.note(said)
		out.add("pull_request_review", object{
			"action": action, "pull_request": c.small(), "repository": c.repo.object(false),
			"sender": c.repo.hub.user(reviewer), "installation": c.repo.installation(), "review": said.object(c),
		})
	})
}

func (c *Change) sha() string  { return c.repo.git.branches[c.head] }
func (c *Change) api() string  { return fmt.Sprintf("%s/pulls/%d", c.repo.api(), c.Number) }
func (c *Change) html() string { return fmt.Sprintf("%s/pull/%d", c.repo.html(), c.Number) }

// event is a pull_request webhook.
func (c *Change) event(action string, more object) object {
	o := object{
		"action": action, "number": c.Number, "pull_request": c.object(), "repository": c.repo.object(false),
		"sender": c.repo.hub.user(c.author), "organization": c.repo.hub.organization(c.repo.owner()),
		"installation": c.repo.installation(),
	}
	for name, value := range more {
		o[name] = value
	}
	return o
}

// side is the head or the base of a change.
func (c *Change) side(branch, sha string) object {
	return object{
		"label": c.repo.owner() + ":" + branch, "ref": branch, "sha": sha,
		"user": c.repo.hub.user(c.repo.owner()), "repo": c.repo.object(false),
	}
}

// object is a change as its own webhook and the API tell it.
func (c *Change) object() object {
	o, parted := c.small(), c.parted()
	files := len(c.repo.git.diff(parted, c.sha()))
	for name, value := range (object{
		"merged": c.landed != "", "mergeable": nil, "rebaseable": nil, "mergeable_state": "unknown", "merged_by": c.merger(),
		"comments": 0, "review_comments": 0, "maintainer_can_modify": false, "additions": files, "deletions": 0,
		"commits": len(c.repo.git.between(parted, c.sha())), "changed_files": files,
	}) {
		o[name] = value
	}
	return o
}

// parted is where the head left the base.
func (c *Change) parted() string { return c.repo.git.mergeBase(c.repo.git.branches[c.base], c.sha()) }

// small is a change as reviews tell it.
func (c *Change) small() object {
	links := object{}
	for name, path := range map[string]string{
		"self": c.api(), "html": c.html(), "issue": c.api(), "comments": c.api() + "/comments",
		"review_comments": c.api() + "/comments", "review_comment": c.api() + "/comments{/number}",
		"commits": c.api() + "/commits", "statuses": c.repo.api() + "/statuses/" + c.sha(),
	} {
		links[name] = object{"href": path}
	}
	return object{
		"id": c.id, "node_id": nodeID("PR", c.id), "number": c.Number, "state": c.state, "title": c.title,
		"user": c.repo.hub.user(c.author), "body": orNull(c.body), "locked": false, "active_lock_reason": nil, "draft": c.draft,
		"url": c.api(), "html_url": c.html(), "diff_url": c.html() + ".diff", "patch_url": c.html() + ".patch",
		"issue_url": c.api(), "commits_url": c.api() + "/commits", "comments_url": c.api() + "/comments",
		"review_comments_url": c.api() + "/comments", "review_comment_url": c.api() + "/comments{/number}",
		"statuses_url": c.repo.api() + "/statuses/" + c.sha(),
		"created_at":   instant(c.created), "updated_at": instant(c.updated), "closed_at": instant(c.closed),
		"merged_at": c.mergedAt(), "merge_commit_sha": orNull(c.landed), "assignee": nil, "assignees": []object{},
		"requested_reviewers": []object{}, "requested_teams": []object{}, "labels": []object{}, "milestone": nil,
		"head": c.side(c.head, c.sha()), "base": c.side(c.base, c.repo.git.branches[c.base]), "_links": links,
		"author_association": "MEMBER", "auto_merge": nil,
	}
}

func (c *Change) merger() any {
	if c.mergedBy == "" {
		return nil
	}
	return c.repo.hub.user(c.mergedBy)
}

func (c *Change) mergedAt() any {
	if c.landed == "" {
		return nil
	}
	return instant(c.closed)
}

func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func (g *GitHub) readPull(r *Repo, c *call) reply {
	if change := r.find(int(c.number("number"))); change != nil {
		return reply{status: http.StatusOK, body: change.object()}
	}
	return refuse(http.StatusNotFound, "Not Found")
}

func (g *GitHub) readPullFiles(r *Repo, c *call) reply {
	change := r.find(int(c.number("number")))
	if change == nil {
		return refuse(http.StatusNotFound, "Not Found")
	}
	all := r.fileObjects(change.parted(), change.sha())
	files, next := page(c, all[:min(len(all), 3_000)])
	return reply{status: http.StatusOK, body: files, header: next}
}

// fileObjects are the paths that differ between two commits, as GitHub lists them.
func (r *Repo) fileObjects(from, to string) []object {
	files := []object{}
	for _, d := range r.git.diff(from, to) {
		blob := objectID("blob", []byte(r.git.files(to)[d.path]))
		file := object{
			"sha": blob, "filename": d.path, "status": d.status, "additions": 1, "deletions": 0, "changes": 1,
			"blob_url": r.html() + "/blob/" + to + "/" + d.path, "raw_url": r.html() + "/raw/" + to + "/" + d.path,
			"contents_url": r.api() + "/contents/" + d.path + "?ref=" + to,
		}
		if d.previous != "" {
			file["previous_filename"] = d.previous
		}
		files = append(files, file)
	}
	return files
}
