package forgetest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"
)

// CommitStatus is a status that was posted, one entry for each post that was taken.
type CommitStatus struct {
	ID                 int64 // of the job that it is
	Pipeline           int64
	Commit, Ref, Name  string
	State, Description string
	TargetURL          string
}

// Statuses are the statuses posted to a commit, oldest first.
func (p *Project) Statuses(commit string) []CommitStatus {
	p.lab.mu.Lock()
	defer p.lab.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(p.statuses), func(s CommitStatus) bool { return s.Commit != commit })
}

// statusWrite is what a status is posted with.
type statusWrite struct {
	State       string `json:"state"`
	Ref         string `json:"ref"`
	Name        string `json:"name"`
	Context     string `json:"context"`
	TargetURL   string `json:"target_url"`
	Description string `json:"description"`
	PipelineID  int64  `json:"pipeline_id"`
}

// fault is why GitLab refuses it, "" where it does not.
func (w statusWrite) fault() string {
	switch {
	case !slices.Contains([]string{"pending", "running", "success", "failed", "canceled", "skipped"}, w.State):
		return "state does not have a valid value"
	case utf8.RuneCountInString(w.TargetURL) > 255:
		return "target_url is too long (maximum is 255 characters)"
	case w.TargetURL != "" && !strings.HasPrefix(w.TargetURL, "http"):
		return "target_url is blocked: Only allowed schemes are http, https"
	case utf8.RuneCountInString(w.Description) > 255:
		return "description is too long (maximum is 255 characters)"
	}
	return ""
}

// Status posts a status to a commit, as anybody who may can.
func (p *Project) Status(name, commit, state string) {
	p.lab.move(func(out *outbox) {
		write := statusWrite{State: state, Name: name}
		pipeline := p.pipelineFor(write, commit)
		if _, fault := pipeline.post(write); fault == "" {
			out.add("Pipeline Hook", pipeline.event())
		}
	})
}

// transition is the event by which a job comes to a state.
func transition(state string) string {
	return map[string]string{
		"pending": "enqueue", "running": "run", "success": "success", "failed": "drop", "canceled": "cancel", "skipped": "skip",
	}[state]
}

// createStatus posts a status. It becomes a job of a pipeline: of the one that is named, else of the
// newest one of the commit and ref, else of one that is made for it.
func (g *GitLab) createStatus(p *Project, c *call) reply {
	var write statusWrite
	if json.Unmarshal(c.body, &write) != nil || write.fault() != "" {
		return refuse(http.StatusBadRequest, write.fault())
	}
	commit := c.PathValue("sha")
	if p.git.commits[commit] == nil {
		return projectNotFound("Commit")
	}
	if write.Name == "" {
		write.Name = "default"
	}
	pipeline := p.pipelineFor(write, commit)
	if pipeline == nil {
		return projectNotFound("Pipeline")
	}
	job, fault := pipeline.post(write)
	if fault != "" {
		return refuse(http.StatusBadRequest, fault)
	}
	p.statuses = append(p.statuses, CommitStatus{
		ID: job.id, Pipeline: pipeline.ID, Commit: commit, Ref: pipeline.ref, Name: write.Name,
		State: write.State, Description: write.Description, TargetURL: write.TargetURL,
	})
	c.out.add("Pipeline Hook", pipeline.event())
	return reply{status: http.StatusCreated, body: object{
		"id": job.id, "sha": commit, "ref": pipeline.ref, "status": write.State, "name": write.Name,
		"target_url": orNull(write.TargetURL), "description": orNull(write.Description), "pipeline_id": pipeline.ID,
		"allow_failure": false, "created_at": instant(job.created), "started_at": instant(job.started),
		"finished_at": instant(job.finished), "author": p.user("nexusgate"),
	}}
}

// pipelineFor finds the pipeline that a status joins, nil where the one named is not there.
func (p *Project) pipelineFor(write statusWrite, commit string) *Pipeline {
	ref := write.Ref
	if ref == "" {
		for branch, head := range p.git.branches {
			if head == commit && (ref == "" || branch < ref) {
				ref = branch
			}
		}
	}
	for _, n := range slices.Backward(p.pipelines) {
		if write.PipelineID == n.ID && n.commit == commit ||
			write.PipelineID == 0 && n.commit == commit && n.ref == ref && n.parent == nil {
			return n
		}
	}
	if write.PipelineID != 0 {
		return nil
	}
	made := &Pipeline{ref: ref, commit: commit, source: "external"}
	p.enter(made)
	return made
}

// post puts a status among the jobs. One that is pending or running moves on; one that has ended is
// replaced by another.
func (n *Pipeline) post(write statusWrite) (*labJob, string) {
	now := n.project.lab.now()
	job := n.job(write.Name, true)
	switch {
	case job != nil && job.status == write.State && !ended(job.status):
		event := transition(write.State)
		return nil, fmt.Sprintf("Cannot transition status via :%s from :%s (Reason(s): Status cannot transition via %q)", event, job.status, event)
	case job == nil || ended(job.status):
		if job != nil {
			job.retried = true
		}
		job = &labJob{Job: Job{Name: write.Name, Stage: "external"}, id: n.project.lab.next(), external: true, created: now}
		n.jobs = append(n.jobs, job)
	}
	job.status, job.description, job.target = write.State, write.Description, write.TargetURL
	job.mark(now)
	return job, ""
}
