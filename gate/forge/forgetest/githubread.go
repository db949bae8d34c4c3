package forgetest

import (
	"fmt"
	"net/http"
	"path"
	"strings"
)

func (g *GitHub) readRepository(r *Repo, _ *call) reply {
	return reply{status: http.StatusOK, body: r.object(false)}
}

func (g *GitHub) readRef(r *Repo, c *call) reply {
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

func (g *GitHub) readCommit(r *Repo, c *call) reply {
	found := r.git.commits[c.PathValue("sha")]
	if found == nil {
		return refuse(http.StatusNotFound, "Not Found")
	}
	parents := []object{}
	for _, p := range found.parents {
		parents = append(parents, object{"sha": p, "url": r.api() + "/git/commits/" + p, "html_url": r.html() + "/commit/" + p})
	}
	who := object{"name": found.author, "email": found.author + "@example.test", "date": instant(found.at)}
	return reply{status: http.StatusOK, body: object{
		"sha": found.sha, "node_id": nodeID("C", found.sha), "url": r.api() + "/git/commits/" + found.sha,
		"html_url": r.html() + "/commit/" + found.sha, "author": who, "committer": who, "message": found.message,
		"tree":    object{"sha": found.tree, "url": r.api() + "/git/trees/" + found.tree},
		"parents": parents, "verification": object{"verified": false, "reason": "unsigned", "signature": nil, "payload": nil},
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
			listing = append(listing, object{"type": "file", "name": path.Base(file), "path": file, "size": len(content)})
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
		commits = append(commits, object{"sha": one.sha})
	}
	shown, next := page(c, commits)
	if number := c.URL.Query().Get("page"); number != "" && number != "1" {
		files = nil
	}
	return reply{status: http.StatusOK, header: next, body: object{
		"status": relation(len(ahead), len(behind)), "ahead_by": len(ahead), "behind_by": len(behind),
		"total_commits": len(ahead), "commits": shown, "files": files[:min(len(files), compareBound)],
		"base_commit": object{"sha": base}, "merge_base_commit": object{"sha": parted}, "url": r.api(),
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
