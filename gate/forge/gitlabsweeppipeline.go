package forge

import (
	"context"
	"encoding/json"
	"net/url"
	"strconv"
	"strings"

	"github.com/nexusgate/nexusgate/gate"
)

// Bounds on the pipelines told of one commit, and on how deep children are followed: GitLab allows two
// levels of them.
const (
	pipelinesBound = 20
	childrenDeep   = 3
)

// labPipeline is a pipeline as the API tells it. Its times are passed on as they are.
type labPipeline struct {
	ID       int64           `json:"id"`
	IID      int64           `json:"iid"`
	Project  int64           `json:"project_id"`
	Name     *string         `json:"name"`
	Ref      string          `json:"ref"`
	SHA      string          `json:"sha"`
	Source   string          `json:"source"`
	Status   string          `json:"status"`
	Created  json.RawMessage `json:"created_at,omitempty"`
	Finished json.RawMessage `json:"finished_at,omitempty"` // not in a list
	WebURL   string          `json:"web_url"`

	parent int64
	merge  *labMerge
}

// labJob is a job as the API tells it, and as a Pipeline Hook does.
type labJob struct {
	ID           int64           `json:"id"`
	Name         string          `json:"name"`
	Stage        string          `json:"stage"`
	Status       string          `json:"status"`
	AllowFailure bool            `json:"allow_failure"`
	Created      json.RawMessage `json:"created_at,omitempty"`
	Started      json.RawMessage `json:"started_at,omitempty"`
	Finished     json.RawMessage `json:"finished_at,omitempty"`
	User         labUser         `json:"user"`
}

// labStatus is a status that somebody posted to a commit.
type labStatus struct {
	labJob
	Ref      string  `json:"ref"`
	Pipeline int64   `json:"pipeline_id"`
	Author   labUser `json:"author"`
}

// pipelinesOf lists the newest pipelines of a commit. Those of merged results and of merge trains are made
// for a commit of GitLab's own, so that only the merge request knows them.
func (l *labSweep) pipelinesOf(ctx context.Context, commit string, of *labMerge) ([]labPipeline, error) {
	var found []labPipeline
	if !l.seen[commit] {
		all, err := l.pipelines(ctx, l.p.path("pipelines"), url.Values{"sha": {commit}})
		if err != nil {
			return nil, err
		}
		found = all[:min(len(all), pipelinesBound)]
	}
	if of == nil {
		return found, nil
	}
	all, err := l.pipelines(ctx, l.p.path("merge_requests/%d/pipelines", of.IID), nil)
	if err != nil {
		return nil, err
	}
	newest := map[string]bool{}
	for _, p := range all { // the newest first
		if p.SHA == commit || newest[p.Ref] || !strings.HasPrefix(p.Ref, "refs/merge-requests/") {
			continue
		}
		newest[p.Ref] = true
		found = append(found, p)
	}
	for i := range found {
		found[i].merge = of
	}
	return found, nil
}

func (l *labSweep) pipelines(ctx context.Context, path string, query url.Values) ([]labPipeline, error) {
	listed, _, err := l.list(ctx, "list_pipelines", path, "", query)
	if err != nil && !l.unseen("list_pipelines", err) {
		return nil, err
	}
	var found []labPipeline
	for _, raw := range listed {
		var p labPipeline
		if err := json.Unmarshal(raw, &p); err != nil {
			return nil, err
		}
		if p.Project == 0 || p.Project == l.project.ID { // a fork's runs in the fork
			found = append(found, p)
		}
	}
	return found, nil
}

// awaited tells the pipelines that are waited for, whatever commit they run on.
func (l *labSweep) awaited(ctx context.Context) error {
	for _, id := range l.of.Runs {
		var p labPipeline
		if _, err := l.read(ctx, "read_pipeline", l.p.path("pipelines/%d", id), nil, &p); err != nil {
			if l.unseen("read_pipeline", err) {
				continue
			}
			return err
		}
		if err := l.pipeline(ctx, p, nil, 0); err != nil {
			return err
		}
	}
	return nil
}

// statuses lists what others posted to a commit, by pipeline. Our own are no evidence.
func (l *labSweep) statuses(ctx context.Context, commit string, among []labPipeline) (map[int64][]labStatus, error) {
	listed, _, err := l.list(ctx, "list_statuses", l.p.path("repository/commits/%s/statuses", commit), "",
		url.Values{"stage": {"external"}})
	if err != nil && !l.unseen("list_statuses", err) {
		return nil, err
	}
	by := map[int64][]labStatus{}
	for _, raw := range listed {
		var s labStatus
		if err := json.Unmarshal(raw, &s); err != nil {
			return nil, err
		}
		if s.Stage, s.User = "external", s.Author; s.Pipeline == 0 {
			s.Pipeline = onlyOn(s.Ref, among)
		}
		if !gate.Ours(s.Name) && s.Pipeline != 0 {
			by[s.Pipeline] = append(by[s.Pipeline], s)
		}
	}
	return by, nil
}

// onlyOn is the one pipeline of a ref, 0 where there are several: an older GitLab does not tell which.
func onlyOn(ref string, among []labPipeline) (only int64) {
	for _, p := range among {
		if p.Ref == ref && only != 0 {
			return 0
		}
		if p.Ref == ref {
			only = p.ID
		}
	}
	return only
}

// pipeline tells a pipeline with all of its jobs, and its children.
func (l *labSweep) pipeline(ctx context.Context, p labPipeline, external map[int64][]labStatus, deep int) error {
	if l.told[p.ID] {
		return nil
	}
	l.told[p.ID] = true
	jobs, whole, err := l.jobs(ctx, p)
	if err != nil || !whole {
		return err // a hook says that its jobs are all there are
	}
	apart := external[p.ID]
	if p.Source == "external" { // made to hang statuses on
		for _, s := range apart {
			jobs = append(jobs, s.labJob)
		}
		apart = nil
	}
	if len(jobs) == 0 { // its end is told by nothing else
		if _, err := l.read(ctx, "read_pipeline", l.p.path("pipelines/%d", p.ID), nil, &p); err != nil {
			return err
		}
	}
	if err := l.tell("Pipeline Hook", l.hook(p, jobs)); err != nil {
		return err
	}
	for _, s := range apart {
		if err := l.tell("Job Hook", s.hook(p)); err != nil {
			return err
		}
	}
	return l.children(ctx, p, deep)
}

// jobs lists the latest jobs of a pipeline, and says whether they are all.
func (l *labSweep) jobs(ctx context.Context, p labPipeline) (jobs []labJob, whole bool, err error) {
	listed, whole, err := l.list(ctx, "list_jobs", l.p.path("pipelines/%d/jobs", p.ID), "", nil)
	if err != nil && !l.unseen("list_jobs", err) {
		return nil, false, err
	}
	for _, raw := range listed {
		var j labJob
		if err := json.Unmarshal(raw, &j); err != nil {
			return nil, false, err
		}
		jobs = append(jobs, j)
	}
	return jobs, whole, nil
}

// hook is the pipeline's webhook.
func (l *labSweep) hook(p labPipeline, jobs []labJob) map[string]any {
	body := map[string]any{
		"object_kind": "pipeline", "builds": jobs,
		"object_attributes": map[string]any{
			"id": p.ID, "iid": p.IID, "name": p.Name, "ref": p.Ref, "sha": p.SHA, "source": p.Source, "status": p.Status,
			"created_at": p.Created, "finished_at": p.Finished, "url": p.WebURL,
		},
	}
	if number := mergeNumber(p.Ref); number != 0 {
		merge := map[string]any{"iid": number, "target_project_id": l.project.ID}
		if p.merge != nil && p.merge.IID == number {
			merge["target_branch"] = p.merge.TargetBranch
		}
		body["merge_request"] = merge
	}
	if p.parent != 0 {
		body["source_pipeline"] = map[string]any{"pipeline_id": p.parent}
	}
	return body
}

// mergeNumber is the merge request that a pipeline's ref names, "refs/merge-requests/17/head"; 0 for none.
func mergeNumber(ref string) int {
	rest, ok := strings.CutPrefix(ref, "refs/merge-requests/")
	number, _, deep := strings.Cut(rest, "/")
	iid, err := strconv.Atoi(number)
	if !ok || !deep || err != nil {
		return 0
	}
	return iid
}

// hook tells a posted status as a job of its pipeline: GitLab's own hook of the pipeline leaves it out, so
// that a hook with it would look like another state of the same pipeline.
func (s labStatus) hook(p labPipeline) map[string]any {
	return map[string]any{
		"object_kind": "build", "ref": p.Ref, "sha": p.SHA, "build_id": s.ID, "build_name": s.Name, "build_stage": s.Stage,
		"build_status": s.Status, "build_allow_failure": s.AllowFailure, "build_created_at": s.Created,
		"build_started_at": s.Started, "build_finished_at": s.Finished, "pipeline_id": p.ID,
		"user": s.User,
	}
}

// children tells the pipelines that this one started in the same project.
func (l *labSweep) children(ctx context.Context, p labPipeline, deep int) error {
	if deep == childrenDeep {
		return nil
	}
	listed, _, err := l.list(ctx, "list_bridges", l.p.path("pipelines/%d/bridges", p.ID), "", nil)
	if err != nil && !l.unseen("list_bridges", err) {
		return err
	}
	for _, raw := range listed {
		var bridge struct {
			Downstream labPipeline `json:"downstream_pipeline"`
		}
		if err := json.Unmarshal(raw, &bridge); err != nil {
			return err
		}
		child := bridge.Downstream
		if child.ID == 0 || child.Project != 0 && child.Project != l.project.ID {
			continue
		}
		_, err := l.read(ctx, "read_pipeline", l.p.path("pipelines/%d", child.ID), nil, &child)
		if missing(err) {
			continue // of another project, by a GitLab that does not tell whose
		}
		if err != nil {
			return err
		}
		child.parent, child.merge = p.ID, p.merge
		if err := l.pipeline(ctx, child, nil, deep+1); err != nil {
			return err
		}
	}
	return nil
}
