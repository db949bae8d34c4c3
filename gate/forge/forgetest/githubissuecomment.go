package forgetest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// IssueComment is a comment on an issue, of either stand-in.
type IssueComment struct {
	ID               int64
	Author, Body     string
	created, updated time.Time
	Edits            int // how often it was changed
}

// ourBot is the account by which the App writes.
const ourBot = "nexusgate[bot]"

// longestComment is how many characters GitHub takes.
const longestComment = 65_536

// Comments are those on the issue, the oldest first.
func (i *Issue) Comments() []IssueComment {
	i.repo.hub.mu.Lock()
	defer i.repo.hub.mu.Unlock()
	return slices.Clone(i.comments)
}

// Comment is somebody's comment on the issue.
func (i *Issue) Comment(user, body string) {
	i.repo.hub.move(func(out *outbox) { i.add(out, user, body) })
}

// Lock keeps all but its repository's people from commenting on the issue; the App is one of those it keeps out.
func (i *Issue) Lock() {
	i.repo.hub.mu.Lock()
	defer i.repo.hub.mu.Unlock()
	i.locked = true
}

func (i *Issue) add(out *outbox, user, body string) *IssueComment {
	now := i.repo.hub.now()
	i.comments = append(i.comments, IssueComment{ID: i.repo.hub.next(), Author: user, Body: body, created: now, updated: now})
	c := &i.comments[len(i.comments)-1]
	out.add("issue_comment", i.repo.linked("created", object{"issue": i.object(), "comment": i.comment(c), "sender": i.repo.hub.user(user)}))
	return c
}

// comment is a comment as webhooks and the API tell it. GitHub tells of no App that wrote it.
func (i *Issue) comment(c *IssueComment) object {
	user := i.repo.hub.user(c.Author)
	if strings.HasSuffix(c.Author, "[bot]") {
		user["type"] = "Bot"
	}
	return object{
		"id": c.ID, "node_id": nodeID("IC", c.ID), "body": c.Body, "user": user, "created_at": instant(c.created), "updated_at": instant(c.updated),
		"url": fmt.Sprintf("%s/issues/comments/%d", i.repo.api(), c.ID), "html_url": fmt.Sprintf("%s/issues/%d#issuecomment-%d", i.repo.html(), i.Number, c.ID),
		"issue_url": i.api(), "author_association": "NONE", "performed_via_github_app": nil,
	}
}

// readBody is the text of a comment in a request; refused says why it is none.
func (g *GitHub) readBody(c *call) (body string, refused *reply) {
	var said struct {
		Body string `json:"body"`
	}
	if err := json.Unmarshal(c.body, &said); err != nil {
		r := refuse(http.StatusBadRequest, "Problems parsing JSON")
		return "", &r
	}
	if said.Body == "" || len([]rune(said.Body)) > longestComment {
		r := refuse(http.StatusUnprocessableEntity, "Validation Failed: body is too long (maximum is 65536 characters)")
		return "", &r
	}
	if g.agreed.Permissions["issues"] != "write" {
		r := refuse(http.StatusForbidden, "Resource not accessible by integration")
		return "", &r
	}
	return said.Body, nil
}

func (g *GitHub) createComment(r *Repo, c *call) reply {
	i := r.issue(int(c.number("number")))
	if i == nil {
		return refuse(http.StatusNotFound, "Not Found")
	}
	body, refused := g.readBody(c)
	if refused != nil {
		return *refused
	}
	if i.locked {
		return refuse(http.StatusForbidden, "Unable to create comment because issue is locked.")
	}
	return reply{status: http.StatusCreated, body: i.comment(i.add(c.out, ourBot, body))}
}

func (g *GitHub) updateComment(r *Repo, c *call) reply {
	for _, i := range r.issues {
		at := slices.IndexFunc(i.comments, func(known IssueComment) bool { return known.ID == c.number("comment") })
		if at < 0 {
			continue
		}
		body, refused := g.readBody(c)
		if refused != nil {
			return *refused
		}
		known := &i.comments[at]
		known.Body, known.updated = body, r.hub.now()
		known.Edits++
		c.out.add("issue_comment", r.linked("edited", object{"issue": i.object(), "comment": i.comment(known), "changes": object{}}))
		return reply{status: http.StatusOK, body: i.comment(known)}
	}
	return refuse(http.StatusNotFound, "Not Found")
}

func (g *GitHub) listComments(r *Repo, c *call) reply {
	i := r.issue(int(c.number("number")))
	if i == nil {
		return refuse(http.StatusNotFound, "Not Found")
	}
	since, _ := time.Parse(time.RFC3339, c.URL.Query().Get("since"))
	all := []object{}
	for at := range i.comments {
		if known := &i.comments[at]; !known.updated.Before(since) {
			all = append(all, i.comment(known))
		}
	}
	here, next := page(c, all)
	return reply{status: http.StatusOK, body: here, header: next}
}
