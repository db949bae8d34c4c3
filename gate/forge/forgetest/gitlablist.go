package forgetest

import (
	"net/http"
	"slices"
	"strconv"
	"time"
)

func listed(c *call, all []object) reply {
	shown, next := page(c, all)
	return reply{status: http.StatusOK, body: shown, header: next}
}

// listChanges lists merge requests, the newest first where it is not asked for otherwise.
func (g *GitLab) listChanges(p *Project, c *call) reply {
	all := []object{}
	for _, m := range slices.Backward(p.merges) {
		if want := c.URL.Query().Get("state"); want == "" || want == "all" || m.state == want {
			o := m.object()
			delete(o, "head_pipeline") // only a merge request alone tells it
			all = append(all, o)
		}
	}
	if c.URL.Query().Get("sort") == "asc" {
		slices.Reverse(all)
	}
	return listed(c, all)
}

// listPipelines lists pipelines, the newest first, without those that others started.
func (g *GitLab) listPipelines(p *Project, c *call) reply {
	all, query := []object{}, c.URL.Query()
	for _, n := range slices.Backward(p.pipelines) {
		here := query.Get("sha") == "" || query.Get("sha") == n.commit
		here = here && (query.Get("source") == "" || query.Get("source") == n.source)
		if here && n.parent == nil && (query.Get("ref") == "" || query.Get("ref") == n.ref) {
			all = append(all, n.listedObject())
		}
	}
	return listed(c, all)
}

// listMergePipelines lists those of a merge request: made for it, or of its commits.
func (g *GitLab) listMergePipelines(p *Project, c *call) reply {
	m := p.find(c)
	if m == nil {
		return projectNotFound("Merge Request")
	}
	all := []object{}
	for _, n := range slices.Backward(p.pipelines) {
		if n.parent == nil && (n.merge == m || n.commit == m.sha()) {
			all = append(all, n.listedObject())
		}
	}
	return listed(c, all)
}

// listedObject is a pipeline as lists tell it.
func (n *Pipeline) listedObject() object {
	return object{
		"id": n.ID, "iid": n.iid, "project_id": n.project.ID, "name": nil, "ref": n.ref, "sha": n.commit,
		"source": n.source, "status": n.status(), "created_at": precise(n.created), "updated_at": precise(n.updated()),
		"web_url": n.url(),
	}
}

// precise is a time as the API of pipelines and jobs writes it: with a fraction of a second.
func precise(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Truncate(time.Second).Add(123 * time.Millisecond).Format("2006-01-02T15:04:05.000Z07:00")
}

func (n *Pipeline) updated() time.Time {
	last := n.created
	for _, job := range n.jobs {
		for _, at := range []time.Time{job.created, job.started, job.finished} {
			if at.After(last) {
				last = at
			}
		}
	}
	return last
}

func (p *Project) pipeline(c *call) *Pipeline {
	for _, n := range p.pipelines {
		if n.ID == c.number("pipeline") {
			return n
		}
	}
	return nil
}

func (g *GitLab) readPipeline(p *Project, c *call) reply {
	n := p.pipeline(c)
	if n == nil {
		return projectNotFound("Pipeline")
	}
	o := n.listedObject()
	o["finished_at"] = precise(n.finished(n.status()))
	return reply{status: http.StatusOK, body: o}
}

// listPipelineJobs lists the latest jobs of a pipeline. Statuses that others posted are not among them.
func (g *GitLab) listPipelineJobs(p *Project, c *call) reply {
	n := p.pipeline(c)
	if n == nil {
		return projectNotFound("Pipeline")
	}
	all := []object{}
	for _, job := range slices.Backward(n.current()) {
		if !job.external {
			all = append(all, object{
				"id": job.id, "name": job.Name, "stage": job.Stage, "status": job.status, "allow_failure": job.AllowFailure,
				"created_at": precise(job.created), "started_at": precise(job.started), "finished_at": precise(job.finished),
				"pipeline": object{"id": n.ID, "ref": n.ref, "sha": n.commit, "project_id": p.ID},
				"web_url":  p.web() + "/-/jobs/" + strconv.FormatInt(job.id, 10),
			})
		}
	}
	return listed(c, all)
}

// listBridges lists the jobs of a pipeline that started others.
func (g *GitLab) listBridges(p *Project, c *call) reply {
	n := p.pipeline(c)
	if n == nil {
		return projectNotFound("Pipeline")
	}
	all := []object{}
	for _, child := range p.pipelines {
		if child.parent == n {
			all = append(all, object{
				"id": n.bridge, "name": "child", "stage": "test", "status": child.status(),
				"downstream_pipeline": object{"id": child.ID, "sha": child.commit, "ref": child.ref, "status": child.status()},
			})
		}
	}
	return listed(c, all)
}

// listStatuses lists the latest jobs and posted statuses of a commit, of one stage where that is asked for.
func (g *GitLab) listStatuses(p *Project, c *call) reply {
	all, stage := []object{}, c.URL.Query().Get("stage")
	for _, n := range p.pipelines {
		for _, job := range n.current() {
			if n.commit != c.PathValue("sha") || stage != "" && stage != job.Stage {
				continue
			}
			all = append(all, object{
				"id": job.id, "sha": n.commit, "ref": n.ref, "status": job.status, "name": job.Name, "pipeline_id": n.ID,
				"author": p.user(p.namespace()), "target_url": orNull(job.target), "description": orNull(job.description), "allow_failure": job.AllowFailure,
				"created_at": precise(job.created), "started_at": precise(job.started), "finished_at": precise(job.finished),
			})
		}
	}
	return listed(c, all)
}

// Maintain gives the token a maintainer's rights, or takes them: only those see webhooks.
func (g *GitLab) Maintain(may bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.guest = !may
}

// listHooks lists the webhooks of a project: the one there is.
func (g *GitLab) listHooks(p *Project, c *call) reply {
	if g.guest {
		return refuse(http.StatusForbidden, "403 Forbidden")
	}
	all := []object{}
	if g.hook.url != "" {
		o := object{
			"id": 1, "url": g.hook.url, "project_id": p.ID, "created_at": instant(p.created), "push_events": true,
			"merge_requests_events": true, "pipeline_events": true, "job_events": true, "deployment_events": true, "tag_push_events": false,
			"enable_ssl_verification": true, "alert_status": "executable", "disabled_until": nil,
		}
		switch h := g.health[p.ID]; {
		case h != nil && h.off:
			o["alert_status"] = "disabled"
		case h != nil && g.now().Before(h.until):
			o["alert_status"], o["disabled_until"] = "temporarily_disabled", instant(h.until)
		}
		all = append(all, o)
	}
	return listed(c, all)
}

// PushAll is Commit to several branches in one push. Of more than three GitLab does not tell.
func (p *Project) PushAll(message string, files map[string]string, branches ...string) {
	p.lab.move(func(out *outbox) {
		for _, branch := range branches {
			before := p.git.branches[branch]
			on := before
			if on == "" {
				on = p.git.branches["main"]
			}
			made := p.git.make([]string{on}, overlay(p.git.files(on), files), message+" on "+branch, p.namespace(), p.lab.now())
			p.push(out, branch, before, made.sha, p.namespace())
		}
		out.unlessMany(len(branches), "Push Hook")
	})
}
