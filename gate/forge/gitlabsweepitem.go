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

// items tells the issues, and of open ones what blocks them: GitLab has no webhook for links. Of more than can be
// asked for at once those come next that were asked for longest ago.
func (l *labSweep) items(ctx context.Context) error {
	reads, later := 0, l.unlinked()
	read := func(ctx context.Context, raw json.RawMessage) error {
		var i labItem
		if err := json.Unmarshal(raw, &i); err != nil {
			return err
		}
		if later[i.IID] && i.Updated.Before(l.of.ItemsSince) {
			left := mostLinkReads
			return l.item(ctx, i, &left)
		}
		return l.item(ctx, i, &reads)
	}
	number := func(raw json.RawMessage) (int, error) {
		var i labItem
		err := json.Unmarshal(raw, &i)
		return i.IID, err
	}
	lost := func(ctx context.Context, number int) error { return l.lost(ctx, number, read) }
	return (&itemSweep{l.look, l.listed, number, read, lost}).run(ctx)
}

// listed lists issues, those that were updated last first.
// https://docs.gitlab.com/api/issues/#list-project-issues
func (l *labSweep) listed(ctx context.Context, open bool) (items []json.RawMessage, whole bool, err error) {
	query := url.Values{"scope": {"all"}, "order_by": {"updated_at"}, "sort": {"desc"}}
	if open {
		query.Set("state", "opened")
	} else {
		query.Set("updated_after", l.of.ItemsSince.UTC().Format(time.RFC3339))
	}
	return l.list(ctx, "list_items", l.p.path("issues"), "", query)
}

// lost tells of an issue that is taken for open and is not listed.
func (l *labSweep) lost(ctx context.Context, number int, tell func(context.Context, json.RawMessage) error) error {
	var raw json.RawMessage
	_, err := l.read(ctx, "read_thing", l.p.path("issues/%d", number), nil, &raw)
	switch {
	case missing(err):
		return l.tell("Issue Hook", map[string]any{
			"object_kind": "issue", "event_type": "issue",
			"object_attributes": map[string]any{"iid": number, "state": "closed", "nexusgate_deleted": true},
		})
	case err != nil:
		return err
	default:
		return tell(ctx, raw)
	}
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
