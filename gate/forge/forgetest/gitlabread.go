package forgetest

import (
	"net/http"
	"strings"
)

func (g *GitLab) readProject(p *Project, _ *call) reply {
	return reply{status: http.StatusOK, body: p.whole()}
}

// whole is a project as the API tells it.
func (p *Project) whole() object {
	name := p.path[strings.LastIndex(p.path, "/")+1:]
	return object{
		"id": p.ID, "name": name, "path": name, "path_with_namespace": p.path, "default_branch": "main",
		"visibility": "public", "archived": false, "created_at": instant(p.created), "web_url": p.web(),
		"namespace": object{"id": 1, "name": p.namespace(), "path": p.namespace(), "kind": "group", "full_path": p.namespace()},
		"topics":    append([]string{}, p.settings.Topics...), "only_allow_merge_if_pipeline_succeeds": p.settings.Must,
		"allow_merge_on_skipped_pipeline": p.settings.Skipped, "merge_pipelines_enabled": p.settings.Merged, "merge_trains_enabled": p.settings.Train,
	}
}

func (g *GitLab) readBranch(p *Project, c *call) reply {
	branch := c.PathValue("branch")
	head := p.git.commits[p.git.branches[branch]]
	if head == nil {
		return projectNotFound("Branch")
	}
	return reply{status: http.StatusOK, body: object{
		"name": branch, "commit": p.apiCommit(head), "default": branch == "main",
		"protected": branch == "main" && !p.settings.Open, "developers_can_push": false, "developers_can_merge": true,
	}}
}

func (p *Project) apiCommit(c *commit) object {
	parents := append([]string{}, c.parents...)
	return object{
		"id": c.sha, "short_id": c.sha[:8], "title": c.message, "message": c.message, "author_name": c.author,
		"created_at": instant(c.at), "committed_date": instant(c.at), "authored_date": instant(c.at),
		"parent_ids": parents, "web_url": p.web() + "/-/commit/" + c.sha, "project_id": p.ID,
	}
}

func (g *GitLab) readCommit(p *Project, c *call) reply {
	if found := p.git.commits[c.PathValue("sha")]; found != nil {
		return reply{status: http.StatusOK, body: p.apiCommit(found)}
	}
	return projectNotFound("Commit")
}

func (g *GitLab) readFile(p *Project, c *call) reply {
	found := p.git.commits[c.URL.Query().Get("ref")]
	if found == nil {
		return projectNotFound("Commit")
	}
	content, ok := found.files[c.PathValue("path")]
	if !ok {
		return projectNotFound("File")
	}
	return reply{status: http.StatusOK, body: text(content)}
}

func (g *GitLab) readTree(p *Project, c *call) reply {
	found := p.git.commits[c.URL.Query().Get("ref")]
	if found == nil {
		return projectNotFound("Tree")
	}
	entries := []object{}
	for _, n := range rootOf(found.files) {
		entries = append(entries, object{"id": n.id, "name": n.name, "type": n.kind, "path": n.name, "mode": n.mode})
	}
	shown, next := page(c, entries)
	return reply{status: http.StatusOK, body: shown, header: next}
}

func (g *GitLab) readCompare(p *Project, c *call) reply {
	from, to := c.URL.Query().Get("from"), c.URL.Query().Get("to")
	if p.git.commits[from] == nil || p.git.commits[to] == nil {
		return projectNotFound("Ref")
	}
	if c.URL.Query().Get("straight") != "true" {
		from = p.git.mergeBase(from, to)
	}
	commits := []object{}
	for _, one := range p.git.between(from, to) {
		commits = append(commits, p.apiCommit(one))
	}
	return reply{status: http.StatusOK, body: object{
		"commits": commits, "diffs": p.diffObjects(from, to), "compare_timeout": false, "compare_same_ref": from == to,
	}}
}

// diffObjects are the paths that differ between two commits, as GitLab lists them.
func (p *Project) diffObjects(from, to string) []object {
	diffs := []object{}
	for _, d := range p.git.diff(from, to) {
		old := d.path
		if d.previous != "" {
			old = d.previous
		}
		diffs = append(diffs, object{
			"old_path": old, "new_path": d.path, "a_mode": "100644", "b_mode": "100644", "diff": "",
			"new_file": d.status == "added", "renamed_file": d.status == "renamed", "deleted_file": d.status == "removed",
		})
	}
	return diffs
}
