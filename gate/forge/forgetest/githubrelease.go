package forgetest

import (
	"net/http"
	"slices"
	"strings"
)

// Tag makes a tag or moves it, and pushes it.
func (r *Repo) Tag(name, commit string) { r.tag(name, commit, false) }

// Annotate makes or moves a tag that is an object of its own, and pushes it.
func (r *Repo) Annotate(name, commit string) { r.tag(name, commit, true) }

func (r *Repo) tag(name, commit string, annotated bool) {
	r.hub.move(func(out *outbox) { r.pushTag(out, name, commit, annotated) })
}

func (r *Repo) pushTag(out *outbox, name, commit string, annotated bool) {
	r.pushed = r.hub.now()
	before, after := r.git.tag(tagging{name, commit, r.owner(), annotated, r.pushed})
	event := r.pushEvent("refs/tags/"+name, "", commit, r.owner())
	event["before"], event["after"], event["commits"] = orNone(before.object), after.object, []object{}
	event["created"], event["forced"] = before.object == "", before.object != ""
	out.add("push", event)
}

// DeleteTag takes a tag away.
func (r *Repo) DeleteTag(name string) {
	r.hub.move(func(out *outbox) {
		r.pushed = r.hub.now()
		event := r.pushEvent("refs/tags/"+name, r.git.tags[name].object, "", r.owner())
		delete(r.git.tags, name)
		out.add("push", event)
	})
}

// Publish makes a release of a tag. The tag is made at a commit where it is not there yet.
func (r *Repo) Publish(tag, commit string) {
	r.hub.move(func(out *outbox) {
		if r.git.tags[tag].object == "" {
			r.pushTag(out, tag, commit, false)
		}
		made := release{r.hub.next(), tag, r.hub.now()}
		r.releases = append(r.releases, made)
		for _, action := range []string{"created", "published", "released"} {
			out.add("release", r.releaseEvent(action, made))
		}
	})
}

// Unpublish deletes the release of a tag. The tag stays.
func (r *Repo) Unpublish(tag string) {
	r.hub.move(func(out *outbox) {
		at := published(r.releases, tag)
		gone := r.releases[at]
		r.releases = slices.Delete(r.releases, at, at+1)
		out.add("release", r.releaseEvent("deleted", gone))
	})
}

func (r *Repo) releaseEvent(action string, made release) object {
	return object{
		"action": action, "release": r.releaseObject(made), "repository": r.object(false),
		"sender": r.hub.user(r.owner()), "installation": r.installation(),
	}
}

// releaseObject names no commit: the branch is where GitHub would have made the tag.
func (r *Repo) releaseObject(made release) object {
	api, html := r.api()+"/releases", r.html()+"/releases"
	return object{
		"id": made.id, "node_id": nodeID("RE", made.id), "tag_name": made.tag, "target_commitish": "main", "name": made.tag,
		"draft": false, "prerelease": false, "created_at": instant(made.at), "published_at": instant(made.at),
		"url": api + "/1", "assets_url": api + "/1/assets", "upload_url": api + "/1/assets{?name,label}", "html_url": html + "/tag/" + made.tag,
		"tarball_url": r.api() + "/tarball/" + made.tag, "zipball_url": r.api() + "/zipball/" + made.tag,
		"author": r.hub.user(r.owner()), "assets": []object{}, "body": "What is new.",
	}
}

// listReleases lists them, the newest first.
func (g *GitHub) listReleases(r *Repo, c *call) reply {
	all := []object{}
	for _, made := range slices.Backward(r.releases) {
		all = append(all, r.releaseObject(made))
	}
	shown, next := page(c, all)
	return reply{status: http.StatusOK, body: shown, header: next}
}

// readTagRef answers for the ref of a tag.
func (r *Repo) readTagRef(name string) reply {
	at, kind, of := r.git.tags[name], "commit", "/git/commits/"
	if at.object == "" {
		return refuse(http.StatusNotFound, "Not Found")
	}
	if at.object != at.commit {
		kind, of = "tag", "/git/tags/"
	}
	return reply{status: http.StatusOK, body: object{
		"ref": "refs/tags/" + name, "node_id": nodeID("REF", name), "url": r.api() + "/git/refs/tags/" + name,
		"object": object{"type": kind, "sha": at.object, "url": r.api() + of + at.object},
	}}
}

func (g *GitHub) readTagObject(r *Repo, c *call) reply {
	sha := strings.ToLower(c.PathValue("sha"))
	found, is := r.git.tagged[sha]
	if !is {
		return refuse(http.StatusNotFound, "Not Found")
	}
	return reply{status: http.StatusOK, body: object{
		"node_id": nodeID("TA", sha), "sha": sha, "url": r.api() + "/git/tags/" + sha, "tag": found.name, "message": found.name,
		"tagger":       object{"name": found.author, "email": found.author + "@example.test", "date": instant(found.at)},
		"object":       object{"type": "commit", "sha": found.commit, "url": r.api() + "/git/commits/" + found.commit},
		"verification": dated(unsigned()),
	}}
}
