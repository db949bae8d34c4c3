package forge

import (
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"time"
)

// hubPull is what a sweep itself needs of a pull request.
type hubPull struct {
	Number  int       `json:"number"`
	State   string    `json:"state"`
	Updated time.Time `json:"updated_at"`
	Merged  time.Time `json:"merged_at"`
	Head    struct {
		SHA string `json:"sha"`
	} `json:"head"`
	Base struct {
		Ref string `json:"ref"`
	} `json:"base"`
}

// changes tells the open pull requests that are news, and what became of those that are open no more. It
// gives those that are open and would land on a swept branch.
func (h *hubSweep) changes(ctx context.Context) (map[int]hubPull, error) {
	listed, whole, err := h.list(ctx, "list_changes", h.path("pulls"), "",
		url.Values{"state": {"open"}, "sort": {"created"}, "direction": {"asc"}})
	if err != nil {
		return nil, err
	}
	open, seen := map[int]hubPull{}, map[int]bool{}
	for _, raw := range listed {
		p, err := h.pull(raw)
		if err != nil {
			return nil, err
		}
		if seen[p.Number] = true; h.on(p.Base.Ref) {
			open[p.Number] = p
		}
	}
	h.swept.Changes = len(open)
	for _, c := range h.of.Changes {
		if !whole || seen[c.Number] {
			continue
		}
		if err := h.missed(ctx, c.Number, open); err != nil {
			return nil, err
		}
	}
	return open, nil
}

// pull tells a pull request, if it is news and would land on a swept branch or is taken to.
func (h *hubSweep) pull(raw json.RawMessage) (hubPull, error) {
	var p hubPull
	if err := json.Unmarshal(raw, &p); err != nil {
		return p, err
	}
	known := h.known(p.Number)
	if !h.on(p.Base.Ref) && known == nil || !known.news(p.Head.SHA, p.Updated) && p.State == "open" {
		return p, nil
	}
	whole, err := without(raw, "_links", "labels", "milestone", "requested_reviewers", "requested_teams", "assignees")
	if err != nil {
		return p, err
	}
	for _, side := range []string{"head", "base"} {
		if whole[side], err = lean(whole[side]); err != nil {
			return p, err
		}
	}
	return p, h.tell("pull_request", map[string]any{"action": saying(p, known), "number": p.Number, "pull_request": whole})
}

func saying(p hubPull, known *Change) string {
	switch {
	case p.State != "open":
		return "closed"
	case known == nil:
		return "opened"
	}
	return "edited"
}

// lean is the head or the base of a pull request with no more of its repository than which it is.
func lean(raw json.RawMessage) (json.RawMessage, error) {
	side, err := without(raw, "user")
	if err != nil {
		return nil, err
	}
	var repo *struct {
		ID       int64  `json:"id"`
		FullName string `json:"full_name"`
	}
	if err := json.Unmarshal(side["repo"], &repo); err != nil {
		return nil, err
	}
	if side["repo"], err = json.Marshal(repo); err != nil {
		return nil, err
	}
	return json.Marshal(side)
}

// missed reads a pull request that is taken for open and that the list lacks.
func (h *hubSweep) missed(ctx context.Context, number int, open map[int]hubPull) error {
	var raw json.RawMessage
	_, err := h.read(ctx, "read_change", h.path("pulls/%d", number), nil, &raw)
	if missing(err) {
		return nil
	}
	if err != nil {
		return err
	}
	p, err := h.pull(raw)
	if err == nil && p.State == "open" && h.on(p.Base.Ref) {
		open[number] = p
	}
	return err
}

// hubReview is what a sweep itself needs of a review.
type hubReview struct {
	State string `json:"state"`
	User  struct {
		Login string `json:"login"`
	} `json:"user"`
}

// reviews tells the last word of each reviewer. A comment is none, and what was dismissed before another
// word is of no account any more. That a word was dismissed is told only where it is taken to stand: GitHub
// does not say when that was, so that it would be another thing each time.
func (h *hubSweep) reviews(ctx context.Context, p hubPull) error {
	listed, whole, err := h.list(ctx, "list_reviews", h.path("pulls/%d/reviews", p.Number), "", nil)
	if err != nil {
		if h.unseen("list_reviews", err) {
			return nil
		}
		return err
	}
	if !whole {
		return nil // the last words are on the pages that are not read
	}
	told := map[string]bool{}
	for _, raw := range slices.Backward(listed) {
		var r hubReview
		if err := json.Unmarshal(raw, &r); err != nil {
			return err
		}
		if state := strings.ToLower(r.State); state == "commented" || state == "pending" || told[r.User.Login] {
			continue
		}
		told[r.User.Login] = true
		if strings.EqualFold(r.State, "dismissed") && !h.known(p.Number).stands(r.User.Login) {
			continue
		}
		if err := h.review(p, r, raw); err != nil {
			return err
		}
	}
	return nil
}

// review tells a review as its webhook does: with its state in small letters.
func (h *hubSweep) review(p hubPull, r hubReview, raw json.RawMessage) error {
	whole, err := without(raw, "body", "_links")
	if err != nil {
		return err
	}
	state := strings.ToLower(r.State)
	if whole["state"], err = json.Marshal(state); err != nil {
		return err
	}
	action := "submitted"
	if state == "dismissed" {
		action = state
	}
	return h.tell("pull_request_review", map[string]any{
		"action": action, "review": whole,
		"pull_request": map[string]any{"number": p.Number, "updated_at": p.Updated},
	})
}
