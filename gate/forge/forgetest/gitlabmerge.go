package forgetest

import (
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// MergeRequest is a merge request on the stand-in for GitLab.
type MergeRequest struct {
	Number int // GitLab's iid

	project          *Project
	id               int64
	source, target   string // branches
	title, author    string
	body             string
	state            string // "opened", "merged", "closed"
	before           string // the target branch when it was merged
	landed           string
	squashed         bool
	versions         []version
	approvals        []approval
	created, updated time.Time
	merged           time.Time
}

// OpenChange opens a merge request from a branch.
func (p *Project) OpenChange(branch, target, title, author string) *MergeRequest {
	var m *MergeRequest
	p.lab.move(func(out *outbox) {
		now := p.lab.now()
		m = &MergeRequest{
			Number: len(p.merges) + 1, project: p, id: p.lab.next(), source: branch, target: target,
			title: title, author: author, state: "opened", created: now, updated: now,
			versions: []version{{p.git.branches[branch], now}},
		}
		p.merges = append(p.merges, m)
		m.ask(out, m.event("open", ""))
	})
	return m
}

// Head is the merge request's head commit.
func (m *MergeRequest) Head() string { return m.project.Head(m.source) }

// Merge lands the merge request in one of the ways "merge", "squash", "rebase" and "ff", and returns
// the commit it became on its target branch. Its author merges it.
func (m *MergeRequest) Merge(method string) string { return m.MergeBy(m.author, method) }

// MergeBy is Merge by somebody else. GitLab then tells the author by number alone.
func (m *MergeRequest) MergeBy(user, method string) string {
	m.project.lab.move(func(out *outbox) {
		p := m.project
		before := p.git.branches[m.target]
		message := fmt.Sprintf("Merge branch '%s' into '%s'\n\nSee merge request %s!%d", m.source, m.target, p.path, m.Number)
		to := p.git.land(before, m.sha(), method, message, m.author, p.lab.now())
		m.state, m.landed, m.squashed, m.updated = "merged", to.sha, method == "squash", p.lab.now()
		m.before, m.merged = before, m.updated
		p.push(out, m.target, before, to.sha, user)
		m.tell(out, "merge", user)
	})
	return m.landed
}

// tell tells of what somebody did to the merge request.
func (m *MergeRequest) tell(out *outbox, action, user string) {
	event := m.event(action, "")
	event["user"] = m.project.user(user)
	m.ask(out, event)
}

// Close closes the merge request without merging it.
func (m *MergeRequest) Close() {
	m.project.lab.move(func(out *outbox) {
		m.state, m.updated = "closed", m.project.lab.now()
		m.ask(out, m.event("close", ""))
	})
}

// Approve is one person's approval; Unapprove takes it back.
func (m *MergeRequest) Approve(user string) { m.approval("approval", user) }

// Unapprove takes one person's approval back.
func (m *MergeRequest) Unapprove(user string) { m.approval("unapproval", user) }

func (m *MergeRequest) approval(action, user string) {
	m.project.lab.move(func(out *outbox) {
		m.updated = m.project.lab.now()
		m.approve(user, action == "approval")
		m.tell(out, action, user)
	})
}

func (m *MergeRequest) sha() string { return m.project.git.branches[m.source] }

// headPipeline is the newest pipeline on the head commit, null where there is none.
func (m *MergeRequest) headPipeline() any {
	var newest any
	for _, pipeline := range m.project.pipelines {
		if pipeline.commit == m.sha() && pipeline.parent == nil {
			newest = pipeline.ID
		}
	}
	return newest
}

// event is a Merge Request Hook. An update that moved the head tells the old one.
func (m *MergeRequest) event(action, oldrev string) object {
	p := m.project
	attributes := object{
		"id": m.id, "iid": m.Number, "target_branch": m.target, "source_branch": m.source, "source_project_id": p.ID,
		"target_project_id": p.ID, "author_id": p.user(m.author)["id"], "assignee_ids": []int{}, "assignee_id": nil,
		"reviewer_ids": []int{}, "title": m.title, "created_at": instant(m.created), "updated_at": instant(m.updated),
		"milestone_id": nil, "state": m.state, "state_id": map[string]int{"opened": 1, "closed": 2, "merged": 3}[m.state],
		"blocking_discussions_resolved": true, "work_in_progress": false, "draft": false, "first_contribution": false,
		"merge_status": "can_be_merged", "detailed_merge_status": "mergeable", "description": m.body, "url": m.web(),
		"source": p.object(), "target": p.object(), "head_pipeline_id": m.headPipeline(), "action": action,
		"merge_commit_sha": nil, "squash_commit_sha": nil, "labels": []object{}, "time_change": 0, "total_time_spent": 0,
	}
	if c := p.git.commits[m.sha()]; c != nil {
		attributes["last_commit"] = p.commitObject(c, false)
	}
	if m.landed != "" {
		attributes["merge_commit_sha"] = m.landed
		if m.squashed {
			attributes["squash_commit_sha"] = m.landed
		}
	}
	if oldrev != "" {
		attributes["oldrev"] = oldrev
	}
	return object{
		"object_kind": "merge_request", "event_type": "merge_request", "user": p.user(m.author), "project": p.object(),
		"repository": p.repository(), "object_attributes": attributes, "labels": []object{},
		"changes": object{}, "assignees": []object{}, "reviewers": []object{},
	}
}

func (m *MergeRequest) web() string {
	return fmt.Sprintf("%s/-/merge_requests/%d", m.project.web(), m.Number)
}

func (p *Project) find(c *call) *MergeRequest {
	for _, m := range p.merges {
		if int64(m.Number) == c.number("number") {
			return m
		}
	}
	return nil
}

// changed are the paths that the merge request changes.
func (m *MergeRequest) changed() []object {
	git := m.project.git
	return m.project.diffObjects(git.mergeBase(git.branches[m.target], m.sha()), m.sha())
}

func (g *GitLab) readMerge(p *Project, c *call) reply {
	m := p.find(c)
	if m == nil {
		return projectNotFound("Merge Request")
	}
	return reply{status: http.StatusOK, body: m.object()}
}

// object is the merge request as the API tells it.
func (m *MergeRequest) object() object {
	p := m.project
	o := object{
		"id": m.id, "iid": m.Number, "project_id": p.ID, "title": m.title, "description": m.body, "state": m.state, "sha": m.sha(),
		"source_branch": m.source, "target_branch": m.target, "changes_count": strconv.Itoa(len(m.changed())),
		"created_at": instant(m.created), "updated_at": instant(m.updated), "web_url": m.web(), "author": p.user(m.author),
		"merged_at": instant(m.merged), "merge_commit_sha": orNull(m.landed), "squash_commit_sha": nil,
		"draft": false, "work_in_progress": false, "source_project_id": p.ID, "target_project_id": p.ID,
		"assignees": []object{}, "reviewers": []object{}, "head_pipeline": nil,
	}
	if id := m.headPipeline(); id != nil {
		o["head_pipeline"] = object{"id": id}
	}
	if m.squashed {
		o["squash_commit_sha"] = m.landed
	}
	return o
}

func (g *GitLab) readDiffs(p *Project, c *call) reply {
	m := p.find(c)
	if m == nil {
		return projectNotFound("Merge Request")
	}
	shown, next := page(c, m.changed())
	return reply{status: http.StatusOK, body: shown, header: next}
}
