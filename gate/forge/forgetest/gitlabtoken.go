package forgetest

import (
	"fmt"
	"strings"
	"time"
)

// Issuer signs the tokens of the jobs: the instance itself.
func (g *GitLab) Issuer() *Issuer { return g.issuer }

// Token is what GitLab gives a job of the pipeline under "id_tokens" with an audience, "" where there is no
// such job; claims over its own are for what a job cannot ask for. nil takes a claim away.
func (n *Pipeline) Token(job, audience string, over map[string]any) string {
	lab := n.project.lab
	lab.mu.Lock()
	defer lab.mu.Unlock()
	run := n.job(job, false)
	if run == nil {
		return ""
	}
	return lab.issuer.signing().sign(overlaid(overlaid(lab.issuer.standard(audience, time.Hour), n.claims(run)), over))
}

// claims are those that GitLab writes into a token: most of them as texts, and the ref of a merge request as
// its source branch.
func (n *Pipeline) claims(job *labJob) map[string]any {
	p, branch := n.project, n.ref
	if n.merge != nil {
		branch = n.merge.source
	}
	ref := "refs/heads/" + branch
	_, host, _ := strings.Cut(p.lab.root, "://")
	user := p.user(p.git.commits[n.commit].author)
	return object{
		"sub":          fmt.Sprintf("project_path:%s:ref_type:branch:ref:%s", p.path, branch),
		"namespace_id": digits(userID(p.namespace())), "namespace_path": p.namespace(), "project_id": digits(p.ID), "project_path": p.path,
		"job_namespace_id": digits(userID(p.namespace())), "job_namespace_path": p.namespace(), "job_project_id": digits(p.ID), "job_project_path": p.path,
		"user_id": digits(user["id"]), "user_login": user["username"], "user_email": user["email"], "user_access_level": "developer",
		"pipeline_id": digits(n.ID), "pipeline_source": n.source, "job_id": digits(job.id), "ref": branch, "ref_type": "branch", "ref_path": ref,
		"ref_protected": fmt.Sprint(branch == "main" && n.merge == nil), "runner_id": 1, "runner_environment": "self-hosted", "sha": n.commit,
		"project_visibility": "private", "ci_config_ref_uri": host + "/" + p.path + "//.gitlab-ci.yml@" + ref, "ci_config_sha": n.commit,
	}
}
