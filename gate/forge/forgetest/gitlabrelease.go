package forgetest

import (
	"net/http"
	"slices"
)

// Tag makes a tag or moves it, and pushes it.
func (p *Project) Tag(name, commit string) { p.tag(name, commit, false) }

// Annotate makes or moves a tag that is an object of its own, and pushes it.
func (p *Project) Annotate(name, commit string) { p.tag(name, commit, true) }

func (p *Project) tag(name, commit string, annotated bool) {
	p.lab.move(func(out *outbox) { p.pushTag(out, name, commit, annotated) })
}

func (p *Project) pushTag(out *outbox, name, commit string, annotated bool) {
	before, after := p.git.tag(tagging{name, commit, p.namespace(), annotated, p.lab.now()})
	out.add("Tag Push Hook", p.tagEvent(name, before, after))
}

// DeleteTag takes a tag away.
func (p *Project) DeleteTag(name string) {
	p.lab.move(func(out *outbox) {
		before := p.git.tags[name]
		delete(p.git.tags, name)
		out.add("Tag Push Hook", p.tagEvent(name, before, ref{}))
	})
}

func (p *Project) tagEvent(name string, before, after ref) object {
	event := p.pushEvent("", "", after.commit, p.namespace())
	event["object_kind"], event["event_name"], event["ref"] = "tag_push", "tag_push", "refs/tags/"+name
	event["before"], event["after"] = orNone(before.object), orNone(after.object)
	return event
}

// Publish makes a release of a tag. The tag is made at a commit where it is not there yet.
func (p *Project) Publish(tag, commit string) {
	p.lab.move(func(out *outbox) {
		if p.git.tags[tag].object == "" {
			p.pushTag(out, tag, commit, false)
		}
		made := release{p.lab.next(), tag, p.lab.now()}
		p.releases = append(p.releases, made)
		out.add("Release Hook", p.releaseEvent("create", made))
	})
}

// Unpublish deletes the release of a tag. The tag stays.
func (p *Project) Unpublish(tag string) {
	p.lab.move(func(out *outbox) {
		at := published(p.releases, tag)
		gone := p.releases[at]
		p.releases = slices.Delete(p.releases, at, at+1)
		out.add("Release Hook", p.releaseEvent("delete", gone))
	})
}

func (p *Project) releaseEvent(action string, made release) object {
	return object{
		"object_kind": "release", "action": action, "id": made.id, "name": made.tag, "tag": made.tag, "description": "What is new.",
		"created_at": stamp(made.at), "released_at": stamp(made.at), "url": p.web() + "/-/releases/" + made.tag,
		"assets": object{"count": 0, "links": []object{}, "sources": []object{}}, "project": p.object(),
		"commit": p.commitObject(p.git.commits[p.git.tags[made.tag].commit], false),
	}
}

// listReleases lists them, the newest first.
func (g *GitLab) listReleases(p *Project, c *call) reply {
	all := []object{}
	for _, made := range slices.Backward(p.releases) {
		all = append(all, object{
			"tag_name": made.tag, "name": made.tag, "description": "What is new.", "upcoming_release": false,
			"created_at": precise(made.at), "released_at": precise(made.at), "commit": p.apiCommit(p.git.commits[p.git.tags[made.tag].commit]),
		})
	}
	return listed(c, all)
}

func (g *GitLab) readTag(p *Project, c *call) reply {
	at := p.git.tags[c.PathValue("tag")]
	if at.object == "" {
		return projectNotFound("Tag")
	}
	return reply{status: http.StatusOK, body: object{
		"name": c.PathValue("tag"), "target": at.object, "message": "", "protected": false, "release": nil,
		"commit": p.apiCommit(p.git.commits[at.commit]),
	}}
}
