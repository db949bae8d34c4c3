package forgetest

import (
	"fmt"
	"strings"
)

// What every payload holds: people, repositories and commits, in the shapes of
// https://docs.github.com/en/webhooks/webhook-events-and-payloads

func nodeID(kind string, id any) string { return fmt.Sprintf("%s_%v", kind, id) }

// userPages and repoPages are the addresses that GitHub tells with a user and with a repository.
const (
	userPages = "followers following{/other_user} gists{/gist_id} starred{/owner}{/repo} subscriptions " +
		"organizations:orgs repos events{/privacy} received_events"
	repoPages = "forks keys{/key_id} collaborators{/collaborator} teams hooks issue_events:issues/events{/number} " +
		"events assignees{/user} branches{/branch} tags blobs:git/blobs{/sha} git_tags:git/tags{/sha} " +
		"git_refs:git/refs{/sha} trees:git/trees{/sha} statuses:statuses/{sha} languages stargazers contributors " +
		"subscribers subscription commits{/sha} git_commits:git/commits{/sha} comments{/number} " +
		"issue_comment:issues/comments{/number} contents:contents/{+path} compare:compare/{base}...{head} merges " +
		"archive:{archive_format}{/ref} downloads issues{/number} pulls{/number} milestones{/number} " +
		"notifications{?since,all,participating} labels{/name} releases{/id} deployments"
)

// pages adds an address for each word: "forks" makes forks_url, "tags:git/tags{/sha}" names its path.
func pages(into object, root, words string) object {
	for word := range strings.FieldsSeq(words) {
		name, path, named := strings.Cut(word, ":")
		if !named {
			path = word
			name, _, _ = strings.Cut(word, "{")
		}
		into[name+"_url"] = root + "/" + path
	}
	return into
}

func (g *GitHub) user(login string) object {
	id, kind := userID(login), "User"
	if g.installations[login] != 0 {
		kind = "Organization"
	}
	return pages(object{
		"login": login, "id": id, "node_id": nodeID("U", id), "gravatar_id": "", "site_admin": false, "type": kind,
		"avatar_url": g.root + "/avatars/" + login, "url": g.root + "/users/" + login, "html_url": g.root + "/" + login,
	}, g.root+"/users/"+login, userPages)
}

// userID tells people apart: a forge goes by their ids.
func userID(login string) (id int64) {
	for _, letter := range login {
		id = (id*31 + int64(letter)) % 1_000_000_007
	}
	return id
}

func (g *GitHub) organization(login string) object {
	api := g.root + "/orgs/" + login
	return object{
		"login": login, "id": g.user(login)["id"], "node_id": nodeID("O", login), "description": "",
		"url": api, "repos_url": api + "/repos", "events_url": api + "/events", "hooks_url": api + "/hooks",
		"issues_url": api + "/issues", "members_url": api + "/members{/member}",
		"public_members_url": api + "/public_members{/member}", "avatar_url": g.root + "/avatars/" + login,
	}
}

func (r *Repo) api() string  { return r.hub.root + "/repos/" + r.full }
func (r *Repo) html() string { return r.hub.root + "/" + r.full }

func (r *Repo) installation() object {
	id := r.hub.installations[r.owner()]
	return object{"id": id, "node_id": nodeID("I", id)}
}

// small is a repository as runs of workflows tell it.
func (r *Repo) small() object {
	return pages(object{
		"id": r.ID, "node_id": nodeID("R", r.ID), "name": r.name(), "full_name": r.full, "private": false,
		"owner": r.hub.user(r.owner()), "html_url": r.html(), "description": nil, "fork": false, "url": r.api(),
	}, r.api(), repoPages)
}

// object is a repository as webhooks tell it. A push tells its times as seconds, all others as text.
func (r *Repo) object(push bool) object {
	o := r.small()
	for name, value := range (object{
		"created_at": instant(r.created), "updated_at": instant(r.created), "pushed_at": instant(r.pushed),
		"git_url": "git://" + r.full + ".git", "ssh_url": "git@github.test:" + r.full + ".git",
		"clone_url": r.html() + ".git", "svn_url": r.html(), "homepage": nil, "size": 1, "language": nil,
		"stargazers_count": 0, "watchers_count": 0, "has_issues": true, "has_projects": true, "has_downloads": true,
		"has_wiki": false, "has_pages": false, "has_discussions": false, "forks_count": 0, "mirror_url": nil,
		"archived": false, "disabled": false, "open_issues_count": 0, "license": nil, "allow_forking": true,
		"is_template": false, "web_commit_signoff_required": false, "topics": append([]string{}, r.topics...), "visibility": "public",
		"forks": 0, "open_issues": 0, "watchers": 0, "default_branch": "main", "custom_properties": object{},
	}) {
		o[name] = value
	}
	if push {
		o["created_at"], o["pushed_at"] = r.created.Unix(), r.pushed.Unix()
		o["stargazers"], o["master_branch"], o["organization"] = 0, "main", r.owner()
	}
	return o
}

// commitObject is a commit as webhooks tell it; with the paths that it touches, as a push does.
func (r *Repo) commitObject(c *commit, paths bool) object {
	who := object{"name": c.author, "email": c.author + "@example.test", "username": c.author}
	o := object{
		"id": c.sha, "tree_id": c.tree, "message": c.message, "timestamp": instant(c.at),
		"author": who, "committer": who,
	}
	if !paths {
		return o
	}
	o["distinct"], o["url"] = true, r.html()+"/commit/"+c.sha
	lists := map[string][]string{"added": {}, "removed": {}, "modified": {}}
	for _, d := range r.git.diff(parentOf(c), c.sha) {
		switch d.status {
		case "renamed":
			lists["added"] = append(lists["added"], d.path)
			lists["removed"] = append(lists["removed"], d.previous)
		default:
			lists[d.status] = append(lists[d.status], d.path)
		}
	}
	o["added"], o["removed"], o["modified"] = lists["added"], lists["removed"], lists["modified"]
	return o
}

func parentOf(c *commit) string {
	if len(c.parents) == 0 {
		return ""
	}
	return c.parents[0]
}

// app is an App by its slug.
func (g *GitHub) app(slug string) object {
	id := map[string]int64{gitHubActions: 15368, ourApp: g.AppID}[slug]
	if id == 0 {
		id = g.user(slug)["id"].(int64)
	}
	return object{
		"id": id, "slug": slug, "node_id": nodeID("A", id), "owner": g.user("github"), "name": slug,
		"description": "", "external_url": "https://example.test/" + slug, "html_url": g.root + "/apps/" + slug,
		"created_at": "2019-04-19T19:36:24Z", "updated_at": "2019-04-19T19:36:56Z",
		"permissions": object{"checks": "write", "metadata": "read"}, "events": []string{},
	}
}
