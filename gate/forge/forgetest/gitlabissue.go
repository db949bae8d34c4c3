package forgetest

import (
	"fmt"
	"net/http"
	"slices"
	"time"
)

// Item is an issue on the stand-in for GitLab.
type Item struct {
	Number int // GitLab's iid

	project          *Project
	id               int64
	title, body      string
	author           string
	state            string // "opened", "closed"
	labels           []string
	milestone        *Milestone
	blockedBy        []*Item
	hidden           bool // confidential
	notes            []IssueComment
	created, updated time.Time
	closed           time.Time
}

// OpenIssue opens an issue with some labels. Issues are counted apart from merge requests.
func (p *Project) OpenIssue(title, body, author string, labels ...string) *Item {
	var i *Item
	p.lab.move(func(out *outbox) {
		now := p.lab.now()
		i = &Item{
			Number: len(p.items) + 1, project: p, id: p.lab.next(), title: title, body: body, author: author, state: "opened",
			labels: labels, created: now, updated: now,
		}
		p.items = append(p.items, i)
		out.add("Issue Hook", i.event("open"))
	})
	return i
}

// Close closes the issue.
func (i *Item) Close() {
	i.turn("close", func(now time.Time) { i.state, i.closed = "closed", now })
}

// Delete takes the issue away. No webhook comes of it.
func (i *Item) Delete() {
	i.project.lab.move(func(*outbox) {
		i.project.items = slices.DeleteFunc(i.project.items, func(other *Item) bool { return other == i })
	})
}

// Edit puts another text in the place of the issue's.
func (i *Item) Edit(body string) { i.turn("update", func(time.Time) { i.body = body }) }

// Label puts a label on the issue.
func (i *Item) Label(name string) {
	i.turn("update", func(time.Time) { i.labels = append(i.labels, name) })
}

// Plan puts the issue on a milestone, of which its webhook tells the number alone.
func (i *Item) Plan(m *Milestone) { i.turn("update", func(time.Time) { i.milestone = m }) }

func (i *Item) turn(action string, act func(now time.Time)) {
	i.project.lab.move(func(out *outbox) {
		i.updated = i.project.lab.now()
		act(i.updated)
		out.add("Issue Hook", i.event(action))
	})
}

// BlockedBy says that another issue blocks this one. No webhook comes of it.
func (i *Item) BlockedBy(other *Item) {
	i.project.lab.move(func(*outbox) {
		i.updated, i.blockedBy = i.project.lab.now(), append(i.blockedBy, other)
	})
}

// AddMilestone makes a milestone that ends on a day.
func (p *Project) AddMilestone(title string, due time.Time) *Milestone {
	var m *Milestone
	p.lab.move(func(out *outbox) {
		m = &Milestone{Title: title, id: p.lab.next(), number: 1, due: due, updated: p.lab.now()}
		out.add("Milestone Hook", object{
			"object_kind": "milestone", "event_type": "milestone", "project": p.object(), "object_attributes": p.milestone(m), "action": "create",
		})
	})
	return m
}

func (p *Project) milestone(m *Milestone) object {
	return object{
		"id": m.id, "iid": m.number, "project_id": p.ID, "title": m.Title, "description": "", "state": "active",
		"created_at": instant(m.updated), "updated_at": instant(m.updated), "due_date": m.due.Format(time.DateOnly), "start_date": nil,
		"expired": false, "web_url": fmt.Sprintf("%s/-/milestones/%d", p.web(), m.number),
	}
}

func (i *Item) web() string { return fmt.Sprintf("%s/-/issues/%d", i.project.web(), i.Number) }

// event is an Issue Hook.
func (i *Item) event(action string) object {
	p, labels := i.project, []object{}
	for _, name := range i.labels {
		labels = append(labels, object{
			"id": userID(name), "title": name, "color": "#ffffff", "project_id": p.ID, "created_at": instant(i.created),
			"updated_at": instant(i.created), "template": false, "description": "", "type": "ProjectLabel", "group_id": nil,
		})
	}
	attributes := object{
		"id": i.id, "iid": i.Number, "title": i.title, "assignee_ids": []int{}, "assignee_id": nil, "author_id": p.user(i.author)["id"],
		"project_id": p.ID, "created_at": instant(i.created), "updated_at": instant(i.updated), "closed_at": instant(i.closed),
		"updated_by_id": nil, "last_edited_at": nil, "last_edited_by_id": nil, "relative_position": 0, "description": i.body,
		"milestone_id": nil, "state_id": map[string]int{"opened": 1, "closed": 2}[i.state], "confidential": i.hidden,
		"discussion_locked": false, "due_date": nil, "moved_to_id": nil, "duplicated_to_id": nil, "time_estimate": 0,
		"total_time_spent": 0, "time_change": 0, "human_total_time_spent": nil, "human_time_estimate": nil, "human_time_change": nil,
		"weight": nil, "url": i.web(), "state": i.state, "action": action, "severity": "unknown", "labels": labels,
		"escalation_status": nil, "escalation_policy": nil,
	}
	if i.milestone != nil {
		attributes["milestone_id"] = i.milestone.id
	}
	return object{
		"object_kind": "issue", "event_type": "issue", "user": p.user(i.author), "project": p.object(), "object_attributes": attributes,
		"repository": p.repository(), "assignees": []object{}, "assignee": nil, "labels": labels, "changes": object{},
	}
}

// object is the issue as the API tells it.
func (i *Item) object() object {
	var milestone any
	if i.milestone != nil {
		milestone = i.project.milestone(i.milestone)
	}
	return object{
		"id": i.id, "iid": i.Number, "project_id": i.project.ID, "title": i.title, "description": i.body, "state": i.state,
		"labels": append([]string{}, i.labels...), "milestone": milestone, "assignees": []object{}, "author": i.project.user(i.author),
		"confidential": i.hidden, "web_url": i.web(), "created_at": instant(i.created), "updated_at": instant(i.updated),
		"closed_at": instant(i.closed), "moved_to_id": nil, "issue_type": "issue",
		"references": object{"short": fmt.Sprintf("#%d", i.Number), "full": fmt.Sprintf("%s#%d", i.project.path, i.Number)},
	}
}

// Describe puts another text in the place of the merge request's.
func (m *MergeRequest) Describe(body string) {
	m.project.lab.move(func(out *outbox) {
		m.body, m.updated = body, m.project.lab.now()
		out.add("Merge Request Hook", m.event("update", ""))
	})
}

// listItems lists issues, those that were updated last first.
func (g *GitLab) listItems(p *Project, c *call) reply {
	query := c.URL.Query()
	after, _ := time.Parse(time.RFC3339, query.Get("updated_after"))
	items := slices.Clone(p.items)
	slices.SortStableFunc(items, func(a, b *Item) int { return b.updated.Compare(a.updated) })
	all := []object{}
	for _, i := range items {
		if want := query.Get("state"); (want == "" || want == "all" || want == i.state) && !i.updated.Before(after) {
			all = append(all, i.object())
		}
	}
	return listed(c, all)
}

func (p *Project) item(c *call) *Item {
	at := slices.IndexFunc(p.items, func(i *Item) bool { return int64(i.Number) == c.number("number") })
	if at < 0 {
		return nil
	}
	return p.items[at]
}

func (g *GitLab) readItem(p *Project, c *call) reply {
	if i := p.item(c); i != nil {
		return reply{status: http.StatusOK, body: i.object()}
	}
	return projectNotFound("Issue")
}

func (g *GitLab) listLinks(p *Project, c *call) reply {
	i := p.item(c)
	if i == nil {
		return projectNotFound("Issue")
	}
	all := []object{}
	for _, other := range i.blockedBy {
		o := other.object()
		o["link_type"], o["issue_link_id"] = "is_blocked_by", other.id
		all = append(all, o)
	}
	return reply{status: http.StatusOK, body: all}
}
