package forge

import (
	"cmp"
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"time"

	"github.com/xanzy/go-gitlab"
)

// labMerge is a merge request as the API tells it, alone or in a list.
type labMerge struct {
	ID            int64     `json:"id"`
	IID           int       `json:"iid"`
	State         string    `json:"state"`
	Title         string    `json:"title"`
	Description   string    `json:"description"`
	Author        labUser   `json:"author"`
	Assignees     []labUser `json:"assignees"`
	Reviewers     []labUser `json:"reviewers"`
	WebURL        string    `json:"web_url"`
	Draft         bool      `json:"draft"`
	WIP           bool      `json:"work_in_progress"` // what "draft" was before GitLab 14
	SHA           string    `json:"sha"`
	SourceBranch  string    `json:"source_branch"`
	TargetBranch  string    `json:"target_branch"`
	SourceProject int64     `json:"source_project_id"`
	TargetProject int64     `json:"target_project_id"`
	MergeCommit   string    `json:"merge_commit_sha"`
	SquashCommit  string    `json:"squash_commit_sha"`
	Created       time.Time `json:"created_at"`
	Updated       time.Time `json:"updated_at"`
	HeadPipeline  struct {
		ID int64 `json:"id"`
	} `json:"head_pipeline"` // not in a list
}

type labUser struct {
	ID       int64  `json:"id"`
	Username string `json:"username"`
}

// changes tells the open merge requests that are news, and what became of those that are open no more. It
// gives those that are open and would land on a swept branch.
func (l *labSweep) changes(ctx context.Context) (map[int]labMerge, error) {
	listed, whole, err := l.list(ctx, "list_changes", l.p.path("merge_requests"), "",
		url.Values{"state": {"opened"}, "order_by": {"created_at"}, "sort": {"asc"}})
	if err != nil {
		return nil, err
	}
	open, seen := map[int]labMerge{}, map[int]bool{}
	var news []int
	for _, raw := range listed {
		var m labMerge
		if err := json.Unmarshal(raw, &m); err != nil {
			return nil, err
		}
		known := l.known(m.IID)
		if seen[m.IID] = true; l.on(m.TargetBranch) {
			open[m.IID] = m
		}
		if (l.on(m.TargetBranch) || known != nil) && known.news(m.SHA, m.Updated) {
			news = append(news, m.IID)
		}
	}
	l.swept.Changes = len(open)
	for _, c := range l.of.Changes {
		if whole && !seen[c.Number] {
			news = append(news, c.Number)
		}
	}
	return open, l.allNews(ctx, news, open)
}

// allNews reads each merge request that is news alone: only so its head pipeline is told.
func (l *labSweep) allNews(ctx context.Context, numbers []int, open map[int]labMerge) error {
	for _, number := range numbers {
		var m labMerge
		_, err := l.read(ctx, "read_change", l.p.path("merge_requests/%d", number), nil, &m)
		if missing(err) {
			continue
		}
		if err != nil {
			return err
		}
		delete(open, number)
		if checkCommit(m.SHA) != nil {
			continue // its webhook would say nothing either
		}
		if err := l.merge(m, m.action(l.known(number)), m.Author, m.SHA, m.Updated); err != nil {
			return err
		}
		if m.open() && l.on(m.TargetBranch) {
			open[number] = m
		}
	}
	return nil
}

func (m labMerge) open() bool { return m.State == "opened" || m.State == "locked" }

// action is GitLab's word for what happened, as far as it can be told.
func (m labMerge) action(known *Change) string {
	switch {
	case m.State == "merged":
		return "merge"
	case !m.open():
		return "close"
	case known == nil:
		return "open"
	}
	return "update"
}

// merge tells a merge request as its webhook does: by whom, with the head of that time.
func (l *labSweep) merge(m labMerge, action string, by labUser, head string, at time.Time) error {
	return l.tell("Merge Request Hook", map[string]any{
		"object_kind": "merge_request", "event_type": "merge_request", "user": by,
		"assignees": append([]labUser{m.Author}, m.Assignees...), "reviewers": m.Reviewers,
		"object_attributes": map[string]any{
			"id": m.ID, "iid": m.IID, "action": action, "state": m.State, "title": m.Title, "description": beginning(m.Description), "author_id": m.Author.ID,
			"url": m.WebURL, "draft": m.Draft, "work_in_progress": m.WIP, "source_branch": m.SourceBranch,
			"target_branch": m.TargetBranch, "source_project_id": m.SourceProject,
			"target_project_id": cmp.Or(m.TargetProject, l.project.ID), "merge_commit_sha": m.MergeCommit,
			"squash_commit_sha": m.SquashCommit, "head_pipeline_id": m.HeadPipeline.ID, "created_at": m.Created,
			"updated_at": at, "last_commit": map[string]any{"id": head}, "target": l.project,
		},
	})
}

// change tells who approves a merge request while it is open, and the evidence of its head.
func (l *labSweep) change(ctx context.Context, m labMerge) error {
	if !m.open() {
		return l.evidence(ctx, m.SHA, &m) // who approves what has landed is told by what landed
	}
	if err := l.approvals(ctx, m); err != nil {
		return err
	}
	return l.evidence(ctx, m.SHA, &m)
}

// approvals tells those who approve and are not known to, and those who are known to and do not.
func (l *labSweep) approvals(ctx context.Context, m labMerge) error {
	var got approvals
	if _, err := l.read(ctx, "list_reviews", l.p.path("merge_requests/%d/approvals", m.IID), nil, &got); err != nil {
		if l.unseen("list_reviews", err) {
			return nil
		}
		return err
	}
	var known, now []string
	if c := l.known(m.IID); c != nil {
		known = c.Approvers
	}
	for _, a := range got.ApprovedBy {
		now = append(now, a.User.Username)
		if slices.Contains(known, a.User.Username) {
			continue
		}
		if err := l.approval(ctx, m, a.User.Username, a.ApprovedAt); err != nil {
			return err
		}
	}
	for _, name := range known {
		if slices.Contains(now, name) {
			continue
		}
		if err := l.merge(m, "unapproval", labUser{Username: name}, m.SHA, m.Updated); err != nil {
			return err
		}
	}
	return nil
}

// approval tells that somebody approves, of the head that was the newest then. Where GitLab does not say
// when, it counts only if there never was another head.
func (l *labSweep) approval(ctx context.Context, m labMerge, by string, at time.Time) error {
	raw, whole, err := l.list(ctx, "list_versions", l.p.path("merge_requests/%d/versions", m.IID), "", nil)
	if err != nil {
		return err
	}
	versions := make([]*gitlab.MergeRequestDiffVersion, 0, len(raw))
	for _, item := range raw {
		var v gitlab.MergeRequestDiffVersion
		if err := json.Unmarshal(item, &v); err != nil {
			return err
		}
		versions = append(versions, &v)
	}
	head := headAt(versions, at)
	if at.IsZero() && whole {
		head, at = onlyHead(versions), m.Updated
	}
	if head == "" {
		return nil
	}
	return l.merge(m, "approval", labUser{Username: by}, head, at)
}
