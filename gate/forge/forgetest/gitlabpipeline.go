package forgetest

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"time"
)

// Job is a job of a pipeline.
type Job struct {
	Name         string
	Stage        string // "test" where it is not said
	AllowFailure bool
	Manual       bool   // waits for somebody to press play
	Environment  string // that it deploys to
}

// Pipeline is a pipeline on the stand-in for GitLab. Its status is computed from all its jobs, and
// every status that anybody posts to its commit is one of them.
type Pipeline struct {
	ID int64

	project *Project
	iid     int
	ref     string
	commit  string
	source  string
	merge   *MergeRequest // that it was made for
	parent  *Pipeline     // that started it
	bridge  int64         // the job of the parent that did
	created time.Time
	jobs    []*labJob
	given   []variable // that it was started with by the API
}

// labJob is one run of a job: a retry makes another.
type labJob struct {
	Job
	id                         int64
	status                     string
	external                   bool // a posted status
	description, target        string
	retries                    int
	retried                    bool
	created, started, finished time.Time
}

// Pipeline starts a pipeline on a commit of a branch, as a push does.
func (p *Project) Pipeline(branch, commit string, jobs ...Job) *Pipeline {
	return p.start(&Pipeline{ref: branch, commit: commit, source: "push"}, jobs)
}

// Pipeline starts a pipeline for the merge request, on its head.
func (m *MergeRequest) Pipeline(jobs ...Job) *Pipeline {
	ref := fmt.Sprintf("refs/merge-requests/%d/head", m.Number)
	return m.project.start(&Pipeline{ref: ref, commit: m.Head(), source: "merge_request_event", merge: m}, jobs)
}

// Results starts a pipeline for the merge request on what it would become when merged: a commit that no
// branch holds.
func (m *MergeRequest) Results(jobs ...Job) *Pipeline { return m.rehearse("merge", jobs) }

// Train starts the pipeline of the merge request's car in a merge train, on such a commit.
func (m *MergeRequest) Train(jobs ...Job) *Pipeline { return m.rehearse("train", jobs) }

func (m *MergeRequest) rehearse(as string, jobs []Job) *Pipeline {
	p := m.project
	p.lab.mu.Lock()
	into := p.git.land(p.git.branches[m.target], m.sha(), "merge", "Merge of !"+strconv.Itoa(m.Number), m.author, p.lab.now())
	p.lab.mu.Unlock()
	ref := fmt.Sprintf("refs/merge-requests/%d/%s", m.Number, as)
	return p.start(&Pipeline{ref: ref, commit: into.sha, source: "merge_request_event", merge: m}, jobs)
}

// Child starts a child pipeline on the same commit.
func (n *Pipeline) Child(jobs ...Job) *Pipeline {
	return n.project.start(&Pipeline{
		ref: n.ref, commit: n.commit, source: "parent_pipeline", parent: n, bridge: n.bridge, merge: n.merge,
	}, jobs)
}

func (p *Project) start(n *Pipeline, jobs []Job) *Pipeline {
	p.lab.move(func(out *outbox) { p.begin(out, n, jobs) })
	return n
}

func (p *Project) begin(out *outbox, n *Pipeline, jobs []Job) {
	p.enter(n)
	for _, job := range jobs {
		job.Stage = cmp.Or(job.Stage, "test")
		status := "pending"
		if job.Manual {
			status = "manual"
		}
		n.jobs = append(n.jobs, &labJob{Job: job, id: p.lab.next(), status: status, created: p.lab.now()})
	}
	p.deploy(out, n, n.jobs)
	out.add("Pipeline Hook", n.event())
	for _, job := range n.jobs {
		out.add("Job Hook", n.jobEvent(job))
	}
}

// enter gives a pipeline its number and its place among the project's.
func (p *Project) enter(n *Pipeline) {
	n.ID, n.project, n.iid, n.created = p.lab.next(), p, len(p.pipelines)+1, p.lab.now()
	n.bridge = p.lab.next()
	p.pipelines = append(p.pipelines, n)
}

// StartJob starts a job.
func (n *Pipeline) StartJob(name string) { n.setJob(name, "running") }

// FinishJob ends a job: "success", "failed", "canceled" or "skipped".
func (n *Pipeline) FinishJob(name, status string) { n.setJob(name, status) }

// Finish ends every job that has not ended, with the same status; those that wait for somebody and
// those that others posted stay as they are.
func (n *Pipeline) Finish(status string) {
	for _, job := range n.latest() {
		if !job.external && (job.status == "pending" || job.status == "running") {
			n.setJob(job.Name, status)
		}
	}
}

// Retry runs a job again: a new job in the same pipeline.
func (n *Pipeline) Retry(name string) {
	n.project.lab.move(func(out *outbox) {
		old := n.job(name, false)
		old.retried = true
		again := &labJob{Job: old.Job, id: n.project.lab.next(), status: "pending", retries: old.retries + 1, created: n.project.lab.now()}
		n.jobs = append(n.jobs, again)
		n.project.deploy(out, n, []*labJob{again})
		out.add("Job Hook", n.jobEvent(again))
		out.add("Pipeline Hook", n.event())
	})
}

// Status is the pipeline's own status, of all its jobs: those that others posted are among them.
func (n *Pipeline) Status() string {
	n.project.lab.mu.Lock()
	defer n.project.lab.mu.Unlock()
	return n.status()
}

// latest are the jobs of the pipeline without those that were retried.
func (n *Pipeline) latest() []*labJob {
	n.project.lab.mu.Lock()
	defer n.project.lab.mu.Unlock()
	return n.current()
}

func (n *Pipeline) current() []*labJob {
	return slices.DeleteFunc(slices.Clone(n.jobs), func(job *labJob) bool { return job.retried })
}

// job is the newest run of a job by that name, or of a posted status by that name; nil where there
// is none.
func (n *Pipeline) job(name string, external bool) *labJob {
	for _, job := range n.current() {
		if job.Name == name && job.external == external {
			return job
		}
	}
	return nil
}

func (n *Pipeline) setJob(name, status string) {
	n.project.lab.move(func(out *outbox) {
		job := n.job(name, false)
		if job == nil {
			return
		}
		job.status = status
		job.mark(n.project.lab.now())
		out.add("Job Hook", n.jobEvent(job))
		out.add("Pipeline Hook", n.event())
	})
}

// mark sets the times that go with a status.
func (j *labJob) mark(now time.Time) {
	if j.started.IsZero() && j.status != "pending" && j.status != "manual" {
		j.started = now
	}
	j.finished = time.Time{}
	if ended(j.status) {
		j.finished = now
	}
}

func ended(status string) bool {
	return slices.Contains([]string{"success", "failed", "canceled", "skipped"}, status)
}

// status computes the pipeline's own status, as GitLab does from all of its jobs.
func (n *Pipeline) status() string {
	has := map[string]bool{}
	for _, job := range n.current() {
		status := job.status
		if job.AllowFailure && (status == "failed" || status == "canceled" || status == "manual") {
			status = "success"
		}
		has[status] = true
	}
	switch {
	case has["running"], has["pending"] && (has["success"] || has["failed"]):
		return "running"
	case has["pending"]:
		return "pending"
	case has["manual"]:
		return "manual"
	case has["failed"]:
		return "failed"
	case has["canceled"]:
		return "canceled"
	case has["success"]:
		return "success"
	}
	return "skipped"
}
