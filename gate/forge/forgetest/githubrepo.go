package forgetest

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Repo is a repository on the stand-in for GitHub.
type Repo struct {
	ID int64

	hub         *GitHub
	hidden      bool
	full        string
	git         git
	created     time.Time
	pushed      time.Time
	changes     []*Change
	issues      []*Issue
	milestones  int // made so far
	checks      []*CheckRun
	suites      map[string]*suite // by commit and App
	runs        []*Run
	deployments []*Deployment
	releases    []release
	statuses    []status
	workflow    map[string]int64 // by path
	offers      map[string]*Dispatchable
	topics      []string
	rules       map[string][]Rule // by branch
}

// AddRepo makes a repository with a first commit on its default branch, "main". Its owner installs
// the App if that is not done yet. No webhook comes of it.
func (g *GitHub) AddRepo(full string) *Repo {
	g.mu.Lock()
	defer g.mu.Unlock()
	repo := &Repo{
		ID: g.next(), hub: g, full: full, git: newGit(), created: g.now(), pushed: g.now(),
		suites: map[string]*suite{}, workflow: map[string]int64{}, offers: map[string]*Dispatchable{},
	}
	first := repo.git.make(nil, map[string]string{"README.md": "# " + full + "\n"}, "Initial commit", repo.owner(), g.now())
	repo.git.branches["main"] = first.sha
	if g.installations[repo.owner()] == 0 {
		g.installations[repo.owner()] = g.next()
	}
	g.repos[strings.ToLower(full)] = repo
	return repo
}

func (r *Repo) owner() string { owner, _, _ := strings.Cut(r.full, "/"); return owner }
func (r *Repo) name() string  { _, name, _ := strings.Cut(r.full, "/"); return name }

// Name is the repository's full name, "acme/cart-api".
func (r *Repo) Name() string {
	r.hub.mu.Lock()
	defer r.hub.mu.Unlock()
	return r.full
}

// Installation is the App's installation that holds the repository.
func (r *Repo) Installation() int64 {
	r.hub.mu.Lock()
	defer r.hub.mu.Unlock()
	return r.hub.installations[r.owner()]
}

// Hide takes the repository out of what the App can see, or puts it back.
func (r *Repo) Hide(hidden bool) {
	r.hub.mu.Lock()
	defer r.hub.mu.Unlock()
	r.hidden = hidden
}

// Head is the commit of a branch, "" where there is no such branch.
func (r *Repo) Head(branch string) string {
	r.hub.mu.Lock()
	defer r.hub.mu.Unlock()
	return r.git.branches[branch]
}

// Commit puts files over those of a branch, moves the branch and pushes it; a branch that is not
// there is made from main. It returns the new commit. Where changes are open from the branch, they
// are synchronized.
func (r *Repo) Commit(branch, message string, files map[string]string) string {
	return r.CommitAs(r.owner(), branch, message, files)
}

// CommitAs is Commit by an author of that name.
func (r *Repo) CommitAs(author, branch, message string, files map[string]string) (sha string) {
	r.hub.move(func(out *outbox) {
		before := r.git.branches[branch]
		on := before
		if on == "" {
			on = r.git.branches["main"]
		}
		made := r.git.make([]string{on}, overlay(r.git.files(on), files), message, author, r.hub.now())
		r.push(out, branch, before, made.sha, author)
		sha = made.sha
	})
	return sha
}

// ForcePush moves a branch to one commit over main with the files given, whatever was on it.
func (r *Repo) ForcePush(branch, message string, files map[string]string) (sha string) {
	r.hub.move(func(out *outbox) {
		main := r.git.branches["main"]
		if branch == "main" {
			main = r.git.commits[main].parents[0]
		}
		made := r.git.make([]string{main}, overlay(r.git.files(main), files), message, r.owner(), r.hub.now())
		r.push(out, branch, r.git.branches[branch], made.sha, r.owner())
		sha = made.sha
	})
	return sha
}

// DeleteBranch takes a branch away.
func (r *Repo) DeleteBranch(branch string) {
	r.hub.move(func(out *outbox) {
		r.push(out, branch, r.git.branches[branch], "", r.owner())
	})
}

// Rename gives the repository another name; the old one redirects.
func (r *Repo) Rename(name string) {
	r.hub.move(func(out *outbox) {
		old := r.full
		delete(r.hub.repos, strings.ToLower(old))
		r.hub.renamed[strings.ToLower(old)] = r
		r.full = r.owner() + "/" + name
		r.hub.repos[strings.ToLower(r.full)] = r
		_, from, _ := strings.Cut(old, "/")
		out.add("repository", object{
			"action": "renamed", "changes": object{"repository": object{"name": object{"from": from}}},
			"repository": r.object(false), "sender": r.hub.user(r.owner()), "installation": r.installation(),
		})
	})
}

// push moves a branch and tells of it; "" after deletes it. Changes from the branch follow.
func (r *Repo) push(out *outbox, branch, before, after, author string) {
	if after == "" {
		delete(r.git.branches, branch)
	} else {
		r.git.branches[branch] = after
	}
	r.pushed = r.hub.now()
	out.add("push", r.pushEvent("refs/heads/"+branch, before, after, author))
	switch {
	case before == "":
		event := r.refEvent(branch, author)
		event["master_branch"], event["description"] = "main", nil
		out.add("create", event)
	case after == "":
		out.add("delete", r.refEvent(branch, author))
	}
	for _, c := range r.changes {
		if c.open() && c.head == branch && after != "" && after != before {
			c.updated = r.hub.now()
			out.add("pull_request", c.event("synchronize", object{"before": before, "after": after}))
		}
	}
}

// refEvent is a branch that came or went.
func (r *Repo) refEvent(branch, author string) object {
	return object{
		"ref": branch, "ref_type": "branch", "pusher_type": "user",
		"repository": r.object(false), "sender": r.hub.user(author), "installation": r.installation(),
	}
}

func (r *Repo) pushEvent(ref, before, after, author string) object {
	commits := []object{}
	for _, c := range r.pushedCommits(before, after) {
		commits = append(commits, r.commitObject(c, true))
	}
	forced := before != "" && after != "" && r.git.mergeBase(before, after) != before
	event := object{
		"ref": ref, "before": orNone(before), "after": orNone(after), "base_ref": nil,
		"created": before == "", "deleted": after == "", "forced": forced,
		"compare": fmt.Sprintf("%s/compare/%.12s...%.12s", r.html(), before, after),
		"commits": commits, "head_commit": nil, "repository": r.object(true),
		"pusher": object{"name": author, "email": author + "@example.test"},
		"sender": r.hub.user(author), "organization": r.hub.organization(r.owner()), "installation": r.installation(),
	}
	if c := r.git.commits[after]; c != nil {
		event["head_commit"] = r.commitObject(c, true)
	}
	return event
}

// pushedCommits are the commits a push lists: those new to the branch, or to the repository where
// the branch is new.
func (r *Repo) pushedCommits(before, after string) []*commit {
	if before == "" {
		before = r.git.branches["main"]
	}
	if after == "" {
		return nil
	}
	return r.git.between(before, after)
}

func orNone(sha string) string {
	if sha == "" {
		return noCommit
	}
	return sha
}

// find is the change of that number, nil where there is none.
func (r *Repo) find(number int) *Change {
	i := slices.IndexFunc(r.changes, func(c *Change) bool { return c.Number == number })
	if i < 0 {
		return nil
	}
	return r.changes[i]
}

// Files are the files at a commit.
func (r *Repo) Files(sha string) map[string]string {
	r.hub.mu.Lock()
	defer r.hub.mu.Unlock()
	return maps.Clone(r.git.files(sha))
}

// PushAll is Commit to several branches in one push. Of more than three GitHub does not tell.
func (r *Repo) PushAll(message string, files map[string]string, branches ...string) {
	r.hub.move(func(out *outbox) {
		for _, branch := range branches {
			before := r.git.branches[branch]
			on := cmp.Or(before, r.git.branches["main"])
			made := r.git.make([]string{on}, overlay(r.git.files(on), files), message+" on "+branch, r.owner(), r.hub.now())
			r.push(out, branch, before, made.sha, r.owner())
		}
		out.unlessMany(len(branches), "push", "create")
	})
}
