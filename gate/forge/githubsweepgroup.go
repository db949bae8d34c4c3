package forge

import (
	"context"
	"net/url"
	"slices"
	"strings"
)

// queuePrefix is where GitHub keeps the branches of its merge queues.
const queuePrefix = "refs/heads/gh-readonly-queue/"

// groups tells the merge groups that are queued, with their evidence, and those that are queued no more.
// GitHub lists no groups, but it makes a branch for each: ".../main/pr-17-<the commit of main>".
func (h *hubSweep) groups(ctx context.Context) error {
	for _, b := range h.of.Branches {
		queued, seen, err := h.queued(ctx, b.Name)
		if err != nil {
			return err
		}
		for _, group := range queued {
			if err := h.group(ctx, group); err != nil {
				return err
			}
		}
		if err := h.ended(b.Name, seen, queued); err != nil {
			return err
		}
	}
	return nil
}

// queued lists the groups of a branch, and says whether they are all.
func (h *hubSweep) queued(ctx context.Context, base string) (queued []Group, seen bool, err error) {
	var refs []struct {
		Ref    string `json:"ref"`
		Object struct {
			SHA string `json:"sha"`
		} `json:"object"`
	}
	at := (&url.URL{Path: strings.TrimPrefix(queuePrefix, "refs/") + base}).EscapedPath()
	if _, err := h.read(ctx, "list_groups", h.path("git/matching-refs/%s", at), nil, &refs); err != nil {
		if h.unseen("list_groups", err) {
			return nil, false, nil
		}
		return nil, false, err
	}
	for _, r := range refs {
		name, ok := strings.CutPrefix(r.Ref, queuePrefix+base+"/")
		if ok && !strings.Contains(name, "/") && checkCommit(r.Object.SHA) == nil {
			queued = append(queued, Group{Head: r.Object.SHA, Base: base, Ref: r.Ref})
		}
	}
	return queued, true, nil
}

// group tells a group that is queued, if that is news, and the evidence of its head.
func (h *hubSweep) group(ctx context.Context, g Group) error {
	if slices.Contains(h.of.Groups, g) {
		return h.evidence(ctx, g.Head)
	}
	if err := h.tell("merge_group", g.body("checks_requested", "")); err != nil {
		return err
	}
	return h.evidence(ctx, g.Head)
}

// ended tells of the groups of a branch that are taken for queued and are not.
func (h *hubSweep) ended(base string, seen bool, queued []Group) error {
	for _, g := range h.of.Groups {
		if !seen || slices.Contains(queued, g) || g.Base != base {
			continue
		}
		if err := h.tell("merge_group", g.body("destroyed", h.why(g))); err != nil {
			return err
		}
	}
	return nil
}

// why is why a group is queued no more, as far as that can be seen.
func (h *hubSweep) why(g Group) string {
	for _, head := range h.swept.Heads {
		if head.Branch == g.Base && head.Commit == g.Head {
			return "merged"
		}
	}
	return "dequeued"
}

// body is the group's webhook.
func (g Group) body(action, reason string) map[string]any {
	group := map[string]any{
		"head_sha": g.Head, "head_ref": g.Ref, "base_ref": "refs/heads/" + g.Base, "base_sha": lastPart(g.Ref),
	}
	body := map[string]any{"action": action, "merge_group": group}
	if reason != "" {
		body["reason"] = reason
	}
	return body
}

// lastPart is the commit at the end of the name of a queue's branch.
func lastPart(ref string) string { return ref[strings.LastIndexByte(ref, '-')+1:] }
