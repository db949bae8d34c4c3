package forgetest

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"time"
)

// Issue is an issue on the stand-in for GitHub.
type Issue struct {
	Number int

	repo             *Repo
	id               int64
	title, body      string
	author           string
	state            string // "open", "closed"
	labels           []string
	milestone        *Milestone
	blockedBy        []*Issue
	parent           *Issue
	gone, locked     bool
	comments         []IssueComment
	created, updated time.Time
	closed           time.Time
}

// Milestone is a milestone of a repository, on either stand-in.
type Milestone struct {
	Title string

	id      int64
	number  int
	due     time.Time
	updated time.Time
}

// OpenIssue opens an issue with some labels. Issues and pull requests are counted together.
func (r *Repo) OpenIssue(title, body, author string, labels ...string) *Issue {
	var i *Issue
	r.hub.move(func(out *outbox) {
		now := r.hub.now()
		i = &Issue{
			Number: r.nextNumber(), repo: r, id: r.hub.next(), title: title, body: body, author: author, state: "open",
			labels: labels, created: now, updated: now,
		}
		r.issues = append(r.issues, i)
		i.tell(out, "opened", nil)
	})
	return i
}

func (r *Repo) nextNumber() int { return len(r.changes) + len(r.issues) + 1 }

// Close closes the issue, and Reopen opens it again.
func (i *Issue) Close() {
	i.turn("closed", nil, func(now time.Time) { i.state, i.closed = "closed", now })
}

// Reopen opens the issue again.
func (i *Issue) Reopen() {
	i.turn("reopened", nil, func(time.Time) { i.state, i.closed = "open", time.Time{} })
}

// Edit puts another text in the place of the issue's.
func (i *Issue) Edit(body string) {
	i.turn("edited", object{"changes": object{"body": object{"from": i.body}}}, func(time.Time) { i.body = body })
}

// Label puts a label on the issue.
func (i *Issue) Label(name string) {
	i.turn("labeled", object{"label": i.repo.label(name)}, func(time.Time) { i.labels = append(i.labels, name) })
}

// Plan puts the issue on a milestone.
func (i *Issue) Plan(m *Milestone) {
	i.turn("milestoned", object{"milestone": i.repo.milestone(m)}, func(time.Time) { i.milestone = m })
}

// Delete deletes the issue.
func (i *Issue) Delete() { i.turn("deleted", nil, func(time.Time) { i.gone = true }) }

func (i *Issue) turn(action string, more object, act func(now time.Time)) {
	i.repo.hub.move(func(out *outbox) {
		i.updated = i.repo.hub.now()
		act(i.updated)
		i.tell(out, action, more)
	})
}

// BlockedBy says that another issue blocks this one. GitHub tells it to the repositories of both.
func (i *Issue) BlockedBy(other *Issue) { i.blocking(other, "added") }

// Unblock takes that back.
func (i *Issue) Unblock(other *Issue) { i.blocking(other, "removed") }

func (i *Issue) blocking(other *Issue, how string) {
	i.repo.hub.move(func(out *outbox) {
		i.updated = i.repo.hub.now()
		i.blockedBy = slices.DeleteFunc(i.blockedBy, func(known *Issue) bool { return known == other })
		if how == "added" {
			i.blockedBy = append(i.blockedBy, other)
		}
		both := object{"blocked_issue_id": i.id, "blocked_issue": i.object(), "blocking_issue_id": other.id, "blocking_issue": other.object()}
		out.add("issue_dependencies", i.repo.linked("blocked_by_"+how, both, object{"blocking_issue_repo": other.repo.object(false)}))
		out.add("issue_dependencies", other.repo.linked("blocking_"+how, both, object{"blocked_issue_repo": i.repo.object(false)}))
	})
}

// PartOf makes the issue a sub-issue of another.
func (i *Issue) PartOf(parent *Issue) {
	i.repo.hub.move(func(out *outbox) {
		i.updated, i.parent = i.repo.hub.now(), parent
		both := object{"parent_issue_id": parent.id, "parent_issue": parent.object(), "sub_issue_id": i.id, "sub_issue": i.object()}
		out.add("sub_issues", i.repo.linked("parent_issue_added", both, object{"parent_issue_repo": parent.repo.object(false)}))
		out.add("sub_issues", parent.repo.linked("sub_issue_added", both, object{"sub_issue_repo": i.repo.object(false)}))
	})
}

// linked is a webhook about a link between issues.
func (r *Repo) linked(action string, all ...object) object {
	event := object{
		"action": action, "repository": r.object(false), "organization": r.hub.organization(r.owner()), "sender": r.hub.user(r.owner()),
		"installation": r.installation(),
	}
	for _, fields := range all {
		for name, value := range fields {
			event[name] = value
		}
	}
	return event
}

func (i *Issue) tell(out *outbox, action string, more object) {
	out.add("issues", i.repo.linked(action, object{"issue": i.object(), "sender": i.repo.hub.user(i.author)}, more))
}

// AddMilestone makes a milestone that ends on a day.
func (r *Repo) AddMilestone(title string, due time.Time) *Milestone {
	var m *Milestone
	r.hub.move(func(out *outbox) {
		r.milestones++
		m = &Milestone{Title: title, id: r.hub.next(), number: r.milestones, due: due, updated: r.hub.now()}
		out.add("milestone", r.linked("created", object{"milestone": r.milestone(m)}))
	})
	return m
}

// RenameMilestone calls a milestone otherwise. Of the issues on it GitHub says nothing.
func (r *Repo) RenameMilestone(m *Milestone, title string) {
	r.hub.move(func(out *outbox) {
		was := object{"title": object{"from": m.Title}}
		m.Title, m.updated = title, r.hub.now()
		out.add("milestone", r.linked("edited", object{"milestone": r.milestone(m), "changes": was}))
	})
}

// RenameLabel calls a label otherwise on all issues. Of those GitHub says nothing.
func (r *Repo) RenameLabel(from, to string) {
	r.hub.move(func(out *outbox) {
		for _, i := range r.issues {
			if at := slices.Index(i.labels, from); at >= 0 {
				i.labels[at] = to
			}
		}
		out.add("label", r.linked("edited", object{"label": r.label(to), "changes": object{"name": object{"from": from}}}))
	})
}

func (r *Repo) label(name string) object {
	id := userID(name)
	return object{
		"id": id, "node_id": nodeID("LA", id), "url": r.api() + "/labels/" + name, "name": name, "color": "ededed",
		"default": false, "description": nil,
	}
}

func (r *Repo) milestone(m *Milestone) object {
	at := fmt.Sprintf("%s/milestones/%d", r.api(), m.number)
	return object{
		"url": at, "html_url": fmt.Sprintf("%s/milestone/%d", r.html(), m.number), "labels_url": at + "/labels", "id": m.id,
		"node_id": nodeID("MI", m.id), "number": m.number, "title": m.Title, "description": nil, "creator": r.hub.user(r.owner()),
		"open_issues": 0, "closed_issues": 0, "state": "open", "created_at": instant(m.updated), "updated_at": instant(m.updated),
		"due_on": instant(m.due), "closed_at": nil,
	}
}

func (i *Issue) api() string { return fmt.Sprintf("%s/issues/%d", i.repo.api(), i.Number) }

// object is the issue as webhooks and the API tell it.
func (i *Issue) object() object {
	r, labels := i.repo, []object{}
	for _, name := range i.labels {
		labels = append(labels, r.label(name))
	}
	var milestone any
	if i.milestone != nil {
		milestone = r.milestone(i.milestone)
	}
	waits := len(i.blockedBy)
	o := object{
		"url": i.api(), "repository_url": r.api(), "labels_url": i.api() + "/labels{/name}", "comments_url": i.api() + "/comments",
		"events_url": i.api() + "/events", "html_url": fmt.Sprintf("%s/issues/%d", r.html(), i.Number), "id": i.id,
		"node_id": nodeID("I", i.id), "number": i.Number, "title": i.title, "user": r.hub.user(i.author), "labels": labels,
		"state": i.state, "locked": false, "assignee": nil, "assignees": []object{}, "milestone": milestone, "comments": 0,
		"created_at": instant(i.created), "updated_at": instant(i.updated), "closed_at": instant(i.closed),
		"author_association": "MEMBER", "active_lock_reason": nil, "body": i.body, "performed_via_github_app": nil,
		"timeline_url": i.api() + "/timeline", "state_reason": nil,
		"reactions": object{
			"url": i.api() + "/reactions", "total_count": 0, "+1": 0, "-1": 0, "laugh": 0, "hooray": 0, "confused": 0, "heart": 0, "rocket": 0, "eyes": 0,
		},
		"issue_dependencies_summary": object{"blocked_by": waits, "blocking": 0, "total_blocked_by": waits, "total_blocking": 0},
	}
	if i.parent != nil {
		o["parent_issue_url"] = i.parent.api()
	}
	return o
}

// issue is a pull request as the API tells it among issues.
func (c *Change) issue() object {
	i := Issue{
		Number: c.Number, repo: c.repo, id: c.id, title: c.title, author: c.author, body: c.body, state: c.state,
		created: c.created, updated: c.updated, closed: c.closed,
	}
	o := i.object()
	o["html_url"] = c.html()
	o["pull_request"] = object{
		"url": c.api(), "html_url": c.html(), "diff_url": c.html() + ".diff", "patch_url": c.html() + ".patch", "merged_at": c.mergedAt(),
	}
	return o
}

// Describe puts another text in the place of the change's.
func (c *Change) Describe(body string) {
	c.repo.hub.move(func(out *outbox) {
		was := object{"body": object{"from": c.body}}
		c.body, c.updated = body, c.repo.hub.now()
		out.add("pull_request", c.event("edited", object{"changes": was}))
	})
}

func (r *Repo) issue(number int) *Issue {
	at := slices.IndexFunc(r.issues, func(i *Issue) bool { return i.Number == number && !i.gone })
	if at < 0 {
		return nil
	}
	return r.issues[at]
}

// listIssues lists issues and pull requests, those that were updated last first.
func (g *GitHub) listIssues(r *Repo, c *call) reply {
	query := c.URL.Query()
	since, _ := time.Parse(time.RFC3339, query.Get("since"))
	type entry struct {
		updated time.Time
		state   string
		shown   object
	}
	var all []entry
	for _, i := range r.issues {
		if !i.gone {
			all = append(all, entry{i.updated, i.state, i.object()})
		}
	}
	for _, change := range r.changes {
		all = append(all, entry{change.updated, change.state, change.issue()})
	}
	slices.SortStableFunc(all, func(a, b entry) int { return b.updated.Compare(a.updated) })
	shown := []object{}
	for _, e := range all {
		if want := cmp.Or(query.Get("state"), "open"); (want == "all" || want == e.state) && !e.updated.Before(since) {
			shown = append(shown, e.shown)
		}
	}
	here, next := page(c, shown)
	return reply{status: http.StatusOK, body: here, header: next}
}

func (g *GitHub) readIssue(r *Repo, c *call) reply {
	number := int(c.number("number"))
	if i := r.issue(number); i != nil {
		return reply{status: http.StatusOK, body: i.object()}
	}
	if change := r.find(number); change != nil {
		return reply{status: http.StatusOK, body: change.issue()}
	}
	return refuse(http.StatusNotFound, "Not Found")
}

func (g *GitHub) listBlockedBy(r *Repo, c *call) reply {
	i := r.issue(int(c.number("number")))
	if i == nil {
		return refuse(http.StatusNotFound, "Not Found")
	}
	all := []object{}
	for _, other := range i.blockedBy {
		all = append(all, other.object())
	}
	here, next := page(c, all)
	return reply{status: http.StatusOK, body: here, header: next}
}
