package forgetest

import (
	"cmp"
	"net/http"
	"slices"
	"time"
)

// version is a head that a merge request had, and since when.
type version struct {
	head string
	at   time.Time
}

// approval is one person's, as the API tells it.
type approval struct {
	user string
	at   time.Time
}

// approve notes an approval for the API, or that it was taken back.
func (m *MergeRequest) approve(user string, given bool) {
	m.approvals = slices.DeleteFunc(m.approvals, func(a approval) bool { return a.user == user })
	if given {
		m.approvals = append(m.approvals, approval{user, m.project.lab.now()})
	}
}

// Undated makes the API tell no times of approvals, as before GitLab 18.4.
func (g *GitLab) Undated() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.undated = true
}

func (g *GitLab) readApprovals(p *Project, c *call) reply {
	m := p.find(c)
	if m == nil {
		return projectNotFound("Merge Request")
	}
	all := []object{}
	for _, a := range m.approvals {
		o := object{"user": p.user(a.user)}
		if !g.undated {
			o["approved_at"] = instant(a.at)
		}
		all = append(all, o)
	}
	return reply{status: http.StatusOK, body: object{"user_has_approved": false, "user_can_approve": false, "approved": len(all) > 0, "approved_by": all}}
}

// readVersions lists the versions, the newest first.
func (g *GitLab) readVersions(p *Project, c *call) reply {
	m := p.find(c)
	if m == nil {
		return projectNotFound("Merge Request")
	}
	all := []object{}
	for i, v := range slices.Backward(m.versions) {
		all = append(all, object{"id": i + 1, "head_commit_sha": v.head, "created_at": instant(v.at), "state": "collected", "merge_request_id": m.id})
	}
	shown, next := page(c, all)
	return reply{status: http.StatusOK, body: shown, header: next}
}

func (g *GitLab) listCommits(p *Project, c *call) reply {
	from, path := c.URL.Query().Get("ref_name"), c.URL.Query().Get("path")
	if p.git.commits[from] == nil {
		return projectNotFound("Commit")
	}
	found := p.git.lineage(from)
	if path != "" {
		found = p.git.touching(from, path)
	}
	all := []object{}
	for _, one := range found {
		all = append(all, p.apiCommit(one))
	}
	shown, next := page(c, all)
	return reply{status: http.StatusOK, body: shown, header: next}
}

// listMerges lists the merge requests of a commit, whatever became of them: one of their own commits, or
// the one that they landed as.
func (g *GitLab) listMerges(p *Project, c *call) reply {
	sha := c.PathValue("sha")
	if p.git.commits[sha] == nil {
		return projectNotFound("Commit")
	}
	all := []object{}
	for _, m := range p.merges {
		proposes := slices.Contains(p.git.between(cmp.Or(m.before, p.git.branches[m.target]), m.sha()), p.git.commits[sha])
		if proposes || p.git.brings(m.before, m.landed, sha) {
			all = append(all, m.object())
		}
	}
	shown, next := page(c, all)
	return reply{status: http.StatusOK, body: shown, header: next}
}

func (g *GitLab) readMergeBase(p *Project, c *call) reply {
	refs := c.URL.Query()["refs[]"]
	if len(refs) != 2 || p.git.commits[refs[0]] == nil || p.git.commits[refs[1]] == nil {
		return projectNotFound("Ref")
	}
	base := p.git.mergeBase(refs[0], refs[1])
	if base == "" {
		return projectNotFound("Merge Base")
	}
	return reply{status: http.StatusOK, body: p.apiCommit(p.git.commits[base])}
}
