package forgetest

import (
	"fmt"
	"slices"
	"time"
)

// Pipelines and jobs in the shapes of
// https://docs.gitlab.com/user/project/integrations/webhook_events/

func (n *Pipeline) event() object {
	p, status := n.project, n.status()
	stages, builds := []string{}, []object{}
	for _, job := range n.current() {
		if !slices.Contains(stages, job.Stage) {
			stages = append(stages, job.Stage)
		}
		builds = append(builds, n.build(job))
	}
	attributes := object{
		"id": n.ID, "iid": n.iid, "name": nil, "ref": n.ref, "tag": false, "sha": n.commit, "before_sha": noCommit,
		"source": n.source, "status": status, "detailed_status": detailed(status), "stages": stages,
		"created_at": stamp(n.created), "finished_at": stamp(n.finished(status)), "duration": nil,
		"queued_duration": nil, "protected_ref": n.ref == "main", "variables": n.variables(),
		"url": n.url(),
	}
	event := object{
		"object_kind": "pipeline", "object_attributes": attributes, "merge_request": nil,
		"user": p.user(p.namespace()), "project": p.object(), "builds": builds,
		"commit": p.commitObject(p.git.commits[n.commit], false),
	}
	if n.merge != nil {
		event["merge_request"] = n.merge.small()
	}
	if n.parent != nil {
		event["source_pipeline"] = object{
			"project":     object{"id": p.ID, "web_url": p.web(), "path_with_namespace": p.path},
			"pipeline_id": n.parent.ID, "job_id": n.parent.bridge,
		}
	}
	return event
}

func (n *Pipeline) url() string {
	return fmt.Sprintf("%s/-/pipelines/%d", n.project.web(), n.ID)
}

func detailed(status string) string {
	if status == "success" {
		return "passed"
	}
	return status
}

// finished is when the last job ended, zero where the pipeline goes on.
func (n *Pipeline) finished(status string) time.Time {
	var last time.Time
	if !ended(status) {
		return last
	}
	for _, job := range n.current() {
		if job.finished.After(last) {
			last = job.finished
		}
	}
	return last
}

// small is a merge request as pipelines tell it.
func (m *MergeRequest) small() object {
	return object{
		"id": m.id, "iid": m.Number, "title": m.title, "source_branch": m.source, "source_project_id": m.project.ID,
		"target_branch": m.target, "target_project_id": m.project.ID, "state": m.state, "merge_status": "can_be_merged",
		"detailed_merge_status": "mergeable", "url": m.web(),
	}
}

// build is a job as a Pipeline Hook tells it.
func (n *Pipeline) build(job *labJob) object {
	when := "on_success"
	if job.Manual {
		when = "manual"
	}
	return object{
		"id": job.id, "stage": job.Stage, "name": job.Name, "status": job.status, "created_at": stamp(job.created),
		"started_at": stamp(job.started), "finished_at": stamp(job.finished), "duration": nil, "queued_duration": nil,
		"failure_reason": job.failureReason(), "when": when, "manual": job.Manual, "allow_failure": job.AllowFailure,
		"user": n.project.user(n.project.namespace()), "runner": nil, "environment": job.environment(),
		"artifacts_file": object{"filename": nil, "size": nil},
	}
}

func (j *labJob) failureReason() any {
	if j.status == "failed" {
		return "script_failure"
	}
	return nil
}

// jobEvent is a Job Hook. It writes its times in another way than a Pipeline Hook does.
func (n *Pipeline) jobEvent(job *labJob) object {
	p, c := n.project, n.project.git.commits[n.commit]
	return object{
		"object_kind": "build", "ref": n.ref, "tag": false, "before_sha": noCommit, "sha": n.commit,
		"retries_count": job.retries, "build_id": job.id, "build_name": job.Name, "build_stage": job.Stage,
		"build_status": job.status, "build_created_at": instant(job.created), "build_started_at": instant(job.started),
		"build_finished_at": instant(job.finished), "build_created_at_iso": instant(job.created),
		"build_started_at_iso": instant(job.started), "build_finished_at_iso": instant(job.finished),
		"build_duration": nil, "build_queued_duration": nil, "build_allow_failure": job.AllowFailure,
		"build_failure_reason": job.failureReason(), "pipeline_id": n.ID, "runner": nil, "project_id": p.ID,
		"project_name": p.path, "user": p.user(p.namespace()), "environment": job.environment(), "project": p.object(),
		"repository": p.repository(), "source_pipeline": nil,
		"commit": object{
			"id": n.ID, "name": nil, "sha": n.commit, "message": c.message, "author_name": c.author,
			"author_email": c.author + "@example.test", "status": n.status(), "duration": nil,
			"started_at": stamp(n.created), "finished_at": stamp(n.finished(n.status())),
		},
	}
}
