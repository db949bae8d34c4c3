package forgetest

import (
	"fmt"
	"net/http"
	"path"
	"strings"
)

func (g *GitHub) readRepository(r *Repo, _ *call) reply {
	whole := r.object(false)
	whole["subscribers_count"], whole["network_count"] = 0, 0
	return reply{status: http.StatusOK, body: whole}
}

func (g *GitHub) readRef(r *Repo, c *call) reply {
	if name, is := strings.CutPrefix(c.PathValue("ref"), "tags/"); is {
		return r.readTagRef(name)
	}
	branch, ok := strings.CutPrefix(c.PathValue("ref"), "heads/")
	sha := r.git.branches[branch]
	if !ok || sha == "" {
		return refuse(http.StatusNotFound, "Not Found")
	}
	return reply{status: http.StatusOK, body: object{
		"ref": "refs/heads/" + branch, "node_id": nodeID("REF", branch), "url": r.api() + "/git/refs/heads/" + branch,
		"object": object{"type": "commit", "sha": sha, "url": r.api() + "/git/commits/" + sha},
	}}
}

// unsigned is what GitHub says of a commit that nobody signed.
func unsigned() object {
	return object{"verified": false, "reason": "unsigned", "signature": nil, "payload": nil}
}

// dated is a verification as the API tells it: its description has one field more than the schemas of
// webhooks, which are older.
func dated(verification object) object {
	verification["verified_at"] = nil
	return verification
}

// parentObjects are the parents of a commit.
func (r *Repo) parentObjects(c *commit) []object {
	parents := []object{}
	for _, p := range c.parents {
		parents = append(parents, object{"sha": p, "url": r.api() + "/git/commits/" + p, "html_url": r.html() + "/commit/" + p})
	}
	return parents
}

// listedCommit is a commit as the API lists it.
func (r *Repo) listedCommit(c *commit) object {
	whole := r.wholeCommit(c)
	dated(whole["commit"].(object)["verification"].(object))
	return whole
}

// wholeCommit is a commit as a status tells it.
func (r *Repo) wholeCommit(c *commit) object {
	signed := object{"name": c.author, "email": c.author + "@example.test", "date": instant(c.at)}
	at := r.api() + "/commits/" + c.sha
	return object{
		"sha": c.sha, "node_id": nodeID("C", c.sha), "url": at, "html_url": r.html() + "/commit/" + c.sha,
		"comments_url": at + "/comments", "author": r.hub.user(c.author), "committer": r.hub.user(c.author),
		"parents": r.parentObjects(c),
		"commit": object{
			"author": signed, "committer": signed, "message": c.message, "comment_count": 0,
			"tree": object{"sha": c.tree, "url": r.api() + "/git/trees/" + c.tree}, "url": r.api() + "/git/commits/" + c.sha,
			"verification": unsigned(),
		},
	}
}

// listed is a file as the listing of its folder tells it.
func (r *Repo) listed(file, at, content string) object {
	link, page := r.api()+"/contents/"+file+"?ref="+at, r.html()+"/blob/"+at+"/"+file
	blob := objectID("blob", []byte(content))
	return object{
		"type": "file", "name": path.Base(file), "path": file, "size": len(content), "sha": blob, "url": link,
		"html_url": page, "git_url": r.api() + "/git/blobs/" + blob, "download_url": r.html() + "/raw/" + at + "/" + file,
		"_links": object{"self": link, "git": r.api() + "/git/blobs/" + blob, "html": page},
	}
}

func (g *GitHub) readCommit(r *Repo, c *call) reply {
	found := r.git.commits[c.PathValue("sha")]
	if found == nil {
		return refuse(http.StatusNotFound, "Not Found")
	}
	who := object{"name": found.author, "email": found.author + "@example.test", "date": instant(found.at)}
	return reply{status: http.StatusOK, body: object{
		"sha": found.sha, "node_id": nodeID("C", found.sha), "url": r.api() + "/git/commits/" + found.sha,
		"html_url": r.html() + "/commit/" + found.sha, "author": who, "committer": who, "message": found.message,
		"tree":    object{"sha": found.tree, "url": r.api() + "/git/trees/" + found.tree},
		"parents": r.parentObjects(found), "verification": dated(unsigned()),
	}}
}

// readFile answers raw content where that is asked for; a folder is a listing all the same.
func (g *GitHub) readFile(r *Repo, c *call) reply {
	at := c.URL.Query().Get("ref")
	if at == "" {
		at = r.git.branches["main"]
	}
	files, name := r.git.files(at), c.PathValue("path")
	if content, ok := files[name]; ok {
		raw := map[string]string{"Content-Type": "application/vnd.github.raw+json; charset=utf-8"}
		return reply{status: http.StatusOK, body: text(content), header: raw}
	}
	listing := []object{}
	for file, content := range files {
		if path.Dir(file) == name {
			listing = append(listing, r.listed(file, at, content))
		}
	}
	if len(listing) > 0 {
		return reply{status: http.StatusOK, body: listing}
	}
	if r.git.commits[at] == nil {
		return refuse(http.StatusNotFound, "No commit found for the ref "+at)
	}
	return refuse(http.StatusNotFound, "Not Found")
}

// compareBound is where GitHub cuts the files of a comparison.
const compareBound = 300

// readCompare compares as GitHub does: from the merge base, and no more than 300 files, which all
// come with the first page.
func (g *GitHub) readCompare(r *Repo, c *call) reply {
	base, head, ok := strings.Cut(c.PathValue("basehead"), "...")
	parted := r.git.mergeBase(base, head)
	if !ok || parted == "" {
		return refuse(http.StatusNotFound, fmt.Sprintf("No common ancestor between %s and %s.", base, head))
	}
	ahead, behind := r.git.between(base, head), r.git.between(head, base)
	files := r.fileObjects(parted, head)
	commits := []object{}
	for _, one := range ahead {
		commits = append(commits, r.listedCommit(one))
	}
	shown, next := page(c, commits)
	if number := c.URL.Query().Get("page"); number != "" && number != "1" {
		files = nil
	}
	between := fmt.Sprintf("%s/compare/%s...%s", r.html(), base, head)
	return reply{status: http.StatusOK, header: next, body: object{
		"html_url": between, "permalink_url": between, "diff_url": between + ".diff", "patch_url": between + ".patch",
		"status": relation(len(ahead), len(behind)), "ahead_by": len(ahead), "behind_by": len(behind),
		"total_commits": len(ahead), "commits": shown, "files": files[:min(len(files), compareBound)],
		"base_commit": r.listedCommit(r.git.commits[base]), "merge_base_commit": r.listedCommit(r.git.commits[parted]),
		"url": fmt.Sprintf("%s/compare/%s...%s", r.api(), base, head),
	}}
}

func relation(ahead, behind int) string {
	switch {
	case ahead > 0 && behind > 0:
		return "diverged"
	case ahead > 0:
		return "ahead"
	case behind > 0:
		return "behind"
	}
	return "identical"
}
