package forge

import (
	"context"
	"encoding/json"
	"net/url"
)

// evidence tells what was said of a commit: runs of workflows, checks and their suites, statuses. What a
// run or a suite holds is told before it: one that has completed says that all it holds has come.
func (h *hubSweep) evidence(ctx context.Context, commit string) error {
	if checkCommit(commit) != nil || h.seen[commit] {
		return nil
	}
	for _, kind := range []func(context.Context, string) error{h.runs, h.checks, h.statuses} {
		if err := kind(ctx, commit); err != nil {
			return err
		}
	}
	h.seen[commit] = true
	return nil
}

// each lists one kind of evidence and visits it, and says whether it saw all. What we may not see is
// passed over.
func (h *hubSweep) each(ctx context.Context, operation, path, under string, query url.Values, visit func(json.RawMessage) error) (whole bool, err error) {
	listed, whole, err := h.list(ctx, operation, path, under, query)
	if err != nil && !h.unseen(operation, err) {
		return false, err
	}
	for _, raw := range listed {
		if err := visit(raw); err != nil {
			return false, err
		}
	}
	return whole, nil
}

// hubThing is what a sweep itself needs of a run, a suite or a check.
type hubThing struct {
	ID         int64  `json:"id"`
	Status     string `json:"status"`
	WorkflowID int64  `json:"workflow_id"`
	App        struct {
		ID int64 `json:"id"`
	} `json:"app"`
	HeadCommit struct {
		ID     string `json:"id"`
		TreeID string `json:"tree_id"`
	} `json:"head_commit"`
}

// thing reads a run, a suite or a check, and keeps the tree that it tells.
func (h *hubSweep) thing(raw json.RawMessage) (t hubThing, err error) {
	if err = json.Unmarshal(raw, &t); err == nil && t.HeadCommit.TreeID != "" {
		h.trees[t.HeadCommit.ID] = t.HeadCommit.TreeID
	}
	return t, err
}

// runs tells the runs of workflows. A list tells of each its last attempt, and its webhook the workflow
// besides, whose name need not be the run's.
func (h *hubSweep) runs(ctx context.Context, commit string) error {
	query := url.Values{"head_sha": {commit}}
	_, err := h.each(ctx, "list_runs", h.path("actions/runs"), "workflow_runs", query, func(raw json.RawMessage) error {
		return h.oneRun(ctx, raw)
	})
	return err
}

// awaited tells the runs that are waited for, whatever commit they run on.
func (h *hubSweep) awaited(ctx context.Context) error {
	for _, id := range h.of.Runs {
		var raw json.RawMessage
		if _, err := h.read(ctx, "read_run", h.path("actions/runs/%d", id), nil, &raw); err != nil {
			if h.unseen("read_run", err) {
				continue
			}
			return err
		}
		if err := h.oneRun(ctx, raw); err != nil {
			return err
		}
	}
	return nil
}

// oneRun tells a run, and before it its jobs.
func (h *hubSweep) oneRun(ctx context.Context, raw json.RawMessage) error {
	run, err := h.thing(raw)
	if err != nil {
		return err
	}
	if err := h.nameWorkflows(ctx); err != nil {
		return err
	}
	whole, err := without(raw, "repository", "head_repository", "actor", "triggering_actor", "pull_requests", "referenced_workflows")
	if err != nil {
		return err
	}
	body := map[string]any{"action": runAction(run.Status), "workflow_run": whole}
	if flow := h.workflows[run.WorkflowID]; flow != nil {
		body["workflow"] = flow
	}
	if all, err := h.jobs(ctx, run.ID); err != nil || !all {
		return err
	}
	return h.tell("workflow_run", body)
}

func runAction(status string) string {
	switch status {
	case "completed", "in_progress":
		return status
	}
	return "requested"
}

// nameWorkflows reads the repository's workflows, once in a sweep.
func (h *hubSweep) nameWorkflows(ctx context.Context) error {
	if h.workflows != nil {
		return nil
	}
	flows := map[int64]json.RawMessage{}
	_, err := h.each(ctx, "list_workflows", h.path("actions/workflows"), "workflows", nil, func(raw json.RawMessage) error {
		flow, err := h.thing(raw)
		flows[flow.ID] = raw
		return err
	})
	if err == nil {
		h.workflows = flows
	}
	return err
}

// jobs tells the jobs of a run's last attempt, and says whether they are all.
func (h *hubSweep) jobs(ctx context.Context, run int64) (whole bool, err error) {
	return h.each(ctx, "list_jobs", h.path("actions/runs/%d/jobs", run), "jobs", nil, func(raw json.RawMessage) error {
		job, err := h.thing(raw)
		if err != nil {
			return err
		}
		whole, err := without(raw, "steps")
		if err != nil {
			return err
		}
		action := job.Status
		if action != "completed" && action != "in_progress" && action != "waiting" {
			action = "queued"
		}
		return h.tell("workflow_job", map[string]any{"action": action, "workflow_job": whole})
	})
}

// suites tells the suites that have completed: of others no webhook tells but the App whose they are, and
// GitHub makes one for each App on each commit, which for most Apps never begins.
func (h *hubSweep) suites(ctx context.Context, commit string) error {
	_, err := h.each(ctx, "list_suites", h.path("commits/%s/check-suites", commit), "check_suites", nil, func(raw json.RawMessage) error {
		suite, err := h.thing(raw)
		if err != nil || suite.Status != "completed" || suite.App.ID == h.s.app {
			return err
		}
		whole, err := without(raw, "repository", "pull_requests")
		if err != nil {
			return err
		}
		return h.tell("check_suite", map[string]any{"action": "completed", "check_suite": whole})
	})
	return err
}

// checks tells the latest check run of each name, but for our own, and then their suites.
func (h *hubSweep) checks(ctx context.Context, commit string) error {
	all, err := h.each(ctx, "list_check_runs", h.path("commits/%s/check-runs", commit), "check_runs", nil, func(raw json.RawMessage) error {
		check, err := h.thing(raw)
		if err != nil || check.App.ID == h.s.app {
			return err
		}
		whole, err := without(raw, "output", "pull_requests")
		if err != nil {
			return err
		}
		action := "created"
		if check.Status == "completed" {
			action = check.Status
		}
		return h.tell("check_run", map[string]any{"action": action, "check_run": whole})
	})
	if err != nil || !all {
		return err
	}
	return h.suites(ctx, commit)
}

// hubStatus is a commit status as the API lists it: its webhook names the commit besides, and calls the
// creator the sender.
type hubStatus struct {
	ID          int64           `json:"id"`
	State       string          `json:"state"`
	Context     string          `json:"context"`
	Description json.RawMessage `json:"description,omitempty"`
	TargetURL   json.RawMessage `json:"target_url,omitempty"`
	Created     json.RawMessage `json:"created_at"`
	Updated     json.RawMessage `json:"updated_at"`
	Creator     struct {
		Login string `json:"login"`
	} `json:"creator"`
}

// statuses tells the latest status of each context and creator. The newest are listed first.
func (h *hubSweep) statuses(ctx context.Context, commit string) error {
	told := map[string]bool{}
	_, err := h.each(ctx, "list_statuses", h.path("commits/%s/statuses", commit), "", nil, func(raw json.RawMessage) error {
		var s hubStatus
		if err := json.Unmarshal(raw, &s); err != nil {
			return err
		}
		key := s.Creator.Login + "\n" + s.Context
		if told[key] {
			return nil
		}
		told[key] = true
		tree, err := h.tree(ctx, commit)
		if err != nil {
			return err
		}
		return h.tell("status", map[string]any{
			"id": s.ID, "sha": commit, "name": h.s.repo.Name, "state": s.State, "context": s.Context,
			"description": s.Description, "target_url": s.TargetURL, "created_at": s.Created, "updated_at": s.Updated,
			"sender": s.Creator,
			"commit": map[string]any{"sha": commit, "commit": map[string]any{"tree": map[string]any{"sha": tree}}},
		})
	})
	return err
}

// tree is the tree of a commit, which a status tells in its webhook alone.
func (h *hubSweep) tree(ctx context.Context, commit string) (string, error) {
	if tree, known := h.trees[commit]; known {
		return tree, nil
	}
	var read struct {
		Tree struct {
			SHA string `json:"sha"`
		} `json:"tree"`
	}
	if _, err := h.read(ctx, "read_commit", h.path("git/commits/%s", commit), nil, &read); err != nil && !missing(err) {
		return "", err
	}
	h.trees[commit] = read.Tree.SHA
	return read.Tree.SHA, nil
}
