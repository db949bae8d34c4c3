package forgetest

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// GitLab is a stand-in for one GitLab. It is an http.Handler: the root of an instance, with its API
// under /api/v4.
type GitLab struct {
	*stand
	token    string
	undated  bool
	guest    bool // the token's owner does not maintain the projects
	silent   bool // it has no webhook for what is blocked
	mux      *http.ServeMux
	projects []*Project
	issuer   *Issuer
	version  string // "19.0.0"
	tokenIs  TokenSettings
}

// Project is a project on the stand-in for GitLab.
type Project struct {
	ID int64

	lab       *GitLab
	hidden    bool
	path      string
	git       git
	created   time.Time
	merges    []*MergeRequest
	items     []*Item
	pipelines []*Pipeline
	statuses  []CommitStatus
	releases  []release
	offers    []Job // what a pipeline that is started by the API runs
	hooks     []*projectHook
	settings  ProjectSettings

	protected   map[string]*protection // by environment
	deployments []*Approvable
	checks      []*StatusCheck
}

// NewGitLab makes a GitLab that takes one access token.
func NewGitLab(o Options) (*GitLab, error) {
	stand, err := newStand(o, "https://gitlab.test")
	if err != nil {
		return nil, err
	}
	g := &GitLab{stand: stand, mux: http.NewServeMux(), version: "19.0.0", issuer: newIssuer(stand, "", "/oauth/discovery/keys", o.Signs)}
	stand.choose = g.chosen
	g.token = "glpat-" + stand.prefix
	g.routes()
	return g, nil
}

// Token is the access token that the API takes.
func (g *GitLab) Token() string { return g.token }

// Rotate makes another token the only one that is taken.
func (g *GitLab) Rotate(token string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.token = token
}

// ServeHTTP serves the API.
func (g *GitLab) ServeHTTP(w http.ResponseWriter, r *http.Request) { g.mux.ServeHTTP(w, r) }

func (g *GitLab) routes() {
	const project = "/api/v4/projects/{id}"
	for pattern, op := range map[string]struct {
		name string
		act  func(*Project, *call) reply
	}{
		"GET " + project: {"read_project", g.readProject},
		"GET " + project + "/repository/branches/{branch}":                         {"read_head", g.readBranch},
		"GET " + project + "/repository/files/{path}/raw":                          {"read_file", g.readFile},
		"GET " + project + "/repository/commits/{sha}":                             {"read_commit", g.readCommit},
		"GET " + project + "/repository/tree":                                      {"read_tree", g.readTree},
		"GET " + project + "/repository/compare":                                   {"read_paths", g.readCompare},
		"GET " + project + "/merge_requests/{number}":                              {"read_change", g.readMerge},
		"GET " + project + "/merge_requests/{number}/diffs":                        {"read_change_files", g.readDiffs},
		"GET " + project + "/repository/commits":                                   {"read_landing", g.listCommits},
		"GET " + project + "/repository/commits/{sha}/merge_requests":              {"read_landing_changes", g.listMerges},
		"GET " + project + "/repository/merge_base":                                {"read_landing_order", g.readMergeBase},
		"GET " + project + "/merge_requests/{number}/approvals":                    {"read_landing_reviews", g.readApprovals},
		"GET " + project + "/merge_requests/{number}/versions":                     {"read_landing_versions", g.readVersions},
		"GET " + project + "/merge_requests":                                       {"list_changes", g.listChanges},
		"GET " + project + "/merge_requests/{number}/pipelines":                    {"list_pipelines", g.listMergePipelines},
		"GET " + project + "/pipelines":                                            {"list_pipelines", g.listPipelines},
		"GET " + project + "/pipelines/{pipeline}":                                 {"read_pipeline", g.readPipeline},
		"GET " + project + "/pipelines/{pipeline}/jobs":                            {"list_jobs", g.listPipelineJobs},
		"GET " + project + "/pipelines/{pipeline}/bridges":                         {"list_bridges", g.listBridges},
		"GET " + project + "/repository/commits/{sha}/statuses":                    {"list_statuses", g.listStatuses},
		"GET " + project + "/hooks":                                                {"list_hooks", g.listHooks},
		"POST " + project + "/statuses/{sha}":                                      {"create_status", g.createStatus},
		"GET " + project + "/pipelines/{pipeline}/variables":                       {"read_pipeline_variables", g.readVariables},
		"POST " + project + "/pipeline":                                            {"create_pipeline", g.createPipeline},
		"GET " + project + "/merge_requests/{number}/status_checks":                {"list_status_checks", g.listChecks},
		"POST " + project + "/merge_requests/{number}/status_check_responses":      {"answer_status_check", g.answerCheck},
		"POST " + project + "/merge_requests/{number}/status_checks/{check}/retry": {"retry_status_check", g.retryCheck},
		"GET " + project + "/deployments":                                          {"list_deployments", g.listDeployments},
		"GET " + project + "/deployments/{deployment}":                             {"read_deployment", g.readDeployment},
		"POST " + project + "/deployments/{deployment}/approval":                   {"approve_deployment", g.approveDeployment},
		"GET " + project + "/repository/tags/{tag}":                                {"read_tag", g.readTag},
		"POST " + project + "/hooks":                                               {"create_hook", g.createHook},
		"PUT " + project + "/hooks/{hook}":                                         {"update_hook", g.updateHook},
		"GET " + project + "/hooks/{hook}/events":                                  {"list_hook_events", g.listHookEvents},
		"GET " + project + "/members/all/{user}":                                   {"read_member", g.readMember},
		"GET " + project + "/releases":                                             {"list_releases", g.listReleases},
	} {
		g.mux.Handle(pattern, g.serve(op.name, g.authorized(op.act)))
	}
	for pattern, op := range map[string]struct {
		name string
		act  func(*call) reply
	}{
		"GET /api/v4/projects":                    {"list_projects", g.listProjects},
		"GET /api/v4/user":                        {"read_account", g.readAccount},
		"GET /api/v4/metadata":                    {"read_version", g.readVersion},
		"GET /api/v4/personal_access_tokens/self": {"read_token", g.readToken},
	} {
		g.mux.Handle(pattern, g.serve(op.name, g.byToken(op.act)))
	}
	g.issueRoutes(project)
	g.issuer.handle(g.mux)
	g.mux.Handle("/", g.serve("unknown", func(*call) reply { return refuse(http.StatusNotFound, "404 Not Found") }))
}

// issueRoutes are those of issues.
func (g *GitLab) issueRoutes(project string) {
	for pattern, op := range map[string]struct {
		name string
		act  func(*Project, *call) reply
	}{
		"GET " + project + "/issues":                       {"list_items", g.listItems},
		"GET " + project + "/issues/{number}":              {"read_thing", g.readItem},
		"GET " + project + "/issues/{number}/links":        {"list_item_links", g.listLinks},
		"GET " + project + "/issues/{number}/notes":        {"list_comments", g.listNotes},
		"POST " + project + "/issues/{number}/notes":       {"create_comment", g.createNote},
		"PUT " + project + "/issues/{number}/notes/{note}": {"update_comment", g.updateNote},
	} {
		g.mux.Handle(pattern, g.serve(op.name, g.authorized(op.act)))
	}
}

// authorized serves only requests with the token, for a project that it can see.
func (g *GitLab) authorized(act func(*Project, *call) reply) func(*call) reply {
	return func(c *call) reply {
		if c.Header.Get("PRIVATE-TOKEN") != g.token {
			return refuse(http.StatusUnauthorized, "401 Unauthorized")
		}
		id := c.PathValue("id")
		i := slices.IndexFunc(g.projects, func(p *Project) bool {
			return strconv.FormatInt(p.ID, 10) == id || strings.EqualFold(p.path, id)
		})
		if i < 0 || g.projects[i].hidden {
			return refuse(http.StatusNotFound, "404 Project Not Found")
		}
		return act(g.projects[i], c)
	}
}

// AddProject makes a project with a first commit on its default branch, "main". No webhook comes of it.
func (g *GitLab) AddProject(path string) *Project {
	g.mu.Lock()
	defer g.mu.Unlock()
	p := &Project{ID: g.next(), lab: g, path: path, git: newGit(), created: g.now()}
	first := p.git.make(nil, map[string]string{"README.md": "# " + path + "\n"}, "Initial commit", p.namespace(), g.now())
	p.git.branches["main"] = first.sha
	g.projects = append(g.projects, p)
	return p
}

func (p *Project) namespace() string { name, _, _ := strings.Cut(p.path, "/"); return name }
func (p *Project) web() string       { return p.lab.root + "/" + p.path }

// Name is the project's path with its groups, "acme/web".
func (p *Project) Name() string {
	p.lab.mu.Lock()
	defer p.lab.mu.Unlock()
	return p.path
}

// Hide takes the project out of what the token can see, or puts it back.
func (p *Project) Hide(hidden bool) {
	p.lab.mu.Lock()
	defer p.lab.mu.Unlock()
	p.hidden = hidden
}

// Head is the commit of a branch, "" where there is no such branch.
func (p *Project) Head(branch string) string {
	p.lab.mu.Lock()
	defer p.lab.mu.Unlock()
	return p.git.branches[branch]
}

// Commit puts files over those of a branch, moves the branch and pushes it; a branch that is not
// there is made from main. It returns the new commit. Merge requests that are open from the branch
// are updated.
func (p *Project) Commit(branch, message string, files map[string]string) string {
	return p.CommitAs(p.namespace(), branch, message, files)
}

// CommitAs is Commit by an author of that name.
func (p *Project) CommitAs(author, branch, message string, files map[string]string) (sha string) {
	p.lab.move(func(out *outbox) {
		before := p.git.branches[branch]
		on := cmp.Or(before, p.git.branches["main"])
		made := p.git.make([]string{on}, overlay(p.git.files(on), files), message, author, p.lab.now())
		p.push(out, branch, before, made.sha, author)
		sha = made.sha
	})
	return sha
}

// ForcePush moves a branch to a commit, whatever was on it.
func (p *Project) ForcePush(branch, commit string) {
	p.lab.move(func(out *outbox) { p.push(out, branch, p.git.branches[branch], commit, p.namespace()) })
}

// DeleteBranch takes a branch away.
func (p *Project) DeleteBranch(branch string) {
	p.lab.move(func(out *outbox) { p.push(out, branch, p.git.branches[branch], "", p.namespace()) })
}

// push moves a branch and tells of it; "" after deletes it. Merge requests from the branch follow.
func (p *Project) push(out *outbox, branch, before, after, user string) {
	if after == "" {
		delete(p.git.branches, branch)
	} else {
		p.git.branches[branch] = after
	}
	out.add("Push Hook", p.pushEvent(branch, before, after, user))
	for _, m := range p.merges {
		if m.state == "opened" && m.source == branch && after != "" && after != before {
			m.updated = p.lab.now()
			m.versions = append(m.versions, version{after, m.updated})
			event := m.event("update", before)
			event["user"] = p.user(user)
			m.ask(out, event)
		}
	}
}

func (p *Project) pushEvent(branch, before, after, user string) object {
	listed, total := []object{}, 0
	if after != "" {
		line := p.git.between(cmp.Or(before, p.git.branches["main"]), after)
		total = len(line)
		for _, c := range line[max(0, len(line)-20):] { // GitLab lists the newest 20
			listed = append(listed, p.commitObject(c, true))
		}
	}
	who := p.user(user)
	return object{
		"object_kind": "push", "event_name": "push", "before": orNone(before), "after": orNone(after),
		"ref": "refs/heads/" + branch, "ref_protected": branch == "main", "checkout_sha": orNull(after),
		"message": nil, "user_id": who["id"], "user_name": who["name"], "user_username": who["username"],
		"user_email": "", "user_avatar": nil, "project_id": p.ID, "project": p.object(), "commits": listed,
		"total_commits_count": total, "push_options": object{}, "repository": p.repository(),
	}
}

func (p *Project) user(name string) object {
	return object{
		"id": userID(name), "name": name, "username": name, "email": "[REDACTED]",
		"avatar_url": p.lab.root + "/avatars/" + name,
	}
}

func (p *Project) object() object {
	_, name, _ := strings.Cut(p.path, "/")
	ssh := "git@gitlab.test:" + p.path + ".git"
	return object{
		"id": p.ID, "name": name, "description": "", "web_url": p.web(), "avatar_url": nil, "git_ssh_url": ssh,
		"git_http_url": p.web() + ".git", "namespace": p.namespace(), "visibility_level": 20,
		"path_with_namespace": p.path, "default_branch": "main", "ci_config_path": "", "homepage": p.web(),
		"url": ssh, "ssh_url": ssh, "http_url": p.web() + ".git",
	}
}

func (p *Project) repository() object {
	o := p.object()
	return object{
		"name": o["name"], "url": o["url"], "description": "", "homepage": p.web(),
		"git_http_url": o["git_http_url"], "git_ssh_url": o["git_ssh_url"], "visibility_level": 20,
	}
}

// commitObject is a commit as webhooks tell it; with the paths that it touches, as a push does.
func (p *Project) commitObject(c *commit, paths bool) object {
	o := object{
		"id": c.sha, "message": c.message, "title": c.message, "timestamp": instant(c.at),
		"url": p.web() + "/-/commit/" + c.sha, "author": object{"name": c.author, "email": c.author + "@example.test"},
	}
	if !paths {
		return o
	}
	lists := map[string][]string{"added": {}, "removed": {}, "modified": {}}
	for _, d := range p.git.diff(parentOf(c), c.sha) {
		if d.status == "renamed" {
			lists["added"], lists["removed"] = append(lists["added"], d.path), append(lists["removed"], d.previous)
			continue
		}
		lists[d.status] = append(lists[d.status], d.path)
	}
	o["added"], o["removed"], o["modified"] = lists["added"], lists["removed"], lists["modified"]
	return o
}

// stamp is a time as the older parts of GitLab write it, null where there is none.
func stamp(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Format("2006-01-02 15:04:05 UTC")
}

func projectNotFound(what string) reply {
	return refuse(http.StatusNotFound, fmt.Sprintf("404 %s Not Found", what))
}
