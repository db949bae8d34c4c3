package forgetest

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// Workflow is a workflow of GitHub Actions.
type Workflow struct {
	Name    string
	Path    string   // ".github/workflows/ci.yml"
	Trigger string   // "push" where it is not said
	Jobs    []string // one of the workflow's name where none is said
}

// Run is one run of a workflow on a commit.
type Run struct {
	repo       *Repo
	flow       Workflow
	id         int64
	number     int64
	attempt    int
	commit     string
	merge      string // of a change: the commit that its jobs check out
	status     string
	conclusion string
	created    time.Time
	started    time.Time
	updated    time.Time
	jobs       []*runJob
	inputs     map[string]string // of a dispatch
	branch     string            // that it was dispatched on
	title      string            // by its run-name
	unlisted   int               // how many times it is left out where runs are listed
}

type runJob struct {
	check              *CheckRun // the job's face on the commit; it has the job's id
	created            time.Time
	started, completed time.Time
}

// Run starts a run of a workflow on a commit: it and its jobs are queued.
func (r *Repo) Run(flow Workflow, commit string) *Run {
	if flow.Trigger == "" {
		flow.Trigger = "push"
	}
	if len(flow.Jobs) == 0 {
		flow.Jobs = []string{flow.Name}
	}
	run := &Run{repo: r, flow: flow, commit: commit}
	r.hub.move(run.enter)
	return run
}

// enter gives a run its number and its place among the repository's.
func (n *Run) enter(out *outbox) {
	r := n.repo
	r.runs = append(r.runs, n)
	n.id, n.number, n.created = r.hub.next(), int64(len(r.runs)), r.hub.now()
	if r.workflow[n.flow.Path] == 0 {
		r.workflow[n.flow.Path] = r.hub.next()
	}
	n.request(out)
}

// request queues an attempt with fresh jobs.
func (n *Run) request(out *outbox) {
	n.attempt++
	n.started, n.jobs = n.repo.hub.now(), nil
	n.move("queued", "")
	out.add("workflow_run", n.event("requested"))
	for _, name := range n.flow.Jobs {
		check := n.repo.check(out, CheckRun{App: gitHubActions, Name: name, Commit: n.commit, Status: "queued"})
		job := &runJob{check: check, created: n.repo.hub.now()}
		n.jobs = append(n.jobs, job)
		out.add("workflow_job", n.jobEvent("queued", job))
	}
}

// move brings the run to a status, and its suite.
func (n *Run) move(status, conclusion string) {
	n.status, n.conclusion, n.updated = status, conclusion, n.repo.hub.now()
	n.repo.suite(n.commit, gitHubActions).move(status, conclusion, n.updated)
}

// Start starts the run and its jobs.
func (n *Run) Start() {
	n.repo.hub.move(func(out *outbox) {
		n.move("in_progress", "")
		out.add("workflow_run", n.event("in_progress"))
		for _, job := range n.jobs {
			job.started, job.check.Status = n.repo.hub.now(), "in_progress"
			out.add("workflow_job", n.jobEvent("in_progress", job))
		}
	})
}

// FinishJob ends one job.
func (n *Run) FinishJob(name, conclusion string) {
	n.repo.hub.move(func(out *outbox) {
		for _, job := range n.jobs {
			if job.check.Name == name {
				n.finish(out, job, conclusion)
			}
		}
	})
}

func (n *Run) finish(out *outbox, job *runJob, conclusion string) {
	job.completed = n.repo.hub.now()
	if job.started.IsZero() {
		job.started = job.completed
	}
	job.check.Status, job.check.Conclusion = "completed", conclusion
	out.add("workflow_job", n.jobEvent("completed", job))
	n.repo.settleCheck(out, job.check)
}

// Finish ends the run, and with the same conclusion every job that has not ended.
func (n *Run) Finish(conclusion string) {
	n.repo.hub.move(func(out *outbox) {
		for _, job := range n.jobs {
			if job.check.Status != "completed" {
				n.finish(out, job, conclusion)
			}
		}
		n.move("completed", conclusion)
		out.add("workflow_run", n.event("completed"))
		out.add("check_suite", n.frame("completed", "check_suite", n.suiteObject()))
	})
}

// Rerun runs it again: the same run, another attempt, fresh jobs.
func (n *Run) Rerun() {
	n.repo.hub.move(func(out *outbox) { n.request(out) })
}

// JobIDs are the ids of the jobs of the attempt, in the order of the workflow.
func (n *Run) JobIDs() []int64 {
	n.repo.hub.mu.Lock()
	defer n.repo.hub.mu.Unlock()
	ids := make([]int64, 0, len(n.jobs))
	for _, job := range n.jobs {
		ids = append(ids, job.check.ID)
	}
	return slices.Clip(ids)
}

func (n *Run) suite() int64 { return n.repo.suite(n.commit, gitHubActions).id }

// suiteObject is the run's check suite as its own webhook tells it.
func (n *Run) suiteObject() object {
	suite := n.repo.wholeSuite(n.commit, gitHubActions, n.status, n.conclusion)
	suite["latest_check_runs_count"] = len(n.jobs)
	return suite
}

func (n *Run) frame(action, name string, thing object) object {
	return object{
		"action": action, name: thing, "repository": n.repo.object(false),
		"organization": n.repo.hub.organization(n.repo.owner()), "sender": n.repo.hub.user(n.repo.owner()),
		"installation": n.repo.installation(),
	}
}

func (n *Run) event(action string) object {
	event := n.frame(action, "workflow_run", n.object())
	event["workflow"] = n.workflowObject()
	return event
}

func (n *Run) workflowObject() object {
	id := n.repo.workflow[n.flow.Path]
	return object{
		"id": id, "node_id": nodeID("W", id), "name": n.flow.Name, "path": n.flow.Path, "state": "active",
		"created_at": instant(n.repo.created), "updated_at": instant(n.repo.created),
		"url":       fmt.Sprintf("%s/actions/workflows/%d", n.repo.api(), id),
		"html_url":  n.repo.html() + "/blob/main/" + n.flow.Path,
		"badge_url": n.repo.html() + "/workflows/" + n.flow.Name + "/badge.svg",
	}
}

func (n *Run) object() object {
	at := fmt.Sprintf("%s/actions/runs/%d", n.repo.api(), n.id)
	actor := n.repo.hub.user(n.repo.git.commits[n.commit].author)
	o := object{
		"id": n.id, "name": n.flow.Name, "node_id": nodeID("WFR", n.id), "head_branch": orNull(cmp.Or(n.branch, n.repo.branchAt(n.commit))),
		"head_sha": n.commit, "path": n.flow.Path, "display_title": cmp.Or(n.title, n.flow.Name), "run_number": n.number,
		"event": n.flow.Trigger, "status": n.status, "conclusion": orNull(n.conclusion),
		"workflow_id": n.repo.workflow[n.flow.Path], "check_suite_id": n.suite(), "check_suite_node_id": nodeID("CS", n.suite()),
		"url": at, "html_url": fmt.Sprintf("%s/actions/runs/%d", n.repo.html(), n.id), "pull_requests": n.repo.pullsOf(n.commit),
		"created_at": instant(n.created), "updated_at": instant(n.updated), "run_started_at": instant(n.started),
		"run_attempt": n.attempt, "previous_attempt_url": nil, "actor": actor, "triggering_actor": actor,
		"referenced_workflows": []object{}, "head_commit": n.repo.commitObject(n.repo.git.commits[n.commit], false),
		"repository": n.repo.small(), "head_repository": n.repo.small(),
		"check_suite_url": fmt.Sprintf("%s/check-suites/%d", n.repo.api(), n.suite()),
		"workflow_url":    fmt.Sprintf("%s/actions/workflows/%d", n.repo.api(), n.repo.workflow[n.flow.Path]),
	}
	return pages(o, at, "jobs logs artifacts cancel rerun")
}

func (n *Run) jobEvent(action string, job *runJob) object {
	return n.frame(action, "workflow_job", n.jobObject(job))
}

// jobObject is a job as its webhook and the API tell it.
func (n *Run) jobObject(job *runJob) object {
	id := job.check.ID
	at := fmt.Sprintf("%s/actions/jobs/%d", n.repo.api(), id)
	started := job.started
	if started.IsZero() {
		started = job.created // GitHub tells a start even of a job that waits
	}
	steps := []object{{
		"name": "Set up job", "status": job.check.Status, "conclusion": orNull(job.check.Conclusion), "number": 1,
		"started_at": instant(started), "completed_at": instant(job.completed),
	}}
	if job.check.Status == "queued" {
		steps = []object{}
	}
	return object{
		"id": id, "run_id": n.id, "run_attempt": n.attempt, "node_id": nodeID("J", id), "head_sha": n.commit,
		"head_branch": orNull(n.repo.branchAt(n.commit)), "workflow_name": n.flow.Name, "name": job.check.Name,
		"run_url": fmt.Sprintf("%s/actions/runs/%d", n.repo.api(), n.id), "url": at,
		"html_url": fmt.Sprintf("%s/actions/runs/%d/job/%d", n.repo.html(), n.id, id),
		"status":   job.check.Status, "conclusion": orNull(job.check.Conclusion), "created_at": instant(job.created),
		"started_at": instant(started), "completed_at": instant(job.completed), "steps": steps,
		"check_run_url": fmt.Sprintf("%s/check-runs/%d", n.repo.api(), id), "labels": []string{"ubuntu-latest"},
		"runner_id": 1, "runner_name": "GitHub Actions 1", "runner_group_id": 2, "runner_group_name": "GitHub Actions",
	}
}
