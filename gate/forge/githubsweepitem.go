package forge

import (
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/nexusgate/nexusgate/gate"
)

// hubItem is what a sweep itself needs of an issue.
type hubItem struct {
	Number      int              `json:"number"`
	Body        string           `json:"body"`
	Repository  string           `json:"repository_url"`
	PullRequest *json.RawMessage `json:"pull_request"`
	Waits       struct {
		Total int `json:"total_blocked_by"`
	} `json:"issue_dependencies_summary"`
}

// items tells the issues that were updated since they were last looked at, the oldest first, each with what blocks it
// where GitHub counts anything that does.
// https://docs.github.com/en/rest/issues/issues#list-repository-issues
func (h *hubSweep) items(ctx context.Context) error {
	if !h.of.Items {
		return nil
	}
	query := url.Values{"state": {"open"}, "sort": {"updated"}, "direction": {"desc"}}
	if !h.of.ItemsSince.IsZero() {
		query.Set("state", "all")
		query.Set("since", h.of.ItemsSince.UTC().Format(time.RFC3339))
	}
	listed, _, err := h.list(ctx, "list_items", h.path("issues"), "", query)
	if err != nil {
		if h.unseen("list_items", err) {
			h.swept.Items = true
			return nil
		}
		return err
	}
	reads := 0
	for _, raw := range slices.Backward(listed) {
		if err := h.item(ctx, raw, &reads); err != nil {
			return err
		}
	}
	h.swept.Items = true
	return nil
}

func (h *hubSweep) item(ctx context.Context, raw json.RawMessage, reads *int) error {
	var i hubItem
	if err := json.Unmarshal(raw, &i); err != nil || i.PullRequest != nil {
		return err
	}
	kept, err := without(raw, "reactions", "closed_by", "performed_via_github_app", "pinned_comment", "body")
	if err != nil {
		return err
	}
	whole := map[string]any{"body": beginning(i.Body)}
	for name, value := range kept {
		whole[name] = value
	}
	if i.Waits.Total > 0 && *reads < mostLinkReads {
		*reads++
		if err := h.blocked(ctx, i.Number, whole); err != nil {
			return err
		}
	}
	return h.tell("issues", map[string]any{"action": "edited", "issue": whole})
}

// blocked reads what blocks an issue.
// https://docs.github.com/en/rest/issues/issue-dependencies#list-dependencies-an-issue-is-blocked-by
func (h *hubSweep) blocked(ctx context.Context, number int, whole map[string]any) error {
	var all []hubItem
	got, err := h.read(ctx, "list_item_links", h.path("issues/%d/dependencies/blocked_by", number), url.Values{"per_page": {strconv.Itoa(pageSize)}}, &all)
	if err != nil {
		if h.unseen("list_item_links", err) {
			return nil
		}
		return err
	}
	var by []gate.Ref
	for _, i := range all {
		if _, name, found := strings.Cut(i.Repository, "/repos/"); found {
			by = append(by, gate.Ref{Forge: gate.GitHub, Repo: name, Number: i.Number})
		}
	}
	blocked(whole, by, got.at)
	return nil
}
