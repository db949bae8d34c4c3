package forge

import (
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/nexusgate/nexusgate/gate"
)

// labItem is an issue or a work item as the API tells it.
type labItem struct {
	ID           int64           `json:"id"`
	IID          int             `json:"iid"`
	Title        string          `json:"title"`
	Description  string          `json:"description"`
	State        string          `json:"state"`
	Labels       []string        `json:"labels"`
	Assignees    []labUser       `json:"assignees"`
	Milestone    json.RawMessage `json:"milestone"`
	Iteration    json.RawMessage `json:"iteration"`
	WebURL       string          `json:"web_url"`
	Confidential bool            `json:"confidential"`
	MovedTo      int64           `json:"moved_to_id"`
	Author       labUser         `json:"author"`
	Created      time.Time       `json:"created_at"`
	Updated      time.Time       `json:"updated_at"`
	Closed       *time.Time      `json:"closed_at"`
}

// items tells the issues that were updated since they were last looked at, the oldest first, and of open ones what
// blocks them: GitLab has no webhook for links.
// https://docs.gitlab.com/api/issues/#list-project-issues
func (l *labSweep) items(ctx context.Context) error {
	if !l.of.Items {
		return nil
	}
	query := url.Values{"scope": {"all"}, "state": {"opened"}, "order_by": {"updated_at"}, "sort": {"desc"}}
	if !l.of.ItemsSince.IsZero() {
		query.Del("state")
		query.Set("updated_after", l.of.ItemsSince.UTC().Format(time.RFC3339))
	}
	listed, _, err := l.list(ctx, "list_items", l.p.path("issues"), "", query)
	if err != nil {
		if l.unseen("list_items", err) {
			l.swept.Items = true
			return nil
		}
		return err
	}
	reads := 0
	for _, raw := range slices.Backward(listed) {
		var i labItem
		if err := json.Unmarshal(raw, &i); err != nil {
			return err
		}
		if err := l.item(ctx, i, &reads); err != nil {
			return err
		}
	}
	l.swept.Items = true
	return nil
}

// item tells an issue as its webhook does, with its milestone and its iteration whole.
func (l *labSweep) item(ctx context.Context, i labItem, reads *int) error {
	labels := make([]map[string]string, len(i.Labels))
	for n, title := range i.Labels {
		labels[n] = map[string]string{"title": title}
	}
	whole := map[string]any{
		"id": i.ID, "iid": i.IID, "action": "update", "state": i.State, "title": i.Title, "description": beginning(i.Description),
		"url": i.WebURL, "confidential": i.Confidential, "moved_to_id": i.MovedTo, "author_id": i.Author.ID, "labels": labels,
		"milestone": orNull(i.Milestone), "iteration": orNull(i.Iteration), "created_at": i.Created, "updated_at": i.Updated, "closed_at": i.Closed,
	}
	if i.State == "opened" && *reads < mostLinkReads && !slices.Contains(l.swept.Hidden, "list_item_links") {
		*reads++
		if err := l.blocked(ctx, i.IID, whole); err != nil {
			return err
		}
	}
	return l.tell("Issue Hook", map[string]any{
		"object_kind": "issue", "event_type": "issue", "user": i.Author, "assignees": i.Assignees, "labels": labels, "object_attributes": whole,
	})
}

func orNull(raw json.RawMessage) json.RawMessage {
	if len(raw) == 0 {
		return json.RawMessage("null")
	}
	return raw
}

// blocked reads what blocks an issue.
// https://docs.gitlab.com/api/issue_links/#list-issue-relations
func (l *labSweep) blocked(ctx context.Context, number int, whole map[string]any) error {
	var all []struct {
		IID        int    `json:"iid"`
		Link       string `json:"link_type"`
		References struct {
			Full string `json:"full"`
		} `json:"references"`
	}
	got, err := l.read(ctx, "list_item_links", l.p.path("issues/%d/links", number), nil, &all)
	if err != nil {
		if l.unseen("list_item_links", err) {
			return nil
		}
		return err
	}
	var by []gate.Ref
	for _, i := range all {
		if name, _, found := strings.Cut(i.References.Full, "#"); found && i.Link == "is_blocked_by" {
			by = append(by, gate.Ref{Forge: gate.GitLab, Repo: name, Number: i.IID})
		}
	}
	blocked(whole, by, got.at)
	return nil
}
