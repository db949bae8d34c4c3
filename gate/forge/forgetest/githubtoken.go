package forgetest

import (
	"cmp"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// Issuer signs the tokens of the jobs: as that of an Enterprise Server, at /_services/token.
func (g *GitHub) Issuer() *Issuer { return g.issuer }

// Token is what GitHub gives a job of the run that asks for one with an audience; claims over its own are for
// what a job cannot ask for. nil takes a claim away.
func (n *Run) Token(audience string, over map[string]any) string {
	n.repo.hub.mu.Lock()
	defer n.repo.hub.mu.Unlock()
	return n.token(audience, over)
}

func (n *Run) token(audience string, over map[string]any) string {
	i := n.repo.hub.issuer
	return i.signing().sign(overlaid(overlaid(i.standard(audience, 5*time.Minute), n.claims()), over))
}

// TokenRequest is what a runner sets as ACTIONS_ID_TOKEN_REQUEST_URL and ACTIONS_ID_TOKEN_REQUEST_TOKEN in a
// job that may ask for tokens.
func (n *Run) TokenRequest() (url, token string) {
	g := n.repo.hub
	g.mu.Lock()
	defer g.mu.Unlock()
	token = fmt.Sprintf("ghr_%s%012x", g.prefix, g.next())
	g.runners[token] = n
	return g.root + "/_services/idtoken?api-version=2.0", token
}

// giveToken answers a runner that asks for a token.
func (g *GitHub) giveToken(c *call) reply {
	kind, token, _ := strings.Cut(c.Header.Get("Authorization"), " ")
	run := g.runners[token]
	if run == nil || !strings.EqualFold(kind, "bearer") {
		return refuse(http.StatusUnauthorized, "Unauthorized")
	}
	value := run.token(cmp.Or(c.URL.Query().Get("audience"), g.root+"/"+run.repo.owner()), nil)
	return reply{status: http.StatusOK, body: object{"count": len(value), "value": value}}
}

// claims are those that GitHub writes into a token of a job of the run. All numbers are texts.
func (n *Run) claims() map[string]any {
	r, on := n.repo, n.on()
	owner := r.hub.user(r.owner())
	file := r.full + "/" + n.flow.Path + "@" + on.ref
	actor := r.hub.user(r.git.commits[n.commit].author)
	return object{
		"sub":        fmt.Sprintf("repo:%s@%v/%s@%d:ref:%s", r.owner(), owner["id"], r.name(), r.ID, on.ref),
		"repository": r.full, "repository_id": digits(r.ID), "repository_owner": r.owner(), "repository_owner_id": digits(owner["id"]),
		"repository_visibility": "private", "ref": on.ref, "ref_type": "branch", "ref_protected": fmt.Sprint(on.ref == "refs/heads/main"),
		"sha": on.sha, "head_ref": on.head, "base_ref": on.base, "event_name": n.flow.Trigger, "workflow": n.flow.Name,
		"workflow_ref": file, "workflow_sha": on.sha, "job_workflow_ref": file, "job_workflow_sha": on.sha,
		"run_id": digits(n.id), "run_number": digits(n.number), "run_attempt": digits(n.attempt),
		"actor": actor["login"], "actor_id": digits(actor["id"]), "runner_environment": "github-hosted",
	}
}

// place is where a run runs: the ref and the commit that its jobs check out.
type place struct{ ref, sha, head, base string }

// on is the branch of the run's commit, the queue's of a merge group; of a change the ref that GitHub makes for
// it, and a merge commit that no branch holds.
func (n *Run) on() place {
	r := n.repo
	for _, c := range r.changes {
		if n.flow.Trigger == "pull_request" && c.sha() == n.commit {
			if n.merge == "" {
				n.merge = r.git.land(r.git.branches[c.base], n.commit, "merge", fmt.Sprintf("Merge %s into %s", n.commit, c.base), c.author, r.hub.now()).sha
			}
			return place{ref: fmt.Sprintf("refs/pull/%d/merge", c.Number), sha: n.merge, head: c.head, base: c.base}
		}
	}
	branch := r.branchAt(n.commit)
	if n.flow.Trigger == "merge_group" {
		for name, head := range r.git.branches {
			if head == n.commit && strings.HasPrefix(name, "gh-readonly-queue/") {
				branch = name
			}
		}
	}
	return place{ref: "refs/heads/" + cmp.Or(branch, "main"), sha: n.commit}
}
