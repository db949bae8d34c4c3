package forgetest

import "fmt"

// Group is a merge group: changes that a merge queue is about to land together.
type Group struct {
	repo         *Repo
	changes      []*Change
	base, branch string
	from, sha    string
}

// MergeGroup queues changes: it merges them, one over the other, on a branch of the queue, and asks
// for checks of the result.
func (r *Repo) MergeGroup(changes ...*Change) *Group {
	var group *Group
	r.hub.move(func(out *outbox) {
		base := changes[0].base
		from := r.git.branches[base]
		on := r.git.commits[from]
		for _, c := range changes {
			message := fmt.Sprintf("Merge pull request #%d from %s/%s", c.Number, r.owner(), c.head)
			on = r.git.land(on.sha, c.sha(), "merge", message, c.author, r.hub.now())
		}
		last := changes[len(changes)-1].Number
		branch := fmt.Sprintf("gh-readonly-queue/%s/pr-%d-%s", base, last, from)
		group = &Group{repo: r, changes: changes, base: base, branch: branch, from: from, sha: on.sha}
		r.push(out, branch, "", on.sha, "github-merge-queue[bot]")
		out.add("merge_group", group.event("checks_requested", ""))
	})
	return group
}

// Head is the commit that is to be checked, and that lands.
func (g *Group) Head() string { return g.sha }

// Ref is the branch of the queue that holds it, "refs/heads/gh-readonly-queue/…".
func (g *Group) Ref() string { return "refs/heads/" + g.branch }

// Land lands the group: its head becomes the head of the base branch.
func (g *Group) Land() {
	g.repo.hub.move(func(out *outbox) {
		before := g.repo.git.branches[g.base]
		g.repo.push(out, g.base, before, g.sha, "github-merge-queue[bot]")
		for _, c := range g.changes {
			c.before = before
			c.merged(out, g.sha, "github-merge-queue[bot]")
		}
		g.destroy(out, "merged")
	})
}

// Drop takes the group out of the queue: "invalidated" or "dequeued".
func (g *Group) Drop(reason string) {
	g.repo.hub.move(func(out *outbox) { g.destroy(out, reason) })
}

func (g *Group) destroy(out *outbox, reason string) {
	out.add("merge_group", g.event("destroyed", reason))
	g.repo.push(out, g.branch, g.sha, "", "github-merge-queue[bot]")
}

func (g *Group) event(action, reason string) object {
	r := g.repo
	head := r.commitObject(r.git.commits[g.sha], false)
	for _, who := range []string{"author", "committer"} {
		head[who] = object{"name": head[who].(object)["name"], "email": head[who].(object)["email"]}
	}
	o := object{
		"action": action, "repository": r.object(false), "organization": r.hub.organization(r.owner()),
		"sender": r.hub.user("github-merge-queue[bot]"), "installation": r.installation(),
		"merge_group": object{
			"head_sha": g.sha, "head_ref": "refs/heads/" + g.branch, "base_sha": g.from, "base_ref": "refs/heads/" + g.base,
			"head_commit": head,
		},
	}
	if reason != "" {
		o["reason"] = reason
	}
	return o
}
