package forgetest

import (
	"fmt"
	"net/http"
	"slices"
)

// listing is a page of a list under a name, with how many there are.
func listing(c *call, name string, all []object) reply {
	shown, next := page(c, all)
	return reply{status: http.StatusOK, body: object{"total_count": len(all), name: shown}, header: next}
}

func (g *GitHub) listRuns(r *Repo, c *call) reply {
	all := []object{}
	for _, run := range slices.Backward(r.runs) {
		if head := c.URL.Query().Get("head_sha"); head == "" || head == run.commit {
			all = append(all, run.object())
		}
	}
	return listing(c, "workflow_runs", all)
}

func (r *Repo) runNumbered(id int64) *Run {
	if i := slices.IndexFunc(r.runs, func(run *Run) bool { return run.id == id }); i >= 0 {
		return r.runs[i]
	}
	return nil
}

func (g *GitHub) readRun(r *Repo, c *call) reply {
	run := r.runNumbered(c.number("run"))
	if run == nil {
		return refuse(http.StatusNotFound, "Not Found")
	}
	return reply{status: http.StatusOK, body: run.object()}
}

// listJobs lists the jobs of a run's last attempt.
func (g *GitHub) listJobs(r *Repo, c *call) reply {
	run := r.runNumbered(c.number("run"))
	if run == nil {
		return refuse(http.StatusNotFound, "Not Found")
	}
	all := []object{}
	for _, job := range run.jobs {
		all = append(all, run.jobObject(job))
	}
	return listing(c, "jobs", all)
}

func (g *GitHub) listWorkflows(r *Repo, c *call) reply {
	all, seen := []object{}, map[string]bool{}
	for _, run := range r.runs {
		if !seen[run.flow.Path] {
			seen[run.flow.Path] = true
			all = append(all, run.workflowObject())
		}
	}
	return listing(c, "workflows", all)
}

// listChanges lists pull requests, the newest first where it is not asked for otherwise.
func (g *GitHub) listChanges(r *Repo, c *call) reply {
	all := []object{}
	for _, change := range slices.Backward(r.changes) {
		if want := c.URL.Query().Get("state"); want == "all" || change.state == want || want == "" && change.open() {
			all = append(all, change.small())
		}
	}
	if c.URL.Query().Get("direction") == "asc" {
		slices.Reverse(all)
	}
	shown, next := page(c, all)
	return reply{status: http.StatusOK, body: shown, header: next}
}

// matchRefs lists the branches whose names begin in a way, all on one page.
func (g *GitHub) matchRefs(r *Repo, c *call) reply {
	all := []object{}
	for _, branch := range r.git.starting(c.PathValue("ref")) {
		sha := r.git.branches[branch]
		all = append(all, object{
			"ref": "refs/heads/" + branch, "node_id": nodeID("REF", branch), "url": r.api() + "/git/refs/heads/" + branch,
			"object": object{"type": "commit", "sha": sha, "url": fmt.Sprintf("%s/git/commits/%s", r.api(), sha)},
		})
	}
	return reply{status: http.StatusOK, body: all}
}
