package forgetest

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
)

// Notes are the comments on the issue, the oldest first.
func (i *Item) Notes() []IssueComment {
	i.project.lab.mu.Lock()
	defer i.project.lab.mu.Unlock()
	return slices.Clone(i.notes)
}

// Comment is somebody's comment on the issue.
func (i *Item) Comment(user, body string) {
	i.project.lab.move(func(*outbox) { i.add(user, body) })
}

// State is "opened" or "closed".
func (i *Item) State() string {
	i.project.lab.mu.Lock()
	defer i.project.lab.mu.Unlock()
	return i.state
}

// add carries out the lines that are orders, as GitLab does.
func (i *Item) add(user, body string) *IssueComment {
	now := i.project.lab.now()
	for line := range strings.Lines(body) {
		if strings.TrimSpace(line) == "/close" {
			i.state = "closed"
		}
	}
	i.notes = append(i.notes, IssueComment{ID: i.project.lab.next(), Author: user, Body: body, created: now, updated: now})
	return &i.notes[len(i.notes)-1]
}

func (i *Item) note(n *IssueComment) object {
	author := i.project.user(n.Author)
	if n.Author == botName {
		author["id"] = botID
	}
	return object{
		"id": n.ID, "body": n.Body, "author": author, "created_at": instant(n.created), "updated_at": instant(n.updated), "system": false,
		"noteable_id": i.id, "noteable_type": "Issue", "noteable_iid": i.Number, "project_id": i.project.ID, //nolint:misspell // GitLab's spelling
		"internal": false, "resolvable": false,
	}
}

func noteBody(c *call) string {
	var said struct {
		Body string `json:"body"`
	}
	if err := json.Unmarshal(c.body, &said); err != nil {
		return ""
	}
	return said.Body
}

func (g *GitLab) createNote(p *Project, c *call) reply {
	i, body := p.item(c), noteBody(c)
	switch {
	case i == nil:
		return projectNotFound("Issue")
	case body == "":
		return refuse(http.StatusBadRequest, "400 Bad request - body is missing")
	}
	return reply{status: http.StatusCreated, body: i.note(i.add(botName, body))}
}

func (g *GitLab) updateNote(p *Project, c *call) reply {
	i, body := p.item(c), noteBody(c)
	if i == nil || body == "" {
		return projectNotFound("Issue")
	}
	at := slices.IndexFunc(i.notes, func(n IssueComment) bool { return n.ID == c.number("note") })
	if at < 0 {
		return projectNotFound("Note")
	}
	if i.notes[at].Author != botName {
		return refuse(http.StatusForbidden, "403 Forbidden")
	}
	i.notes[at].Body, i.notes[at].updated = body, p.lab.now()
	i.notes[at].Edits++
	return reply{status: http.StatusOK, body: i.note(&i.notes[at])}
}

// listNotes lists comments, the newest first.
func (g *GitLab) listNotes(p *Project, c *call) reply {
	i := p.item(c)
	if i == nil {
		return projectNotFound("Issue")
	}
	all := []object{}
	for at := range slices.Backward(i.notes) {
		all = append(all, i.note(&i.notes[at]))
	}
	return listed(c, all)
}
