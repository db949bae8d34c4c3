package forge

import (
	"context"
	"encoding/json"
	"net/url"
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

// items tells the issues, each with what blocks it where GitHub counts anything that does.
func (h *hubSweep) items(ctx context.Context) error {
	reads := 0
	tell := func(ctx context.Context, raw json.RawMessage) error { return h.item(ctx, raw, &reads) }
	number := func(raw json.RawMessage) (int, error) {
		var i hubItem
		err := json.Unmarshal(raw, &i)
		return i.Number, err
	}
	lost := func(ctx context.Context, number int) error { return h.lost(ctx, number, tell) }
	return (&itemSweep{h.look, h.listed, number, tell, lost}).run(ctx)
}

// listed lists issues, and pull requests among them, those that were updated last first.
// https://docs.github.com/en/rest/issues/issues#list-repository-issues
func (h *hubSweep) listed(ctx context.Context, open bool) (items []json.RawMessage, whole bool, err error) {
	query := url.Values{"state": {"open"}, "sort": {"updated"}, "direction": {"desc"}}
	if !open {
		query.Set("state", "all")
		query.Set("since", h.of.ItemsSince.UTC().Format(time.RFC3339))
	}
	return h.list(ctx, "list_items", h.path("issues"), "", query)
}

// lost tells of an issue that is taken for open and is not listed. One that was moved is found where it is now.
func (h *hubSweep) lost(ctx context.Context, number int, tell func(context.Context, json.RawMessage) error) error {
	var raw json.RawMessage
	_, err := h.read(ctx, "read_thing", h.path("issues/%d", number), nil, &raw)
	if err != nil && !missing(err) {
		return err
	}
	var i hubItem
	if err == nil {
		if err := json.Unmarshal(raw, &i); err != nil {
			return err
		}
		if strings.HasSuffix(strings.ToLower(i.Repository), strings.ToLower("/repos/"+h.s.owner+"/"+h.s.name)) && i.PullRequest == nil {
			return tell(ctx, raw)
		}
	}
	return h.tell("issues", map[string]any{"action": "deleted", "issue": map[string]any{"number": number, "state": "open"}})
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
